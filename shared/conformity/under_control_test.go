package conformity_test

import (
	"testing"

	"pgregory.net/rapid"

	"portal/shared/conformity"
	"portal/shared/control"
	"portal/shared/reference"
)

// What is known of the lines of a code together says the same as the lines one
// by one.
func TestWhetherALineIsControlledAtOriginIsKnownWithoutReadingTheLines(t *testing.T) {
	names := reference.Names{French: "Produit"}
	list, faults := control.NewList(control.Edition{Version: "1"}, []control.Entry{
		{HS: "8516", Control: control.AtOrigin, Names: names, Family: "electrical", Threshold: &control.Threshold{Quantity: 5, Unit: "C62"}},
		{HS: "8544", Control: control.AtOrigin, Names: names, Family: "electrical", Threshold: &control.Threshold{Value: 5000}},
		{HS: "851671", Control: control.AtImport, Names: names, Family: "electrical"},
		{HS: "851672", Control: control.None, Names: names},
	})
	if len(faults) > 0 {
		t.Fatalf("%v", faults)
	}
	line := rapid.Custom(func(t *rapid.T) conformity.Line {
		return conformity.Line{
			HS:       rapid.SampledFrom([]string{"8516.79.00.00", "8516.71.00.00", "8516.72.00.00", "8544.49.00.00", "0101.21.00.00", "8516"}).Draw(t, "hs"),
			Origin:   rapid.SampledFrom([]string{"CN", "FR"}).Draw(t, "origin"),
			Quantity: rapid.SampledFrom([]float64{0, 4, 5, 6}).Draw(t, "quantity"),
			Unit:     rapid.SampledFrom([]string{"", "C62", "C62", "C62", "KGM"}).Draw(t, "unit"),
			Value:    rapid.SampledFrom([]float64{0, 4999, 5000, 5000.5}).Draw(t, "value"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(line, 0, 6).Draw(t, "lines")
		currency := rapid.SampledFrom([]string{"MAD", "USD", ""}).Draw(t, "currency")
		want := false
		for _, l := range lines {
			found, known := conformity.UnderControl(l, currency, list)
			if known == (l.HS == "8516") {
				t.Fatalf("%s is known: %v", l.HS, known)
			}
			want = want || found.Outcome == control.ControlledAtOrigin
		}
		if got := conformity.AnyAtOrigin(conformity.FactsOf(lines).Codes, currency, list); got != want {
			t.Fatalf("together %v, one by one %v: %+v", got, want, lines)
		}
	})
}

func TestTheCurrencyOfADraftIsThatOfItsInvoice(t *testing.T) {
	for raw, want := range map[string]string{
		"": "", "{}": "", `{"shipment":{"invoice":{"currency":"EUR"}}}`: "EUR", `{"shipment":{"invoice":{"currency":7}}}`: "", `{"shipment":3}`: "", "null": "",
	} {
		f := &conformity.File{Form: conformity.Form{Inspection: []byte(raw)}}
		if got := conformity.CurrencyOf(f); got != want {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}
