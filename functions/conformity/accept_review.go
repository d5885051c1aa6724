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

// noteBody is the body of steps that may be annotated.
type noteBody struct {
	Note string `json:"note"`
}

// acceptReview ends the documentary review: the documents are in order.
func acceptReview(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/accept_review",
		Summary:  "Accept the documentary review",
		Who:      step.Roles(people.Agent),
		Grants:   stepGrants,
		Problems: append([]string{"not_the_agent"}, stepProblems...),
	}, http.MethodPost, "/api/conformity/dossiers/{id}/reviews", func(ctx context.Context, in *bodyInput) (*answer, error) {
		return r.move(ctx, in.Target, light, always(conformity.AcceptReview), func(c *change) error {
			var body noteBody
			if err := forms.Decode("conformity/review", in.RawBody, &body); err != nil {
				return err
			}
			c.Content.Reason = clean(body.Note)
			return nil
		})
	}, form("review"))
}
