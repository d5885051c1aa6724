package conformity

import (
	"context"

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
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:     "conformity/close_visit",
			Summary:  "Close a visit with its result and report",
			Who:      step.Roles(people.Agent),
			Grants:   commitGrants,
			Problems: []string{"document_refused"},
		},
		noun:   "visit-reports",
		form:   "visit-report",
		need:   light,
		action: always(conformity.CloseVisit),
		decide: func(ctx context.Context, c *change, raw []byte) error {
			var body reportBody
			if err := forms.Decode("conformity/visit-report", raw, &body); err != nil {
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
		},
	})
}
