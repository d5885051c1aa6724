package main

import (
	"fmt"
	"net/http"

	"pgregory.net/rapid"

	"portal/shared/certificate"
	"portal/shared/conformity"
	"portal/shared/identifiers"
)

// onCertificate is a deed that ends a certificate, or records a statement from
// before the portal.
func (r *rivalry) onCertificate() deed {
	number := rapid.SampledFrom(r.register.numbers("")).Draw(r.T, "number")
	e := r.h.certificate(number)
	d := deed{number: number, method: http.MethodPost, path: "/api/certificates/" + number, twice: rapid.IntRange(0, 11).Draw(r.T, "answer lost") == 11}
	what := rapid.SampledFrom([]string{"clear", "record", "clear", "revoke", "withdraw"}).Draw(r.T, "of a certificate")
	sensible := rapid.IntRange(0, 9).Draw(r.T, "sensible") < 9
	d.who, d.what = rapid.SampledFrom(append(everybody, amina)).Draw(r.T, "who"), what+" a "+string(e.Kind())
	switch what {
	case "clear":
		d.path += "/clearances"
		d.body = map[string]string{
			"declaration": fmt.Sprintf("300 2027 %06d", rapid.IntRange(1, 9).Draw(r.T, "declaration")),
			"date":        r.today().AddDays(-rapid.SampledFrom([]int{0, 0, 1, 40}).Draw(r.T, "days ago")).String(),
		}
		if sensible {
			d.who = amina
		}
	case "record":
		d.path, d.number, d.what = "/api/certificates/statements", "", "record a statement"
		d.body = r.former()
		if sensible {
			d.who = rapid.SampledFrom([]string{salma, omar, karim}).Draw(r.T, "who of a bureau")
		}
	default:
		d.path += "/revocations"
		d.body = map[string]string{"kind": map[string]string{"revoke": "revoked", "withdraw": "withdrawn"}[what], "reason": "Rapport falsifié."}
		d.version = fmt.Sprintf("%q", fmt.Sprint(e.Rev+int64(rapid.SampledFrom([]int{0, 0, 0, 0, -1, 1}).Draw(r.T, "version"))))
		if sensible {
			d.who = rapid.SampledFrom(supervisors[e.Body]).Draw(r.T, "who of the bureau")
		}
	}
	return d
}

// former is a statement from before the portal, of Atlas's or of a company
// without a private space, which ends some time this year or has ended.
func (r *rivalry) former() map[string]any {
	kind := rapid.SampledFrom([]identifiers.CertificateKind{identifiers.SOR, identifiers.SOL}).Draw(r.T, "kind")
	expires := r.today().AddDays(rapid.IntRange(-30, 300).Draw(r.T, "days left"))
	holder := map[string]string{"name": "Atlas Équipements SARL", "country": "MA", "organisation": atlas}
	if rapid.IntRange(0, 3).Draw(r.T, "without a private space") == 3 {
		delete(holder, "organisation")
	}
	var lines []map[string]string
	for _, code := range r.codes(4) {
		lines = append(lines, map[string]string{"hs": code, "designation": "Chauffe-eau", "origin": "CN"})
	}
	return map[string]any{
		"kind": kind, "former": fmt.Sprintf("REG %d", rapid.IntRange(1, 9).Draw(r.T, "former")),
		"issued": expires.AddMonths(-12).String(), "expires": expires.String(), "holder": holder, "lines": lines,
	}
}

// endedRightly checks who ended a certificate, and what of.
func (r *rivalry) endedRightly(o outcome) {
	r.Helper()
	e := r.h.certificate(o.number)
	switch {
	case e.Cleared != nil && e.Status == certificate.UsedUp:
		if e.Kind() != identifiers.COC || e.Revoked != nil || o.who != amina {
			r.Errorf("%s cleared %+v", o.who, e)
		}
	case e.Status != certificate.Revoked || e.Revoked == nil:
		r.Errorf("%s by %s left %+v", o.what, o.who, e)
	}
}

// clash is those who want to change one certificate, or rest on it, all at once
// with one who ends it.
func (r *rivalry) clash() []func() outcome {
	numbers := r.register.numbers("")
	if len(numbers) == 0 {
		return nil
	}
	number := rapid.SampledFrom(numbers).Draw(r.T, "contested")
	e := r.h.certificate(number)
	var rivals []func() outcome
	for _, id := range r.dossiers {
		head := r.h.head(id)
		d := deed{dossier: id, method: http.MethodPost, version: (&paper{Version: head.Version}).tag()}
		switch {
		case r.over[id] || !r.names(head, number):
			continue
		case head.Status == conformity.Draft:
			d.who, d.what, d.path = declarants[head.Owner][0], "submit", at(id)+"/deposits"
		case head.Status == conformity.InProcessing && head.Agent != "":
			d.who, d.what, d.path, d.body = r.nameOf(head.Agent), "close", at(id)+"/answers", emptyBody
		default:
			continue
		}
		rivals = append(rivals, r.sending(d))
	}
	if rapid.Bool().Draw(r.T, "and ended") {
		rivals = append(rivals, r.sending(deed{
			who: supervisors[e.Body][0], what: "revoke a " + string(e.Kind()), number: number, method: http.MethodPost,
			path: "/api/certificates/" + number + "/revocations", version: fmt.Sprintf("%q", fmt.Sprint(e.Rev)),
			body: map[string]string{"kind": "revoked", "reason": "Rapport falsifié."},
		}))
	}
	return rivals
}

// names tells whether a request names a certificate.
func (r *rivalry) names(d conformity.Dossier, number string) bool {
	if d.DepositN != 0 {
		return d.Statement == number || d.Certificate == number
	}
	object, err := conformity.ObjectOf(r.draft(d.ID))
	return err == nil && (object.Statement == number || object.Certificate == number)
}
