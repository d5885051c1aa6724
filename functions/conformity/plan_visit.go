package conformity

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type visitBody struct {
	Date    string `json:"date"`
	Place   string `json:"place"`
	Message string `json:"message"`
}

// planVisit plans an inspection; the declarant is told the date and the place
// and has nothing to do here.
func planVisit(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "conformity/plan_visit",
		Summary:  "Plan an inspection visit",
		Who:      step.Roles(people.Agent),
		Grants:   stepGrants,
		Problems: append([]string{"not_the_agent"}, stepProblems...),
	}, http.MethodPost, "/api/conformity/dossiers/{id}/visits", func(ctx context.Context, in *bodyInput) (*answer, error) {
		return r.move(ctx, in.Target, light, always(conformity.PlanVisit), func(c *change) error {
			var body visitBody
			if err := forms.Decode("conformity/visit", in.RawBody, &body); err != nil {
				return err
			}
			date, err := calendar.ParseDate(body.Date)
			if err != nil {
				return problem.Field("/date", "date")
			}
			if date.Before(calendar.DateIn(c.Now)) {
				return problem.Field("/date", "date_past")
			}
			c.Content.Reason = clean(body.Message)
			c.Content.Details = map[string]any{"date": body.Date, "place": clean(body.Place)}
			c.ask(conformity.PlanVisit, conformity.Asked{Date: body.Date, Place: clean(body.Place), Message: clean(body.Message)})
			return nil
		})
	}, form("visit"))
}
