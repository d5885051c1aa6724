package main

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/demo/client"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// neglect is dossiers that people seldom go on with, on a portal that is off
// for days, whose sweeps run twice, at once, or die.
type neglect struct {
	*rapid.T
	h       *harness
	dir     string
	changed map[string]time.Time // when each draft was last touched
}

var neglected = []string{"waiting", "visited", "asked", "forgotten"}

func TestRandomSweepsTellEverythingOnceAndDeleteNothingTooEarly(t *testing.T) {
	limitChecks(t, map[bool]int{false: 30, true: 8}[racing])
	from := waiting.snapshot(t)
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp("", "neglect")
		if err != nil {
			rt.Fatalf("%v", err)
		}
		defer os.RemoveAll(dir)
		n := &neglect{T: rt, dir: dir, changed: map[string]time.Time{}}
		n.h = start(n, dir, from, overHTTP)
		defer n.h.close()
		id := n.h.marks["forgotten"]
		n.changed[id] = n.h.head(id).Changed
		for range rapid.IntRange(10, 40).Draw(rt, "acts") {
			n.act()
			n.holds()
		}
		for _, sweep := range dossierSweeps {
			n.h.run(sweep)
		}
		n.holds()
		n.nothingIsLeft()
	})
}

func (n *neglect) act() {
	sweep := rapid.SampledFrom(dossierSweeps).Draw(n.T, "sweep")
	switch rapid.IntRange(0, 9).Draw(n.T, "what") {
	case 0, 1, 2:
		n.h.sleep(n.h.portal.Clock().Now().Add(time.Duration(rapid.IntRange(1, 20*24).Draw(n.T, "hours")) * time.Hour))
	case 3:
		_ = n.h.runMortal(sweep, rapid.IntRange(0, 12).Draw(n.T, "dies after"))
		n.h.settle()
	case 4:
		atOnce(n.sweeping(sweep), n.sweeping(sweep), n.sweeping(rapid.SampledFrom(dossierSweeps).Draw(n.T, "other")))
		n.h.settle()
	case 5, 6:
		n.step()
	default:
		n.h.run(sweep)
	}
}

// sweeping runs a sweep on whatever the indexes say by now.
func (n *neglect) sweeping(name string) func() reply {
	return func() reply {
		if _, err := n.h.portal.RunStep(context.Background(), name, nil); err != nil {
			n.Errorf("%s: %v", name, err)
		}
		return reply{&client.Answer{}, n.h}
	}
}

// step goes on with a dossier, as long as there is a next step.
func (n *neglect) step() {
	mark := rapid.SampledFrom(neglected).Draw(n.T, "dossier")
	id := n.h.marks[mark]
	switch d := n.h.head(id); d.Status {
	case conformity.Draft:
		n.h.as(yasmine).saves(n.h.as(yasmine).looks(id), "goods", goods(1))
		n.changed[id] = n.h.head(id).Changed
	case conformity.Submitted:
		n.h.as(salma).does(id, "assignments", n.h.assignment(omar))
	case conformity.AwaitingEvaluation:
		n.h.as(omar).does(id, "takings-in-charge", noBody)
	case conformity.UnderEvaluation, conformity.InProcessing:
		b := n.h.as(strings.TrimPrefix(d.Agent, "demo-"))
		if d.Status == conformity.InProcessing && rapid.Bool().Draw(n.T, "visit") {
			b.does(id, "visits", map[string]string{"date": n.h.day(rapid.IntRange(0, 5).Draw(n.T, "in days")), "place": "Ningbo"})
			return
		}
		b.does(id, "complement-requests", message)
	case conformity.AwaitingComplement:
		b := n.h.as(map[string]string{atlas: yasmine, rif: hamza}[d.Owner])
		b.does(id, "complement-answers", b.answering(id))
	}
}

// holds checks what is true at any time: nothing was told twice, and a draft
// that is gone was touched 90 days ago, and warned of 30.
func (n *neglect) holds() {
	n.Helper()
	var all uint64
	times, warned := map[string]int{}, map[string]time.Time{}
	for _, letter := range n.h.handovers(&all) {
		times[letter.ID]++
		if letter.Kind == "stale_draft" {
			warned[letter.ID[:26]] = letter.At
		}
		if times[letter.ID] > 1 {
			n.Fatalf("%s went out %d times", letter.ID, times[letter.ID])
		}
	}
	for _, mark := range neglected {
		id := n.h.marks[mark]
		if n.h.head(id).ID != "" {
			n.h.isWhole(id)
			continue
		}
		today, touched := calendar.DateIn(n.h.portal.Clock().Now()), calendar.DateIn(n.changed[id])
		if mark != "forgotten" || today.Before(touched.AddDays(90)) {
			n.Fatalf("%s is gone on %v, touched on %v", mark, today, touched)
		}
		if at, told := warned[id]; told && today.Before(calendar.DateIn(at).AddDays(30)) {
			n.Fatalf("the draft is gone on %v, warned of on %v", today, at)
		}
	}
}

// nothingIsLeft checks, after every sweep has run, that whatever rings by now
// was told, or at least recorded.
func (n *neglect) nothingIsLeft() {
	n.Helper()
	for _, mark := range neglected {
		d := n.h.head(n.h.marks[mark])
		if d.ID == "" {
			if left := n.h.partition(n.h.marks[mark]); left != "" {
				n.Errorf("the draft left %s", left)
			}
			continue
		}
		heard, _ := dossier.Ring(d.Alarms(d.Terms(), n.h.holidays()), n.h.portal.Clock().Now())
		for _, a := range heard {
			if !n.h.row(dossier.PK(d.ID), dossier.SKTold(a.Key), &struct{}{}) {
				n.Errorf("%s: %s of %v was never recorded", mark, a.Kind, a.On)
			}
		}
	}
	for _, sweep := range dossierSweeps {
		if report := n.h.run(sweep); report != `{"done":0,"skipped":0}` {
			n.Errorf("%s had still to do %s", sweep, report)
		}
	}
}
