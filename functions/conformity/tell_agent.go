package conformity

import (
	"context"

	"portal/functions/lifecycle"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/letters"
	"portal/shared/people"
	"portal/shared/step"
)

// tellAgent tells an agent which dossier was assigned, and when it is due.
func tellAgent(p infra.Ports) step.Step {
	r := room{p}
	return step.Task(step.Declaration{
		Name:    "conformity/tell_agent",
		Summary: "Tells an agent of an assignment",
		Grants:  tellGrants,
	}, func(ctx context.Context, in lifecycle.At) (struct{}, error) {
		f, event, err := r.heard(ctx, in, light)
		if err != nil {
			return struct{}{}, err
		}
		agent, _ := event.Content.Details["agent"].(string)
		to, err := r.person(ctx, agent)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, r.tell(ctx, in, "conformity_assigned", []people.Person{to}, saying(letters.Content{
			Values: map[string]string{"number": f.Number, "due": mail.DayOf(f.Due)},
			Action: r.dossierURL(f.ID),
		}))
	})
}
