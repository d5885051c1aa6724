package conformity

import (
	"context"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/people"
	"portal/shared/step"
)

// askAnalyses asks the declarant for further analyses.
func askAnalyses(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:    "conformity/ask_analyses",
			Summary: "Ask the declarant for analyses",
			Who:     step.Roles(people.Agent),
		},
		noun:   "analyses-requests",
		form:   "analyses-request",
		need:   light,
		action: always(conformity.AskAnalyses),
		decide: func(_ context.Context, c *change, body []byte) error {
			return c.askWithMessage(conformity.AskAnalyses, "analyses-request", body)
		},
	})
}
