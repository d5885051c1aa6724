package conformity

import (
	"context"
	"net/http"
	"slices"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type saveGoodsInput struct {
	Target
	RawBody []byte
}

// saveGoods replaces a draft's goods lines, complete or not. The lines are
// staged as chunks of a new revision; the same Write flips the head to it.
func saveGoods(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(everyDeed(step.Declaration{
		Name:    "conformity/save_goods",
		Summary: "Save a draft's goods lines",
		Who:     step.Roles(people.Declarant),
		Grants:  citeGrants,
	}), http.MethodPut, "/api/conformity/dossiers/{id}/goods", func(ctx context.Context, in *saveGoodsInput) (*answer, error) {
		return r.move(ctx, in.Target, whole, always(conformity.EditGoods), func(c *change) error {
			var body struct {
				Lines []conformity.Line `json:"lines"`
			}
			faults, err := forms.Check("conformity/goods", in.RawBody, &body)
			if err != nil {
				return err
			}
			if structural := slices.DeleteFunc(faults, func(f problem.Fault) bool { return !forms.Structural(f) }); len(structural) > 0 {
				return problem.Invalid(structural)
			}
			return r.replaceGoods(ctx, c, body.Lines)
		})
	}, step.Draft(draftOf("the form conformity/goods"), httpapi.MaxBody))
}

func (r room) replaceGoods(ctx context.Context, c *change, lines []conformity.Line) error {
	c.Content.Changes = conformity.DiffGoods(c.Goods, lines)
	c.Content.Details = map[string]any{"before": len(c.Goods), "after": len(lines)}
	c.dropGoods(r, c.GoodsRevision, c.Lines)
	ops, err := r.giveGoods(ctx, c.File, lines)
	c.Ops = append(c.Ops, ops...)
	return err
}
