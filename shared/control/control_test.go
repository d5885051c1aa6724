package control_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"portal/shared/calendar"
	"portal/shared/control"
	"portal/shared/identifiers"
	"portal/shared/reference"
)

var edition = control.Edition{Version: "1", InForce: calendar.On(2026, 1, 1), Published: calendar.On(2025, 12, 1), Source: "a test"}

// judge is what a test and a property test have in common.
type judge interface {
	Helper()
	Fatalf(string, ...any)
}

func listOf(t judge, entries ...control.Entry) control.List {
	t.Helper()
	list, faults := control.NewList(edition, entries)
	if len(faults) > 0 {
		t.Fatalf("%+v", faults)
	}
	return list
}

func entry(hs string, c control.Control, threshold *control.Threshold) control.Entry {
	e := control.Entry{HS: hs, Control: c, Names: reference.Names{French: "Produit " + hs}, Threshold: threshold}
	if c != control.None {
		e.Family = "electrical"
	}
	return e
}

func hs(t judge, code string) identifiers.HS {
	t.Helper()
	parsed, err := identifiers.ParseHS(code)
	if err != nil {
		t.Fatalf("%s: %v", code, err)
	}
	return parsed
}

func TestWhatIsControlledAndWhatIsExempt(t *testing.T) {
	list := listOf(t,
		entry("8516", control.AtOrigin, &control.Threshold{Quantity: 5, Unit: "C62"}),
		entry("851650", control.AtImport, nil),
		entry("85168010", control.None, nil),
		entry("8544", control.AtImport, &control.Threshold{Value: 5000}),
	)
	for name, tc := range map[string]struct {
		goods   control.Goods
		outcome control.Outcome
		reading control.Reading
		under   string
	}{
		"no entry covers it":                        {control.Goods{HS: hs(t, "0101210000")}, control.NotSubject, control.NoThreshold, ""},
		"the heading":                               {control.Goods{HS: hs(t, "8516790000"), Quantity: 6, Unit: "C62"}, control.ControlledAtOrigin, control.Above, "8516"},
		"as much as the threshold":                  {control.Goods{HS: hs(t, "8516790000"), Quantity: 5, Unit: "C62"}, control.Exempt, control.Within, "8516"},
		"a little more than the threshold":          {control.Goods{HS: hs(t, "8516790000"), Quantity: 5.001, Unit: "C62"}, control.ControlledAtOrigin, control.Above, "8516"},
		"nothing is said of the quantity":           {control.Goods{HS: hs(t, "8516790000"), Value: 1, Currency: "MAD"}, control.ControlledAtOrigin, control.QuantityMissing, "8516"},
		"a quantity of nobody knows what":           {control.Goods{HS: hs(t, "8516790000"), Quantity: 1}, control.ControlledAtOrigin, control.UnitMissing, "8516"},
		"a quantity in another unit":                {control.Goods{HS: hs(t, "8516790000"), Quantity: 1, Unit: "KGM"}, control.ControlledAtOrigin, control.UnitOther, "8516"},
		"a subheading says otherwise":               {control.Goods{HS: hs(t, "8516500000"), Quantity: 1, Unit: "C62"}, control.ControlledAtImport, control.NoThreshold, "851650"},
		"a code is taken out":                       {control.Goods{HS: hs(t, "8516801099"), Quantity: 100, Unit: "C62"}, control.NotSubject, control.NoThreshold, "85168010"},
		"the code beside the one that is":           {control.Goods{HS: hs(t, "8516802000"), Quantity: 100, Unit: "C62"}, control.ControlledAtOrigin, control.Above, "8516"},
		"a value within":                            {control.Goods{HS: hs(t, "8544490000"), Value: 5000, Currency: "MAD"}, control.Exempt, control.Within, "8544"},
		"a value above":                             {control.Goods{HS: hs(t, "8544490000"), Value: 5000.01, Currency: "MAD"}, control.ControlledAtImport, control.Above, "8544"},
		"nothing is said of the value":              {control.Goods{HS: hs(t, "8544490000"), Quantity: 1, Unit: "C62"}, control.ControlledAtImport, control.ValueMissing, "8544"},
		"a value in another currency":               {control.Goods{HS: hs(t, "8544490000"), Value: 100, Currency: "USD"}, control.ControlledAtImport, control.CurrencyOther, "8544"},
		"a value in nobody knows which":             {control.Goods{HS: hs(t, "8544490000"), Value: 100}, control.ControlledAtImport, control.CurrencyOther, "8544"},
		"no code at all":                            {control.Goods{}, control.NotSubject, control.NoThreshold, ""},
		"a code that shares no heading with it all": {control.Goods{HS: hs(t, "8501000000")}, control.NotSubject, control.NoThreshold, ""},
	} {
		found := list.Classify(tc.goods)
		if found.Outcome != tc.outcome || found.Reading != tc.reading || found.Entry.HS != tc.under || found.Listed != (tc.under != "") {
			t.Errorf("%s: %+v", name, found)
		}
		if found.Outcome.Subject() != (tc.outcome == control.ControlledAtOrigin || tc.outcome == control.ControlledAtImport) {
			t.Errorf("%s: subject %v", name, found.Outcome.Subject())
		}
	}
}

