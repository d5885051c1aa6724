package httpapi

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"portal/shared/problem"
	"portal/shared/step"
)

// rendered is a problem in the caller's language, as huma wants errors.
type rendered struct{ problem.Body }

func (r *rendered) Error() string             { return r.Code }
func (r *rendered) GetStatus() int            { return r.Status }
func (r *rendered) ContentType(string) string { return problem.ContentType }

// installProblems makes huma's own errors problems too. huma keeps this in
// package variables, so it is done once for the process.
var installProblems = sync.OnceFunc(func() {
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		return &rendered{problemOf(status, errs).Render(langOf(ctx))}
	}
	// Without a context, only to learn what errors look like: no text is read.
	huma.NewError = func(status int, _ string, _ ...error) huma.StatusError {
		return &rendered{problem.Body{Status: status, Code: codeOf(status)}}
	}
})

func langOf(ctx huma.Context) string {
	if ctx == nil {
		return ""
	}
	return step.RequestOf(ctx.Context()).Lang
}

// problemOf translates a step's error, or one of huma's own, whose English
// messages echo values and are dropped.
func problemOf(status int, errs []error) *problem.Problem {
	p := problem.New(codeOf(status))
	for _, err := range errs {
		var own *problem.Problem
		if errors.As(err, &own) {
			return own
		}
		var detail huma.ErrorDetailer
		if errors.As(err, &detail) {
			location := detail.ErrorDetail().Location
			_, name, _ := strings.Cut(location, ".")
			p.Faults = append(p.Faults, problem.Fault{Pointer: name, Code: "parameter"})
		}
	}
	return p
}

func codeOf(status int) string {
	switch status {
	case http.StatusBadRequest:
		return "bad_request"
	case http.StatusNotFound:
		return "not_found"
	case http.StatusNotAcceptable:
		return "not_acceptable"
	case http.StatusRequestTimeout:
		return "request_timeout"
	case http.StatusRequestEntityTooLarge:
		return "body_too_large"
	case http.StatusUnsupportedMediaType:
		return "unsupported_media"
	case http.StatusUnprocessableEntity:
		return "invalid"
	}
	return "internal"
}

// fail answers with a problem from a middleware, where huma has no errors.
func (a *API) fail(ctx huma.Context, err error) {
	if p := problem.Of(err); p.HTTPStatus() >= http.StatusInternalServerError {
		a.log.Error("request failed", "operation", ctx.Operation().OperationID, "error", err.Error())
	}
	_ = huma.WriteErr(a.API, ctx, problem.Of(err).HTTPStatus(), "", problem.Of(err))
}

// documentProblems describes every problem a step may answer with.
func documentProblems(s *step.Step, op *huma.Operation) {
	codes := append([]string{"bad_request", "internal"}, s.Problems...)
	if !s.Who.Public() {
		codes = append(codes, "unauthenticated")
	}
	if len(s.Who.RoleList()) > 0 {
		codes = append(codes, "forbidden")
	}
	if s.Route.Method != http.MethodGet {
		codes = append(codes, "cross_origin")
	}
	if s.Route.Method == http.MethodPost {
		codes = append(codes, "invalid") // an over-long Idempotency-Key
	}
	if op.RequestBody != nil {
		codes = append(codes, "not_json", "invalid", "body_too_large", "unsupported_media", "request_timeout")
	}
	if strings.Contains(s.Route.Path, "{") || len(op.Parameters) > 0 {
		codes = append(codes, "invalid")
	}
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	byStatus := map[string][]string{}
	seen := map[string]bool{}
	for _, code := range codes {
		if code == "idempotency_key_reused" && s.Route.Method != http.MethodPost {
			continue // only a POST has a key
		}
		if !seen[code] {
			seen[code] = true
			status := strconv.Itoa(problem.New(code).HTTPStatus())
			byStatus[status] = append(byStatus[status], code)
		}
	}
	for status, list := range byStatus {
		op.Responses[status] = problemResponse(list)
	}
}

func problemResponse(codes []string) *huma.Response {
	return &huma.Response{
		Description: strings.Join(codes, ", "),
		Content: map[string]*huma.MediaType{
			problem.ContentType: {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}},
		},
	}
}
