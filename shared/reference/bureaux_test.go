package reference

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/shared/calendar"
	"portal/shared/identifiers"
)

const (
	toy      = "9503009000"
	lamp     = "9405110000"
	cutlery  = "8210000090"
	shoe     = "6403990000"
	safeShoe = "6403400000"
	horse    = "0101210010" // no controlled family
)

func TestTheShippedBureaux(t *testing.T) {
	text, err := data.ReadFile("data/bureaux.json")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseBureaux(text); err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, b := range Bureaux() {
		codes = append(codes, b.Code)
		if _, err := identifiers.NewDossierNumber(b.Code, time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), 1088); err != nil {
			t.Errorf("%s cannot begin a dossier's number: %v", b.Code, err)
		}
		for _, a := range b.Accreditations {
			if !a.Sample {
				t.Errorf("an accreditation of %s is not marked as a sample", b.Code)
			}
		}
	}
	if !slices.Equal(codes, []string{"AP", "BV", "IT", "SG", "TR"}) {
		t.Errorf("bureaux %v", codes)
	}
	if b, found := BureauOf("BV"); !found || b.Name != "Bureau Veritas Maroc" || b.Assignment != Manual {
		t.Errorf("BV is %+v", b)
	}
	if _, found := BureauOf("XX"); found {
		t.Error("XX is a bureau")
	}
}

func TestFamiliesDoNotOverlap(t *testing.T) {
	owner := map[string]string{}
	for _, family := range Families().Entries() {
		if len(family.Prefixes) == 0 {
			t.Errorf("%s has no goods", family.Code)
		}
		for _, prefix := range family.Prefixes {
			if len(prefix) < 2 || len(prefix) > 10 || strings.Trim(prefix, "0123456789") != "" {
				t.Errorf("%s: %q is no prefix of an HS code", family.Code, prefix)
			}
			if other, taken := owner[prefix]; taken {
				t.Errorf("%s is of %s and of %s", prefix, other, family.Code)
			}
			owner[prefix] = family.Code
		}
	}
}

func TestGoodsBelongToTheFamilyOfTheirLongestPrefix(t *testing.T) {
	for code, want := range map[string]string{
		toy: "toys", lamp: "electrical", cutlery: "household", shoe: "textile", safeShoe: "protective_equipment",
		"8481100000": "gas", "8481800000": "construction", horse: "",
	} {
		family, found := FamilyOf(hs(t, code))
		if family.Code != want || found != (want != "") {
			t.Errorf("%s is of family %q, want %q", code, family.Code, want)
		}
	}
	if _, found := FamilyOf(identifiers.HS{}); found {
		t.Error("no goods belong to a family")
	}
}

func TestAccreditation(t *testing.T) {
	from, to := calendar.On(2026, 1, 1), calendar.On(2026, 12, 31)
	bureau := Bureau{Code: "QA", Accreditations: []Accreditation{
		{Families: []string{"toys"}, Countries: []string{"CN", "VN"}, From: from, To: to},
		{Families: []string{"*"}, Countries: []string{"FR"}, From: calendar.On(2027, 1, 1)},
	}}
	for _, c := range []struct {
		name, hs, country string
		on                calendar.Date
		want              bool
		obstacle          string
	}{
		{"the family in the country", toy, "CN", calendar.On(2026, 6, 1), true, ""},
		{"on its first day", toy, "VN", from, true, ""},
		{"on its last day", toy, "CN", to, true, ""},
		{"the day before", toy, "CN", from.AddDays(-1), false, NotInForce},
		{"the day after", toy, "CN", to.AddDays(1), false, CountryNotCovered},
		{"another family", lamp, "CN", calendar.On(2026, 6, 1), false, FamilyNotCovered},
		{"another country", toy, "FR", calendar.On(2026, 6, 1), false, CountryNotCovered},
		{"goods of no family", horse, "CN", calendar.On(2026, 6, 1), true, ""},
		{"goods of no family, in another country", horse, "FR", calendar.On(2026, 6, 1), false, CountryNotCovered},
		{"every family, without end", lamp, "FR", calendar.On(2090, 1, 1), true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := bureau.Accredited(hs(t, c.hs), c.country, c.on); got != c.want {
				t.Errorf("accredited %v, want %v", got, c.want)
			}
			if got := bureau.obstacle(hs(t, c.hs), c.country, c.on); got != c.obstacle {
				t.Errorf("obstacle %q, want %q", got, c.obstacle)
			}
		})
	}
}

