package forms

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"portal/shared/problem"
)

// Bounds of a number in a form, far beyond any real one: what is longer, larger
// or smaller has no place in a store (DynamoDB keeps 38 digits from 1e-130 to
// 1e126) nor in a float64.
const (
	mostDigits = 38
	largest    = 1e100
	smallest   = 1e-100
)

// tidy walks a JSON value: it writes whole numbers as integers (JSON Schema
// takes 1.0 for one, encoding/json does not), in place where it can, and names
// every number that is out of bounds. changed tells whether it wrote any.
func tidy(value any, at string, faults *[]problem.Fault) (tidied any, changed bool) {
	switch v := value.(type) {
	case json.Number:
		return tidyNumber(v, at, faults)
	case []any:
		for i, item := range v {
			one, other := tidy(item, at+"/"+strconv.Itoa(i), faults)
			v[i], changed = one, changed || other
		}
	case map[string]any:
		for name, item := range v {
			one, other := tidy(item, at+Pointer(name), faults)
			v[name], changed = one, changed || other
		}
	}
	return value, changed
}

func tidyNumber(n json.Number, at string, faults *[]problem.Fault) (any, bool) {
	f, err := n.Float64()
	if err != nil || !inBounds(n.String(), f) {
		*faults = append(*faults, problem.Fault{Pointer: at, Code: "type", Params: map[string]any{"expected": "number"}})
		return n, false
	}
	if strings.ContainsAny(n.String(), ".eE") && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return json.Number(strconv.FormatFloat(f, 'f', -1, 64)), true
	}
	return n, false
}

func inBounds(text string, f float64) bool {
	if len(text) > mostDigits {
		return false
	}
	if f == 0 { // exactly, not for being too small
		mantissa, _, _ := strings.Cut(strings.ToLower(text), "e")
		return !strings.ContainsAny(mantissa, "123456789")
	}
	return math.Abs(f) > smallest && math.Abs(f) < largest
}
