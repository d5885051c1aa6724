package forms

import (
	"encoding/json"
	"testing"
)

// A number without a bound is one that Go's types cannot hold: what the form
// lets through, its struct must take.
func TestEveryNumberOfAFormIsBounded(t *testing.T) {
	for _, name := range Names() {
		raw, err := Raw(name)
		if err != nil {
			t.Fatal(err)
		}
		var form any
		if err := json.Unmarshal(raw, &form); err != nil {
			t.Fatal(err)
		}
		for _, place := range unbounded("", form) {
			t.Errorf("%s: %s has no maximum, or none that float64 and int64 both hold", name, place)
		}
	}
}

// unbounded are the places of numbers without a usable maximum.
func unbounded(at string, node any) (places []string) {
	const most = 1<<53 - 1
	switch n := node.(type) {
	case map[string]any:
		if n["type"] == "integer" || n["type"] == "number" {
			if maximum, ok := n["maximum"].(float64); !ok || maximum > most {
				places = append(places, at)
			}
		}
		for name, part := range n {
			places = append(places, unbounded(at+"/"+name, part)...)
		}
	case []any:
		for _, part := range n {
			places = append(places, unbounded(at, part)...)
		}
	}
	return places
}
