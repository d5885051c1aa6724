package conformity

import (
	"context"

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
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:    "conformity/plan_visit",
			Summary: "Plan an inspection visit",
			Who:     step.Roles(people.Agent),
		},
		noun:   "visits",
		form:   "visit",
		need:   light,
		action: always(conformity.PlanVisit),
		decide: func(_ context.Context, c *change, raw []byte) error {
			var body visitBody
			if err := forms.Decode("conformity/visit", raw, &body); err != nil {
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
		},
	})
}
