package conformity

import (
	"context"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/people"
	"portal/shared/step"
)

// answerComplement gives the documents asked for; the dossier returns to the
// agent by itself.
func answerComplement(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:     "conformity/answer_complement",
			Summary:  "Give the documents asked for",
			Who:      step.Roles(people.Declarant),
			Grants:   commitGrants,
			Problems: []string{"document_refused"},
		},
		noun:   "complement-answers",
		form:   "complement-answer",
		need:   light,
		action: always(conformity.AnswerComplement),
		decide: func(ctx context.Context, c *change, body []byte) error {
			return r.answerWithDocuments(ctx, c, "complement-answer", conformity.DocComplement, body)
		},
	})
}
