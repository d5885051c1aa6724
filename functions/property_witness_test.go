package main

import (
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
		if strings.HasSuffix(o.path, "/goods-imports") {
			r.tried.saw("goods imported")
		}
		if o.again != nil {
			r.tried.saw("answered twice alike")
		}
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
	case o.Status == http.StatusOK && o.what == "assign many":
		var assigned struct {
			Dossiers []struct {
				ID   string
				Done bool
			}
		}
		o.into(&assigned)
		for _, d := range assigned.Dossiers {
			if d.Done {
				r.done[d.ID]++
				r.tried.saw("assigned among many")
			}
		}
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
