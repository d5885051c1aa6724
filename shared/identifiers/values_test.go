package identifiers_test

import (
	"encoding"
	"encoding/json"
	"fmt"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/shared/calendar"
	"portal/shared/identifiers"
)

type everything struct {
	ICE          identifiers.ICE                 `json:"ice"`
	RIB          identifiers.RIB                 `json:"rib"`
	IF           identifiers.IF                  `json:"if"`
	RC           identifiers.RC                  `json:"rc"`
	CIN          identifiers.CIN                 `json:"cin"`
	CNSS         identifiers.CNSS                `json:"cnss"`
	HS           identifiers.HS                  `json:"hs"`
	Subscription identifiers.SubscriptionCode    `json:"subscription"`
	Dossier      identifiers.DossierNumber       `json:"dossier"`
	Handicraft   identifiers.HandicraftReference `json:"handicraft"`
	Certificate  identifiers.CertificateNumber   `json:"certificate"`
}

func TestIdentifiersAreJSONStrings(t *testing.T) {
	full := `{"ice":"001525714000070","rib":"001810007800020110620318","if":"20782890","rc":"81/30009","cin":"AE180358","cnss":"1234567","hs":"8210000090","subscription":"10092023T00000001137","dossier":"BV-2026-1088","handicraft":"BM-2026-1088","certificate":"COC-2026-1088-3O"}`
	empty := `{"ice":"","rib":"","if":"","rc":"","cin":"","cnss":"","hs":"","subscription":"","dossier":"","handicraft":"","certificate":""}`
	for name, text := range map[string]string{"present": full, "absent": empty} {
		var all everything
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			t.Fatal(name, err)
		}
		back, err := json.Marshal(all)
		if err != nil || string(back) != text {
			t.Errorf("%s: %s written back as %s, %v", name, text, back, err)
		}
	}
	var all everything
	for field := range map[string]bool{"ice": true, "rib": true, "if": true, "rc": true, "cin": true, "cnss": true, "hs": true, "subscription": true, "dossier": true, "handicraft": true, "certificate": true} {
		if err := json.Unmarshal(fmt.Appendf(nil, `{%q:"?"}`, field), &all); err == nil {
			t.Errorf("%s reads a question mark", field)
		}
	}
}

// An empty text takes the place of what was there: a field emptied in a form
// must not keep its old value.
func TestAnEmptyTextEmpties(t *testing.T) {
	ice, err := identifiers.ParseICE("001525714000070")
	if err != nil {
		t.Fatal(err)
	}
	if err := ice.UnmarshalText(nil); err != nil || !ice.IsZero() {
		t.Errorf("still %v, %v", ice, err)
	}
}

func TestAWrongKeyThatWasAllowedReadsBack(t *testing.T) {
	lenient := identifiers.StrictCheckDigits(false)
	ice, err1 := identifiers.ParseICE("278802788027880", lenient)
	rib, err2 := identifiers.ParseRIB("001810007800020110620319", lenient)
	if err1 != nil || err2 != nil || ice.KeyValid() || rib.KeyValid() {
		t.Fatalf("%v, %v, %v, %v", ice, rib, err1, err2)
	}
	in := everything{ICE: ice, RIB: rib}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var out everything
	if err := json.Unmarshal(text, &out); err != nil || out != in {
		t.Errorf("read back as %+v, %v", out, err)
	}
}

func TestAbsentIdentifiersHaveEmptyParts(t *testing.T) {
	var e everything
	for name, got := range map[string]string{
		"enterprise": e.ICE.Enterprise(), "establishment": e.ICE.Establishment(), "bank": e.RIB.Bank(), "account": e.RIB.Account(), "RIB": e.RIB.Display(),
		"RC": e.RC.Display("CASABLANCA"), "chapter": e.HS.Chapter(), "heading": e.HS.Heading(), "subheading": e.HS.Subheading(), "HS": e.HS.Display(),
		"operator": string(e.Subscription.Operator()), "date": e.Subscription.Date().String(), "dossier": e.Dossier.String(), "certificate": e.Certificate.String(),
	} {
		if got != "" {
			t.Errorf("%s of nothing is %q", name, got)
		}
	}
	if e.Subscription.Running() != 0 || e.ICE.KeyValid() || e.RIB.KeyValid() || e.HS.Under("") || e.HS.Under("82") {
		t.Error("an absent identifier has a number, a valid key or a prefix")
	}
}

