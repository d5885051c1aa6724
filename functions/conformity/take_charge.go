package conformity

import (
	"context"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/people"
	"portal/shared/step"
)

// takeCharge is the agent's own start of the documentary review.
func takeCharge(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:    "conformity/take_charge",
			Summary: "Take a dossier in charge",
			Who:     step.Roles(people.Agent),
		},
		noun:   "takings-in-charge",
		need:   light,
		action: always(conformity.TakeCharge),
		decide: func(context.Context, *change, []byte) error { return nil },
	})
}
