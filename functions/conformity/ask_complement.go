package conformity

import (
	"context"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// askComplement asks the declarant for documents that are missing, as often as
// the policy of the dossier has it.
func askComplement(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:     "conformity/ask_complement",
			Summary:  "Ask the declarant for documents",
			Who:      step.Roles(people.Agent),
			Problems: []string{"complement_asked_before", "complement_too_late"},
		},
		noun:   "complement-requests",
		form:   "complement-request",
		need:   light,
		action: always(conformity.AskComplement),
		decide: func(_ context.Context, c *change, body []byte) error {
			if barred := c.ComplementBarred(calendar.DateIn(c.Now)); barred != "" {
				return problem.New(barred)
			}
			return c.askWithMessage(conformity.AskComplement, "complement-request", body)
		},
	})
}
