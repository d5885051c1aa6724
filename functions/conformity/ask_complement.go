package conformity

import (
	"context"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/people"
	"portal/shared/step"
)

// askComplement asks the declarant for documents that are missing.
func askComplement(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:    "conformity/ask_complement",
			Summary: "Ask the declarant for documents",
			Who:     step.Roles(people.Agent),
		},
		noun:   "complement-requests",
		form:   "complement-request",
		need:   light,
		action: always(conformity.AskComplement),
		decide: func(_ context.Context, c *change, body []byte) error {
			return c.askWithMessage(conformity.AskComplement, "complement-request", body)
		},
	})
}
