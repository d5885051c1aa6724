package forms

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"math/big"
	"slices"
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

// plainNumber tells whether a number is surely in bounds and written as tidy
// would write it.
func plainNumber(text []byte) bool {
	if len(text) > mostDigits || bytes.ContainsAny(text, "eE") {
		return false
	}
	if bytes.IndexByte(text, '.') < 0 {
		return true
	}
	f, err := strconv.ParseFloat(string(text), 64)
	return err == nil && f != math.Trunc(f)
}

// tidied is a body as Go reads it, or the faults of the numbers that have no
// place anywhere. They are the only faults told: exact arithmetic is slow on
// such numbers.
func tidied(body []byte) ([]byte, []problem.Fault, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, nil, err
	}
	var faults []problem.Fault
	value = tidy(value, "", &faults)
	slices.SortFunc(faults, func(a, b problem.Fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	body, err := json.Marshal(value)
	return body, faults, err
}

// tidy walks a JSON value: it writes whole numbers as integers (JSON Schema
// takes 1.0 for one, encoding/json does not), in place where it can, and names
// every number that is out of bounds.
func tidy(value any, at string, faults *[]problem.Fault) any {
	switch v := value.(type) {
	case json.Number:
		return tidyNumber(v, at, faults)
	case []any:
		for i, item := range v {
			v[i] = tidy(item, at+"/"+strconv.Itoa(i), faults)
		}
	case map[string]any:
		for name, item := range v {
			v[name] = tidy(item, at+Pointer(name), faults)
		}
	}
	return value
}

func tidyNumber(n json.Number, at string, faults *[]problem.Fault) json.Number {
	f, err := n.Float64()
	if err != nil || !inBounds(n.String(), f) {
		*faults = append(*faults, problem.Fault{Pointer: at, Code: "type", Params: map[string]any{"expected": "number"}})
		return n
	}
	if strings.ContainsAny(n.String(), ".eE") && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return json.Number(strconv.FormatFloat(f, 'f', -1, 64))
	}
	return n
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

// isInteger tells whether a number in bounds is whole.
func isInteger(text []byte) bool {
	if !bytes.ContainsAny(text, ".eE") {
		return true
	}
	exact, ok := new(big.Rat).SetString(string(text))
	return ok && exact.IsInt()
}

// compare is -1, 0 or 1 for a number below, at or above the limit. nearest is
// the number rounded: rounding keeps the order of numbers, so that only those
// that round alike need exact arithmetic.
func (b bound) compare(text []byte, nearest float64) int {
	if nearest != b.nearest {
		return cmp.Compare(nearest, b.nearest)
	}
	exact, _ := new(big.Rat).SetString(string(text)) // it is a number
	return exact.Cmp(b.limit)
}
