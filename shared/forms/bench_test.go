package forms

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// BenchmarkTenThousandLines checks as many goods lines as a dossier may have:
// by our own walk, by the implementation that it is held to, and with what a
// step does besides, reading them into structs.
func BenchmarkTenThousandLines(b *testing.B) {
	line := `{"hs":"8210.00.00.90","designation":"Moulin à café électrique, 1 200 W","brand":"Zellij","origin":"CN","quantity":120,"unit":"C62","value":15340.50,"norm":"NM EN 60335-2-14"}`
	body := []byte(`{"lines":[` + line + string(bytes.Repeat([]byte(",\n"+line), 9999)) + `]}`)
	form, err := compiled()["conformity/goods"]()
	if err != nil {
		b.Fatal(err)
	}
	b.Run("walked", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			_, _, _ = form.judge(body)
		}
	})
	b.Run("by the oracle", func(b *testing.B) {
		oracle := oracleOf(b, "conformity/goods")
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
			if err != nil {
				b.Fatal(err)
			}
			_ = oracle.faults(value)
		}
	})
	b.Run("read", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		for b.Loop() {
			var lines struct {
				Lines []struct {
					HS, Designation, Brand, Origin, Unit, Norm string
					Quantity, Value                            float64
				}
			}
			if err := json.Unmarshal(body, &lines); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkReady makes a form ready, as a Lambda does at its first request.
func BenchmarkReady(b *testing.B) {
	raw, err := Raw("conformity/inspection")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := compile(raw); err != nil {
			b.Fatal(err)
		}
	}
}
