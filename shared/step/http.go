package step

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"portal/shared/people"
)

// API is what HTTP steps are mounted on. Prepare completes a step's operation
// with what every step shares: authorization, documented problems, limits.
type API interface {
	huma.API
	Prepare(s *Step, op *huma.Operation)
	// Failed hears of every error a step returns, before it is rendered.
	Failed(s *Step, err error)
}

// HTTP declares a step that a person's request does. I and O are huma input
// and output structs. adjust, if any, edits the OpenAPI operation (a request
// body drawn from a form, a status other than the default).
func HTTP[I, O any](d Declaration, method, path string, do func(context.Context, *I) (*O, error), adjust ...func(*huma.Operation)) Step {
	s := Step{Declaration: d, Kind: KindHTTP, Route: Route{Method: method, Path: path}}
	s.Mount = func(api API) {
		op := huma.Operation{
			OperationID: operationID(d.Name),
			Method:      method,
			Path:        path,
			Summary:     d.Summary,
		}
		for _, edit := range adjust {
			edit(&op)
		}
		mounted := s
		api.Prepare(&mounted, &op)
		huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
			out, err := do(ctx, in)
			if err != nil {
				api.Failed(&mounted, err)
				return nil, err
			}
			return out, nil
		})
	}
	return s
}

// Status sets the success status of an operation.
func Status(code int) func(*huma.Operation) {
	return func(op *huma.Operation) { op.DefaultStatus = code }
}

// Created is Status(201).
func Created(op *huma.Operation) { op.DefaultStatus = http.StatusCreated }

// Answers describes an answer whose body is no JSON of the output struct: a
// page, or a document made elsewhere.
func Answers(code int, media string, schema *huma.Schema) func(*huma.Operation) {
	return func(op *huma.Operation) {
		if op.Responses == nil {
			op.Responses = map[string]*huma.Response{}
		}
		op.Responses[strconv.Itoa(code)] = &huma.Response{
			Description: http.StatusText(code),
			Content:     map[string]*huma.MediaType{media: {Schema: schema}},
		}
	}
}

// Form makes a step read a raw form body: huma neither checks it nor stops at
// its first fault; package forms names every fault at once. schema is the
// OpenAPI schema of the body, max its size in bytes.
func Form(schema *huma.Schema, max int64) func(*huma.Operation) {
	return func(op *huma.Operation) {
		op.SkipValidateBody = true
		op.MaxBodyBytes = max
		op.RequestBody = &huma.RequestBody{
			Required: true,
			Content:  map[string]*huma.MediaType{"application/json": {Schema: schema}},
		}
	}
}

func operationID(name string) string {
	id := []byte(name)
	for i, c := range id {
		if c == '/' || c == '_' {
			id[i] = '-'
		}
	}
	return string(id)
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
