package dossier

import (
	"slices"
	"time"

	"portal/shared/calendar"
)

// Clock is the time a body has to answer a dossier and the spans in which that
// time ran. It holds facts only: due dates follow from them and from a table of
// holidays (see Read), so a holiday announced late moves them without a word
// being rewritten here.
//
// Time is counted in working days: one counts when the clock ran as it began,
// at midnight in Casablanca. Neither the day of the deposit nor that of a
// resumption counts, that of a suspension does, and a clock suspended and
// resumed within one day has lost and gained nothing.
//
// The zero Clock has not started.
type Clock struct {
	Target      int         `json:"target,omitempty"` // working days in all
	Complements Complements `json:"complements,omitempty"`
	Spans       []Span      `json:"spans,omitempty"` // in order; only the last may be open
	Stopped     time.Time   `json:"stopped,omitzero"`
}

// Span is a time in which the clock ran.
type Span struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to,omitzero"`     // zero while it runs
	Ended Status    `json:"ended,omitempty"` // the status that ended it
}

// Start is a clock that starts at the deposit, on the terms of that day.
func Start(t Terms, at time.Time) Clock {
	return Clock{Target: t.Target, Complements: t.Complements, Spans: []Span{{From: instant(at)}}}
}

// Enter is the clock after the dossier went into a status: suspended in those
// where the applicant owes something, stopped for good in final ones, running
// in all others. A clock that has not started, or has stopped, stays as it is.
func (c Clock) Enter(status Status, suspended, final []Status, at time.Time) Clock {
	if !c.Started() || !c.Stopped.IsZero() {
		return c
	}
	at = instant(at)
	c.Spans = slices.Clone(c.Spans)
	ends := slices.Contains(final, status)
	runs := !ends && !slices.Contains(suspended, status)
	switch last := &c.Spans[len(c.Spans)-1]; {
	case last.To.IsZero() && !runs:
		last.To, last.Ended = at, status
	case !last.To.IsZero() && runs:
		c.Spans = append(c.Spans, Span{From: at})
	}
	if ends {
		c.Stopped = at
	}
	return c
}

// instant is as precise as the events of a dossier are.
func instant(at time.Time) time.Time { return at.UTC().Truncate(time.Millisecond) }

// Started tells whether the dossier was deposited.
func (c Clock) Started() bool { return len(c.Spans) > 0 }

// Running tells whether time passes at the body's expense.
func (c Clock) Running() bool { return c.Started() && c.Spans[len(c.Spans)-1].To.IsZero() }

// State is how a clock stands; its label is in the catalogue under
// clock.state.<state>.
type State string

// The states of a clock.
const (
	ClockNotStarted State = "not_started"
	ClockRunning    State = "running"
	ClockSuspended  State = "suspended"
	ClockStopped    State = "stopped"
)

// State tells how the clock stands.
func (c Clock) State() State {
	switch {
	case !c.Started():
		return ClockNotStarted
	case !c.Stopped.IsZero():
		return ClockStopped
	case c.Running():
		return ClockRunning
	}
	return ClockSuspended
}

// SuspendedFor counts how often a status suspended the clock.
func (c Clock) SuspendedFor(status Status) int {
	n := 0
	for _, s := range c.Spans {
		if s.Ended == status {
			n++
		}
	}
	return n
}

// Reading is what a clock says on a day.
type Reading struct {
	Run  int // working days that have counted
	Left int // working days that remain, Target − Run; below zero by as many as it is late
	// Due is the last day of the delay: while the clock runs, and for good once
	// it has passed. Zero while the clock is suspended in time.
	Due  calendar.Date
	Late bool // Due has passed, or had when the clock stopped
}

// Read works out what the clock says at an instant, with a table of holidays.
func (c Clock) Read(h calendar.Holidays, at time.Time) Reading {
	r := Reading{Left: c.Target}
	for _, s := range c.Spans {
		until := s.To
		if until.IsZero() {
			until = at
		}
		r.begin(h, s)
		r.pass(h, s, until)
		r.suspend(c, s)
	}
	return r
}

// begin dates the end of the delay from the start of a span. What is late stays
// late: nothing brings a missed day back.
func (r *Reading) begin(h calendar.Holidays, s Span) {
	if !r.Late {
		r.Due = h.AddWorkingDays(calendar.DateIn(s.From), r.Left)
	}
}

// pass lets the time of a span run.
func (r *Reading) pass(h calendar.Holidays, s Span, until time.Time) {
	day := calendar.DateIn(until)
	run := h.WorkingDaysBetween(calendar.DateIn(s.From), day)
	r.Run, r.Left = r.Run+run, r.Left-run
	r.Late = r.Late || day.After(r.Due)
}

// suspend leaves nothing due after a span that ended in time and not for good.
func (r *Reading) suspend(c Clock, s Span) {
	if !s.To.IsZero() && !s.To.Equal(c.Stopped) && !r.Late {
		r.Due = calendar.Date{}
	}
}

// HalfOn is the last day of the first half of the delay, if the clock runs on;
// zero while it is suspended, or when the half has passed.
func (c Clock) HalfOn(h calendar.Holidays, at time.Time) calendar.Date {
	if !c.Running() {
		return calendar.Date{}
	}
	open := c.Spans[len(c.Spans)-1]
	left := c.Target/2 - c.Read(h, open.From).Run
	if left < 0 {
		return calendar.Date{}
	}
	half := h.AddWorkingDays(calendar.DateIn(open.From), left)
	if calendar.DateIn(at).After(half) {
		return calendar.Date{}
	}
	return half
}

// Turn is what happened to a clock; its label is in the catalogue under
// clock.<turn>.
type Turn string

// The turns of a clock.
const (
	Started   Turn = "started"
	Suspended Turn = "suspended"
	Resumed   Turn = "resumed"
	Stopped   Turn = "stopped"
)

// Entry is a line of a clock's ledger.
type Entry struct {
	Turn   Turn
	At     time.Time
	Status Status        // what it was suspended for
	Due    calendar.Date // as of then; zero while suspended in time
	Left   int           // working days, as of then
	Late   bool
}

// Ledger lists what happened to the clock, oldest first, with what it said
// then.
func (c Clock) Ledger(h calendar.Holidays) []Entry {
	var list []Entry
	r := Reading{Left: c.Target}
	note := func(turn Turn, at time.Time, status Status) {
		list = append(list, Entry{Turn: turn, At: at, Status: status, Due: r.Due, Left: r.Left, Late: r.Late})
	}
	turn := Started
	for _, s := range c.Spans {
		r.begin(h, s)
		note(turn, s.From, "")
		turn = Resumed
		if s.To.IsZero() {
			return list
		}
		r.pass(h, s, s.To)
		r.suspend(c, s)
		if !s.To.Equal(c.Stopped) {
			note(Suspended, s.To, s.Ended)
		}
	}
	if !c.Stopped.IsZero() {
		note(Stopped, c.Stopped, "")
	}
	return list
}
