package identifiers_test

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"testing"

	"portal/shared/identifiers"
)

// parsers reads each identifier from one text, and gives back its text.
var parsers = map[string]func(string) (fmt.Stringer, error){
	"ice": func(s string) (fmt.Stringer, error) { return identifiers.ParseICE(s) },
	"ice, lenient": func(s string) (fmt.Stringer, error) {
		return identifiers.ParseICE(s, identifiers.StrictCheckDigits(false))
	},
	"rib": func(s string) (fmt.Stringer, error) { return identifiers.ParseRIB(s) },
	"rib, lenient": func(s string) (fmt.Stringer, error) {
		return identifiers.ParseRIB(s, identifiers.StrictCheckDigits(false))
	},
	"if":           func(s string) (fmt.Stringer, error) { return identifiers.ParseIF(s) },
	"cin":          func(s string) (fmt.Stringer, error) { return identifiers.ParseCIN(s) },
	"cnss":         func(s string) (fmt.Stringer, error) { return identifiers.ParseCNSS(s) },
	"hs":           func(s string) (fmt.Stringer, error) { return identifiers.ParseHS(s) },
	"subscription": func(s string) (fmt.Stringer, error) { return identifiers.ParseSubscriptionCode(s) },
	"dossier":      func(s string) (fmt.Stringer, error) { return identifiers.ParseDossierNumber(s) },
	"handicraft":   func(s string) (fmt.Stringer, error) { return identifiers.ParseHandicraftReference(s) },
	"certificate":  func(s string) (fmt.Stringer, error) { return identifiers.ParseCertificateNumber(s) },
	"rc": func(s string) (fmt.Stringer, error) {
		var rc identifiers.RC
		err := rc.UnmarshalText([]byte(s))
		return rc, err
	},
}

