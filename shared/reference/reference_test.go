package reference

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/language"
)

func TestEveryFileIsAListWithSourceAndDate(t *testing.T) {
	files, err := data.ReadDir("data")
	if err != nil {
		t.Fatal(err)
	}
	if len(Editions()) != len(files) {
		t.Fatalf("%d editions of %d files", len(Editions()), len(files))
	}
	for _, file := range files {
		name := strings.TrimSuffix(file.Name(), ".json")
		edition, found := Version(name)
		if !found {
			t.Errorf("%s is no list of that name", file.Name())
			continue
		}
		if err := edition.check(); err != nil {
			t.Error(err)
		}
		if name == "bureaux" {
			continue
		}
		list, err := load(name)
		if err != nil {
			t.Error(err)
		}
		if list.Len() == 0 || list.Edition() != edition {
			t.Errorf("%s: %d entries, edition %+v", name, list.Len(), list.Edition())
		}
	}
	if _, found := Version("planets"); found {
		t.Error("there is a list of planets")
	}
}

func TestWhatCouldNotBeSourcedIsMarked(t *testing.T) {
	for list, sample := range map[string]bool{
		"countries": false, "currencies": false, "units": false, "incoterms": false, "transport_modes": false,
		"ports": true, "hs_families": true, "bureaux": true,
	} {
		if edition, _ := Version(list); edition.Sample != sample {
			t.Errorf("%s is marked sample: %v", list, edition.Sample)
		}
	}
}

func TestListsHaveTheSizeOfTheirStandard(t *testing.T) {
	for name, c := range map[string]struct {
		list List
		want int
	}{
		"countries of ISO 3166-1": {Countries(), 249},
		"currencies of ISO 4217":  {Currencies(), 178},
		"Incoterms 2020":          {Incoterms(), 11},
		"modes of transport":      {TransportModes(), 9},
	} {
		if c.list.Len() != c.want {
			t.Errorf("%s: %d, want %d", name, c.list.Len(), c.want)
		}
	}
}

func TestNamesAreInThreeLanguages(t *testing.T) {
	for name, list := range map[string]List{
		"countries": Countries(), "currencies": Currencies(), "units": Units(), "incoterms": Incoterms(), "modes": TransportModes(), "families": Families(),
	} {
		for _, e := range list.Entries() {
			if e.Names.English == "" || !inScript(e.Names.Arabic, unicode.Arabic) {
				t.Errorf("%s %s: %+v", name, e.Code, e.Names)
			}
			if inScript(e.Names.French, unicode.Arabic) || strings.TrimSpace(e.Names.French) != e.Names.French {
				t.Errorf("%s %s: French name %q", name, e.Code, e.Names.French)
			}
		}
	}
	for _, e := range Ports().Entries() {
		if e.Country == "MA" && !inScript(e.Names.Arabic, unicode.Arabic) {
			t.Errorf("Moroccan port %s has no Arabic name", e.Code)
		}
	}
}

func TestNamesFallBackToFrench(t *testing.T) {
	full, french := Names{"Anvers", "أنتويرب", "Antwerp"}, Names{French: "Anvers"}
	for _, c := range []struct {
		names          Names
		language, want string
	}{
		{full, "fr", "Anvers"}, {full, "ar", "أنتويرب"}, {full, "en", "Antwerp"}, {full, "de", "Anvers"}, {full, "", "Anvers"},
		{french, "ar", "Anvers"}, {french, "en", "Anvers"},
	} {
		if got := c.names.In(c.language); got != c.want {
			t.Errorf("%+v in %q is %q", c.names, c.language, got)
		}
	}
}

// The codes are held to a register kept by others.
func TestCountriesAreThoseOfTheLanguageRegister(t *testing.T) {
	codes := codesOf(Countries())
	if !slices.IsSorted(codes) {
		t.Error("countries are not in the order of their codes")
	}
	for _, code := range codes {
		region, err := language.ParseRegion(code)
		if err != nil || !region.IsCountry() || region.String() != code || region.Canonicalize() != region || region.IsPrivateUse() {
			t.Errorf("%s is no country of the register: %v, %v", code, region, err)
		}
	}
	for code, want := range map[string]string{"MA": "Maroc", "FR": "France", "CN": "Chine", "TR": "Turquie", "MK": "Macédoine du Nord", "SZ": "Eswatini", "PS": "Palestine"} {
		if e, _ := Countries().Lookup(code); e.Names.French != want {
			t.Errorf("%s is %q, want %q", code, e.Names.French, want)
		}
	}
	for _, code := range []string{"", "ma", "XX", "EU", "UK", "AN", "SU", "MAR"} {
		if Countries().Has(code) {
			t.Errorf("%q is a country", code)
		}
	}
}

func TestCurrencies(t *testing.T) {
	if !slices.IsSorted(codesOf(Currencies())) {
		t.Error("currencies are not in the order of their codes")
	}
	for code, want := range map[string]int{"MAD": 2, "EUR": 2, "USD": 2, "JPY": 0, "XOF": 0, "TND": 3, "KWD": 3, "CLF": 4, "ISK": 0, "HUF": 2} {
		e, found := Currencies().Lookup(code)
		if !found || e.Decimals == nil || *e.Decimals != want {
			t.Errorf("%s: %+v, want %d decimals", code, e, want)
		}
	}
	if gold, found := Currencies().Lookup("XAU"); !found || gold.Decimals != nil {
		t.Errorf("gold has decimals: %+v", gold)
	}
	for _, code := range []string{"FRF", "HRK", "ZWL", "SLL", "BGN", "eur"} {
		if Currencies().Has(code) {
			t.Errorf("%s is still a currency", code)
		}
	}
}

