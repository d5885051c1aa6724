package conformity

import (
	"context"
	"errors"
	"fmt"

	"portal/functions/lifecycle"
	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// heard loads the dossier and the event that an effect is about.
func (r room) heard(ctx context.Context, in lifecycle.At, need depth) (*conformity.File, dossier.Event, error) {
	f, err := load(ctx, r.Dossiers, in.Dossier, need)
	if err != nil {
		return nil, dossier.Event{}, err
	}
	var event dossier.Event
	row, err := r.Dossiers.Get(ctx, infra.Key{PK: dossier.PK(in.Dossier), SK: dossier.SKEvent(in.N)})
	if err != nil {
		return nil, event, fmt.Errorf("event %d: %w", in.N, err)
	}
	if err := row.Decode(&event); err != nil {
		return nil, event, err
	}
	if event.Content == nil {
		event.Content = &dossier.Content{}
	}
	return f, event, nil
}

// done is the record that an effect was done: row dossier#<id> /
// effect#<n>#<effect>.
type done struct {
	Effect string `json:"effect"`
}

func doneKey(in lifecycle.At, effect string) infra.Key {
	return infra.Key{PK: dossier.PK(in.Dossier), SK: dossier.SKEffect(in.N, effect)}
}

// once writes the operations together with the record that they were done; if
// they were done before, nothing.
func (r room) once(ctx context.Context, in lifecycle.At, effect string, ops ...infra.Op) error {
	record := infra.Put{Key: doneKey(in, effect), Value: done{Effect: effect}, If: []infra.Cond{infra.Absent()}}
	err := r.Dossiers.Write(ctx, append([]infra.Op{record}, ops...)...)
	var refused *infra.Refused
	if errors.As(err, &refused) && refused.At(0) {
		return nil
	}
	return err
}

// wasDone tells whether an effect that cannot share a Write (a letter) was
// recorded as done.
func (r room) wasDone(ctx context.Context, in lifecycle.At, effect string) (bool, error) {
	_, err := r.Dossiers.Get(ctx, doneKey(in, effect))
	if errors.Is(err, infra.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
