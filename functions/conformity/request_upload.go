package conformity

import (
	"context"
	"net/http"
	"slices"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/forms"
	"portal/shared/pdf"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type uploadInput struct {
	ID      string `path:"id" maxLength:"40" doc:"The dossier"`
	RawBody []byte
}

type uploadOutput struct {
	Body struct {
		Upload string           `json:"upload" doc:"Names the file in the step that attaches it"`
		Form   infra.UploadForm `json:"form"`
		Max    int64            `json:"max_bytes"`
	}
}

// filing are the actions that take uploads: whoever may do one may upload.
var filing = []dossier.Action{conformity.AttachDocument, conformity.AnswerComplement, conformity.AnswerAnalyses, conformity.CloseVisit}

// requestUpload signs a form with which the browser posts one PDF straight to
// the store. Nothing of the dossier changes until a step attaches it.
func requestUpload(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/request_upload",
		Summary: "Get a form to upload one PDF",
		Who:     step.Roles(people.Declarant, people.Agent),
		Grants: step.Grants{
			Dossiers: step.TableGrants{Read: []string{"dossier#"}},
			Files:    step.FileGrants{Upload: []string{"incoming/"}},
		},
		Problems: []string{"not_found", "not_the_agent", "not_allowed_in_status", "invalid"},
	}, http.MethodPost, "/api/conformity/dossiers/{id}/uploads", func(ctx context.Context, in *uploadInput) (*uploadOutput, error) {
		var body struct {
			Size int64 `json:"size"`
		}
		if err := forms.Decode("conformity/upload", in.RawBody, &body); err != nil {
			return nil, err
		}
		caller := step.CallerOf(ctx)
		f, err := open(ctx, r.Dossiers, caller, in.ID, light)
		if err != nil {
			return nil, err
		}
		may := conformity.Procedure.Allowed(f.Status, relations(caller, &f.Dossier)...)
		rel := relations(caller, &f.Dossier)
		if !slices.ContainsFunc(filing, func(a dossier.Action) bool { return mayEver(rel, a) }) {
			if slices.Contains(rel, dossier.Colleague) {
				return nil, problem.New("not_the_agent")
			}
			return nil, problem.New("forbidden")
		}
		if !slices.ContainsFunc(may, func(a dossier.Action) bool { return slices.Contains(filing, a) }) {
			return nil, &problem.Problem{Code: "not_allowed_in_status", Status: string(f.Status), Allowed: allowed(caller, &f.Dossier, calendar.DateIn(r.Clock.Now()))}
		}
		out := &uploadOutput{}
		out.Body.Upload = r.IDs.New()
		out.Body.Max = pdf.MaxBytes
		out.Body.Form, err = r.Files.UploadForm(ctx, infra.Upload{
			Key: incomingKey(f.ID, out.Body.Upload), ContentType: "application/pdf", MaxBytes: pdf.MaxBytes, Valid: time.Hour,
		})
		return out, err
	}, form("upload"), step.Created)
}
