package main

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"portal/demo/client"
	"portal/infra"
	"portal/shared/problem"
	"portal/shared/step"
)

// contract is the API's description, to hold answers against.
type contract struct {
	doc      map[string]any
	routes   *http.ServeMux
	compiler *jsonschema.Compiler

	mu      sync.Mutex
	schemas map[string]*jsonschema.Schema
	seen    map[string]bool // operation, status and code of every answer so far
}

// onAWS is what the description of the golden file depends on.
var onAWS = infra.Settings{SecureOnly: true}

// description is read once, from what the portal tells of itself.
var description = sync.OnceValue(func() *contract {
	text, err := describe(onAWS)
	if err != nil {
		panic(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		panic(err)
	}
	c := &contract{
		doc: parsed.(map[string]any), routes: http.NewServeMux(), compiler: jsonschema.NewCompiler(),
		schemas: map[string]*jsonschema.Schema{}, seen: map[string]bool{},
	}
	c.compiler.AssertFormat()
	if err := c.compiler.AddResource(site+"/api/openapi.json", parsed); err != nil {
		panic(err)
	}
	for _, s := range allSteps() {
		if s.Kind == step.KindHTTP {
			c.routes.Handle(s.Route.Method+" "+s.Route.Path, http.NotFoundHandler())
		}
	}
	return c
})

// operation finds what the description says of a request; nil when it is no
// operation's.
func (c *contract) operation(r *http.Request) (path, method string, operation map[string]any) {
	_, pattern := c.routes.Handler(r)
	method, path, found := strings.Cut(pattern, " ")
	if !found {
		return "", "", nil
	}
	method = strings.ToLower(method)
	paths := c.doc["paths"].(map[string]any)
	item, _ := paths[path].(map[string]any)
	operation, _ = item[method].(map[string]any)
	return path, method, operation
}

// hold checks that an answer is one that the description has.
func (c *contract) hold(t judge, r *http.Request, response *http.Response, body []byte) {
	t.Helper()
	path, method, operation := c.operation(r)
	if operation == nil || r.Method == http.MethodHead {
		return
	}
	name := fmt.Sprintf("%s %s answers %d", method, path, response.StatusCode)
	answers := operation["responses"].(map[string]any)
	documented, _ := answers[strconv.Itoa(response.StatusCode)].(map[string]any)
	if documented == nil {
		t.Errorf("%s: not described: %s", name, body)
		return
	}
	c.note(name, body)
	content, _ := documented["content"].(map[string]any)
	if len(content) == 0 {
		if len(body) > 0 {
			t.Errorf("%s: described as empty, but says %s", name, body)
		}
		return
	}
	media, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || content[media] == nil {
		t.Errorf("%s: described as %v, but is %q", name, keysOf(content), response.Header.Get("Content-Type"))
		return
	}
	if media == problem.ContentType {
		code := (&client.Answer{Body: body}).Problem().Code
		if !slices.Contains(strings.Split(documented["description"].(string), ", "), code) {
			t.Errorf("%s: problem %q is not described", name, code)
		}
	}
	if !strings.HasSuffix(media, "json") {
		return
	}
	at := []string{"paths", path, method, "responses", strconv.Itoa(response.StatusCode), "content", media, "schema"}
	if err := c.valid(at, body); err != nil {
		t.Errorf("%s: is not what is described: %v\n%s", name, err, body)
	}
}

// valid holds a body against the schema at this place of the description.
func (c *contract) valid(at []string, body []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	schema, err := c.schema(site + "/api/openapi.json#" + fragment(at))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// schema is compiled when it is first asked for.
func (c *contract) schema(place string) (schema *jsonschema.Schema, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if schema = c.schemas[place]; schema == nil {
		if schema, err = c.compiler.Compile(place); err == nil {
			c.schemas[place] = schema
		}
	}
	return schema, err
}

// fragment is a JSON Pointer (RFC 6901) in a URI's fragment.
func fragment(path []string) string {
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	var b strings.Builder
	for _, name := range path {
		b.WriteString("/" + escape.Replace(name))
	}
	return b.String()
}

func (c *contract) note(name string, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[name+" "+(&client.Answer{Body: body}).Problem().Code] = true
}

func keysOf(m map[string]any) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
