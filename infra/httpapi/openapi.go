package httpapi

import (
	"encoding/json"
	"fmt"
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"portal/shared/forms"
	"portal/shared/problem"
)

// FormSchema refers to a form's schema in the description.
func FormSchema(name string) *huma.Schema {
	return &huma.Schema{Ref: "#/components/schemas/" + formComponent(name)}
}

// schemaName names a component after its package: two rooms may both have a
// card. A type without a name of its own belongs to the room being mounted.
func (a *API) schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	owner := a.room
	if t.Name() != "" && t.PkgPath() != "" {
		owner = path.Base(t.PkgPath())
	}
	if owner == "" {
		return huma.DefaultSchemaNamer(t, hint)
	}
	return strings.ToUpper(owner[:1]) + owner[1:] + huma.DefaultSchemaNamer(t, hint)
}

func formComponent(name string) string { return "Form." + strings.ReplaceAll(name, "/", ".") }

// Describe is the OpenAPI 3.1 description of every mounted step, with every
// form's schema in its components.
func (a *API) Describe() ([]byte, error) {
	registry := a.OpenAPI().Components.Schemas
	registry.Schema(reflect.TypeFor[problem.Body](), true, "Problem")
	raw, err := json.Marshal(a.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	asAnswered(doc)
	schemas := doc["components"].(map[string]any)["schemas"].(map[string]any)
	schemas["Problem"] = schemas["ProblemBody"]
	delete(schemas, "ProblemBody")
	for _, name := range forms.Names() {
		schema, err := embeddedForm(name)
		if err != nil {
			return nil, err
		}
		schemas[formComponent(name)] = schema
	}
	return json.MarshalIndent(doc, "", "  ")
}

// asAnswered corrects what huma draws from Go structs to what is answered: a
// raw body is JSON and nothing else.
func asAnswered(doc map[string]any) {
	paths, _ := doc["paths"].(map[string]any)
	for _, path := range paths {
		operations, _ := path.(map[string]any)
		for _, operation := range operations {
			op, _ := operation.(map[string]any)
			if body, ok := op["requestBody"].(map[string]any); ok {
				content, _ := body["content"].(map[string]any)
				delete(content, "application/octet-stream")
			}
			parameters, _ := op["parameters"].([]any)
			for _, parameter := range parameters {
				if p, ok := parameter.(map[string]any); ok {
					asRead(p)
				}
			}
		}
	}
}

// asRead corrects a parameter to how it is read: If-Match must be there and be
// a tag (without it, or with another's, the answer is a problem of its own, not
// a wrong parameter); a query parameter left empty is as one left out, because
// browsers send every field of a search.
func asRead(p map[string]any) {
	switch {
	case p["name"] == "If-Match":
		p["required"] = true
		p["schema"] = map[string]any{"type": "string", "pattern": `^(\*|"[1-9][0-9]*")$`}
	case p["in"] == "query" && p["required"] != true:
		p["allowEmptyValue"] = true
	}
}

// embeddedForm is a form's schema with its own references made absolute: in a
// component, "#/$defs/party" would point to the description's root.
func embeddedForm(name string) (any, error) {
	raw, err := forms.Raw(name)
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	moved := strings.ReplaceAll(string(raw), `"#/$defs/`, `"#/components/schemas/`+formComponent(name)+`/$defs/`)
	var schema map[string]any
	if err := json.Unmarshal([]byte(moved), &schema); err != nil {
		return nil, fmt.Errorf("openapi: form %s: %w", name, err)
	}
	delete(schema, "$id")
	delete(schema, "$schema")
	return schema, nil
}
