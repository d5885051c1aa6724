package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/step"
)

type reportBody struct {
	Result string `json:"result"`
	Note   string `json:"note"`
	Upload string `json:"upload"`
	Name   string `json:"name"`
}

// closeVisit ends an inspection with its result and its report (procès-verbal).
func closeVisit(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/close_visit",
		Summary:  "Close a visit with its result and report",
		Who:      step.Roles(people.Agent),
		Grants:   stepGrants.And(commitGrants),
		Problems: append([]string{"not_the_agent", "document_refused"}, stepProblems...),
	}, http.MethodPost, "/api/conformity/dossiers/{id}/visit-reports", func(ctx context.Context, in *bodyInput) (*answer, error) {
		return r.move(ctx, in.Target, light, always(conformity.CloseVisit), func(c *change) error {
			var body reportBody
			if err := forms.Decode("conformity/visit-report", in.RawBody, &body); err != nil {
				return err
			}
			report := upload{Upload: body.Upload, Name: body.Name, Kind: conformity.DocVisitReport}
			if err := r.addDocuments(ctx, c, "", []upload{report}); err != nil {
				return err
			}
			c.Content.Reason = clean(body.Note)
			c.Content.Details = map[string]any{"result": body.Result, "asked": c.Open}
			c.settle(func(a *conformity.Asked) { a.Result, a.Text = body.Result, clean(body.Note) })
			return nil
		})
	}, form("visit-report"))
}
