package forms

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	found "github.com/santhosh-tekuri/jsonschema/v6/kind"

	"pgregory.net/rapid"

	"portal/shared/problem"
)

// oracle is a complete implementation of JSON Schema, written by others. It
// says what our own, which knows only the keywords of forms, must say.
type oracle struct{ schema *jsonschema.Schema }

func newOracle(t testing.TB, raw []byte) oracle {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("urn:form", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("urn:form")
	if err != nil {
		t.Fatal(err)
	}
	return oracle{schema}
}

var (
	oraclesMu sync.Mutex
	oracles   = map[string]oracle{}
)

func oracleOf(t testing.TB, name string) oracle {
	t.Helper()
	oraclesMu.Lock()
	defer oraclesMu.Unlock()
	o, ok := oracles[name]
	if !ok {
		raw, err := Raw(name)
		if err != nil {
			t.Fatal(err)
		}
		o = newOracle(t, raw)
		oracles[name] = o
	}
	return o
}

// check says what is wrong with a body; ok is false when it is no JSON.
func (o oracle) check(body []byte) (faults []problem.Fault, ok bool) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return nil, false
	}
	value = tidy(value, "", &faults)
	if len(faults) == 0 {
		faults = o.faults(value)
	}
	slices.SortStableFunc(faults, func(a, b problem.Fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	return slices.CompactFunc(faults, func(a, b problem.Fault) bool { return a.Pointer == b.Pointer }), true
}

func (o oracle) faults(value any) []problem.Fault {
	var invalid *jsonschema.ValidationError
	if err := o.schema.Validate(value); !errors.As(err, &invalid) {
		return nil
	}
	var faults []problem.Fault
	collect(invalid, &faults)
	return faults
}

// collect flattens an error in the order in which the oracle found it.
func collect(e *jsonschema.ValidationError, faults *[]problem.Fault) {
	at := Pointer(e.InstanceLocation...)
	add := func(pointer, code string, params map[string]any) {
		*faults = append(*faults, problem.Fault{Pointer: pointer, Code: code, Params: params})
	}
	switch k := e.ErrorKind.(type) {
	case *found.Required:
		for _, name := range k.Missing {
			add(at+Pointer(name), "required", nil)
		}
	case *found.DependentRequired:
		for _, name := range k.Missing {
			add(at+Pointer(name), "required", nil)
		}
	case *found.AdditionalProperties, *found.FalseSchema:
		add(at, "unknown_field", nil)
	case *found.Type:
		add(at, "type", map[string]any{"expected": strings.Join(k.Want, ", ")})
	case *found.Enum, *found.Const:
		add(at, "choice", nil)
	case *found.MinLength:
		if k.Want == 1 {
			add(at, "required", nil)
			return
		}
		add(at, "too_short", map[string]any{"min": k.Want})
	case *found.MaxLength:
		add(at, "too_long", map[string]any{"max": k.Want})
	case *found.MinItems:
		add(at, "too_few", map[string]any{"min": k.Want})
	case *found.MinProperties:
		add(at, "too_few", map[string]any{"min": k.Want})
	case *found.MaxItems:
		add(at, "too_many", map[string]any{"max": k.Want})
	case *found.UniqueItems:
		add(at, "duplicate", nil)
	case *found.Pattern:
		add(at, "format", nil)
	case *found.Format:
		add(at, k.Want, nil)
	case *found.Minimum:
		add(at, "too_small", map[string]any{"min": decimal(k.Want)})
	case *found.ExclusiveMinimum:
		add(at, "not_above", map[string]any{"min": decimal(k.Want)})
	case *found.Maximum:
		add(at, "too_large", map[string]any{"max": decimal(k.Want)})
	case *found.Schema, *found.Group, *found.Reference, *found.AllOf:
		for _, cause := range e.Causes {
			collect(cause, faults)
		}
	default:
		panic(fmt.Sprintf("%T is of a keyword that forms do not use", k))
	}
}

// agree holds our verdict on a body against the oracle's: the same faults at
// the same places, with the same bounds.
func agree(t rapid.TB, what string, ours *schema, o oracle, body []byte) (valid bool) {
	t.Helper()
	want, isJSON := o.check(body)
	if json.Valid(body) != isJSON {
		t.Fatalf("%s: %q: JSON %v for the oracle", what, body, isJSON)
	}
	if !isJSON {
		return false
	}
	got, _, err := ours.judge(body)
	if err != nil || len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: %q\nis told %v %v\nwant    %v", what, body, got, err, want)
	}
	return len(want) == 0
}
