//go:build !lambda

package httpapi

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"portal/shared/problem"
	"portal/shared/step"
)

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
	if strings.Contains(s.Route.Path, "{") {
		codes = append(codes, "invalid")
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
		if op.Responses[status] == nil {
			op.Responses[status] = &huma.Response{Content: map[string]*huma.MediaType{}}
		}
		op.Responses[status].Description = strings.Join(list, ", ")
		op.Responses[status].Content[problem.ContentType] = &huma.MediaType{Schema: &huma.Schema{Ref: components + "Problem"}}
	}
}
