package conformity

import (
	"context"
	"errors"
	"net/http"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/people"
	"portal/shared/step"
)

// readers may look at dossiers: their own, or their bureau's.
var readers = step.Roles(people.Declarant, people.Supervisor, people.Agent)

type Shown struct {
	ID string `path:"id" maxLength:"40" doc:"The dossier"`
}

// show answers a dossier as its caller may see it.
func show(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/show",
		Summary:  "Read a dossier",
		Who:      readers,
		Grants:   citeGrants.And(step.Grants{Dossiers: step.TableGrants{Read: []string{"dossier#"}, Write: []string{"dossier#"}}}),
		Problems: []string{"not_found"},
	}, http.MethodGet, "/api/conformity/dossiers/{id}", func(ctx context.Context, in *Shown) (*answer, error) {
		caller := step.CallerOf(ctx)
		f, err := open(ctx, r.Dossiers, caller, in.ID, light)
		if err != nil {
			return nil, err
		}
		if err := r.noteReader(ctx, caller, f); err != nil {
			return nil, err
		}
		return r.answer(ctx, f, http.StatusOK)
	})
}

// noteReader records that somebody of the bureau read a dossier, with the
// people it names: once for each reader and day. The owner's own people are not
// noted.
func (r room) noteReader(ctx context.Context, caller people.Caller, f *conformity.File) error {
	if caller.HasIn(f.Owner, people.Declarant) {
		return nil
	}
	now := r.Clock.Now()
	key := infra.Key{PK: dossier.PK(f.ID), SK: "read#" + calendar.DateIn(now).String() + "#" + caller.Person}
	read := dossier.Read{At: now, Person: caller.Person, What: "dossier"}
	err := r.Dossiers.Write(ctx, infra.Put{Key: key, Value: read, If: []infra.Cond{infra.Absent()}})
	if errors.Is(err, infra.ErrConditionFailed) {
		return nil
	}
	return err
}
