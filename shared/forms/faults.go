package forms

import (
	"errors"
	"math/big"
	"slices"
	"sort"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"portal/shared/problem"
)

// faultsOf flattens a validation error into one fault per wrong field, sorted
// by pointer. A field with several faults keeps its first in schema order:
// "required" beside "too short" helps nobody.
func faultsOf(err error) []problem.Fault {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return nil
	}
	var faults []problem.Fault
	collect(invalid, &faults)
	sort.SliceStable(faults, func(i, j int) bool { return faults[i].Pointer < faults[j].Pointer })
	return slices.CompactFunc(faults, func(a, b problem.Fault) bool { return a.Pointer == b.Pointer })
}

func collect(e *jsonschema.ValidationError, faults *[]problem.Fault) {
	at := Pointer(e.InstanceLocation...)
	add := func(pointer, code string, params map[string]any) {
		*faults = append(*faults, problem.Fault{Pointer: pointer, Code: code, Params: params})
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			add(at+Pointer(name), "required", nil)
		}
	case *kind.DependentRequired:
		for _, name := range k.Missing {
			add(at+Pointer(name), "required", nil)
		}
	case *kind.AdditionalProperties:
		for range k.Properties {
			// The name was sent by the caller: the parent is named instead.
			add(at, "unknown_field", nil)
		}
	case *kind.FalseSchema:
		add(at, "unknown_field", nil)
	case *kind.Type:
		add(at, "type", map[string]any{"expected": strings.Join(k.Want, ", ")})
	case *kind.Enum, *kind.Const:
		add(at, "choice", nil)
	case *kind.MinLength:
		if k.Want == 1 {
			add(at, "required", nil)
			return
		}
		add(at, "too_short", map[string]any{"min": k.Want})
	case *kind.MaxLength:
		add(at, "too_long", map[string]any{"max": k.Want})
	case *kind.MinItems:
		add(at, "too_few", map[string]any{"min": k.Want})
	case *kind.MaxItems:
		add(at, "too_many", map[string]any{"max": k.Want})
	case *kind.UniqueItems:
		add(at, "duplicate", nil)
	case *kind.Pattern:
		add(at, "format", nil)
	case *kind.Format:
		add(at, formatCode(k.Want), nil)
	case *kind.Minimum:
		add(at, "too_small", map[string]any{"min": decimal(k.Want)})
	case *kind.ExclusiveMinimum:
		add(at, "not_above", map[string]any{"min": decimal(k.Want)})
	case *kind.Maximum:
		add(at, "too_large", map[string]any{"max": decimal(k.Want)})
	default:
		if len(e.Causes) == 0 {
			add(at, "format", nil)
		}
		for _, cause := range e.Causes {
			collect(cause, faults)
		}
	}
}

func formatCode(format string) string {
	switch format {
	case "date":
		return "date"
	case "email":
		return "email"
	}
	return "format"
}

func decimal(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f, _ := r.Float64()
	return big.NewFloat(f).Text('g', 12)
}

// escape is made once: a replacer builds its tables at its first use.
var escape = strings.NewReplacer("~", "~0", "/", "~1")

// Pointer is the JSON Pointer (RFC 6901) of a path of names; "" is the whole.
func Pointer(path ...string) string {
	var b strings.Builder
	for _, name := range path {
		b.WriteByte('/')
		b.WriteString(escape.Replace(name))
	}
	return b.String()
}

// Under moves faults below a pointer, when a form is part of a larger one.
func Under(pointer string, faults []problem.Fault) []problem.Fault {
	moved := make([]problem.Fault, len(faults))
	for i, f := range faults {
		f.Pointer = pointer + f.Pointer
		moved[i] = f
	}
	return moved
}
