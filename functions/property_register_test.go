package main

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/conformity"
	"portal/shared/identifiers"
)

// ledger is what was seen of each certificate when it was last looked at.
type ledger map[string]*kept

type kept struct {
	certificates.Entry
	goods   []certificates.Goods
	claimed string
	calls   []call // that its history makes
}

// numbers are the certificates of an organisation ("" for any) of some kinds
// (none for any), newest first, those that are over last.
func (all ledger) numbers(owner string, kinds ...identifiers.CertificateKind) []string {
	var standing, over []string
	for _, number := range slices.Backward(slices.Sorted(maps.Keys(all))) {
		e := all[number]
		if owner != "" && e.Holder != owner || len(kinds) > 0 && !slices.Contains(kinds, e.Kind()) {
			continue
		}
		if e.Ended() {
			over = append(over, number)
		} else {
			standing = append(standing, number)
		}
	}
	return append(standing, over...)
}

// certified checks that a closed dossier has the papers of its verdicts, and an
// open one none; what it has goes into the ledger.
func (r *rivalry) certified(l *tale) {
	r.Helper()
	if l.head.DepositN == 0 {
		return
	}
	p := r.as(declarants[l.head.Owner][0]).looks(l.head.ID)
	got := map[string]int{}
	for _, c := range p.Certificates {
		e := r.h.certificate(c.Number)
		got[c.Kind] = e.Lines
		if r.register[c.Number] == nil {
			r.register[c.Number] = &kept{}
		}
		r.rightfullyHeld(l.head, e)
	}
	for _, d := range p.Documents {
		if d.Kind == conformity.DocLetter {
			got["letter"]++
		}
	}
	want := r.due(l.head)
	if !maps.Equal(got, want) {
		r.Errorf("%s, %s: papers %v, want %v", l.head.ID, l.head.Status, got, want)
	}
}

// due are the papers of a dossier with their lines.
func (r *rivalry) due(d conformity.Dossier) map[string]int {
	r.Helper()
	if d.Status != conformity.Closed {
		return map[string]int{}
	}
	t, want := d.Tally, map[string]int{}
	if answer, _ := t.Answer(); answer != d.Response || t.Subject()+t.NotSubject != d.Lines {
		r.Errorf("%s: answered %s to %+v", d.ID, d.Response, t)
	}
	r.tried.saw(fmt.Sprintf("answered %s to a %s %s", d.Response, strings.TrimSpace(d.Object+" "+d.Route), d.Type))
	switch {
	case t.Subject() == 0:
		want["letter"] = 1
	case t.NonConforming > 0:
		want["NCR"] = t.NonConforming
	}
	kind := string(conformity.Object{Object: d.Object}.Kind())
	switch whole := t.NonConforming+t.NotSubject == 0; {
	case t.Conforming+t.Reserved == 0:
	case whole && d.Type == conformity.Renewal && r.h.certificate(d.Certificate).Ended() && r.h.certificate(d.Certificate).Dossier != d.ID:
		// ended between the answer and its issue: nothing is left to renew
	default:
		want[kind] = t.Conforming + t.Reserved
	}
	return want
}

// rightfullyHeld checks what a dossier's paper says against the dossier.
func (r *rivalry) rightfullyHeld(d conformity.Dossier, e certificates.Entry) {
	r.Helper()
	if e.Holder != d.Owner || e.Bureau != d.Bureau {
		r.Errorf("%s of %s at %s gave %s to %s by %s", d.ID, d.Owner, d.Bureau, e.Number, e.Holder, e.Bureau)
	}
	if e.Kind() == identifiers.NCR {
		return
	}
	if t := d.Tally; t.NonConforming+t.NotSubject == 0 && r.productsOf(d) != r.productsOn(e) {
		r.Errorf("%s: all its lines passed, and are not those on %s", d.ID, e.Number)
	}
	policy := certificate.DefaultPolicy()
	switch renewed := e.Number.String() == d.Certificate; {
	case d.Type == conformity.New && e.Expires != policy.Expiry(e.Kind(), e.Issued) && e.Edition == 0,
		d.Type == conformity.Revision && (renewed || e.Replaces.String() != d.Certificate),
		d.Type == conformity.Renewal && !renewed && e.Replaces.String() != d.Certificate:
		r.Errorf("%s, a %s of %q, gave %+v", d.ID, d.Type, d.Certificate, e)
	}
	if d.Statement == "" {
		return
	}
	for _, line := range r.goodsOf(e.Number.String()) {
		if !r.covers(d.Statement, line.HS) {
			r.Errorf("%s: %s certifies %s, which %s does not cover", d.ID, e.Number, line.HS, d.Statement)
		}
	}
}

