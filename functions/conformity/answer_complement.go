package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/people"
	"portal/shared/step"
)

// answerComplement gives the documents asked for; the dossier returns to the agent by itself.
func answerComplement(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/answer_complement",
		Summary:  "Give the documents asked for",
		Who:      step.Roles(people.Declarant),
		Grants:   stepGrants.And(commitGrants),
		Problems: append([]string{"document_refused"}, stepProblems...),
	}, http.MethodPost, "/api/conformity/dossiers/{id}/complement-answers", func(ctx context.Context, in *bodyInput) (*answer, error) {
		return r.move(ctx, in.Target, light, always(conformity.AnswerComplement), func(c *change) error {
			return r.answerWithDocuments(ctx, c, "complement-answer", conformity.DocComplement, in.RawBody)
		})
	}, form("complement-answer"))
}
