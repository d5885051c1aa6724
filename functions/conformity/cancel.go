package conformity

import (
	"context"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/step"
)

// cancel withdraws a deposited dossier, any time before its answer.
func cancel(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:    "conformity/cancel",
			Summary: "Withdraw a dossier",
			Who:     step.Roles(people.Declarant),
			Grants:  step.Grants{Dossiers: step.TableGrants{Write: []string{"certificate#"}}},
		},
		noun:   "cancellations",
		form:   "cancellation",
		need:   light,
		action: always(conformity.Cancel),
		decide: func(_ context.Context, c *change, raw []byte) error {
			var body reasonBody
			if err := forms.Decode("conformity/cancellation", raw, &body); err != nil {
				return err
			}
			c.Content.Reason = clean(body.Reason)
			c.settle(func(*conformity.Asked) {})
			return c.release()
		},
	})
}
