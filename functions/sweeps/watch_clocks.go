package sweeps

import (
	"context"
	"errors"
	"slices"
	"time"

	"portal/functions/administration/almanac"
	room "portal/functions/conformity"
	"portal/functions/lifecycle"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/i18n"
	"portal/shared/letters"
	"portal/shared/people"
	"portal/shared/step"
)

// watchClocks tells those concerned what is due soon, what is late, and what
// has stayed in one status too long: the bureau's people of their own delays,
// supervisors always, the declarant of a request left unanswered. Each notice
// goes out at most once, recorded before it is sent. Before that it works out
// the dates of open dossiers anew when a holiday was recorded.
func watchClocks(p infra.Ports) step.Step {
	return step.Scheduled(step.Declaration{
		Name:    "sweeps/watch_clocks",
		Summary: "Tells what is due soon and what is late",
		Grants:  tellingGrants.And(almanac.WriteGrants).And(redateGrants),
		Timeout: 5 * time.Minute,
	}, step.Schedule{Every: time.Hour}, func(ctx context.Context) (Report, error) {
		redated, err1 := redate(ctx, p)
		holidays, err := almanac.Holidays(ctx, p.Dossiers)
		if err != nil {
			return redated, errors.Join(err1, err)
		}
		rung, err2 := eachDossier(ctx, p, dossier.DutyClock, func(id string) error {
			return ring(ctx, p, id, holidays)
		})
		return redated.and(rung), errors.Join(err1, err2)
	})
}

// ring tells what is to be told of one dossier now, and has its clock due when
// there is something next.
func ring(ctx context.Context, p infra.Ports, id string, holidays calendar.Holidays) error {
	w, err := look(ctx, p, id)
	if err != nil {
		return err
	}
	heard, next := dossier.Ring(w.d.Alarms(w.d.Terms(), holidays), w.now)
	heard = slices.DeleteFunc(heard, func(a dossier.Alarm) bool { _, told := w.told[a.Key]; return told })
	ops := []infra.Op{lifecycle.Unchanged(w.d.Head), lifecycle.ArmOrNot(id, dossier.DutyClock, next)}
	for _, a := range heard {
		ops = append(ops, lifecycle.Record(id, a.Key, lifecycle.Told{At: w.now}))
	}
	if err := p.Dossiers.Write(ctx, ops...); err != nil {
		return err
	}
	var failures []error
	for _, a := range heard {
		failures = append(failures, w.sound(ctx, a))
	}
	return errors.Join(failures...)
}

// sound sends the letters of an alarm.
func (w watched) sound(ctx context.Context, a dossier.Alarm) error {
	if a.Kind == dossier.StatusOver && conformity.ActsNext(w.d.Status) == dossier.Declarant {
		return w.urge(ctx, a)
	}
	audience, err := room.Treating(ctx, w.Ports, w.d.Head)
	if err != nil {
		return err
	}
	kinds := map[dossier.AlarmKind]string{dossier.DueSoon: "clock_due_soon", dossier.Overdue: "clock_overdue", dossier.StatusOver: "clock_status_over"}
	kind := kinds[a.Kind]
	if a.Kind == dossier.StatusOver && w.d.Agent == "" {
		kind = "clock_unassigned"
	}
	return w.tell(ctx, kind, a.Key, audience, func(to people.Person) letters.Content {
		agent := w.d.AgentName
		if agent == "" {
			agent = i18n.Text(to.Lang, "clock.nobody", nil)
		}
		return letters.Content{Values: map[string]string{
			"number": w.d.Number, "date": mail.Day(a.On), "agent": agent,
			"status": i18n.Text(to.Lang, "status."+string(w.d.Status), nil),
		}}
	})
}

// urge reminds the declarant of a request that the bureau waits on.
func (w watched) urge(ctx context.Context, a dossier.Alarm) error {
	asked, err := room.OpenRequest(ctx, w.Dossiers, w.d)
	if err != nil || asked == nil {
		return err
	}
	filers, err := room.Filers(ctx, w.Ports, w.d.Head)
	if err != nil {
		return err
	}
	return w.tell(ctx, "request_unanswered", a.Key, filers, func(people.Person) letters.Content {
		return letters.Content{Values: map[string]string{
			"number": w.d.Number, "asked": mail.Day(calendar.DateIn(asked.At)), "message": asked.Message,
		}}
	})
}
