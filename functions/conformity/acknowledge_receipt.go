package conformity

import (
	"context"

	"portal/functions/lifecycle"
	"portal/infra"
	"portal/shared/letters"
	"portal/shared/reference"
	"portal/shared/step"
)

// acknowledgeReceipt tells the declarant the number and the bureau.
func acknowledgeReceipt(p infra.Ports) step.Step {
	r := room{p}
	return step.Task(step.Declaration{
		Name:    "conformity/acknowledge_receipt",
		Summary: "Tells the declarant that the dossier was received",
		Grants:  tellGrants,
	}, func(ctx context.Context, in lifecycle.At) (struct{}, error) {
		f, _, err := r.heard(ctx, in, light)
		if err != nil {
			return struct{}{}, err
		}
		bureau, _ := reference.BureauOf(f.Bureau)
		filers, err := r.filers(ctx, f.Head)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, r.tell(ctx, in, "conformity_deposited", filers, saying(letters.Content{
			Values: map[string]string{"number": f.Number, "bureau": bureau.Name},
			Action: r.dossierURL(f.ID),
		}))
	})
}
