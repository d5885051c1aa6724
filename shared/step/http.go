package step

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"

	"portal/shared/people"
)

// Operation is what an HTTP step says of itself besides its structs.
type Operation struct {
	Status  int      // of success; 0 is 200, or 204 when it answers no body
	Body    *Body    // of its request; nil when it takes none
	Answers []Answer // besides the output's JSON, or instead of it
}

// Body is the body of a request. Package forms names every fault of it at once.
type Body struct {
	Form  string // the form it is; "" for one that Words describe
	Words string
	Most  int64 // bytes
}

// Answer is an answer that its output struct does not tell of. Media is empty
// for the output's JSON under another status.
type Answer struct {
	Status int
	Media  string
}

// HTTP declares a step that a person's request does. I and O are structs.
//
// Fields of I take the request's parameters, by their tags: path, query or header
// names one; maxLength (in characters), enum, minimum, maximum and default hold
// it; doc describes it. RawBody []byte takes the body. A field of a type with
// FromRequest takes what it wants.
//
// Fields of O make the answer: Status int its status, Body its body (JSON, or
// bytes as they are), those tagged header its headers. adjust says the rest.
func HTTP[I, O any](d Declaration, method, path string, do func(context.Context, *I) (*O, error), adjust ...func(*Operation)) Step {
	s := Step{Declaration: d, Kind: KindHTTP, Route: Route{Method: method, Path: path}, Input: reflect.TypeFor[I](), Output: reflect.TypeFor[O]()}
	for _, edit := range adjust {
		edit(&s.Operation)
	}
	s.Do = func(ctx context.Context, in any) (any, error) {
		out, err := do(ctx, in.(*I))
		if err != nil {
			return nil, err
		}
		return out, nil
	}
	return s
}

// Requester is a part of an input that reads the request by itself.
type Requester interface{ FromRequest(*http.Request) }

// Object is a JSON object that is answered as it is kept.
type Object json.RawMessage

// MarshalJSON writes it as it is.
func (o Object) MarshalJSON() ([]byte, error) { return json.RawMessage(o).MarshalJSON() }

// Status sets the success status of an operation.
func Status(code int) func(*Operation) {
	return func(op *Operation) { op.Status = code }
}

// Created is Status(201).
func Created(op *Operation) { op.Status = http.StatusCreated }

// Answers describes an answer whose body is no JSON of the output struct: a
// page, or a document made elsewhere.
func Answers(code int, media string) func(*Operation) {
	return func(op *Operation) { op.Answers = append(op.Answers, Answer{code, media}) }
}

// Also describes that the output's JSON is answered under another status too.
func Also(code int) func(*Operation) { return Answers(code, "") }

// Form makes a step read a form as its body, of most so many bytes.
func Form(name string, most int64) func(*Operation) {
	return func(op *Operation) { op.Body = &Body{Form: name, Most: most} }
}

// Draft makes a step read any JSON object, described in words, as its body.
func Draft(words string, most int64) func(*Operation) {
	return func(op *Operation) { op.Body = &Body{Words: words, Most: most} }
}

// Request is what a step may know of the request besides its input.
type Request struct {
	Caller     people.Caller
	Lang       string // fr, ar or en
	ClientAddr string // address of the client, for rate limits; never logged
	// Idempotency is set when the request carries an Idempotency-Key: the row
	// to write in the same Write as the step's effect.
	Idempotency *Idempotency
}

// Idempotency says how a repeated request is recognised.
type Idempotency struct {
	Scope string // who and what: caller, route
	Key   string // the header
	Hash  string // of the body; another body under the same key is refused
}

type requestKey struct{}

// WithRequest puts the request's facts in the context.
func WithRequest(ctx context.Context, r Request) context.Context {
	return context.WithValue(ctx, requestKey{}, r)
}

// RequestOf takes the request's facts from the context; the zero Request when
// there is none (a task, a schedule).
func RequestOf(ctx context.Context) Request {
	r, _ := ctx.Value(requestKey{}).(Request)
	return r
}

// CallerOf is the caller of the request.
func CallerOf(ctx context.Context) people.Caller { return RequestOf(ctx).Caller }
