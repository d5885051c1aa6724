package sweeps

import (
	"context"
	"errors"
	"fmt"
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

// sweepDrafts warns of drafts that nobody touches and later deletes them, with
// everything of them: never one that was deposited, never one whose owner was
// not warned, and given as long as the policy has it, since its last change.
func sweepDrafts(p infra.Ports) step.Step {
	return step.Scheduled(step.Declaration{
		Name:    "sweeps/sweep_drafts",
		Summary: "Warns of drafts that nobody touches, and later deletes them",
		Grants:  tellingGrants,
		Timeout: 5 * time.Minute,
	}, step.Schedule{Daily: "05:00"}, func(ctx context.Context) (Report, error) {
		return eachDossier(ctx, p, dossier.DutyDraft, func(id string) error {
			return sweepDraft(ctx, p, id)
		})
	})
}

func sweepDraft(ctx context.Context, p infra.Ports, id string) error {
	w, err := look(ctx, p, id)
	if errors.Is(err, infra.ErrConditionFailed) {
		return room.EraseDraft(ctx, p, id, 0) // its deletion was interrupted
	}
	if err != nil {
		return err
	}
	delays, today := conformity.Delays().Drafts, calendar.DateIn(w.now)
	changed := calendar.DateIn(w.d.Changed)
	notice := room.DraftNotice(w.d.Head)
	told, warned := w.told[notice]
	rearm := func(ops ...infra.Op) error {
		return p.Dossiers.Write(ctx, append(ops, lifecycle.Unchanged(w.d.Head))...)
	}
	switch {
	case w.d.Status != conformity.Draft:
		return rearm(lifecycle.Disarm(id, dossier.DutyDraft))
	case today.Before(changed.AddDays(delays.Warned)):
		return rearm(room.ArmDraft(w.d.Head))
	case !warned:
		return w.warn(ctx, notice, promised(changed, today, delays))
	}
	until, err := calendar.ParseDate(told.Before)
	if err != nil {
		return fmt.Errorf("the record of a warning: %w", err)
	}
	if today.Before(until) {
		return rearm(lifecycle.Arm(id, dossier.DutyDraft, until.StartOfDay()))
	}
	return room.EraseDraft(ctx, p, id, w.d.Version)
}

// promised is the day on which a draft goes. A warning that comes late leaves
// as much time as one that comes in time.
func promised(changed, today calendar.Date, delays dossier.DraftDelays) calendar.Date {
	day, least := changed.AddDays(delays.Deleted), today.AddDays(delays.Deleted-delays.Warned)
	if day.Before(least) {
		return least
	}
	return day
}

func (w watched) warn(ctx context.Context, notice string, until calendar.Date) error {
	err := w.Dossiers.Write(ctx, lifecycle.Unchanged(w.d.Head),
		lifecycle.Arm(w.d.ID, dossier.DutyDraft, until.StartOfDay()),
		lifecycle.Record(w.d.ID, notice, lifecycle.Told{At: w.now, Before: until.String()}))
	if err != nil {
		return err
	}
	owners, err := mail.Audience(ctx, w.Ports, w.d.Owner, people.Declarant, w.d.Author)
	if err != nil {
		return err
	}
	content := letters.Content{Values: map[string]string{
		"date": mail.Day(until), "created": mail.Day(calendar.DateIn(w.d.Created)), "changed": mail.Day(calendar.DateIn(w.d.Changed)),
	}}
	return w.tell(ctx, "stale_draft", notice, owners, func(people.Person) letters.Content { return content })
}
