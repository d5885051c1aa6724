//go:build !lambda

package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"portal/infra"
	"portal/shared/forms"
	"portal/shared/problem"
	"portal/shared/step"
)

// The description is drawn by huma from the structs of steps. No Lambda draws
// it: what they serve is drawn when they are built.

const components = "#/components/schemas/"

// drawing is a description in the making.
type drawing struct {
	*huma.OpenAPI
	room string // of the step being drawn, for the names of its schemas
}

// Describe is the OpenAPI 3.1 description of the HTTP steps among these steps,
// with every form's schema in its components.
func Describe(steps []step.Step, settings infra.Settings) ([]byte, error) {
	d := &drawing{OpenAPI: &huma.OpenAPI{OpenAPI: "3.1.0", Info: &huma.Info{Title: "Portal", Version: "1"}}}
	d.Components = &huma.Components{
		Schemas:         huma.NewMapRegistry(components, d.schemaName),
		SecuritySchemes: map[string]*huma.SecurityScheme{"session": {Type: "apiKey", In: "cookie", Name: CookieName(settings)}},
	}
	d.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[step.Object](), reflect.TypeFor[map[string]any]())
	for i := range steps {
		if s := &steps[i]; s.Kind == step.KindHTTP {
			d.room = s.Room()
			d.AddOperation(d.operation(s))
		}
	}
	d.Components.Schemas.Schema(reflect.TypeFor[problem.Body](), true, "Problem")
	raw, err := json.Marshal(d.OpenAPI)
	if err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("openapi: %w", err)
	}
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

// schemaName names a component after its package: two rooms may both have a
// card. A type without a name of its own belongs to the room being drawn.
func (d *drawing) schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	owner := d.room
	if t.Name() != "" && t.PkgPath() != "" {
		owner = path.Base(t.PkgPath())
	}
	if owner == "" {
		return huma.DefaultSchemaNamer(t, hint)
	}
	return strings.ToUpper(owner[:1]) + owner[1:] + huma.DefaultSchemaNamer(t, hint)
}

func (d *drawing) operation(s *step.Step) *huma.Operation {
	op := &huma.Operation{
		OperationID: strings.NewReplacer("/", "-", "_", "-").Replace(s.Name),
		Method:      s.Route.Method, Path: s.Route.Path, Summary: s.Summary, Tags: []string{s.Room()},
		Responses: map[string]*huma.Response{},
	}
	if !s.Who.Public() {
		op.Security = []map[string][]string{{"session": {}}}
	}
	d.parameters(op, s)
	if body := s.Operation.Body; body != nil {
		op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: bodySchema(body)}}}
	}
	d.answers(op, s)
	documentProblems(s, op)
	return op
}

func (d *drawing) parameters(op *huma.Operation, s *step.Step) {
	if s.Route.Method == http.MethodPost && slices.Contains(s.Problems, "idempotency_key_reused") {
		most := maxKey
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: "Idempotency-Key", In: "header", Description: "Makes a repeated request do nothing the second time and be answered as the first, for 24 hours",
			Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most},
		})
	}
	for _, p := range newInput(s).parameters {
		schema := huma.SchemaFromField(d.Components.Schemas, p.StructField, "")
		param := &huma.Param{Name: p.name, In: p.in, Description: schema.Description, Schema: schema}
		param.Required = p.in == "path"
		if p.name == "If-Match" {
			// A step on a dossier wants it; its absence, or another tag than the
			// dossier's, is a problem of its own, not a wrong parameter.
			param.Required, schema.Pattern = true, `^(\*|"[1-9][0-9]*")$`
		}
		if p.in == "query" {
			// One left empty is as one left out: browsers send every field of a search.
			param.Explode, param.AllowEmptyValue = new(bool), true
		}
		op.Parameters = append(op.Parameters, param)
	}
}

func bodySchema(b *step.Body) *huma.Schema {
	if b.Form != "" {
		return &huma.Schema{Ref: components + formComponent(b.Form)}
	}
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true, Description: b.Words}
}

// answers describes what a step answers when it does what was asked.
func (d *drawing) answers(op *huma.Operation, s *step.Step) {
	out := newOutput(s)
	success := d.response(op, out.success)
	for _, h := range out.headers {
		if h.Type == cookiesType {
			h.StructField.Type = reflect.TypeFor[string]()
		}
		if success.Headers == nil {
			success.Headers = map[string]*huma.Param{}
		}
		success.Headers[h.name] = &huma.Header{Schema: huma.SchemaFromField(d.Components.Schemas, h.StructField, "")}
	}
	var drawn *huma.Schema
	if field, ok := s.Output.FieldByName("Body"); ok && field.Type != bytesType {
		hint := op.OperationID + "Response"
		if s.Output.Name() != "" {
			hint = s.Output.Name() + "Body"
		}
		drawn = huma.SchemaFromField(d.Components.Schemas, field, hint)
		success.Content["application/json"] = &huma.MediaType{Schema: drawn}
	}
	for _, a := range s.Operation.Answers {
		media, schema := a.Media, mediaSchema(a.Media)
		if media == "" {
			media, schema = "application/json", drawn
		}
		d.response(op, a.Status).Content[media] = &huma.MediaType{Schema: schema}
	}
}

// response is the operation's response of a status.
func (d *drawing) response(op *huma.Operation, status int) *huma.Response {
	code := strconv.Itoa(status)
	if op.Responses[code] == nil {
		op.Responses[code] = &huma.Response{Description: http.StatusText(status), Content: map[string]*huma.MediaType{}}
	}
	return op.Responses[code]
}

func mediaSchema(media string) *huma.Schema {
	switch {
	case strings.HasPrefix(media, "text/"):
		return &huma.Schema{Type: huma.TypeString}
	case strings.HasSuffix(media, "json"):
		return &huma.Schema{Type: huma.TypeObject}
	}
	return &huma.Schema{Type: huma.TypeString, Format: "binary"}
}

func formComponent(name string) string { return "Form." + strings.ReplaceAll(name, "/", ".") }

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
