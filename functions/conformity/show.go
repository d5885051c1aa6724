package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/conformity"
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
		Grants:   step.Grants{Dossiers: step.TableGrants{Read: []string{"dossier#"}}},
		Problems: []string{"not_found"},
	}, http.MethodGet, "/api/conformity/dossiers/{id}", func(ctx context.Context, in *Shown) (*answer, error) {
		caller := step.CallerOf(ctx)
		f, err := open(ctx, r.Dossiers, caller, in.ID, light)
		if err != nil {
			return nil, err
		}
		if f.Status == conformity.Draft {
			// A draft is shown with what it lacks, lines included.
			if f, err = open(ctx, r.Dossiers, caller, in.ID, whole); err != nil {
				return nil, err
			}
		}
		return r.answer(ctx, f, http.StatusOK), nil
	})
}
