package conformity

import (
	"context"
	"net/http"
	"slices"

	"portal/shared/dossier"
	"portal/shared/people"
	"portal/shared/step"
)

// bodyInput is the input of a step on a dossier that says something.
type bodyInput struct {
	Target
	RawBody []byte
}

// decision is what a step does to a dossier once its caller may; body is the
// request's, still to be checked.
type decision func(ctx context.Context, c *change, body []byte) error

// deed declares a step that somebody does to a dossier: POST of a noun, with a
// body drawn from a form unless the deed says nothing (formName ""). What
// every deed touches and may answer is added to the declaration.
type deed struct {
	step.Declaration
	noun   string // path under the dossier
	form   string
	need   depth
	action func(dossier.Status) dossier.Action
	decide decision
}

func (r room) deed(d deed) step.Step {
	d.Declaration = everyDeed(d.Declaration)
	path := "/api/conformity/dossiers/{id}/" + d.noun
	if d.form == "" {
		return step.HTTP(d.Declaration, http.MethodPost, path, func(ctx context.Context, in *Target) (*answer, error) {
			return r.move(ctx, *in, d.need, d.action, func(c *change) error { return d.decide(ctx, c, nil) })
		}, step.Status(http.StatusOK))
	}
	return step.HTTP(d.Declaration, http.MethodPost, path, func(ctx context.Context, in *bodyInput) (*answer, error) {
		return r.move(ctx, in.Target, d.need, d.action, func(c *change) error { return d.decide(ctx, c, in.RawBody) })
	}, form(d.form))
}

// everyDeed completes the declaration of a step that moves a dossier.
func everyDeed(d step.Declaration) step.Declaration {
	d.Grants = stepGrants.And(d.Grants)
	if slices.Contains(d.Who.RoleList(), people.Agent) {
		d.Problems = append(d.Problems, "not_the_agent")
	}
	d.Problems = append(d.Problems, stepProblems...)
	return d
}
