package lifecycle

import (
	"context"
	"errors"

	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/step"
)

// parking is a wait that a machine begins.
type parking struct {
	At
	Token string `json:"token"`
}

// Park stores the task token of an execution that waits for the event after
// n, and only then looks whether that event is already there: an event written
// before the token was stored rang for nobody. A superseded execution is woken
// at once, to find out and end.
func Park(p infra.Ports) step.Step {
	return step.Task(step.Declaration{
		Name:    "lifecycle/park",
		Summary: "Stores the token of an execution that waits",
		Grants:  rows.And(step.Grants{Wake: true}),
	}, func(ctx context.Context, in parking) (struct{}, error) {
		current, err := store(ctx, p, in)
		if err != nil {
			return struct{}{}, err
		}
		if current {
			news, err := hasNews(ctx, p.Dossiers, in)
			if err != nil || !news {
				return struct{}{}, err
			}
		}
		if err := p.Executions.Wake(ctx, in.Token); err != nil && !errors.Is(err, infra.ErrTokenGone) {
			return struct{}{}, err
		}
		return struct{}{}, nil
	})
}

// store keeps the token unless the execution is superseded or a later wait is
// already stored; it reports whether this wait is the current one.
func store(ctx context.Context, p infra.Ports, in parking) (bool, error) {
	current := false
	err := again(func() error {
		e, err := loadExecution(ctx, p.Dossiers, in.Dossier)
		if err != nil {
			return err
		}
		current = e != nil && e.Generation == in.Generation && in.N == e.Acknowledged
		if !current {
			return nil
		}
		e.Token, e.ParkedN, e.Touched = in.Token, in.N, p.Clock.Now()
		return p.Dossiers.Write(ctx, put(in.Dossier, *e))
	})
	return current, err
}

// hasNews re-reads the table after the token was stored.
func hasNews(ctx context.Context, table infra.Table, in parking) (bool, error) {
	_, err := table.Get(ctx, infra.Key{PK: dossier.PK(in.Dossier), SK: dossier.SKEvent(in.N + 1)})
	if errors.Is(err, infra.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
