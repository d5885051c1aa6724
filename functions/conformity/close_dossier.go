package conformity

import (
	"context"
	"net/http"

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
	return step.HTTP(step.Declaration{
		Name:     "conformity/close_dossier",
		Summary:  "Close a dossier with its computed answer",
		Who:      step.Roles(people.Agent),
		Grants:   stepGrants,
		Problems: append([]string{"not_the_agent", "verdicts_missing"}, stepProblems...),
	}, http.MethodPost, "/api/conformity/dossiers/{id}/answers", func(ctx context.Context, in *bodyInput) (*answer, error) {
		return r.move(ctx, in.Target, light, always(conformity.Close), func(c *change) error {
			var body noteBody
			if err := forms.Decode("conformity/answer", in.RawBody, &body); err != nil {
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
		})
	}, form("answer"))
}
