package conformity

import (
	"context"
	"fmt"
	"time"

	"portal/functions/administration/almanac"
	"portal/functions/lifecycle"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// keepTime moves a dossier's clock with its status: what was held in the one it
// leaves, since when it is in the other, the dates that follow, and the duties
// of the sweeps. A step that leaves the status alone costs nothing here: what
// it changes, the sweep that finds the duty reads for itself.
func (r room) keepTime(ctx context.Context, c *change, to dossier.Status) error {
	if to == c.Status {
		return nil
	}
	at := c.Now.UTC().Truncate(time.Millisecond) // as the event says it
	if !c.Since.IsZero() {
		c.detail("held_s", int64(at.Sub(c.Since)/time.Second))
	}
	from, terms, delays := c.Status, c.Terms(), conformity.Delays()
	next := c.Head
	next.Status, next.Since = to, at
	if from == conformity.Draft {
		next.Clock = dossier.Start(terms, at)
		c.Ops = append(c.Ops, lifecycle.Disarm(c.ID, dossier.DutyDraft))
	} else {
		next.Clock = next.Clock.Enter(to, delays.Suspended, conformity.Procedure.Final, at)
	}
	if conformity.Procedure.IsFinal(to) {
		next.Redate(terms, calendar.Official(), at)
		c.Ops = append(c.Ops, lifecycle.Disarm(c.ID, dossier.DutyClock), armRetention(c.ID, at, to))
	} else {
		holidays, err := almanac.Holidays(ctx, r.Dossiers)
		if err != nil {
			return err
		}
		next.Redate(terms, holidays, at)
		c.Ops = append(c.Ops, armClock(next, terms, holidays))
	}
	if to == conformity.UnderInspection || from == conformity.UnderInspection {
		c.Ops = append(c.Ops, c.armVisit(to))
	}
	c.Since, c.Clock, c.Due, c.StatusDue, c.HalfOn = next.Since, next.Clock, next.Due, next.StatusDue, next.HalfOn
	return nil
}

// detail adds what an event says beside what its step says.
func (c *change) detail(name string, value any) {
	if c.Content.Details == nil {
		c.Content.Details = map[string]any{}
	}
	c.Content.Details[name] = value
}

// armClock is due with the first alarm: whether it went out, and whether a
// later one is nearer, the sweep finds.
func armClock(d dossier.Head, t dossier.Terms, h calendar.Holidays) infra.Op {
	var first time.Time
	if alarms := d.Alarms(t, h); len(alarms) > 0 {
		first = alarms[0].At
	}
	return lifecycle.ArmOrNot(d.ID, dossier.DutyClock, first)
}

// armVisit is due the day before the visit; one that is planned only then, or
// for the same day, is told by the letter that says so.
func (c *change) armVisit(to dossier.Status) infra.Op {
	if visit := c.OpenRequest(); visit != nil && to == conformity.UnderInspection {
		date, err := calendar.ParseDate(visit.Date)
		if eve := date.AddDays(-1); err == nil && eve.After(calendar.DateIn(c.Now)) {
			return lifecycle.Arm(c.ID, dossier.DutyVisit, eve.StartOfDay())
		}
	}
	return lifecycle.Disarm(c.ID, dossier.DutyVisit)
}

func armRetention(id string, ended time.Time, status dossier.Status) infra.Op {
	var over time.Time
	if until := conformity.Delays().RetainedUntil(calendar.DateIn(ended), status); !until.IsZero() {
		over = until.EndOfDay()
	}
	return lifecycle.ArmOrNot(id, dossier.DutyRetention, over)
}

// ArmDraft is due when a draft is to be warned of, counted from its last
// change.
func ArmDraft(d dossier.Head) infra.Op {
	warned := calendar.DateIn(d.Changed).AddDays(conformity.Delays().Drafts.Warned)
	return lifecycle.Arm(d.ID, dossier.DutyDraft, warned.StartOfDay())
}

// DraftNotice names the warning that a draft will be deleted. A change of the
// draft makes it void.
func DraftNotice(d dossier.Head) string { return fmt.Sprintf("draft-%d", d.Version) }
