package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/people"
	"portal/shared/step"
)

// askComplement asks the declarant for documents that are missing.
func askComplement(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/ask_complement",
		Summary:  "Ask the declarant for documents",
		Who:      step.Roles(people.Agent),
		Grants:   stepGrants,
		Problems: append([]string{"not_the_agent"}, stepProblems...),
	}, http.MethodPost, "/api/conformity/dossiers/{id}/complement-requests", func(ctx context.Context, in *bodyInput) (*answer, error) {
		return r.move(ctx, in.Target, light, always(conformity.AskComplement), func(c *change) error {
			return c.askWithMessage(conformity.AskComplement, "complement-request", in.RawBody)
		})
	}, form("complement-request"))
}