func TestTheChoiceIsExplained(t *testing.T) {
	today := calendar.On(2026, 11, 21)
	for _, c := range []struct {
		name    string
		lines   []string
		country string
		on      calendar.Date
		load    map[string]int
		want    string
		why     []string
	}{
		{"the fewest open dossiers", []string{toy}, "FR", today, map[string]int{"BV": 9, "IT": 4, "SG": 5}, "IT", []string{
			"bureau_choice.family_not_covered bureau=AP family=toys hs=9503.00.90.00 line=1",
			"bureau_choice.family_not_covered bureau=TR family=toys hs=9503.00.90.00 line=1",
			"bureau_choice.fewest_open bureau=IT open=4",
		}},
		{"equal loads: the first by code", []string{cutlery}, "CN", today, map[string]int{"IT": 3}, "BV", []string{
			"bureau_choice.country_not_covered bureau=AP country=CN",
			"bureau_choice.family_not_covered bureau=TR family=household hs=8210.00.00.90 line=1",
			"bureau_choice.first_by_code bureau=BV equals=[SG] open=0",
		}},
		{"accredited for every line, not for one alone", []string{lamp, toy, shoe}, "FR", today, map[string]int{"BV": 1, "SG": 1, "IT": 1}, "BV", []string{
			"bureau_choice.family_not_covered bureau=AP family=toys hs=9503.00.90.00 line=2",
			"bureau_choice.family_not_covered bureau=TR family=toys hs=9503.00.90.00 line=2",
			"bureau_choice.first_by_code bureau=BV equals=[IT SG] open=1",
		}},
		{"nobody, once all accreditations have ended", []string{toy}, "FR", calendar.On(2040, 1, 1), nil, "", []string{
			"bureau_choice.not_in_force bureau=AP", "bureau_choice.not_in_force bureau=BV", "bureau_choice.not_in_force bureau=IT",
			"bureau_choice.not_in_force bureau=SG", "bureau_choice.not_in_force bureau=TR", "bureau_choice.none",
		}},
		{"no line yet: by country alone", nil, "CN", today, map[string]int{"BV": 2, "IT": 2, "SG": 2}, "TR", []string{
			"bureau_choice.country_not_covered bureau=AP country=CN",
			"bureau_choice.fewest_open bureau=TR open=0",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, why, ok := ChooseBureau(codes(t, c.lines), c.country, c.on, c.load)
			if got.Code != c.want || ok != (c.want != "") {
				t.Errorf("chosen %q (%v), want %q", got.Code, ok, c.want)
			}
			var said []string
			for _, reason := range why {
				said = append(said, reason.String())
			}
			if !slices.Equal(said, c.why) {
				t.Errorf("why:\n%s\nwant:\n%s", strings.Join(said, "\n"), strings.Join(c.why, "\n"))
			}
		})
	}
	alone := []Bureau{Bureaux()[1]}
	if _, why, ok := ChooseAmong(alone, codes(t, []string{toy}), "FR", today, map[string]int{"BV": 500}); !ok || why[0].String() != "bureau_choice.only_one bureau=BV" {
		t.Errorf("alone: %v", why)
	}
}

