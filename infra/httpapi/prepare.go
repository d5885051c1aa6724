package httpapi

import (
	"fmt"
	"mime"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"portal/shared/problem"
	"portal/shared/step"
)

// Prepare completes a step's operation with what every step shares.
func (a *API) Prepare(s *step.Step, op *huma.Operation) {
	if !s.Who.Declared() {
		panic(fmt.Sprintf("httpapi: step %s does not say who may do it", s.Name))
	}
	op.Hidden = !a.drawn
	if a.drawn {
		document(s, op)
	}
	op.Middlewares = huma.Middlewares{a.authorize(s)}
	if op.RequestBody != nil {
		op.Middlewares = append(op.Middlewares, a.onlyJSON)
	}
}

// document describes what the operation's structs do not show.
func document(s *step.Step, op *huma.Operation) {
	op.Tags = []string{s.Room()}
	if !s.Who.Public() {
		op.Security = []map[string][]string{{"session": {}}}
	}
	documentProblems(s, op)
	documentKey(s, op)
}

// documentKey describes the Idempotency-Key of the steps that remember one.
func documentKey(s *step.Step, op *huma.Operation) {
	if s.Route.Method != http.MethodPost || !slices.Contains(s.Problems, "idempotency_key_reused") {
		return
	}
	most := 255
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: "Idempotency-Key", In: "header", Description: "Makes a repeated request do nothing the second time and be answered as the first, for 24 hours",
		Schema: &huma.Schema{Type: huma.TypeString, MaxLength: &most},
	})
}

// onlyJSON refuses other media types: a form post from another site must not
// pass for a step.
func (a *API) onlyJSON(ctx huma.Context, next func(huma.Context)) {
	media, _, err := mime.ParseMediaType(ctx.Header("Content-Type"))
	if err != nil || media != "application/json" {
		a.fail(ctx, problem.New("unsupported_media"))
		return
	}
	next(ctx)
}

// Failed logs what is our fault; a step's own refusals are no news.
func (a *API) Failed(s *step.Step, err error) {
	if problem.Of(err).HTTPStatus() >= http.StatusInternalServerError {
		a.log.Error("step failed", "step", s.Name, "error", err.Error())
	}
}
