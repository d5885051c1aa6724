package main

import (
	"fmt"
	"slices"
	"strings"

	"portal/shared/conformity"
	"portal/shared/dossier"
)

// holds checks everything that must be true of a portal at rest.
func (r *rivalry) holds() {
	r.Helper()
	r.h.settle()
	r.post.collect(r)
	if len(r.h.pending()) > 0 { // the portal was turned off before it had heard
		r.h.run("sweeps/reconcile")
	}
	loads, letters := load{}, map[string]bool{}
	for _, id := range r.dossiers {
		l := r.taleOf(id)
		if l == nil {
			continue
		}
		loads.add(l)
		for letter := range l.letters {
			letters[letter] = true
		}
	}
	if late := r.h.pending(); len(late) > 0 {
		r.Errorf("still in the pending index: %v", late)
	}
	r.counted(loads)
	r.register.holds(r)
	r.told(letters)
}

// tale is what a dossier's events tell, once it was found whole.
type tale struct {
	head    conformity.Dossier
	bureau  string
	agent   string
	letters map[string]bool
}

// taleOf checks a dossier if it changed since it was looked at last; nil once
// it was discarded.
func (r *rivalry) taleOf(id string) *tale {
	r.Helper()
	head := r.h.head(id)
	if head.ID == "" && r.done[id] >= 0 {
		r.sweptAway(id)
	}
	if r.done[id] < 0 {
		if left := r.h.partition(id); left != "" {
			r.Errorf("a discarded draft left %s", left)
		}
		return nil
	}
	if l := r.known[id]; l != nil && l.head.Version == head.Version {
		return l
	}
	r.h.isWhole(id)
	events := r.h.events(id)
	l := &tale{head: head, letters: expectedLetters(id, events)}
	itself := int64(0)
	status := dossier.Status("")
	for _, e := range events {
		if e.From != status {
			r.Errorf("%s: event %d is from %s, not from %s", id, e.N, e.From, status)
		}
		status = e.To
		if e.Content.Relation == dossier.System {
			itself++
		}
		r.mayHaveDone(l, e)
	}
	if want := r.done[id] + itself; head.Version != want {
		r.Errorf("%s: version %d after %d steps, %d of them by itself", id, head.Version, want, itself)
	}
	if l.bureau != head.Bureau || l.agent != head.Agent {
		r.Errorf("%s: the head says %s and %s, its events %s and %s", id, head.Bureau, head.Agent, l.bureau, l.agent)
	}
	r.certified(l)
	r.known[id], r.over[id] = l, !moving(head)
	return l
}

// sweptAway checks that a dossier that is gone was a draft whose owner was told
// so a month before.
func (r *rivalry) sweptAway(id string) {
	r.Helper()
	r.done[id], r.over[id] = -1<<20, true
	r.tried.saw("a draft swept away")
	if l := r.known[id]; l != nil && l.head.DepositN != 0 {
		r.Errorf("%s, which was %s, is gone", id, l.head.Status)
	}
	delays := conformity.Delays().Drafts
	for letter, on := range r.post.warned {
		if strings.HasPrefix(letter, id) && on.DaysUntil(r.today()) >= delays.Deleted-delays.Warned {
			return
		}
	}
	r.Errorf("%s is gone, and nobody was told: %v", id, r.post.warned)
}

// counts holds the statistics against a recount of the chains.
func (r *rivalry) counts() {
	r.Helper()
	var deposited []string
	for _, id := range r.dossiers {
		if l := r.known[id]; l != nil && l.head.DepositN != 0 {
			deposited = append(deposited, id)
		}
	}
	r.h.countsRight(deposited...)
}

// mayHaveDone follows an event and checks that its author might.
func (r *rivalry) mayHaveDone(l *tale, e dossier.Event) {
	r.Helper()
	c, d := e.Content, l.head
	text := func(name string) string { s, _ := c.Details[name].(string); return s }
	may := false
	for _, t := range conformity.Procedure.Transitions {
		to := t.To
		if to == "" {
			to = e.From
		}
		may = may || t.Action == e.Action && slices.Contains(t.From, e.From) && to == e.To && (t.Lane == "" || t.Lane == d.Lane) && (t.By == c.Relation || c.Relation == dossier.System)
	}
	if !may && e.Action != conformity.Create {
		r.Errorf("%s: %s by the %s from %s to %s", d.ID, e.Action, c.Relation, e.From, e.To)
	}
	name := r.nameOf(c.Person)
	switch c.Relation {
	case dossier.Declarant:
		may = slices.Contains(declarants[d.Owner], name)
	case dossier.Supervisor:
		may = slices.Contains(supervisors["bureau-"+l.bureau], name)
	case dossier.Agent:
		may = c.Person == l.agent && slices.Contains(agents["bureau-"+l.bureau], name)
	}
	if !may {
		r.Errorf("%s: %s by %s, the %s, while %q had it", d.ID, e.Action, name, c.Relation, l.agent)
	}
	switch e.Action {
	case conformity.Submit:
		l.bureau = text("bureau")
	case conformity.Assign, conformity.Reassign, conformity.Unassign:
		l.agent = text("agent")
	}
}

// nameOf is the one of the cast who has an id.
func (r *rivalry) nameOf(person string) string {
	for _, name := range everybody {
		if r.h.marks[name] == person {
			return name
		}
	}
	return strings.TrimPrefix(person, "demo-")
}

// load counts open and closed dossiers by counter.
type load map[string][2]int

// add counts a deposited dossier.
func (all load) add(l *tale) {
	if l.bureau == "" {
		return
	}
	open, closed := 1, 0
	switch l.head.Status {
	case conformity.Closed:
		open, closed = 0, 1
	case conformity.Cancelled:
		open = 0
	}
	count := func(key string) {
		n := all[key]
		all[key] = [2]int{n[0] + open, n[1] + closed}
	}
	count("load#bureaux " + l.bureau)
	if l.agent != "" {
		count("load#bureau-" + l.bureau + " agent#" + l.agent)
	}
}

// counted holds the counters against the recount.
func (r *rivalry) counted(loads load) {
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
