package lifecycle

import (
	"context"
	"errors"
	"fmt"

	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/step"
)

// Acknowledge records that event n was heard and its effects are done, and
// tells where it led. Only the current generation may, and only in order; done
// twice it answers the same.
func Acknowledge(p infra.Ports) step.Step {
	return step.Task(step.Declaration{
		Name:    "lifecycle/acknowledge",
		Summary: "Records that an event was heard with all its effects",
		Grants:  rows,
	}, func(ctx context.Context, in At) (At, error) {
		row, err := p.Dossiers.Get(ctx, infra.Key{PK: dossier.PK(in.Dossier), SK: dossier.SKEvent(in.N)})
		if err != nil {
			return At{}, err
		}
		var event dossier.Event
		if err := row.Decode(&event); err != nil {
			return At{}, err
		}
		in.Action, in.Status = "", event.To
		err = again(func() error {
			e, err := loadExecution(ctx, p.Dossiers, in.Dossier)
			switch {
			case err != nil:
				return err
			case e == nil || e.Generation != in.Generation:
				in.Status = superseded
				return nil
			case e.Acknowledged >= in.N:
				return nil
			case e.Acknowledged != in.N-1:
				return fmt.Errorf("event %d comes after %d, not %d", in.N, in.N-1, e.Acknowledged)
			}
			e.Acknowledged, e.Status, e.Touched = in.N, event.To, p.Clock.Now()
			e.Played++
			e.Token = ""
			return acknowledge(ctx, p.Dossiers, in, *e)
		})
		return in, err
	})
}

// acknowledge writes the execution row and, when no later event waits, takes
// the dossier out of the pending index in the same write.
func acknowledge(ctx context.Context, table infra.Table, in At, e dossier.Execution) error {
	pending := infra.Key{PK: dossier.PK(in.Dossier), SK: dossier.SKPending}
	err := table.Write(ctx, put(in.Dossier, e), infra.Delete{Key: pending, If: []infra.Cond{infra.Equals("n", in.N)}})
	var refused *infra.Refused
	if errors.As(err, &refused) && !refused.At(0) {
		return table.Write(ctx, put(in.Dossier, e))
	}
	return err
}
