package httpapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"

	"portal/shared/step"
)

// output writes what a step answers (see step.HTTP).
type output struct {
	success      int
	status, body []int // fields; nil when there is none
	headers      []headerField
}

type headerField struct {
	reflect.StructField
	name string
}

var (
	bytesType   = reflect.TypeFor[[]byte]()
	cookiesType = reflect.TypeFor[[]http.Cookie]()
)

// newOutput panics for a struct that it cannot answer with.
func newOutput(s *step.Step) *output {
	out := &output{}
	for _, field := range reflect.VisibleFields(s.Output) {
		name := field.Tag.Get("header")
		switch {
		case field.Name == "Status" && field.Type.Kind() == reflect.Int:
			out.status = field.Index
		case field.Name == "Body":
			out.body = field.Index
		case name != "" && (field.Type.Kind() == reflect.String || field.Type == cookiesType):
			out.headers = append(out.headers, headerField{field, name})
		default:
			panic(fmt.Sprintf("httpapi: step %s: %s %v is no part of an answer", s.Name, field.Name, field.Type))
		}
	}
	out.success = http.StatusOK
	if out.body == nil {
		out.success = http.StatusNoContent
	}
	out.success = cmp.Or(s.Operation.Status, out.success)
	return out
}

// write answers with a pointer to the step's output, which may be nil.
func (out *output) write(w http.ResponseWriter, answer any) error {
	v := reflect.ValueOf(answer)
	if v.IsNil() {
		w.WriteHeader(out.success)
		return nil
	}
	v = v.Elem()
	for _, h := range out.headers {
		switch value := v.FieldByIndex(h.Index); {
		case h.Type == cookiesType:
			for _, cookie := range value.Interface().([]http.Cookie) {
				w.Header().Add(h.name, cookie.String())
			}
		case value.String() != "":
			w.Header().Set(h.name, value.String())
		}
	}
	status := out.success
	if out.status != nil {
		status = cmp.Or(int(v.FieldByIndex(out.status).Int()), status)
	}
	if out.body == nil {
		w.WriteHeader(status)
		return nil
	}
	body := v.FieldByIndex(out.body)
	if body.Type() == bytesType {
		w.WriteHeader(status)
		_, err := w.Write(body.Bytes())
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(&onceEncoded{w, status})
	encoder.SetEscapeHTML(false)
	return encoder.Encode(body.Addr().Interface())
}

// onceEncoded sends the status with the first bytes: an answer that cannot be
// written as JSON can still become a problem.
type onceEncoded struct {
	http.ResponseWriter
	status int
}

func (o *onceEncoded) Write(p []byte) (int, error) {
	o.WriteHeader(o.status)
	return o.ResponseWriter.Write(p)
}
