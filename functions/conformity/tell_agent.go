package conformity

import (
	"context"

	"portal/functions/administration/almanac"
	"portal/functions/lifecycle"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/i18n"
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
		Grants:  tellGrants.And(almanac.Grants),
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
		due, err := r.dueIn(ctx, to.Lang, f)
		if err != nil {
			return struct{}{}, err
		}
		return struct{}{}, r.tell(ctx, in, "conformity_assigned", []people.Person{to}, saying(letters.Content{
			Values: map[string]string{"number": f.Number, "due": due},
			Action: r.dossierURL(f.ID),
		}))
	})
}

// dueIn says when the answer is due, or what remains of a suspended delay.
func (r room) dueIn(ctx context.Context, lang string, f *conformity.File) (string, error) {
	if f.Due != "" || !f.Clock.Started() {
		return i18n.Text(lang, "clock.answer_by", map[string]any{"date": mail.DayOf(f.Due)}), nil
	}
	holidays, err := almanac.Holidays(ctx, r.Dossiers)
	if err != nil {
		return "", err
	}
	left := f.Clock.Read(holidays, r.Clock.Now()).Left
	return i18n.Text(lang, "clock.answer_after", map[string]any{"days": left}), nil
}
