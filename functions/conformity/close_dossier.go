package conformity

import (
	"context"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// closeDossier gives the answer, computed from the verdicts; it is final. The
// execution then makes the certificates and tells the declarant.
func closeDossier(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:     "conformity/close_dossier",
			Summary:  "Close a dossier with its computed answer",
			Who:      step.Roles(people.Agent),
			Problems: []string{"verdicts_missing"},
		},
		noun:   "answers",
		form:   "answer",
		need:   light,
		action: always(conformity.Close),
		decide: func(_ context.Context, c *change, raw []byte) error {
			var body noteBody
			if err := forms.Decode("conformity/answer", raw, &body); err != nil {
				return err
			}
			tally := conformity.Tally{Missing: c.Lines}
			if c.Tally != nil {
				tally = *c.Tally
			}
			response, ok := tally.Answer()
			if !ok {
				return &problem.Problem{Code: "verdicts_missing", Params: map[string]any{"missing": tally.Missing}}
			}
			c.Response = response
			c.Content.Reason = clean(body.Note)
			c.Content.Details = map[string]any{"response": response, "tally": tally}
			return nil
		},
	})
}
