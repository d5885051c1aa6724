package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/people"
	"portal/shared/step"
)

// askAnalyses asks the declarant for further analyses.
func askAnalyses(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/ask_analyses",
		Summary:  "Ask the declarant for analyses",
		Who:      step.Roles(people.Agent),
		Grants:   stepGrants,
		Problems: append([]string{"not_the_agent"}, stepProblems...),
	}, http.MethodPost, "/api/conformity/dossiers/{id}/analyses-requests", func(ctx context.Context, in *bodyInput) (*answer, error) {
		return r.move(ctx, in.Target, light, always(conformity.AskAnalyses), func(c *change) error {
			return c.askWithMessage(conformity.AskAnalyses, "analyses-request", in.RawBody)
		})
	}, form("analyses-request"))
}