func TestUnits(t *testing.T) {
	for code, want := range map[string]string{"KGM": "kilogramme", "TNE": "tonne", "MTR": "mètre", "MTK": "mètre carré", "LTR": "litre", "C62": "unité", "H87": "pièce", "PR": "paire", "DZN": "douzaine", "KWH": "kilowattheure"} {
		if e, _ := Units().Lookup(code); e.Names.French != want {
			t.Errorf("%s is %q, want %q", code, e.Names.French, want)
		}
	}
	for _, code := range codesOf(Units()) {
		if len(code) < 2 || len(code) > 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
			t.Errorf("%s has not the form of a common code", code)
		}
	}
}

func TestIncotermsOfTheSeaAreConfinedToWater(t *testing.T) {
	for _, e := range Incoterms().Entries() {
		water := slices.Contains([]string{"FAS", "FOB", "CFR", "CIF"}, e.Code)
		if e.ServesMode("3") == water || !e.ServesMode("1") {
			t.Errorf("%s serves the road: %v", e.Code, e.ServesMode("3"))
		}
	}
}

func TestPortsBelongToTheirCountries(t *testing.T) {
	moroccan := 0
	for _, e := range Ports().Entries() {
		if len(e.Code) != 5 || e.Code[:2] != e.Country || !Countries().Has(e.Country) {
			t.Errorf("port %s of country %q", e.Code, e.Country)
		}
		if len(e.Modes) == 0 {
			t.Errorf("port %s serves no mode", e.Code)
		}
		for _, mode := range e.Modes {
			if !TransportModes().Has(mode) {
				t.Errorf("port %s serves the unknown mode %q", e.Code, mode)
			}
		}
		if e.Country == "MA" && e.ServesMode("1") {
			moroccan++
		}
	}
	if moroccan != 20 {
		t.Errorf("%d Moroccan sea ports, want 20", moroccan)
	}
	for _, code := range []string{"MACAS", "MAPTM", "MAAGA", "MANDR", "MAJFL", "MAMOH", "MASFI", "MANNA", "MAEUN", "MAVIL", "FRMRS", "ESALG", "NLRTM", "CNSHG"} {
		if e, found := Ports().Lookup(code); !found || !e.ServesMode("1") {
			t.Errorf("%s is no sea port", code)
		}
	}
	if e, _ := Ports().Lookup("MACMN"); e.ServesMode("1") || !e.ServesMode("4") {
		t.Errorf("Casablanca's airport serves %v", e.Modes)
	}
}

func TestAListCannotBeChangedFromOutside(t *testing.T) {
	Countries().Entries()[0].Code = "??"
	Editions()[0].List = "??"
	Bureaux()[0].Code = "??"
	if Countries().Entries()[0].Code != "AD" || Editions()[0].List != "bureaux" || Bureaux()[0].Code != "AP" {
		t.Error("a list was changed through what it gave out")
	}
}

func TestMalformedListsAreRefused(t *testing.T) {
	head := `"list":"x","version":"1","source":"s","date":"2026-11-21"`
	for name, text := range map[string]string{
		"not JSON":           `{`,
		"no source":          `{"list":"x","version":"1","date":"2026-11-21","entries":[]}`,
		"no date":            `{"list":"x","version":"1","source":"s","entries":[]}`,
		"a date out of form": `{"list":"x","version":"1","source":"s","date":"21/11/2026","entries":[]}`,
		"no version":         `{"list":"x","source":"s","date":"2026-11-21","entries":[]}`,
		"no code":            `{` + head + `,"entries":[{"names":{"fr":"a"}}]}`,
		"no French name":     `{` + head + `,"entries":[{"code":"A","names":{"en":"a"}}]}`,
		"a code twice":       `{` + head + `,"entries":[{"code":"A","names":{"fr":"a"}},{"code":"A","names":{"fr":"b"}}]}`,
	} {
		if _, err := ParseList([]byte(text)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	list, err := ParseList([]byte(`{` + head + `,"entries":[{"code":"A","names":{"fr":"a"}}]}`))
	if err != nil || !list.Has("A") || list.Has("B") {
		t.Errorf("a complete list is refused: %v", err)
	}
	if _, found := list.Lookup("B"); found {
		t.Error("B is found")
	}
}

// Entries go to the browser as they are.
func TestEntriesKeepAbsentFieldsOut(t *testing.T) {
	e, _ := Countries().Lookup("MA")
	text, err := json.Marshal(e)
	if want := `{"code":"MA","names":{"fr":"Maroc","ar":"المغرب","en":"Morocco"}}`; err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
}

func FuzzParseList(f *testing.F) {
	f.Add(`{"list":"x","version":"1","source":"s","date":"2026-11-21","entries":[{"code":"A","names":{"fr":"a"}}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		list, err := ParseList([]byte(text))
		if err != nil {
			return
		}
		for _, e := range list.Entries() {
			if found, ok := list.Lookup(e.Code); !ok || found.Code != e.Code {
				t.Fatalf("%q is not found", e.Code)
			}
		}
	})
}

func codesOf(l List) []string {
	var codes []string
	for _, e := range l.Entries() {
		codes = append(codes, e.Code)
	}
	return codes
}

func inScript(text string, script *unicode.RangeTable) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(script, r) })
}