func TestParsersAcceptWhatPeopleWrite(t *testing.T) {
	for _, c := range []struct{ parser, name, text, want string }{
		{"ice", "a valid number", "001525714000070", "001525714000070"},
		{"ice", "in groups", " 001 525 714 0000 70 ", "001525714000070"},
		{"ice, lenient", "a wrong key where the setting allows it", "278802788027880", "278802788027880"},
		{"rib", "the example of the specification", "001810007800020110620318", "001810007800020110620318"},
		{"rib", "as printed, with no-break spaces", "001\u00a0810\u202f0078000201106203\t18", "001810007800020110620318"},
		{"rib, lenient", "a wrong key where the setting allows it", "001810007800020110620319", "001810007800020110620319"},
		{"if", "the example", "20782890", "20782890"},
		{"if", "one digit", "7", "7"},
		{"rc", "centre and number", "81/30009", "81/30009"},
		{"rc", "with spaces", " 81 / 30 009 ", "81/30009"},
		{"cin", "the example", "AE180358", "AE180358"},
		{"cin", "one letter, lower case, spaces", " k 1 ", "K1"},
		{"cnss", "7 digits", "1234567", "1234567"},
		{"hs", "with its points", "8210.00.00.90", "8210000090"},
		{"hs", "without", "0101210010", "0101210010"},
		{"subscription", "the example", "10092023T00000001137", "10092023T00000001137"},
		{"subscription", "lower case", "10092023t00000001137", "10092023T00000001137"},
		{"dossier", "the example", "BV-2026-1088", "BV-2026-1088"},
		{"dossier", "lower case and spaces", "bv - 2026 - 1088", "BV-2026-1088"},
		{"dossier", "with the hyphens of a typesetter", "BV\u20112026–1088", "BV-2026-1088"},
		{"handicraft", "the example", "BM-2026-1088", "BM-2026-1088"},
		{"certificate", "as printed", "COC-2026-1088-3O", "COC-2026-1088-3O"},
		{"certificate", "lower case and stray spaces", "\tcoc -2026- 10 88-3o\n", "COC-2026-1088-3O"},
		{"certificate", "copied out of Arabic text", "\u200eCOC-2026-1088-3O\u200f", "COC-2026-1088-3O"},
	} {
		t.Run(c.parser+": "+c.name, func(t *testing.T) {
			got, err := parsers[c.parser](c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != c.want {
				t.Errorf("read as %q, want %q", got, c.want)
			}
		})
	}
}

func TestParsersSayWhatIsWrong(t *testing.T) {
	type params = map[string]any
	seen := map[identifiers.Code]bool{}
	for _, c := range []struct {
		parser, name, text string
		code               identifiers.Code
		params             params
	}{
		{"ice", "nothing", "", "ice_length", params{"expected": 15, "got": 0}},
		{"ice", "a digit short", "00152571400004", "ice_length", params{"expected": 15, "got": 14}},
		{"ice", "a letter", "00152571400O070", "ice_digits", params{"position": 12}},
		{"ice", "Arabic digits", "٠٠١٥٢٥٧١٣٠٠٠٠٨٥", "ice_digits", params{"position": 1}},
		{"ice", "one digit wrong", "001525714000071", "ice_key", nil},
		{"ice", "the sample of the manuals", "278802788027880", "ice_key", nil},
		{"ice", "all zeros with their key", "000000000000097", "ice_degenerate", nil},
		{"ice", "an establishment of no enterprise", "000000000000186", "ice_degenerate", nil},
		{"ice, lenient", "all zeros, even where keys are not checked", "000000000000000", "ice_degenerate", nil},
		{"ice, lenient", "the form is checked all the same", "1", "ice_length", params{"expected": 15, "got": 1}},
		{"rib", "a digit too many", "0018100078000201106203180", "rib_length", params{"expected": 24, "got": 25}},
		{"rib", "a hyphen", "001-10007800020110620318", "rib_digits", params{"position": 4}},
		{"rib", "one digit wrong", "001810007800020110620319", "rib_key", nil},
		{"rib", "zeros", "000000000000000000000097", "rib_degenerate", nil},
		{"if", "nothing", " ", "if_length", params{"min": 1, "max": 8, "got": 0}},
		{"if", "nine digits", "123456789", "if_length", params{"min": 1, "max": 8, "got": 9}},
		{"if", "a letter", "12A", "if_digits", params{"position": 3}},
		{"rc", "a number without its centre", "30009", "rc_form", nil},
		{"rc", "no centre", "/30009", "rc_centre_length", params{"min": 1, "max": 3, "got": 0}},
		{"rc", "the centre's name", "CASA/30009", "rc_centre_length", params{"min": 1, "max": 3, "got": 4}},
		{"rc", "a letter in the centre", "8I/30009", "rc_centre_digits", params{"position": 2}},
		{"rc", "no number", "81/", "rc_number_length", params{"min": 1, "max": 10, "got": 0}},
		{"rc", "two slashes", "81/30/9", "rc_number_digits", params{"position": 3}},
		{"cin", "nothing", "", "cin_letters", params{"min": 1, "max": 2, "got": 0}},
		{"cin", "no letter", "180358", "cin_letters", params{"min": 1, "max": 2, "got": 0}},
		{"cin", "three letters", "ABC1", "cin_letters", params{"min": 1, "max": 2, "got": 3}},
		{"cin", "an accented letter", "É180358", "cin_letters", params{"min": 1, "max": 2, "got": 0}},
		{"cin", "no digit", "AE", "cin_digits", params{"min": 1, "max": 7, "got": 0}},
		{"cin", "eight digits", "AE12345678", "cin_digits", params{"min": 1, "max": 7, "got": 8}},
		{"cin", "a letter at the end", "AE18035B", "cin_form", params{"position": 8}},
		{"cnss", "six digits", "123456", "cnss_length", params{"expected": 7, "got": 6}},
		{"cnss", "a letter", "12345A7", "cnss_digits", params{"position": 6}},
		{"hs", "a subheading alone", "8210.00", "hs_length", params{"expected": 10, "got": 6}},
		{"hs", "its leading zero lost in a spreadsheet", "101210010", "hs_length", params{"expected": 10, "got": 9}},
		{"hs", "a letter", "82100O0090", "hs_digits", params{"position": 6}},
		{"subscription", "a digit short", "10092023T0000001137", "subscription_length", params{"expected": 20, "got": 19}},
		{"subscription", "a letter in the number", "10092023T000000O1137", "subscription_digits", params{"position": 16}},
		{"subscription", "an unknown operator", "10092023X00000001137", "subscription_operator", nil},
		{"subscription", "an operator of several bytes", "10092023é00000001137", "subscription_operator", nil},
		{"subscription", "no such day", "31022023T00000001137", "subscription_date", nil},
		{"subscription", "the American order", "09232023T00000001137", "subscription_date", nil},
		{"subscription", "number zero", "10092023T00000000000", "subscription_running", nil},
		{"dossier", "nothing", "", "dossier_form", nil},
		{"dossier", "no bureau", "2026-1088", "dossier_form", nil},
		{"dossier", "a bureau of one letter", "B-2026-1088", "dossier_bureau", params{"min": 2, "max": 4}},
		{"dossier", "a digit in the bureau", "B1-2026-1088", "dossier_bureau", params{"min": 2, "max": 4}},
		{"dossier", "a year of two digits", "BV-26-1088", "dossier_year", params{"min": 1000, "max": 9999}},
		{"dossier", "a year that begins with zero", "BV-0026-1088", "dossier_year", params{"min": 1000, "max": 9999}},
		{"dossier", "number zero", "BV-2026-0", "dossier_running", params{"max": 12}},
		{"dossier", "a leading zero", "BV-2026-01088", "dossier_running", params{"max": 12}},
		{"dossier", "a sign", "BV-2026-+1", "dossier_running", params{"max": 12}},
		{"dossier", "13 digits", "BV-2026-1234567890123", "dossier_running", params{"max": 12}},
		{"handicraft", "four parts", "BM-2026-1088-1", "handicraft_form", nil},
		{"handicraft", "a long service", "MELLAL-2026-1088", "handicraft_service", params{"min": 2, "max": 4}},
		{"handicraft", "a year in letters", "BM-MMXX-1088", "handicraft_year", params{"min": 1000, "max": 9999}},
		{"handicraft", "no number", "BM-2026-", "handicraft_running", params{"max": 12}},
		{"certificate", "no check", "COC-2026-1088", "certificate_form", nil},
		{"certificate", "half a check", "COC-2026-1088-3", "certificate_form", nil},
		{"certificate", "an unknown kind", "ABC-2026-1088-3O", "certificate_kind", nil},
		{"certificate", "zero for O in the kind", "C0C-2026-1088-3O", "certificate_kind", nil},
		{"certificate", "a year of five digits", "COC-20261-088-3O", "certificate_year", params{"min": 1000, "max": 9999}},
		{"certificate", "a leading zero", "COC-2026-01088-3O", "certificate_running", params{"max": 12}},
		{"certificate", "zero for O in the check", "COC-2026-1088-30", "certificate_check", nil},
		{"certificate", "another kind", "NCR-2026-1088-3O", "certificate_check", nil},
		{"certificate", "a check that is no check character", "COC-2026-1088-3$", "certificate_check", nil},
	} {
		seen[c.code] = true
		t.Run(c.parser+": "+c.name, func(t *testing.T) {
			got, err := parsers[c.parser](c.text)
			var refused *identifiers.Error
			if !errors.As(err, &refused) {
				t.Fatalf("read as %v, %v", got, err)
			}
			if refused.Code != c.code || !maps.Equal(refused.Params, c.params) {
				t.Errorf("refused with %s %v, want %s %v", refused.Code, refused.Params, c.code, c.params)
			}
			if !reflect.ValueOf(got).IsZero() {
				t.Errorf("a refused text gives the value %v", got)
			}
		})
	}
	for _, code := range identifiers.Codes() {
		if !seen[code] {
			t.Errorf("no case shows %s", code)
		}
		delete(seen, code)
	}
	for code := range seen {
		t.Errorf("%s is not in Codes", code)
	}
}

func TestErrorsNeverRepeatWhatWasTyped(t *testing.T) {
	_, err := identifiers.ParseICE("15257140000 70")
	if got, want := err.Error(), "identifier refused: ice_length expected=15 got=13"; got != want {
		t.Errorf("error %q, want %q", got, want)
	}
}

func FuzzParsers(f *testing.F) {
	for _, seed := range []string{
		"001525714000070", "001810007800020110620318", "20782890", "AE180358", "1234567", "8210.00.00.90", "81/30009",
		"10092023T00000001137", "BV-2026-1088", "COC-2026-1088-3O", "", "-", "---", "é", "\xff\xfe", "ſoc-2026-1088-3o",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for name, parse := range parsers {
			value, err := parse(text)
			var refused *identifiers.Error
			if err != nil {
				if !errors.As(err, &refused) {
					t.Fatalf("%s: %q is refused with %T", name, text, err)
				}
				continue
			}
			if name == "rc" && text == "" {
				continue // an absent identifier
			}
			again, err := parse(value.String())
			if err != nil || again != value {
				t.Fatalf("%s: %q is read as %v, then as %v, %v", name, text, value, again, err)
			}
			for _, r := range value.String() {
				if r > 127 {
					t.Fatalf("%s: %q is read as %q", name, text, value)
				}
			}
		}
	})
}
