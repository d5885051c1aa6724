package httpapi

import (
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"portal/shared/problem"
	"portal/shared/step"
)

// input reads requests into the struct that a step takes (see step.HTTP).
type input struct {
	of         reflect.Type
	parameters []parameter
	requester  bool // the struct reads something by itself
	raw        []int
	most       int64 // bytes of the body; 0 when the step takes none
}

// parameter is a field that a part of the request's head fills.
type parameter struct {
	reflect.StructField
	in, name  string // path, query or header
	otherwise string // the value of one that is absent
	longest   int    // characters
	choices   []string
	least     int64
	most      int64
}

// newInput panics for a struct that it cannot fill: a broken step, found when it
// is first mounted.
func newInput(s *step.Step) *input {
	in := &input{of: s.Input, requester: reflect.PointerTo(s.Input).Implements(reflect.TypeFor[step.Requester]())}
	for _, field := range reflect.VisibleFields(s.Input) {
		if p, ok := newParameter(s.Name, field); ok {
			in.parameters = append(in.parameters, p)
		}
		if field.Name == "RawBody" {
			in.raw = field.Index
		}
	}
	if (in.raw != nil) != (s.Operation.Body != nil) {
		panic(fmt.Sprintf("httpapi: step %s takes a body that it does not declare, or declares one that it does not take", s.Name))
	}
	if s.Operation.Body != nil {
		in.most = s.Operation.Body.Most
	}
	return in
}

func newParameter(step string, field reflect.StructField) (parameter, bool) {
	p := parameter{StructField: field, longest: math.MaxInt, least: math.MinInt64, most: math.MaxInt64, otherwise: field.Tag.Get("default")}
	for _, p.in = range []string{"path", "query", "header"} {
		if p.name = field.Tag.Get(p.in); p.name != "" {
			break
		}
	}
	if p.name == "" {
		return p, false
	}
	switch field.Type.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64:
	default:
		panic(fmt.Sprintf("httpapi: step %s: parameter %s is of type %v", step, p.name, field.Type))
	}
	number := func(tag string, otherwise int64) int64 {
		text, ok := field.Tag.Lookup(tag)
		if !ok {
			return otherwise
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			panic(fmt.Sprintf("httpapi: step %s: parameter %s: %s %q", step, p.name, tag, text))
		}
		return n
	}
	p.longest = int(number("maxLength", math.MaxInt))
	p.least, p.most = number("minimum", math.MinInt64), number("maximum", math.MaxInt64)
	if list := field.Tag.Get("enum"); list != "" {
		p.choices = strings.Split(list, ",")
	}
	return p, true
}

// read makes a step's input of a request and its body, or a problem that names
// every wrong parameter.
func (in *input) read(r *http.Request, body []byte) (any, *problem.Problem) {
	made := reflect.New(in.of)
	if in.raw != nil {
		made.Elem().FieldByIndex(in.raw).SetBytes(body)
	}
	var query url.Values
	if r.URL.RawQuery != "" {
		query = r.URL.Query()
	}
	var faults []problem.Fault
	for i := range in.parameters {
		p := &in.parameters[i]
		if value := p.of(r, query); value != "" && !p.take(made.Elem().FieldByIndex(p.Index), value) {
			faults = append(faults, problem.Fault{Pointer: p.name, Code: "parameter"})
		}
	}
	if len(faults) > 0 {
		return nil, &problem.Problem{Code: "invalid", Faults: faults}
	}
	if in.requester {
		made.Interface().(step.Requester).FromRequest(r)
	}
	return made.Interface(), nil
}

// of is a parameter's value in a request. An empty one is as good as none.
func (p *parameter) of(r *http.Request, query url.Values) string {
	value := ""
	switch p.in {
	case "path":
		value = r.PathValue(p.name)
	case "query":
		value = query.Get(p.name)
	case "header":
		value = r.Header.Get(p.name)
	}
	if value == "" {
		return p.otherwise
	}
	return value
}

// take fills the field, or tells that the value is not one for it.
func (p *parameter) take(field reflect.Value, value string) bool {
	if len(p.choices) > 0 && !slices.Contains(p.choices, value) {
		return false
	}
	switch field.Kind() {
	case reflect.String:
		field.SetString(value)
		return len(value) <= p.longest || utf8.RuneCountInString(value) <= p.longest
	case reflect.Bool:
		yes, err := strconv.ParseBool(value)
		field.SetBool(yes)
		return err == nil
	}
	n, err := strconv.ParseInt(value, 10, field.Type().Bits())
	field.SetInt(n)
	return err == nil && n >= p.least && n <= p.most
}

// body reads the body of a request, which must be JSON for a step that takes
// one: a form post from another site must not pass for a step.
func (in *input) body(r *http.Request) ([]byte, *problem.Problem) {
	most := int64(MaxLongBody) // of one that is only remembered
	if in.raw != nil {
		most = in.most
		if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
			return nil, problem.New("unsupported_media")
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, most))
	var tooLarge *http.MaxBytesError
	var network net.Error
	switch {
	case errors.As(err, &tooLarge):
		return nil, problem.New("body_too_large")
	case errors.As(err, &network) && network.Timeout():
		return nil, problem.New("request_timeout")
	case err != nil, in.raw != nil && len(body) == 0:
		return nil, problem.New("bad_request")
	}
	return body, nil
}
