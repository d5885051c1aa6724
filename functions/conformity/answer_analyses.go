package conformity

import (
	"context"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/people"
	"portal/shared/step"
)

// answerAnalyses gives the analyses asked for, with a text; the dossier returns
// to the agent by itself.
func answerAnalyses(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:     "conformity/answer_analyses",
			Summary:  "Give the analyses asked for",
			Who:      step.Roles(people.Declarant),
			Grants:   commitGrants,
			Problems: []string{"document_refused"},
		},
		noun:   "analyses-answers",
		form:   "analyses-answer",
		need:   light,
		action: always(conformity.AnswerAnalyses),
		decide: func(ctx context.Context, c *change, body []byte) error {
			return r.answerWithDocuments(ctx, c, "analyses-answer", conformity.DocAnalyses, body)
		},
	})
}
