package httpapi

import (
	"fmt"
	"net/http"

	"portal/infra"
	"portal/shared/problem"
	"portal/shared/step"
)

// handle answers the requests of one step: who asks, what they ask, and then
// what the step says.
func (a *API) handle(s *step.Step) http.HandlerFunc {
	if !s.Who.Declared() {
		panic(fmt.Sprintf("httpapi: step %s does not say who may do it", s.Name))
	}
	in, out := newInput(s), newOutput(s)
	session := infra.Restrict(a.ports, sessionGrants(), s.Name)
	return func(w http.ResponseWriter, r *http.Request) {
		request := step.RequestOf(r.Context())
		given, err := in.take(s, r, session, &request)
		var answer any
		if err == nil {
			answer, err = s.Do(step.WithRequest(r.Context(), request), given)
		}
		if err == nil {
			err = out.write(w, answer)
		}
		if err != nil {
			a.refuse(w, s, err, request.Lang)
		}
	}
}

// take reads a request whole: its caller and memory into request, the rest into
// the step's input.
func (in *input) take(s *step.Step, r *http.Request, session infra.Ports, request *step.Request) (any, error) {
	var err error
	if request.Caller, err = authorize(s, r, session); err != nil {
		return nil, err
	}
	var body []byte
	var refused *problem.Problem
	if in.raw != nil || r.Header.Get("Idempotency-Key") != "" {
		if body, refused = in.body(r); refused != nil {
			return nil, refused
		}
	}
	if request.Idempotency, refused = idempotencyOf(r, request.Caller.Person, body); refused != nil {
		return nil, refused
	}
	given, refused := in.read(r, body)
	if refused != nil {
		return nil, refused
	}
	return given, nil
}

// refuse answers with the problem that an error is, and logs what is our fault;
// a step's own refusals are no news.
func (a *API) refuse(w http.ResponseWriter, s *step.Step, err error, lang string) {
	p := problem.Of(err)
	if p.HTTPStatus() >= http.StatusInternalServerError {
		a.log.Error("step failed", "step", s.Name, "error", err.Error())
	}
	problem.Write(w, p, lang)
}