// productsOf is a digest of a request's goods.
func (r *rivalry) productsOf(d conformity.Dossier) string {
	var products []conformity.Product
	for i, line := range r.lines(d) {
		products = append(products, conformity.ProductOf(i+1, line))
	}
	return conformity.DigestProducts(products)
}

// productsOn is a digest of the goods on a certificate.
func (r *rivalry) productsOn(e certificates.Entry) string {
	var products []conformity.Product
	for _, line := range r.goodsOf(e.Number.String()) {
		products = append(products, line.Product())
	}
	return conformity.DigestProducts(products)
}

// goodsOf are the goods on a certificate.
func (r *rivalry) goodsOf(number string) (goods []certificates.Goods) {
	for _, row := range r.h.rows(infra.Query{PK: certificates.PK(number), Prefix: "goods#"}) {
		var chunk struct{ Lines []certificates.Goods }
		if err := row.Decode(&chunk); err != nil {
			r.Fatalf("%v", err)
		}
		goods = append(goods, chunk.Lines...)
	}
	return goods
}

// holds checks every certificate that changed, and what ties them together.
func (all ledger) holds(r *rivalry) {
	r.Helper()
	for number, before := range all {
		now := r.h.certificate(number)
		if now.Rev != before.Rev {
			all[number] = r.changed(*before, now)
		}
	}
	for number, k := range all {
		all.tied(r, k)
		k.claimed = r.claimed(number)
		if k.claimed == "" {
			continue
		}
		if l := r.known[k.claimed]; l == nil || !moving(l.head) || l.head.DepositN == 0 || l.head.Certificate != number {
			r.Errorf("%s is claimed by %s: %+v", number, k.claimed, l)
		}
	}
	for id, l := range r.known {
		if changes := l.head.Certificate; changes != "" && moving(l.head) && all[changes].claimed != id {
			r.Errorf("%s changes %s, which %q claims", id, changes, all[changes].claimed)
		}
	}
}

// ways are the changes of status that there are.
var ways = map[certificate.Status][]certificates.Action{
	certificate.Valid:    {certificates.ActionExpire, certificates.ActionReplace, certificates.ActionRevoke, certificates.ActionWithdraw, certificates.ActionUseUp, certificates.ActionRenew},
	certificate.Expired:  {certificates.ActionReplace, certificates.ActionRevoke, certificates.ActionWithdraw, certificates.ActionUseUp, certificates.ActionRenew},
	certificate.Revoked:  {certificates.ActionReplace}, // only names its successor
	certificate.UsedUp:   {certificates.ActionReplace, certificates.ActionRevoke, certificates.ActionWithdraw},
	certificate.Replaced: {},
}

