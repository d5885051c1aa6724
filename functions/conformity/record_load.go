package conformity

import (
	"context"

	"portal/functions/lifecycle"
	"portal/infra"
	"portal/shared/step"
)

// recordLoad counts what an event changes in the load of agents and bureaux:
// once for each event, because the counters and the record that they were
// counted are one Write.
func recordLoad(p infra.Ports) step.Step {
	r := room{p}
	return step.Task(step.Declaration{
		Name:    "conformity/record_load",
		Summary: "Counts open and closed dossiers of agents and bureaux",
		Grants: step.Grants{Dossiers: step.TableGrants{
			Read: []string{"dossier#"}, Write: []string{"dossier#", "load#"},
		}},
	}, func(ctx context.Context, in lifecycle.At) (struct{}, error) {
		f, event, err := r.heard(ctx, in, light)
		if err != nil {
			return struct{}{}, err
		}
		deltas := loadDeltas(&f.Dossier, event)
		if len(deltas) == 0 {
			return struct{}{}, nil
		}
		return struct{}{}, r.once(ctx, in, "record_load", deltas...)
	})
}
