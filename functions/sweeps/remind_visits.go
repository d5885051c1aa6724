package sweeps

import (
	"context"
	"fmt"
	"slices"
	"time"

	room "portal/functions/conformity"
	"portal/functions/lifecycle"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/letters"
	"portal/shared/people"
	"portal/shared/step"
)

// remindVisits reminds both sides of an inspection the day before: at most
// once, recorded before it is sent. Run late, on the day itself, it still says
// so; after it, nothing.
func remindVisits(p infra.Ports) step.Step {
	return step.Scheduled(step.Declaration{
		Name:    "sweeps/remind_visits",
		Summary: "Reminds both sides of inspections the day before",
		Grants:  tellingGrants,
		Timeout: 5 * time.Minute,
	}, step.Schedule{Daily: "07:00"}, func(ctx context.Context) (Report, error) {
		return eachDossier(ctx, p, dossier.DutyVisit, func(id string) error {
			return remindVisit(ctx, p, id)
		})
	})
}

func remindVisit(ctx context.Context, p infra.Ports, id string) error {
	w, err := look(ctx, p, id)
	if err != nil {
		return err
	}
	visit, err := room.OpenRequest(ctx, p.Dossiers, w.d)
	if err != nil {
		return err
	}
	ops := []infra.Op{lifecycle.Unchanged(w.d.Head), lifecycle.Disarm(id, dossier.DutyVisit)}
	notice := fmt.Sprintf("visit-%d", w.d.Open)
	_, told := w.told[notice]
	if told || !w.near(visit) {
		return p.Dossiers.Write(ctx, ops...)
	}
	if err := p.Dossiers.Write(ctx, append(ops, lifecycle.Record(id, notice, lifecycle.Told{At: w.now}))...); err != nil {
		return err
	}
	filers, err := room.Filers(ctx, p, w.d.Head)
	if err != nil {
		return err
	}
	treating, err := room.Treating(ctx, p, w.d.Head)
	if err != nil {
		return err
	}
	content := letters.Content{Values: map[string]string{
		"number": w.d.Number, "date": mail.DayOf(visit.Date), "place": visit.Place, "message": visit.Message,
	}}
	return w.tell(ctx, "visit_tomorrow", notice, slices.Concat(filers, w.visiting(treating)), func(people.Person) letters.Content { return content })
}

// near tells whether an open visit is still worth reminding of.
func (w watched) near(visit *conformity.Asked) bool {
	if visit == nil || w.d.Status != conformity.UnderInspection {
		return false
	}
	date, err := calendar.ParseDate(visit.Date)
	return err == nil && !calendar.DateIn(w.now).After(date)
}

// visiting is the agent; the supervisors while there is none, who should see to
// it that somebody goes.
func (w watched) visiting(treating []people.Person) []people.Person {
	i := slices.IndexFunc(treating, func(p people.Person) bool { return p.ID == w.d.Agent })
	if i < 0 {
		return treating
	}
	return treating[i : i+1]
}
