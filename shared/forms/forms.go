// Package forms holds one JSON Schema (2020-12) per form and checks bodies
// against it. The server checks with it, the browser draws with it, OpenAPI
// describes with it, papers label with it: a field is declared once.
package forms

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

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

// compiled makes each form ready when it is first used: a Lambda pays for its
// own form only.
var compiled = sync.OnceValue(func() map[string]func() (*schema, error) {
	all := make(map[string]func() (*schema, error), len(Names()))
	for _, name := range Names() {
		all[name] = sync.OnceValues(func() (*schema, error) {
			raw, err := Raw(name)
			if err != nil {
				return nil, err
			}
			return compile(raw)
		})
	}
	return all
})

// Check reads a body as the form and into v, and names every fault at once.
// Only a body whose shape is right (see Structural) is read into v. An error is
// a problem for the caller (not JSON at all) or a broken form.
func Check(name string, body []byte, v any) ([]problem.Fault, error) {
	ready, ok := compiled()[name]
	if !ok {
		return nil, fmt.Errorf("forms: %s: %w", name, fs.ErrNotExist)
	}
	form, err := ready()
	if err != nil {
		return nil, fmt.Errorf("forms: %s: %w", name, err)
	}
	if !json.Valid(body) {
		return nil, problem.New("not_json")
	}
	faults, body, err := form.judge(body)
	if err != nil {
		return nil, fmt.Errorf("forms: %s: %w", name, err)
	}
	if slices.ContainsFunc(faults, Structural) {
		return faults, nil
	}
	if err := json.Unmarshal(body, v); err != nil {
		if len(faults) > 0 { // a number too large for its bound may be so for Go
			return append([]problem.Fault{{Code: "type"}}, faults...), nil
		}
		return nil, fmt.Errorf("forms: %s lets through what its struct does not: %w", name, err)
	}
	return faults, nil
}

// judge names what is wrong with a body that is JSON, and gives it as Go reads
// it.
func (s *schema) judge(body []byte) ([]problem.Fault, []byte, error) {
	if plain(body) {
		if faults, repeats := s.check(body); !repeats {
			return faults, body, nil
		}
	}
	body, faults, err := tidied(body)
	if err != nil || len(faults) > 0 {
		return faults, body, err
	}
	faults, _ = s.check(body)
	return faults, body, nil
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
