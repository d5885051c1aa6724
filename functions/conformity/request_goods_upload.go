package conformity

import (
	"context"
	"net/http"
	"slices"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/goodsfile"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// requestGoodsUpload signs a form with which the browser posts one goods file
// straight to the store. Nothing of the draft changes until import_goods.
func requestGoodsUpload(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/request_goods_upload",
		Summary: "Get a form to upload a file of goods lines",
		Who:     step.Roles(people.Declarant),
		Grants: step.Grants{
			Dossiers: step.TableGrants{Read: []string{"dossier#"}},
			Files:    step.FileGrants{Upload: []string{"incoming/"}},
		},
		Problems: []string{"not_found", "forbidden", "not_allowed_in_status", "invalid"},
	}, http.MethodPost, "/api/conformity/dossiers/{id}/goods-uploads", func(ctx context.Context, in *uploadInput) (*uploadOutput, error) {
		var body struct {
			Format goodsfile.Kind `json:"format"`
			Size   int64          `json:"size"`
		}
		if err := forms.Decode("conformity/goods-upload", in.RawBody, &body); err != nil {
			return nil, err
		}
		caller := step.CallerOf(ctx)
		f, err := open(ctx, r.Dossiers, caller, in.ID, light)
		if err != nil {
			return nil, err
		}
		if !mayEver(relations(caller, &f.Dossier), conformity.EditGoods) {
			return nil, problem.New("forbidden")
		}
		may := allowed(caller, &f.Dossier, calendar.DateIn(r.Clock.Now()))
		if !slices.Contains(may, string(conformity.EditGoods)) {
			return nil, &problem.Problem{Code: "not_allowed_in_status", Status: string(f.Status), Allowed: may}
		}
		out := &uploadOutput{}
		out.Body.Upload = r.IDs.New()
		out.Body.Max = goodsfile.MaxBytes
		out.Body.Form, err = r.Files.UploadForm(ctx, infra.Upload{
			Key: incomingKey(f.ID, out.Body.Upload), ContentType: body.Format.ContentType(), MaxBytes: goodsfile.MaxBytes, Valid: time.Hour,
		})
		return out, err
	}, form("goods-upload"), step.Created)
}