func TestTheZeroListCoversNothing(t *testing.T) {
	var none control.List
	if found := none.Classify(control.Goods{HS: hs(t, "8516790000")}); found.Listed || found.Outcome != control.NotSubject {
		t.Errorf("%+v", found)
	}
	if found, total := none.Search("four", 10); len(found) != 0 || total != 0 || none.Len() != 0 {
		t.Errorf("%v", found)
	}
}

// digits are few, so that prefixes meet.
var digits = rapid.StringMatching(`[12]{4,10}`)

func TestTheMostSpecificEntryWinsAsInABruteSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefixes := rapid.SliceOfNDistinct(digits, 0, 40, func(s string) string { return s }).Draw(t, "prefixes")
		var entries []control.Entry
		for _, prefix := range prefixes {
			entries = append(entries, entry(prefix, rapid.SampledFrom(control.Controls()).Draw(t, "control"), nil))
		}
		var list control.List
		if len(entries) > 0 {
			list = listOf(t, entries...)
		}
		code := hs(t, rapid.StringMatching(`[12]{10}`).Draw(t, "code"))
		longest := ""
		for _, prefix := range prefixes {
			if strings.HasPrefix(code.String(), prefix) && len(prefix) > len(longest) {
				longest = prefix
			}
		}
		if got, found := list.Lookup(code); got.HS != longest || found != (longest != "") {
			t.Fatalf("%s is under %q, not %q", code, longest, got.HS)
		}
	})
}

func TestMoreIsNeverExemptWhereLessIsNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.Float64Range(0.01, 1e6).Draw(t, "threshold")
		list := listOf(t, entry("8516", control.AtOrigin, &control.Threshold{Quantity: most, Unit: "KGM"}))
		less := rapid.Float64Range(0.001, 2e6).Draw(t, "less")
		more := less + rapid.Float64Range(0, 1e6).Draw(t, "more")
		ask := func(q float64) bool {
			return list.Classify(control.Goods{HS: hs(t, "8516790000"), Quantity: q, Unit: "KGM"}).Outcome == control.Exempt
		}
		if ask(more) && !ask(less) || ask(less) != (less <= most) {
			t.Fatalf("of %v at most, %v: %v, %v: %v", most, less, ask(less), more, ask(more))
		}
	})
}

func TestTheShippedListIsWholeAndASample(t *testing.T) {
	list := control.Shipped()
	if list.Len() < 60 || !list.Sample || list.Version == "" || list.Source == "" {
		t.Fatalf("%d entries, %+v", list.Len(), list.Edition)
	}
	seen := map[control.Control]int{}
	for _, e := range list.Entries() {
		seen[e.Control]++
		if e.Names.Arabic == "" || e.Names.English == "" {
			t.Errorf("%s has no name in Arabic or English", e.HS)
		}
		if e.Control == control.None {
			continue
		}
		// What is under control must be among what bureaux are accredited for.
		code := hs(t, e.HS+strings.Repeat("0", 10-len(e.HS)))
		if family, ok := reference.FamilyOf(code); !ok || family.Code != e.Family {
			t.Errorf("%s is of the family %s, the families of goods say %q", e.HS, e.Family, family.Code)
		}
	}
	for _, c := range control.Controls() {
		if seen[c] < 5 {
			t.Errorf("%d entries with the control %s", seen[c], c)
		}
	}
}

func TestAListIsReadWholeOrNotAtAll(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":     `{`,
		"no dates":    `{"version":"1","source":"s","entries":[{"hs":"8516","control":"none","names":{"fr":"x"}}]}`,
		"no entries":  `{"version":"1","source":"s","in_force":"2026-01-01","published":"2026-01-01"}`,
		"a bad entry": `{"version":"1","source":"s","in_force":"2026-01-01","published":"2026-01-01","entries":[{"hs":"85","control":"none","names":{"fr":"x"}}]}`,
		"a bad date":  `{"version":"1","source":"s","in_force":"2026-02-30","published":"2026-01-01","entries":[{"hs":"8516","control":"none","names":{"fr":"x"}}]}`,
	} {
		if _, err := control.Parse([]byte(text)); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}

func TestProductsAreFoundByTheirCodeOrTheirWords(t *testing.T) {
	list := control.Shipped()
	for text, want := range map[string]string{
		"8516.50":                "8516 851650",
		"85 16 50 00 90":         "8516 851650",
		"8544":                   "8544 854470",
		"94":                     "9401 940110 9403 9404 940421 940429 9405 940550",
		"JOUETS":                 "9503",
		"refrigerateur":          "8418",
		"réfrigérateurs":         "8418",
		"الثلاجات":               "8418",
		"الأحذيه":                "",
		"خوذات السلامه":          "650610",
		"grille pain":            "851672",
		"nm en 62368-1 televis":  "8528",
		"lampes LED":             "853952",
		"nothing that is listed": "",
		"":                       "",
		"99":                     "",
	} {
		var got []string
		found, total := list.Search(text, 20)
		for _, e := range found {
			got = append(got, e.HS)
		}
		if strings.Join(got, " ") != want || total != len(got) {
			t.Errorf("%q: %v (%d), want %s", text, got, total, want)
		}
	}
	if found, total := list.Search("NM", 3); len(found) != 3 || total < 60 {
		t.Errorf("%d of %d", len(found), total)
	}
}
