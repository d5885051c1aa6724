package dossier

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"portal/shared/calendar"
)

// Duty is something that a sweep is to look after: row dossier#<id> /
// duty#<duty>, in the sparse index due at the instant it is to be looked at.
type Duty string

// The duties of dossiers.
const (
	DutyClock     Duty = "clock"     // of a deposited dossier: due soon, overdue, a status too long
	DutyVisit     Duty = "visit"     // remind of a visit the day before
	DutyDraft     Duty = "draft"     // warn of a draft nobody touches, then delete it
	DutyRetention Duty = "retention" // flag an ended dossier once it need not be kept
)

// DueShards spreads the index of what is due over partitions, all of which a
// sweep reads.
const DueShards = 8

// DuePK is the index partition of one kind of duty and one shard.
func DuePK(duty string, shard int) string { return fmt.Sprintf("due#%s#%d", duty, shard) }

// SKDuty is the sort key of a duty.
func SKDuty(d Duty) string { return "duty#" + string(d) }

// SKTold is the sort key of the record that a notice went out: told#<notice>.
func SKTold(notice string) string { return "told#" + notice }

// SKFlag is the sort key of the flag of a dossier that need not be kept any
// longer.
const SKFlag = "flag"

// Opening is when notices of a day go out: when offices open in Casablanca.
func Opening(day calendar.Date) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 8, 0, 0, 0, calendar.Casablanca()).UTC()
}

// Alarm is a notice that a running delay calls for.
type Alarm struct {
	Kind AlarmKind
	At   time.Time
	On   calendar.Date // the last day of the delay it is about
	Key  string        // one notice, once; fit for the id of a letter
}

// AlarmKind is what an alarm says.
type AlarmKind string

// The alarms of a clock.
const (
	StatusOver AlarmKind = "status_over" // a status lasted too long
	DueSoon    AlarmKind = "due_soon"
	Overdue    AlarmKind = "overdue"
)

// Redate works out the dates of a head from its clock and its status, with a
// table of holidays. Those of a clock that has stopped are what they were.
func (d *Head) Redate(t Terms, h calendar.Holidays, at time.Time) {
	d.StatusDue, d.HalfOn = "", ""
	if !d.Clock.Started() || !d.Clock.Stopped.IsZero() {
		return
	}
	d.Due, d.StatusDue = d.Clock.Read(h, at).Due.String(), d.statusDue(t, h).String()
	if d.Clock.Complements == Once {
		d.HalfOn = d.Clock.HalfOn(h, at).String()
	}
}

// Late tells whether the due date of the last reckoning has passed, or had when
// the clock stopped.
func (d *Head) Late(today calendar.Date) bool {
	if !d.Clock.Stopped.IsZero() {
		today = calendar.DateIn(d.Clock.Stopped)
	}
	due, err := calendar.ParseDate(d.Due)
	return err == nil && today.After(due)
}

// statusDue is the last day on which a dossier should be in its status; zero
// when the terms do not say.
func (d *Head) statusDue(t Terms, h calendar.Holidays) calendar.Date {
	days := t.Status[d.Status]
	if days == 0 || d.Since.IsZero() {
		return calendar.Date{}
	}
	return h.AddWorkingDays(calendar.DateIn(d.Since), days)
}

// Alarms are the notices that a dossier calls for as it stands, past ones too,
// in order of time; nothing once its clock has stopped. A delay that is over is
// said when offices open after its last day, and never on a day off.
func (d *Head) Alarms(t Terms, h calendar.Holidays) []Alarm {
	if !d.Clock.Started() || !d.Clock.Stopped.IsZero() {
		return nil
	}
	var list []Alarm
	if on := d.statusDue(t, h); !on.IsZero() {
		list = append(list, Alarm{
			Kind: StatusOver, On: on, At: Opening(h.AddWorkingDays(on, 1)),
			Key: fmt.Sprintf("%s-%s-%d", StatusOver, d.Status, d.Since.Unix()),
		})
	}
	if d.Clock.Running() {
		list = append(list, d.Clock.alarms(t, h)...)
	}
	slices.SortStableFunc(list, func(a, b Alarm) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind)) })
	return list
}

func (c Clock) alarms(t Terms, h calendar.Holidays) []Alarm {
	open := c.Spans[len(c.Spans)-1]
	due := c.Read(h, open.From).Due
	over := Alarm{Kind: Overdue, On: due, At: Opening(h.AddWorkingDays(due, 1)), Key: fmt.Sprintf("%s-%s", Overdue, due)}
	if t.DueSoon == 0 {
		return []Alarm{over}
	}
	soon := Alarm{Kind: DueSoon, On: due, At: Opening(h.AddWorkingDays(due, -t.DueSoon)), Key: fmt.Sprintf("%s-%s", DueSoon, due)}
	return []Alarm{soon, over}
}

// Ring sorts alarms out at an instant: those that are to be heard, but for the
// warning that a missed day makes pointless, and when the next one is due; zero
// when there is none.
func Ring(alarms []Alarm, at time.Time) (heard []Alarm, next time.Time) {
	late := slices.ContainsFunc(alarms, func(a Alarm) bool { return a.Kind == Overdue && !a.At.After(at) })
	for _, a := range alarms {
		switch {
		case a.At.After(at):
			if next.IsZero() {
				next = a.At
			}
		case a.Kind != DueSoon || !late:
			heard = append(heard, a)
		}
	}
	return heard, next
}