func TestPartsAndDisplay(t *testing.T) {
	var e everything
	for place, text := range map[encoding.TextUnmarshaler]string{
		&e.ICE: "001525714000070", &e.RIB: "001810007800020110620318", &e.RC: "81/30009", &e.HS: "8210.00.00.90",
		&e.Subscription: "10092023T00000001137", &e.Dossier: "BV-2026-1088", &e.Handicraft: "BM-2026-1088", &e.Certificate: "COC-2026-1088-3O",
	} {
		if err := place.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(text, err)
		}
	}
	for _, c := range []struct{ name, got, want string }{
		{"enterprise", e.ICE.Enterprise(), "001525714"},
		{"establishment", e.ICE.Establishment(), "0000"},
		{"bank", e.RIB.Bank(), "001"},
		{"locality", e.RIB.Locality(), "810"},
		{"account", e.RIB.Account(), "0078000201106203"},
		{"RIB", e.RIB.Display(), "001 810 0078000201106203 18"},
		{"centre", e.RC.Centre(), "81"},
		{"number", e.RC.Number(), "30009"},
		{"RC", e.RC.Display("CASABLANCA"), "81 CASABLANCA / 30009"},
		{"RC of a centre without a name", e.RC.Display(""), "81 / 30009"},
		{"chapter", e.HS.Chapter(), "82"},
		{"heading", e.HS.Heading(), "8210"},
		{"subheading", e.HS.Subheading(), "821000"},
		{"HS", e.HS.Display(), "8210.00.00.90"},
		{"operator", string(e.Subscription.Operator()), "T"},
		{"subscription date", e.Subscription.Date().String(), "2023-09-10"},
		{"subscription number", fmt.Sprint(e.Subscription.Running()), "1137"},
		{"bureau", e.Dossier.Bureau(), "BV"},
		{"dossier's year and number", fmt.Sprint(e.Dossier.Year(), e.Dossier.Running()), "2026 1088"},
		{"service", e.Handicraft.Service(), "BM"},
		{"reference's year and number", fmt.Sprint(e.Handicraft.Year(), e.Handicraft.Running()), "2026 1088"},
		{"certificate's parts", fmt.Sprintf("%s %d %d", e.Certificate.Kind(), e.Certificate.Year(), e.Certificate.Running()), "COC 2026 1088"},
	} {
		if c.got != c.want {
			t.Errorf("%s %q, want %q", c.name, c.got, c.want)
		}
	}
	for prefix, want := range map[string]bool{"82": true, "8210": true, "821000": true, "8210000090": true, "8211": false, "82100000900": false, "": false} {
		if e.HS.Under(prefix) != want {
			t.Errorf("8210.00.00.90 under %q is %v", prefix, !want)
		}
	}
}

// One minute after 23:59 UTC on 31 December it has been next year in Casablanca
// for an hour.
func TestNumbersTakeTheYearOfCasablanca(t *testing.T) {
	for _, c := range []struct {
		name string
		at   time.Time
		year int
		day  string
	}{
		{"the last evening of the year", time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC), 2027, "01012027"},
		{"an hour earlier", time.Date(2026, 12, 31, 22, 30, 0, 0, time.UTC), 2026, "31122026"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dossier, err1 := identifiers.NewDossierNumber("bv", c.at, 7)
			handicraft, err2 := identifiers.NewHandicraftReference("BM", c.at, 7)
			certificate, err3 := identifiers.NewCertificateNumber(identifiers.COC, c.at, 7)
			subscription, err4 := identifiers.NewSubscriptionCode(c.at, identifiers.Importer, 7)
			if err1 != nil || err2 != nil || err3 != nil || err4 != nil {
				t.Fatal(err1, err2, err3, err4)
			}
			if dossier.Year() != c.year || handicraft.Year() != c.year || certificate.Year() != c.year {
				t.Errorf("years %d, %d, %d, want %d", dossier.Year(), handicraft.Year(), certificate.Year(), c.year)
			}
			if want := c.day + "I00000000007"; subscription.String() != want {
				t.Errorf("subscription %s, want %s", subscription, want)
			}
		})
	}
}

