package conformity

import (
	"context"

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
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:    "conformity/accept_review",
			Summary: "Accept the documentary review",
			Who:     step.Roles(people.Agent),
		},
		noun:   "reviews",
		form:   "review",
		need:   light,
		action: always(conformity.AcceptReview),
		decide: func(_ context.Context, c *change, raw []byte) error {
			var body noteBody
			if err := forms.Decode("conformity/review", raw, &body); err != nil {
				return err
			}
			c.Content.Reason = clean(body.Note)
			return nil
		},
	})
}
