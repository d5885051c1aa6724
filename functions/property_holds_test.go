package main

import (
	"fmt"
	"maps"
	"strings"

	"portal/shared/conformity"
	"portal/shared/dossier"
)

// holds checks everything that must be true of a portal at rest.
func (r *rivalry) holds() {
	r.Helper()
	r.h.settle()
	if len(r.h.pending()) > 0 { // the portal was turned off before it had heard
		r.h.run("sweeps/reconcile")
	}
	loads, letters := map[string][2]int{}, map[string]bool{}
	var kept []string
	for _, mark := range contested {
		id := r.h.marks[mark]
		head := r.h.head(id)
		if r.done[id] < 0 {
			if left := r.h.partition(id); left != "" {
				r.Errorf("a discarded draft left %s", left)
			}
			continue
		}
		itself := int64(0)
		for _, e := range r.h.events(id) {
			if e.Content.Relation == dossier.System {
				itself++
			}
		}
		if want := r.done[id] + itself; head.Version != want {
			r.Errorf("%s: version %d after %d steps, %d of them by itself", id, head.Version, want, itself)
		}
		r.h.isWhole(id)
		kept = append(kept, id)
		if head.DepositN == 0 {
			continue
		}
		r.certified(id, head)
		tally(loads, head)
		maps.Copy(letters, expectedLetters(id, r.h.events(id)))
	}
	if late := r.h.pending(); len(late) > 0 {
		r.Errorf("still in the pending index: %v", late)
	}
	r.counted(loads)
	r.h.countsRight(kept...)
	r.told(letters)
}

// certified checks that a closed dossier has the certificates of its verdicts,
// and an open one none.
func (r *rivalry) certified(id string, head conformity.Dossier) {
	r.Helper()
	p := r.h.as(map[string]string{atlas: yasmine, rif: hamza}[head.Owner]).looks(id)
	got := map[string]int{}
	for _, c := range p.Certificates {
		got[c.Kind] = r.h.certificate(c.Number).Lines
	}
	for _, d := range p.Documents {
		if d.Kind == conformity.DocLetter {
			got["letter"]++
		}
	}
	want := map[string]int{}
	if head.Status == conformity.Closed {
		t := head.Tally
		if answer, _ := t.Answer(); answer != head.Response || t.Subject()+t.NotSubject != head.Lines {
			r.Errorf("%s: answered %s to %+v", id, head.Response, t)
		}
		switch {
		case t.Subject() == 0:
			want["letter"] = 1
		case t.NonConforming > 0:
			want["NCR"] = t.NonConforming
		}
		if t.Conforming+t.Reserved > 0 {
			want["COC"] = t.Conforming + t.Reserved
		}
	}
	if !maps.Equal(got, want) {
		r.Errorf("%s, %s: papers %v, want %v", id, head.Status, got, want)
	}
}

// tally recounts the loads from a dossier as it stands.
func tally(loads map[string][2]int, d conformity.Dossier) {
	add := func(key string, open, closed int) {
		l := loads[key]
		loads[key] = [2]int{l[0] + open, l[1] + closed}
	}
	open, closed := 1, 0
	switch d.Status {
	case conformity.Closed:
		open, closed = 0, 1
	case conformity.Cancelled:
		open = 0
	}
	add("load#bureaux "+d.Bureau, open, closed)
	if d.Agent != "" {
		add("load#"+d.Body+" agent#"+d.Agent, open, closed)
	}
}

// counted holds the counters against the recount.
func (r *rivalry) counted(loads map[string][2]int) {
	r.Helper()
	for _, key := range counters() {
		pk, sk, _ := strings.Cut(key, " ")
		if got, want := r.h.load(pk, sk), fmt.Sprintf("%d/%d", loads[key][0], loads[key][1]); got != want {
			r.Errorf("%s: counted %s, there are %s", key, got, want)
		}
	}
}

// counters are all that could have been counted, of right or wrongly.
func counters() []string {
	var keys []string
	for _, bureau := range []string{"BV", "SG", "IT", "TR"} {
		keys = append(keys, "load#bureaux "+bureau)
		for _, person := range []string{omar, leila, nadia, imane, younes} {
			keys = append(keys, "load#bureau-"+bureau+" agent#demo-"+person)
		}
	}
	return keys
}

// expectedLetters are the letters that a dossier's events call for.
func expectedLetters(id string, events []dossier.Event) map[string]bool {
	kinds := map[dossier.Action]string{
		conformity.Submit: "conformity_deposited", conformity.Assign: "conformity_assigned", conformity.Reassign: "conformity_assigned",
		conformity.AskComplement: "conformity_complement", conformity.AskAnalyses: "conformity_analyses",
		conformity.PlanVisit: "conformity_visit_planned", conformity.CloseVisit: "conformity_visit_closed", conformity.Close: "conformity_closed",
	}
	letters := map[string]bool{}
	for _, e := range events {
		if kind := kinds[e.Action]; kind != "" {
			letters[fmt.Sprintf("%s-%d-%s", id, e.N, kind)] = true
		}
	}
	return letters
}

// told holds the letters about dossiers against what their events call for:
// each once.
func (r *rivalry) told(want map[string]bool) {
	r.Helper()
	var all uint64
	got := map[string]int{}
	for _, letter := range r.h.handovers(&all) {
		if strings.HasPrefix(letter.Kind, "conformity_") {
			got[letter.ID]++
		}
	}
	for id, times := range got {
		if times != 1 || !want[id] {
			r.Errorf("the letter %s went out %d times, called for: %v", id, times, want[id])
		}
	}
	for id := range want {
		if got[id] == 0 {
			r.Errorf("the letter %s never went out", id)
		}
	}
}
