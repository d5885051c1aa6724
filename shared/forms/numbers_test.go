package forms_test

import (
	"fmt"
	"strings"
	"testing"

	"portal/shared/forms"
)

func TestNumbersAreReadAsJSONSchemaReadsThem(t *testing.T) {
	for number, want := range map[string]string{
		"1": "1", "1.0": "1", "10e-1": "1", "2E0": "2", "-0.0": "[{/verdicts/0/line too_small map[min:1]}]",
		"1.5":                          "[{/verdicts/0/line type map[expected:integer]}]",
		"10001":                        "[{/verdicts/0/line too_large map[max:10000]}]",
		"1e400":                        "[{/verdicts/0/line type map[expected:number]}]",
		"1e-400":                       "[{/verdicts/0/line type map[expected:number]}]",
		"1e999999999":                  "[{/verdicts/0/line type map[expected:number]}]",
		"1e101":                        "[{/verdicts/0/line type map[expected:number]}]",
		strings.Repeat("1", 39):        "[{/verdicts/0/line type map[expected:number]}]",
		"0." + strings.Repeat("3", 60): "[{/verdicts/0/line type map[expected:number]}]",
	} {
		var body struct {
			Verdicts []struct{ Line int }
		}
		faults, err := forms.Check("conformity/verdicts", []byte(`{"verdicts":[{"line":`+number+`,"verdict":"conforming"}]}`), &body)
		if err != nil {
			t.Errorf("%.50s: %v", number, err)
			continue
		}
		got := fmt.Sprint(faults)
		if len(faults) == 0 {
			got = fmt.Sprint(body.Verdicts[0].Line)
		}
		if got != want {
			t.Errorf("%.50s: %s, want %s", number, got, want)
		}
	}
}
