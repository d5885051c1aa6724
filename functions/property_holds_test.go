package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/certificate"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/identifiers"
)

// count notes what succeeded of what was sent at once, and witnesses deposits
// and answers.
func (r *rivalry) count(outcomes ...outcome) {
	r.Helper()
	for _, o := range outcomes {
		r.tried.actions.Add(1)
		if o.again != nil {
			r.tried.actions.Add(1)
			if done := o.Status < 300; done && (o.again.Status != o.Status || o.again.Header.Get("ETag") != o.Header.Get("ETag")) {
				r.Errorf("%s %s: %d %s, then under one key %d %s", o.who, o.what, o.Status, o.Header.Get("ETag"), o.again.Status, o.again.Body)
			} else if !done && o.again.Status < 300 {
				o.reply = *o.again
			}
		}
		if o.Status >= 500 {
			r.Errorf("%s %s: %s", o.who, o.what, o.Body)
		}
		r.note(o)
	}
	for _, o := range outcomes {
		if o.Status == http.StatusOK && o.number != "" {
			r.endedRightly(o)
		}
		if o.Status != http.StatusOK || o.dossier == "" {
			continue
		}
		switch head := r.h.head(o.dossier); {
		case strings.HasSuffix(o.path, "/deposits"):
			r.witnessDeposit(head, outcomes)
		case strings.HasSuffix(o.path, "/answers"):
			r.witnessAnswer(head, outcomes)
		}
	}
}

func (r *rivalry) note(o outcome) {
	if o.Status < 300 {
		r.tried.done.Add(1)
		r.tried.saw(o.what)
	} else {
		r.tried.saw("refused: " + o.Problem().Code)
	}
	switch {
	case o.Status == http.StatusCreated && o.path == dossiers:
		id := o.paper().ID
		r.dossiers, r.done[id] = append(r.dossiers, id), 1
	case o.Status == http.StatusCreated && o.path == "/api/certificates/statements":
		var recorded struct{ Number string }
		o.into(&recorded)
		r.register[recorded.Number] = &kept{}
	case o.Status == http.StatusOK && o.dossier != "":
		r.done[o.dossier]++
	case o.Status == http.StatusNoContent:
		r.done[o.dossier], r.over[o.dossier] = -1<<20, true
	}
}

// ended tells whether somebody ended a certificate among what was sent at once.
func ended(number string, outcomes []outcome) bool {
	return slices.ContainsFunc(outcomes, func(o outcome) bool { return o.number == number && o.Status < 300 })
}

// witnessDeposit holds a request just deposited against the register: what it
// rests on bears it today, and what it changes is its own.
func (r *rivalry) witnessDeposit(d conformity.Dossier, rivals []outcome) {
	r.Helper()
	if d.Status != conformity.Submitted {
		return // gone on or cancelled by a rival
	}
	kind, rests := conformity.Object{Object: d.Object, Route: d.Route}.Rests()
	if rests != (d.Statement != "") {
		r.Errorf("%s: a %s of route %q rests on %q", d.ID, d.Object, d.Route, d.Statement)
	}
	if rests {
		r.tried.saw("deposited on route " + d.Route)
		s := r.h.certificate(d.Statement)
		if s.Kind() != kind || s.StatusAt(r.today()) != certificate.Valid && !ended(d.Statement, rivals) {
			r.Errorf("%s: route %s on %s, which is %s", d.ID, d.Route, d.Statement, s.StatusAt(r.today()))
		}
		for _, line := range r.lines(d) {
			if !r.covers(d.Statement, line.HS) {
				r.Errorf("%s: %s does not cover %s", d.ID, d.Statement, line.HS)
			}
		}
	}
	if d.Certificate == "" {
		return
	}
	r.tried.saw("deposited " + d.Object + " " + d.Type)
	if got := r.claimed(d.Certificate); got != d.ID {
		r.Errorf("%s changes %s, which %q has", d.ID, d.Certificate, got)
	}
	if c := r.h.certificate(d.Certificate); c.Holder != d.Owner || c.Bureau != d.Bureau || c.Ended() && !ended(d.Certificate, rivals) {
		r.Errorf("%s of %s at %s changes %+v", d.ID, d.Owner, d.Bureau, c)
	}
}

// witnessAnswer holds an answer just given against the register: nothing is
// certified on what was revoked.
func (r *rivalry) witnessAnswer(d conformity.Dossier, rivals []outcome) {
	r.Helper()
	if d.Tally == nil || d.Tally.Conforming+d.Tally.Reserved == 0 {
		return
	}
	for _, number := range []string{d.Statement, d.Certificate} {
		if number != "" && r.h.certificate(number).Revoked != nil && !ended(number, rivals) {
			r.Errorf("%s: answered %s on %s, which was revoked", d.ID, d.Response, number)
		}
	}
	if d.Statement != "" {
		r.tried.saw("answered on a statement that is " + string(r.h.certificate(d.Statement).StatusAt(r.today())))
	}
}

// lines are a dossier's goods.
func (r *rivalry) lines(d conformity.Dossier) (lines []conformity.Line) {
	for _, row := range r.h.rows(infra.Query{PK: dossier.PK(d.ID), Prefix: "dossier.wares#" + d.GoodsRevision}) {
		var chunk struct{ Lines []conformity.Line }
		if err := row.Decode(&chunk); err != nil {
			r.Fatalf("%v", err)
		}
		lines = append(lines, chunk.Lines...)
	}
	return lines
}

func (r *rivalry) covers(number, code string) bool {
	var covered struct{ HS []string }
	r.h.row(certificates.PK(number), "covers", &covered)
	hs, err := identifiers.ParseHS(code)
	return err == nil && slices.Contains(covered.HS, hs.String())
}

// claimed is the dossier that changes a certificate, "" for none.
func (r *rivalry) claimed(number string) string {
	var claim struct{ Dossier string }
	r.h.row(certificates.PK(number), "claim", &claim)
	return claim.Dossier
}

// holds checks everything that must be true of a portal at rest.
func (r *rivalry) holds() {
	r.Helper()
	r.h.settle()
	if len(r.h.pending()) > 0 { // the portal was turned off before it had heard
		r.h.run("sweeps/reconcile")
	}
	loads, letters := load{}, map[string]bool{}
	var kept []string
	for _, id := range r.dossiers {
		l := r.taleOf(id)
		if l == nil {
			continue
		}
		loads.add(l)
		for letter := range l.letters {
			letters[letter] = true
		}
		kept = append(kept, id)
	}
	if late := r.h.pending(); len(late) > 0 {
		r.Errorf("still in the pending index: %v", late)
	}
	r.counted(loads)
	r.h.countsRight(kept...)
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
	if r.done[id] < 0 {
		if left := r.h.partition(id); left != "" {
			r.Errorf("a discarded draft left %s", left)
		}
		return nil
	}
	head := r.h.head(id)
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