// Whatever the bureaux, goods and loads, the chosen one is accredited for every
// line, none that is accredited has fewer open dossiers, every bureau left out
// has its reason, and the order of the bureaux does not matter.
func TestTheChoiceIsTheBest(t *testing.T) {
	on := calendar.On(2026, 6, 1)
	families := append(codesOf(Families()), "*")
	countries := []string{"CN", "FR", "ES", "*"}
	rapid.Check(t, func(t *rapid.T) {
		var bureaux []Bureau
		load := map[string]int{}
		for i := range rapid.IntRange(0, 6).Draw(t, "bureaux") {
			b := Bureau{Code: fmt.Sprintf("B%c", 'A'+i)}
			for range rapid.IntRange(0, 3).Draw(t, "accreditations") {
				b.Accreditations = append(b.Accreditations, Accreditation{
					Families:  []string{rapid.SampledFrom(families).Draw(t, "family")},
					Countries: []string{rapid.SampledFrom(countries).Draw(t, "country")},
					From:      on.AddDays(rapid.IntRange(-2, 1).Draw(t, "from")),
				})
			}
			bureaux = append(bureaux, b)
			load[b.Code] = rapid.IntRange(0, 3).Draw(t, "load")
		}
		var lines []identifiers.HS
		for _, code := range rapid.SliceOfN(rapid.SampledFrom([]string{toy, lamp, cutlery, shoe, horse}), 1, 4).Draw(t, "lines") {
			line, err := identifiers.ParseHS(code)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		country := rapid.SampledFrom([]string{"CN", "FR", "US"}).Draw(t, "in")

		best, why, ok := ChooseAmong(bureaux, lines, country, on, load)

		fit := 0
		for _, b := range bureaux {
			if slices.ContainsFunc(lines, func(line identifiers.HS) bool { return !b.Accredited(line, country, on) }) {
				if b.Code == best.Code {
					t.Fatalf("%s is chosen without being accredited", b.Code)
				}
				continue
			}
			fit++
			if load[b.Code] < load[best.Code] || (load[b.Code] == load[best.Code] && b.Code < best.Code) {
				t.Fatalf("%s is chosen before %s", best.Code, b.Code)
			}
		}
		if ok != (fit > 0) || len(why) != len(bureaux)-fit+1 {
			t.Fatalf("%d of %d are accredited: %v, %v", fit, len(bureaux), ok, why)
		}
		slices.Reverse(bureaux)
		slices.Reverse(lines)
		if again, _, _ := ChooseAmong(bureaux, lines, country, on, load); again.Code != best.Code {
			t.Fatalf("%s is chosen in another order, %s before", again.Code, best.Code)
		}
	})
}

func TestEveryReasonIsListed(t *testing.T) {
	if got := len(slices.Compact(slices.Sorted(slices.Values(ReasonCodes())))); got != 9 {
		t.Errorf("%d codes of reasons", got)
	}
}

func TestMalformedBureauxAreRefused(t *testing.T) {
	file := func(bureaux string) []byte {
		return []byte(`{"list":"bureaux","version":"1","source":"s","date":"2026-11-21","bureaux":[` + bureaux + `]}`)
	}
	accreditation := func(a string) string { return `{"code":"QA","name":"Q","accreditations":[` + a + `]}` }
	for name, text := range map[string][]byte{
		"not JSON":               []byte(`{`),
		"no source":              []byte(`{"list":"bureaux","bureaux":[]}`),
		"a code of one letter":   file(`{"code":"Q","name":"Q"}`),
		"a code of five letters": file(`{"code":"QQQQQ","name":"Q"}`),
		"a code in lower case":   file(`{"code":"qa","name":"Q"}`),
		"no name":                file(`{"code":"QA"}`),
		"a code twice":           file(`{"code":"QA","name":"Q"},{"code":"QA","name":"R"}`),
		"an unknown assignment":  file(`{"code":"QA","name":"Q","assignment":"random"}`),
		"an unknown family":      file(accreditation(`{"families":["planets"],"countries":["*"],"from":"2026-01-01"}`)),
		"an unknown country":     file(accreditation(`{"families":["*"],"countries":["XX"],"from":"2026-01-01"}`)),
		"no family":              file(accreditation(`{"countries":["*"],"from":"2026-01-01"}`)),
		"no country":             file(accreditation(`{"families":["*"],"from":"2026-01-01"}`)),
		"no beginning":           file(accreditation(`{"families":["*"],"countries":["*"]}`)),
		"an end before":          file(accreditation(`{"families":["*"],"countries":["*"],"from":"2026-01-02","to":"2026-01-01"}`)),
	} {
		if _, err := ParseBureaux(text); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	bureaux, err := ParseBureaux(file(`{"code":"QB","name":"B","assignment":"automatic"},` + accreditation(`{"families":["*"],"countries":["*"],"from":"2026-01-01","to":"2026-01-01"}`)))
	if err != nil || bureaux[0].Code != "QA" || bureaux[0].Assignment != Manual || bureaux[1].Assignment != Automatic {
		t.Errorf("%+v, %v", bureaux, err)
	}
}

func hs(t *testing.T, code string) identifiers.HS {
	t.Helper()
	parsed, err := identifiers.ParseHS(code)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func codes(t *testing.T, texts []string) []identifiers.HS {
	t.Helper()
	var parsed []identifiers.HS
	for _, text := range texts {
		parsed = append(parsed, hs(t, text))
	}
	return parsed
}