// changed holds a certificate against its history and what it was before.
func (r *rivalry) changed(before kept, e certificates.Entry) *kept {
	r.Helper()
	number := e.Number.String()
	k := &kept{Entry: e, goods: r.goodsOf(number)}
	status, expires, editions := certificate.Status(""), calendar.Date{}, 0
	rows := r.h.rows(infra.Query{PK: certificates.PK(number), Prefix: "event#"})
	if int64(len(rows)) != e.Rev {
		r.Errorf("%s is at revision %d after %d events", number, e.Rev, len(rows))
	}
	for n, row := range rows {
		var event certificates.Event
		if err := row.Decode(&event); err != nil {
			r.Fatalf("%v", err)
		}
		begins := event.Action == certificates.ActionIssue || event.Action == certificates.ActionRecord
		if event.From != status || begins != (n == 0) || !begins && !slices.Contains(ways[status], event.Action) {
			r.Errorf("%s: %s of what is %q", number, event.Action, status)
		}
		if n >= int(before.Rev) {
			r.tried.saw(fmt.Sprintf("%s: %s from %q to %q", e.Kind(), event.Action, status, event.To))
		}
		status = event.To
		switch event.Action {
		case certificates.ActionRenew:
			editions++
			if was, now := event.Details["expired"], event.Details["expires"]; now <= was || !expires.IsZero() && was != expires.String() {
				r.Errorf("%s: renewed from %s to %s, after %s", number, was, now, expires)
			}
			expires, _ = calendar.ParseDate(event.Details["expires"])
		case certificates.ActionExpire:
			if !expires.IsZero() && !calendar.DateIn(event.At).After(expires) || expires.IsZero() && !calendar.DateIn(event.At).After(e.Expires) && e.Edition == 0 {
				r.Errorf("%s: expired on %s", number, calendar.DateIn(event.At))
			}
		}
		if c := callFor(e, event, editions); c.id != "" {
			k.calls = append(k.calls, c)
		}
	}
	if status != e.Status || editions != e.Edition || editions > 0 && expires != e.Expires {
		r.Errorf("%s: %s until %s in edition %d, its history says %s until %s in edition %d", number, e.Status, e.Expires, e.Edition, status, expires, editions)
	}
	if before.Rev > 0 {
		r.kept(before, k)
	}
	for edition := range e.Edition + 1 {
		if _, err := r.h.portal.Files().Read(r.h.context(), certificates.PaperKey(number, edition), 1<<20); err != nil && (edition > 0 || e.Former == "") {
			r.Errorf("%s has no paper of edition %d: %v", number, edition, err)
		}
	}
	var reminder certificates.Reminder
	if left := r.h.row(certificates.PK(number), certificates.SKReminder, &reminder); left && e.Former == "" && (e.Status != certificate.Valid || reminder.Expires != e.Expires) {
		r.Errorf("%s, %s until %s, is to be reminded of %s", number, e.Status, e.Expires, reminder.Expires)
	}
	return k
}

// kept checks what never changes of a certificate: a renewal keeps number and
// goods.
func (r *rivalry) kept(before kept, now *kept) {
	r.Helper()
	same := func(e certificates.Entry) certificates.Entry {
		var lasting certificates.Entry
		lasting.Number, lasting.Holder, lasting.Bureau, lasting.Route, lasting.Issued = e.Number, e.Holder, e.Bureau, e.Route, e.Issued
		lasting.HolderName, lasting.HolderTaxID, lasting.Body, lasting.Lines, lasting.Replaces, lasting.Former = e.HolderName, e.HolderTaxID, e.Body, e.Lines, e.Replaces, e.Former
		return lasting
	}
	if was, is := same(before.Entry), same(now.Entry); was != is || !reflect.DeepEqual(before.goods, now.goods) {
		r.Errorf("%+v with %v became %+v with %v", was, before.goods, is, now.goods)
	}
	if now.Edition == before.Edition && now.Expires != before.Expires {
		r.Errorf("%s lasted until %s, now until %s", now.Number, before.Expires, now.Expires)
	}
}

// tied checks a certificate against the one that replaced it and the one that
// it replaced: they name each other, and a révision lasts no longer.
func (all ledger) tied(r *rivalry, k *kept) {
	r.Helper()
	number := k.Number.String()
	if (k.Status == certificate.Replaced) && k.ReplacedBy.IsZero() {
		r.Errorf("%s is replaced by nothing", number)
	}
	if !k.ReplacedBy.IsZero() {
		next := all[k.ReplacedBy.String()]
		if next == nil || next.Replaces != k.Number || next.Kind() != k.Kind() || next.Holder != k.Holder {
			r.Errorf("%s is replaced by %s, which is %+v", number, k.ReplacedBy, next)
		} else if r.typeOf(next) == conformity.Revision && next.Edition == 0 && next.Expires.After(k.Expires) {
			r.Errorf("%s lasted until %s, its révision %s until %s", number, k.Expires, next.Number, next.Expires)
		}
	}
	if !k.Replaces.IsZero() {
		if old := all[k.Replaces.String()]; old == nil || old.ReplacedBy != k.Number || !old.Ended() {
			r.Errorf("%s replaces %s, which is %+v", number, k.Replaces, old)
		}
	}
}

// typeOf is what the dossier asked for that gave a certificate.
func (r *rivalry) typeOf(k *kept) string {
	if l := r.known[k.Dossier]; l != nil {
		return l.head.Type
	}
	return ""
}

// swept checks that nothing is left to the sweeps of certificates.
func (r *rivalry) swept() {
	r.Helper()
	for number, k := range r.register {
		if !k.Expires.IsZero() && k.Status == certificate.Valid && r.today().After(k.Expires) {
			r.Errorf("%s, which lasted until %s, was not marked", number, k.Expires)
		}
	}
}
