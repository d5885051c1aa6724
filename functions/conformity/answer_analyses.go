package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/people"
	"portal/shared/step"
)

// answerAnalyses gives the analyses asked for, with a text; the dossier returns to the agent by itself.
func answerAnalyses(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/answer_analyses",
		Summary:  "Give the analyses asked for",
		Who:      step.Roles(people.Declarant),
		Grants:   stepGrants.And(commitGrants),
		Problems: append([]string{"document_refused"}, stepProblems...),
	}, http.MethodPost, "/api/conformity/dossiers/{id}/analyses-answers", func(ctx context.Context, in *bodyInput) (*answer, error) {
		return r.move(ctx, in.Target, light, always(conformity.AnswerAnalyses), func(c *change) error {
			return r.answerWithDocuments(ctx, c, "analyses-answer", conformity.DocAnalyses, in.RawBody)
		})
	}, form("analyses-answer"))
}
