package conformity

import (
	"context"

	"portal/functions/lifecycle"
	"portal/infra"
	"portal/shared/letters"
	"portal/shared/reference"
	"portal/shared/step"
)

// acknowledgeReceipt tells the declarant the number and the bureau, and counts
// the dossier among the bureau's open ones.
func acknowledgeReceipt(p infra.Ports) step.Step {
	r := room{p}
	return step.Task(step.Declaration{
		Name:    "conformity/acknowledge_receipt",
		Summary: "Tells the declarant that the dossier was received",
		Grants:  tellGrants.And(step.Grants{Dossiers: step.TableGrants{Write: []string{"load#"}}}),
	}, func(ctx context.Context, in lifecycle.At) (struct{}, error) {
		f, event, err := r.heard(ctx, in)
		if err != nil {
			return struct{}{}, err
		}
		if err := r.once(ctx, in, "record_load", loadDeltas(&f.Dossier, event)...); err != nil {
			return struct{}{}, err
		}
		bureau, _ := reference.BureauOf(f.Bureau)
		return struct{}{}, r.tell(ctx, in, "conformity_deposited", event.Content.Person, letters.Content{
			Values: map[string]string{"number": f.Number, "bureau": bureau.Name},
			Action: r.dossierURL(f.ID),
		})
	})
}
