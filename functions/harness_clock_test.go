package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"portal/functions/administration/almanac"
	"portal/infra"
	"portal/infra/local"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// clock is a dossier's clock as its people read it.
type clock struct {
	State       string `json:"clock"`
	Label       string `json:"state_label"`
	Due         string `json:"due"`
	StatusDue   string `json:"status_due"`
	Late        bool   `json:"late"`
	Target      int    `json:"target_working_days"`
	Run         int    `json:"run_working_days"`
	Left        int    `json:"left_working_days"`
	Complements string `json:"complements"`
	Asked       int    `json:"complements_asked"`
	Until       string `json:"complement_until"`
	Retained    string `json:"retained_until"`
	Flagged     string `json:"flagged"`
	Deleted     string `json:"deleted_on"`
	Ledger      []struct {
		Turn   string    `json:"turn"`
		At     time.Time `json:"at"`
		Status string    `json:"status"`
		Due    string    `json:"due"`
		Left   int       `json:"left_working_days"`
		Late   bool      `json:"late"`
	} `json:"ledger"`
}

// clockOf reads the clock of a dossier.
func (b *browser) clockOf(id string) clock {
	b.h.t.Helper()
	var c clock
	b.reads(at(id)+"/clock", &c)
	return c
}

// ledger writes a ledger as "turn day due left" a line.
func (c clock) ledger() []string {
	var lines []string
	for _, e := range c.Ledger {
		due := e.Due
		if due == "" {
			due = "for " + e.Status
		}
		lines = append(lines, fmt.Sprintf("%s %s %s left %d", e.Turn, calendar.DateIn(e.At), due, e.Left))
	}
	return lines
}

// keepsTime holds a head's clock and its duties against its events.
func (h *harness) keepsTime(head conformity.Dossier, events []dossier.Event) {
	h.t.Helper()
	since, clock := time.Time{}, dossier.Clock{}
	for _, e := range events {
		if e.From == e.To {
			continue
		}
		if held, told := e.Content.Details["held_s"].(float64); e.From != "" && (!told || int64(held) != int64(e.At.Sub(since)/time.Second)) {
			h.t.Errorf("%s: event %d says that %s lasted %v seconds, it began at %v", head.ID, e.N, e.From, held, since)
		}
		since = e.At
		if e.From == conformity.Draft {
			clock = dossier.Start(head.Terms(), e.At)
			clock.Complements = head.Clock.Complements
		}
		clock = clock.Enter(e.To, conformity.Delays().Suspended, conformity.Procedure.Final, e.At)
	}
	if !head.Since.Equal(since) || !reflect.DeepEqual(head.Clock, clock) {
		h.t.Errorf("%s: in its status since %v with the clock %+v; its events say %v and %+v", head.ID, head.Since, head.Clock, since, clock)
	}
	h.keepsDuties(head)
}

func (h *harness) holidays() calendar.Holidays {
	holidays, err := almanac.Holidays(h.context(), h.portal.Dossiers())
	if err != nil {
		h.t.Fatalf("holidays: %v", err)
	}
	return holidays
}

// armed is when a sweep is to look after a duty of a dossier; zero when none is.
func (h *harness) armed(id string, duty dossier.Duty) time.Time {
	h.t.Helper()
	var row struct{ At time.Time }
	h.row(dossier.PK(id), dossier.SKDuty(duty), &row)
	return row.At
}

// keepsDuties checks that whatever will have to be done to a dossier is due in
// time, and that nothing is of one that is over.
func (h *harness) keepsDuties(d conformity.Dossier) {
	h.t.Helper()
	now := h.portal.Clock().Now()
	wrong := func(what string) { h.t.Errorf("%s, %s at %v: %s", d.ID, d.Status, now, what) }
	switch {
	case d.Status == conformity.Draft:
		if h.armed(d.ID, dossier.DutyDraft).IsZero() {
			wrong("nobody will look after the draft")
		}
		return
	case conformity.Procedure.IsFinal(d.Status):
		for _, duty := range []dossier.Duty{dossier.DutyClock, dossier.DutyVisit, dossier.DutyDraft} {
			if !h.armed(d.ID, duty).IsZero() {
				wrong("still has the duty " + string(duty))
			}
		}
		if h.armed(d.ID, dossier.DutyRetention).IsZero() && !h.row(dossier.PK(d.ID), dossier.SKFlag, &struct{}{}) {
			wrong("is kept for ever")
		}
		return
	}
	if _, next := dossier.Ring(d.Alarms(d.Terms(), h.holidays()), now); !next.IsZero() {
		if at := h.armed(d.ID, dossier.DutyClock); at.IsZero() || at.After(next) {
			wrong(fmt.Sprintf("its clock is looked after at %v, it rings at %v", at, next))
		}
	}
	for _, row := range h.rows(infra.Query{PK: dossier.PK(d.ID), Prefix: dossier.SKAsked(d.Open)}) {
		var visit conformity.Asked
		if err := row.Decode(&visit); err != nil {
			h.t.Fatalf("visit: %v", err)
		}
		day, _ := calendar.ParseDate(visit.Date)
		eve := day.AddDays(-1).StartOfDay()
		if d.Status == conformity.UnderInspection && eve.After(now) && eve.After(visit.At) && !h.armed(d.ID, dossier.DutyVisit).Equal(eve) {
			wrong("nobody will remind of the visit")
		}
	}
}

// notices are the kinds of letters that sweeps over dossiers send.
var notices = []string{"clock_due_soon", "clock_overdue", "clock_status_over", "clock_unassigned", "request_unanswered", "visit_tomorrow", "stale_draft"}

// noticed are the notices about a dossier among hand-overs, each as
// "day kind → name", sorted.
func noticed(list []local.Handover, id string) []string {
	lines := []string{}
	for _, letter := range list {
		if slices.Contains(notices, letter.Kind) && strings.HasPrefix(letter.ID, id) {
			lines = append(lines, fmt.Sprintf("%s %s → %s", calendar.DateIn(letter.At), letter.Kind, nameOf(letter.To)))
		}
	}
	slices.Sort(lines)
	return lines
}
