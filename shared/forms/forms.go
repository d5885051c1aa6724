// Package forms holds one JSON Schema (2020-12) per form and checks bodies
// against it. The server checks with it, the browser draws with it, OpenAPI
// describes with it, papers label with it: a field is declared once.
package forms

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"portal/shared/problem"
)

//go:embed schemas
var files embed.FS

// Names lists every form, sorted: "accounts/register" is
// schemas/accounts/register.schema.json.
var Names = sync.OnceValue(func() []string {
	var names []string
	_ = fs.WalkDir(files, "schemas", func(file string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && path.Dir(file) != "schemas" {
			names = append(names, strings.TrimSuffix(strings.TrimPrefix(file, "schemas/"), ".schema.json"))
		}
		return err
	})
	slices.Sort(names)
	return names
})

// Raw is the form's schema as written. fs.ErrNotExist for an unknown name.
func Raw(name string) ([]byte, error) {
	return files.ReadFile("schemas/" + name + ".schema.json")
}

var (
	mu       sync.Mutex
	compiled = map[string]*jsonschema.Schema{}
)

// schema compiles a form once, when it is first used: a Lambda pays for its
// own form only.
func schema(name string) (*jsonschema.Schema, error) {
	mu.Lock()
	defer mu.Unlock()
	if s, ok := compiled[name]; ok {
		return s, nil
	}
	raw, err := Raw(name)
	if err != nil {
		return nil, fmt.Errorf("forms: %w", err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("forms: %s: %w", name, err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	location := "urn:portal:form:" + strings.ReplaceAll(name, "/", ":")
	if err := compiler.AddResource(location, doc); err != nil {
		return nil, fmt.Errorf("forms: %s: %w", name, err)
	}
	s, err := compiler.Compile(location)
	if err != nil {
		return nil, fmt.Errorf("forms: %s: %w", name, err)
	}
	compiled[name] = s
	return s, nil
}

// Check reads a body as the form and into v, and names every fault at once.
// An error is a problem for the caller (not JSON at all) or a broken form.
func Check(name string, body []byte, v any) ([]problem.Fault, error) {
	s, err := schema(name)
	if err != nil {
		return nil, err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return nil, problem.New("not_json")
	}
	faults, body, err := judged(s, value, body)
	if err != nil {
		return nil, fmt.Errorf("forms: %s: %w", name, err)
	}
	if len(faults) == 0 || !slices.ContainsFunc(faults, Structural) {
		if err := json.Unmarshal(body, v); err != nil {
			return nil, fmt.Errorf("forms: %s lets through what its struct does not: %w", name, err)
		}
	}
	return faults, nil
}

// judged holds a value against the schema, and gives the body as Go reads it.
func judged(s *jsonschema.Schema, value any, body []byte) ([]problem.Fault, []byte, error) {
	var faults []problem.Fault
	tidied, changed := tidy(value, "", &faults)
	if len(faults) > 0 {
		// Before the schema: its arithmetic is exact, and slow on such numbers.
		sort.Slice(faults, func(i, j int) bool { return faults[i].Pointer < faults[j].Pointer })
		return faults, body, nil
	}
	if !changed {
		return faultsOf(s.Validate(value)), body, nil
	}
	body, err := json.Marshal(tidied)
	return faultsOf(s.Validate(tidied)), body, err
}

// Decode is Check for a body that must be right as it stands: any fault is the
// problem "invalid".
func Decode(name string, body []byte, v any) error {
	faults, err := Check(name, body, v)
	if err != nil {
		return err
	}
	return problem.Invalid(faults)
}

// Structural tells whether a fault is about shape (a wrong type, an unknown
// field, far too much) rather than about something not yet filled in or
// mistyped. A draft may keep the latter: half a code is worth saving; its
// faults come back as what is missing.
func Structural(f problem.Fault) bool {
	switch f.Code {
	case "type", "unknown_field", "too_long", "too_many":
		return true
	}
	return false
}
