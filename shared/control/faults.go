package control

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"portal/shared/problem"
	"portal/shared/reference"
)

// Bounds of a list and of what an entry says, so that every entry fits in a
// store's row with many others. Lengths are in characters.
const (
	MostEntries = 10_000
	MostName    = 300
	MostNorms   = 20
	MostNorm    = 100
	MostAmount  = 1e12 // of a threshold, in its unit or in dirhams
)

// tidy brings an entry to the form in which it is kept and compared: digits
// without points, texts without surrounding space, no empty norm or threshold.
func (e Entry) tidy() Entry {
	e.HS = digitsOf(e.HS)
	e.Names = reference.Names{French: clean(e.Names.French), Arabic: clean(e.Names.Arabic), English: clean(e.Names.English)}
	var norms []string
	for _, norm := range e.Norms {
		if norm = clean(norm); norm != "" {
			norms = append(norms, norm)
		}
	}
	e.Norms = norms
	if e.Threshold != nil && *e.Threshold == (Threshold{}) {
		e.Threshold = nil
	}
	return e
}

func clean(text string) string { return strings.Join(strings.Fields(text), " ") }

// digitsOf drops the points and spaces with which a tariff prints a code.
func digitsOf(code string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(code), ""), ".", "")
}

// faultsOf names every fault of tidied entries, in their order.
func faultsOf(entries []Entry) []problem.Fault {
	if len(entries) == 0 {
		return []problem.Fault{{Pointer: "/entries", Code: "too_few", Params: map[string]any{"min": 1}}}
	}
	if len(entries) > MostEntries {
		return []problem.Fault{{Pointer: "/entries", Code: "too_many", Params: map[string]any{"max": MostEntries}}}
	}
	var faults []problem.Fault
	seen := make(map[string]bool, len(entries))
	for i, e := range entries {
		at := "/entries/" + strconv.Itoa(i)
		faults = append(faults, e.faults(at)...)
		if seen[e.HS] && e.HS != "" {
			faults = append(faults, problem.Fault{Pointer: at + "/hs", Code: "duplicate"})
		}
		seen[e.HS] = true
	}
	return faults
}

func (e Entry) faults(at string) []problem.Fault {
	var faults []problem.Fault
	if !validHS(e.HS) {
		faults = append(faults, problem.Fault{Pointer: at + "/hs", Code: "hs_prefix", Params: map[string]any{"min": LeastDigits, "max": MostDigits}})
	}
	if !slices.Contains(Controls(), e.Control) {
		faults = append(faults, problem.Fault{Pointer: at + "/control", Code: "choice"})
	}
	faults = append(faults, e.nameFaults(at)...)
	switch {
	case e.Family == "" && e.Control != None:
		faults = append(faults, problem.Fault{Pointer: at + "/family", Code: "required"})
	case e.Family != "" && !reference.Families().Has(e.Family):
		faults = append(faults, problem.Fault{Pointer: at + "/family", Code: "choice"})
	}
	faults = append(faults, e.normFaults(at)...)
	return append(faults, e.thresholdFaults(at)...)
}

func validHS(digits string) bool {
	return len(digits) >= LeastDigits && len(digits) <= MostDigits && strings.Trim(digits, "0123456789") == ""
}

func (e Entry) nameFaults(at string) []problem.Fault {
	var faults []problem.Fault
	if e.Names.French == "" {
		faults = append(faults, problem.Fault{Pointer: at + "/names/fr", Code: "required"})
	}
	for _, name := range []struct{ lang, text string }{{"fr", e.Names.French}, {"ar", e.Names.Arabic}, {"en", e.Names.English}} {
		pointer := at + "/names/" + name.lang
		if fault, wrong := textFault(pointer, name.text, MostName); wrong {
			faults = append(faults, fault)
		}
	}
	return faults
}

func (e Entry) normFaults(at string) []problem.Fault {
	if len(e.Norms) > MostNorms {
		return []problem.Fault{{Pointer: at + "/norms", Code: "too_many", Params: map[string]any{"max": MostNorms}}}
	}
	var faults []problem.Fault
	for i, norm := range e.Norms {
		pointer := at + "/norms/" + strconv.Itoa(i)
		if fault, wrong := textFault(pointer, norm, MostNorm); wrong {
			faults = append(faults, fault)
		}
		if strings.Contains(norm, normSeparator) {
			faults = append(faults, problem.Fault{Pointer: pointer, Code: "format"})
		}
	}
	return faults
}

// textFault is what is wrong with a text. A text that a spreadsheet would take
// for a formula is refused: the list is downloaded as CSV by anybody.
func textFault(pointer, text string, most int) (problem.Fault, bool) {
	switch {
	case utf8.RuneCountInString(text) > most:
		return problem.Fault{Pointer: pointer, Code: "too_long", Params: map[string]any{"max": most}}, true
	case text != "" && strings.ContainsAny(text[:1], "=+-@"):
		return problem.Fault{Pointer: pointer, Code: "formula"}, true
	}
	return problem.Fault{}, false
}

func (e Entry) thresholdFaults(at string) []problem.Fault {
	t := e.Threshold
	at += "/threshold"
	switch {
	case t == nil:
		return nil
	case e.Control == None:
		return []problem.Fault{{Pointer: at, Code: "threshold_without_control"}}
	case t.Value != 0 && (t.Quantity != 0 || t.Unit != ""):
		return []problem.Fault{{Pointer: at, Code: "one_threshold"}}
	case t.Value != 0:
		return amountFaults(at+"/value", t.Value)
	}
	var faults []problem.Fault
	if t.Quantity == 0 {
		faults = append(faults, problem.Fault{Pointer: at + "/quantity", Code: "required"})
	} else {
		faults = append(faults, amountFaults(at+"/quantity", t.Quantity)...)
	}
	switch {
	case t.Unit == "":
		faults = append(faults, problem.Fault{Pointer: at + "/unit", Code: "required"})
	case !reference.Units().Has(t.Unit):
		faults = append(faults, problem.Fault{Pointer: at + "/unit", Code: "choice"})
	}
	return faults
}

func amountFaults(at string, amount float64) []problem.Fault {
	switch {
	case math.IsNaN(amount) || amount <= 0:
		return []problem.Fault{{Pointer: at, Code: "not_above", Params: map[string]any{"min": 0}}}
	case amount > MostAmount:
		return []problem.Fault{{Pointer: at, Code: "too_large", Params: map[string]any{"max": "1000000000000"}}}
	}
	return nil
}
