package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/step"
)

// cancel withdraws a deposited dossier, any time before its answer.
func cancel(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/cancel",
		Summary:  "Withdraw a dossier",
		Who:      step.Roles(people.Declarant),
		Grants:   stepGrants,
		Problems: stepProblems,
	}, http.MethodPost, "/api/conformity/dossiers/{id}/cancellations", func(ctx context.Context, in *bodyInput) (*answer, error) {
		return r.move(ctx, in.Target, light, always(conformity.Cancel), func(c *change) error {
			var body reasonBody
			if err := forms.Decode("conformity/cancellation", in.RawBody, &body); err != nil {
				return err
			}
			c.Content.Reason = clean(body.Reason)
			c.settle(func(*conformity.Asked) {})
			return nil
		})
	}, form("cancellation"))
}
