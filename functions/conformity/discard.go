package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/people"
	"portal/shared/step"
)

type discardOutput struct{ Status int }

// discard deletes a draft and its events. The bytes of its documents stay
// under their hash: another dossier may hold the same. Its head
// goes first, in one Write with everything a reader could reach and as many
// events as the Write bears, which is nearly always all; the other events, many
// lines and who read what, which nobody can reach any more, after it.
func discard(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(everyDeed(step.Declaration{
		Name:    "conformity/discard",
		Summary: "Delete a draft",
		Who:     step.Roles(people.Declarant),
	}), http.MethodDelete, "/api/conformity/dossiers/{id}", func(ctx context.Context, in *Target) (*discardOutput, error) {
		f, err := open(ctx, r.Dossiers, step.CallerOf(ctx), in.ID, light)
		if err != nil {
			return nil, err
		}
		if _, _, err := r.permit(ctx, f, *in, conformity.Discard); err != nil {
			return nil, err
		}
		if err := r.erase(ctx, f); err != nil {
			_, err = r.orRepeated(ctx, step.CallerOf(ctx), in.ID, light, err)
			return nil, err
		}
		return &discardOutput{Status: http.StatusNoContent}, nil
	}, step.Status(http.StatusNoContent))
}

func (r room) erase(ctx context.Context, f *conformity.File) error {
	pk := dossier.PK(f.ID)
	ops := []infra.Op{
		infra.Delete{Key: infra.Key{PK: pk, SK: dossier.SKHead}, If: []infra.Cond{infra.Equals("version", f.Version)}},
		infra.Delete{Key: infra.Key{PK: pk, SK: dossier.SKForm}},
		infra.Delete{Key: infra.Key{PK: pk, SK: dossier.SKFacts}},
	}
	for _, doc := range f.Documents {
		ops = append(ops, infra.Delete{Key: infra.Key{PK: pk, SK: dossier.SKDocument(doc.ID)}})
	}
	if gone := goodsDeletes(f.ID, f.GoodsRevision, f.Lines); len(gone) <= fewChunks {
		ops = append(ops, gone...)
	}
	ops = append(ops, httpapi.Remember(ctx, r.Clock.Now(), httpapi.Remembered{Status: http.StatusNoContent})...)
	for n := int64(1); n <= f.Version && len(ops) < infra.MaxOps; n++ {
		ops = append(ops, infra.Delete{Key: infra.Key{PK: pk, SK: dossier.SKEvent(n)}})
	}
	if err := r.Dossiers.Write(ctx, ops...); err != nil {
		return err
	}
	return r.eraseRest(ctx, f.ID)
}

// eraseRest deletes what is left of a draft that has no head any more. The
// duty by which a sweep finds it goes last: should this be interrupted, the
// sweep ends it.
func (r room) eraseRest(ctx context.Context, id string) error {
	for {
		rest, err := r.Dossiers.Query(ctx, infra.Query{PK: dossier.PK(id), Limit: infra.MaxOps})
		if err != nil || len(rest.Rows) == 0 {
			return err
		}
		var gone []infra.Op
		for _, row := range rest.Rows {
			if row.SK != dossier.SKDuty(dossier.DutyDraft) || rest.Cursor == "" {
				gone = append(gone, infra.Delete{Key: row.Key})
			}
		}
		if err := r.Dossiers.Write(ctx, gone...); err != nil || rest.Cursor == "" {
			return err
		}
	}
}
