package conformity

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"portal/shared/forms"
	"portal/shared/identifiers"
	"portal/shared/problem"
	"portal/shared/reference"
)

// Facts is what the rules need to know of a draft's goods, found once when they
// are saved: the rest of the form is then checked without reading the lines
// again, however many they are. Row dossier#<id> / dossier.goods.
type Facts struct {
	Faults     []problem.Fault `json:"faults,omitempty"`     // of any goods, the first MaxFaults
	Unmeasured []problem.Fault `json:"unmeasured,omitempty"` // of goods that are shipped: quantity, unit, value
	More       int             `json:"more,omitempty"`       // faults beyond these
	Codes      []Code          `json:"codes,omitempty"`      // in the order of their first line
	Products   string          `json:"products,omitempty"`   // digest of what the goods are, see DigestProducts
}

// Code is an HS code with a country of origin, and the lines that have both,
// from 1.
type Code struct {
	HS     string `json:"hs"` // ten digits
	Origin string `json:"origin"`
	Lines  []int  `json:"lines"`
	Extent Extent `json:"extent,omitzero"`
}

type codeKey struct{ hs, origin string }

// MaxFaults bounds how many wrong cells a draft is told at once.
const MaxFaults = 200

// FactsOf checks goods lines by the form and the rules; pointers are those of
// the whole request.
func FactsOf(lines []Line) Facts {
	var facts Facts
	facts.Faults = goodsFaults(lines)
	place, products := map[codeKey]int{}, make([]Product, len(lines))
	for i, line := range lines {
		products[i] = ProductOf(i+1, line)
		facts.Unmeasured = append(facts.Unmeasured, unmeasured(i, line)...)
		hs, err := identifiers.ParseHS(line.HS)
		if err != nil {
			continue
		}
		key := codeKey{hs.String(), line.Origin}
		at, seen := place[key]
		if !seen {
			at = len(facts.Codes)
			place[key] = at
			facts.Codes = append(facts.Codes, Code{HS: key.hs, Origin: key.origin})
		}
		facts.Codes[at].Lines = append(facts.Codes[at].Lines, i+1)
		facts.Codes[at].Extent = facts.Codes[at].Extent.with(line)
	}
	facts.Products = DigestProducts(products)
	facts.Faults = facts.first(facts.Faults)
	facts.Unmeasured = facts.first(facts.Unmeasured)
	return facts
}

func (f *Facts) first(faults []problem.Fault) []problem.Fault {
	f.More += max(0, len(faults)-MaxFaults)
	return faults[:min(len(faults), MaxFaults)]
}

// typedLines is how many lines the goods form takes at once.
const typedLines = 500

// goodsFaults checks goods lines whole, by the form and the reference lists.
func goodsFaults(lines []Line) []problem.Fault {
	if len(lines) == 0 {
		return []problem.Fault{{Pointer: "/goods/lines", Code: "too_few", Params: map[string]any{"min": 1}}}
	}
	var faults []problem.Fault
	for from := 0; from < len(lines); from += typedLines {
		part := lines[from:min(from+typedLines, len(lines))]
		for _, fault := range formFaults(part) {
			fault.Pointer = shifted(fault.Pointer, from)
			faults = append(faults, fault)
		}
	}
	for i, line := range lines {
		at := fmt.Sprintf("/goods/lines/%d", i)
		if _, err := identifiers.ParseHS(line.HS); line.HS != "" && err != nil {
			faults = append(faults, problem.Fault{Pointer: at + "/hs", Code: "hs"})
		}
		faults = append(faults, unknown(at+"/origin", line.Origin, reference.Countries())...)
		faults = append(faults, unknown(at+"/unit", line.Unit, reference.Units())...)
	}
	return faults
}

func formFaults(lines []Line) []problem.Fault {
	raw, err := json.Marshal(map[string][]Line{"lines": lines})
	if err != nil {
		return []problem.Fault{{Pointer: "/lines", Code: "format"}}
	}
	var asSent json.RawMessage
	faults, err := forms.Check(FormName("goods"), raw, &asSent)
	if err != nil {
		return []problem.Fault{{Pointer: "/lines", Code: "format"}}
	}
	return faults
}

// shifted puts a pointer into a part of the lines that begins at from under
// the whole request: /lines/3/hs of the part from 500 is /goods/lines/503/hs.
func shifted(pointer string, from int) string {
	rest, ok := strings.CutPrefix(pointer, "/lines/")
	if !ok {
		return "/goods" + pointer
	}
	number, field, _ := strings.Cut(rest, "/")
	i, err := strconv.Atoi(number)
	if err != nil {
		return "/goods" + pointer
	}
	return fmt.Sprintf("/goods/lines/%d/%s", from+i, field)
}

// unmeasured names what goods that are shipped lack; products that are
// registered have no quantity.
func unmeasured(i int, line Line) []problem.Fault {
	var faults []problem.Fault
	for _, field := range []struct {
		name    string
		missing bool
	}{{"quantity", line.Quantity == 0}, {"unit", line.Unit == ""}, {"value", line.Value == 0}} {
		if field.missing {
			faults = append(faults, problem.Fault{Pointer: fmt.Sprintf("/goods/lines/%d/%s", i, field.name), Code: "required"})
		}
	}
	return faults
}
