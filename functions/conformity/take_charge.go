package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/people"
	"portal/shared/step"
)

// takeCharge is the agent's own start of the documentary review.
func takeCharge(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/take_charge",
		Summary:  "Take a dossier in charge",
		Who:      step.Roles(people.Agent),
		Grants:   stepGrants,
		Problems: append([]string{"not_the_agent"}, stepProblems...),
	}, http.MethodPost, "/api/conformity/dossiers/{id}/takings-in-charge", func(ctx context.Context, in *Target) (*answer, error) {
		return r.move(ctx, *in, light, always(conformity.TakeCharge), func(*change) error { return nil })
	}, step.Status(http.StatusOK))
}
