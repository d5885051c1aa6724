package lifecycle

import (
	"context"
	"errors"

	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/step"
)

// Next hears the event after n from the table, which alone knows: a wake-up
// carries nothing, so a lost, late or doubled one changes nothing.
func Next(p infra.Ports) step.Step {
	return step.Task(step.Declaration{
		Name:    "lifecycle/next",
		Summary: "Reads the next event of a dossier for its execution",
		Grants:  step.Grants{Dossiers: step.TableGrants{Read: []string{"dossier#"}}},
	}, func(ctx context.Context, in At) (At, error) {
		e, err := loadExecution(ctx, p.Dossiers, in.Dossier)
		if err != nil {
			return At{}, err
		}
		if e == nil || e.Generation != in.Generation {
			in.Action = superseded
			return in, nil
		}
		row, err := p.Dossiers.Get(ctx, infra.Key{PK: dossier.PK(in.Dossier), SK: dossier.SKEvent(in.N + 1)})
		if errors.Is(err, infra.ErrNotFound) {
			in.Action = none
			return in, nil
		}
		if err != nil {
			return At{}, err
		}
		var event dossier.Event
		if err := row.Decode(&event); err != nil {
			return At{}, err
		}
		in.N, in.Action = event.N, event.Action
		return in, nil
	})
}