func TestImpossibleNumbersAreNotMade(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for name, make := range map[string]func() (fmt.Stringer, error){
		"a bureau of one letter":      func() (fmt.Stringer, error) { return identifiers.NewDossierNumber("B", now, 1) },
		"dossier zero":                func() (fmt.Stringer, error) { return identifiers.NewDossierNumber("BV", now, 0) },
		"a dossier too many":          func() (fmt.Stringer, error) { return identifiers.NewDossierNumber("BV", now, 1e12) },
		"a dossier of the year 999":   func() (fmt.Stringer, error) { return identifiers.NewDossierNumber("BV", now.AddDate(-1027, 0, 0), 1) },
		"a service with a digit":      func() (fmt.Stringer, error) { return identifiers.NewHandicraftReference("B1", now, 1) },
		"an unknown kind":             func() (fmt.Stringer, error) { return identifiers.NewCertificateNumber("XYZ", now, 1) },
		"certificate zero":            func() (fmt.Stringer, error) { return identifiers.NewCertificateNumber(identifiers.NCR, now, 0) },
		"an unknown operator":         func() (fmt.Stringer, error) { return identifiers.NewSubscriptionCode(now, "X", 1) },
		"subscription zero":           func() (fmt.Stringer, error) { return identifiers.NewSubscriptionCode(now, identifiers.Exporter, 0) },
		"a subscription of 12 digits": func() (fmt.Stringer, error) { return identifiers.NewSubscriptionCode(now, identifiers.Exporter, 1e11) },
	} {
		if got, err := make(); err == nil || got.String() != "" {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

func TestMadeNumbersReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := anyInstant(t)
		running := rapid.Uint64Range(1, 99_999_999_999).Draw(t, "running")
		office := rapid.StringMatching(`[A-Z]{2,4}`).Draw(t, "office")
		kind := rapid.SampledFrom(identifiers.CertificateKinds()).Draw(t, "kind")
		operator := rapid.SampledFrom([]identifiers.OperatorType{identifiers.Importer, identifiers.Exporter, identifiers.CustomsBroker, identifiers.FreightForwarder}).Draw(t, "operator")

		var in, out everything
		var errs [4]error
		in.Dossier, errs[0] = identifiers.NewDossierNumber(office, at, running)
		in.Handicraft, errs[1] = identifiers.NewHandicraftReference(office, at, running)
		in.Certificate, errs[2] = identifiers.NewCertificateNumber(kind, at, running)
		in.Subscription, errs[3] = identifiers.NewSubscriptionCode(at, operator, running)
		if errs != [4]error{} {
			t.Fatal(errs)
		}
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &out); err != nil || out != in {
			t.Fatalf("%s read back as %+v, %v", text, out, err)
		}
		if out.Subscription.Date() != calendar.DateIn(at) || out.Subscription.Operator() != operator || out.Subscription.Running() != running {
			t.Fatalf("%v has lost its parts", out.Subscription)
		}
	})
}

// The keys are checked against arithmetic on the whole number, as the
// specification words the rule.
func TestKeysMakeTheNumberAMultipleOf97(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ice, err := identifiers.CompleteICE(rapid.StringMatching(`[0-9]{8}[1-9][0-9]{4}`).Draw(t, "ICE"))
		if err != nil || !multipleOf97(ice.String()) {
			t.Fatalf("ICE %v, %v", ice, err)
		}
		rib, err := identifiers.CompleteRIB(rapid.StringMatching(`[0-9]{21}[1-9]`).Draw(t, "RIB"))
		if err != nil || !multipleOf97(rib.String()) {
			t.Fatalf("RIB %v, %v", rib, err)
		}

		digits := []byte(ice.String())
		at := rapid.IntRange(0, len(digits)-1).Draw(t, "at")
		digits[at] = '0' + (digits[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if wrong, err := identifiers.ParseICE(string(digits)); err == nil {
			t.Fatalf("%s, mistyped from %v, is read as %v", digits, ice, wrong)
		}
	})
}

func TestKeysAreWrittenInOneWayOnly(t *testing.T) {
	accepted := 0
	for key := range 100 {
		if _, err := identifiers.ParseICE(fmt.Sprintf("0015257140000%02d", key)); err == nil {
			accepted++
		}
	}
	if accepted != 1 {
		t.Errorf("%d keys are accepted for one number", accepted)
	}
	// 0000000970000 leaves no remainder: its key is 97, though 00 would be a multiple too.
	if ice, err := identifiers.CompleteICE("0000000970000"); err != nil || ice.String() != "000000097000097" {
		t.Errorf("%v, %v", ice, err)
	}
	if _, err := identifiers.ParseICE("000000097000000"); err == nil {
		t.Error("the key 00 is accepted")
	}
}

func TestUnfinishedNumbersAreNotCompleted(t *testing.T) {
	for _, first := range []string{"", "001525714000", "00152571400004", "00152571400O0", "0000000000001"} {
		if ice, err := identifiers.CompleteICE(first); err == nil || !ice.IsZero() {
			t.Errorf("ICE %q completed to %v", first, ice)
		}
	}
	for _, first := range []string{"", "001810007800020110620", "00181000780002011062031", "00181000780002O1106203", "0000000000000000000000"} {
		if rib, err := identifiers.CompleteRIB(first); err == nil || !rib.IsZero() {
			t.Errorf("RIB %q completed to %v", first, rib)
		}
	}
}

func multipleOf97(digits string) bool {
	n, ok := new(big.Int).SetString(digits, 10)
	return ok && new(big.Int).Mod(n, big.NewInt(97)).Sign() == 0
}

func anyInstant(t *rapid.T) time.Time {
	return time.Unix(rapid.Int64Range(946684800, 4102444800).Draw(t, "at"), 0) // 2000 to 2100
}
