package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"pgregory.net/rapid"

	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/identifiers"
)

// contest is where rivals meet: a SoR and a SoL of Atlas's by BV, a SoR of
// Rif's by SG, all to be renewed soon, a CoC that rests on Atlas's SoR; two
// révisions of that CoC, a renewal and a révision of that SoR in draft; a
// complete draft, one deposited, and one in processing that rests on the SoR.
var contest = &scene{from: registered, play: func(h *harness) {
	theirs := h.as(hamza).fills(request{object: with(statement("sor"), map[string]string{"bureau": "SG"}), lines: 3})
	h.as(hamza).does(h.as(hamza).saves(theirs, "form/parties", partiesOf(rif)).ID, "deposits", noBody)
	h.as(karim).does(theirs.ID, "assignments", h.assignment(nadia))
	h.as(nadia).does(theirs.ID, "takings-in-charge", noBody)
	h.as(nadia).does(theirs.ID, "reviews", emptyBody)
	h.as(nadia).does(theirs.ID, "verdicts", verdictsOn(all(conformity.Conforming, 3)...))
	h.as(nadia).does(theirs.ID, "answers", emptyBody)
	h.travel(h.portal.Clock().Now().AddDate(0, 9, 20))

	sor := h.marks["sor"]
	coc := h.certifies(h.as(yasmine).fills(request{object: resting("B", sor), lines: 3}), all(conformity.Conforming, 3)...)["COC"]
	for range 2 {
		h.ready(h.as(yasmine).begins(map[string]string{"revises": coc}))
	}
	h.ready(h.as(yasmine).begins(map[string]string{"renews": sor}))
	h.ready(h.as(yasmine).begins(map[string]string{"revises": sor}))
	h.as(yasmine).drafts("BV", 2)
	h.as(yasmine).does(h.as(yasmine).drafts("BV", 2).ID, "deposits", noBody)
	h.brings(h.as(yasmine).fills(request{object: resting("B", sor), lines: 2}).ID, conformity.AwaitingEvaluation)
}}

// ready fills in what a draft that was begun from a certificate still lacks.
func (h *harness) ready(p *paper) {
	h.t.Helper()
	p = h.as(yasmine).saves(p, "form/inspection", h.inspection())
	object := map[string]string{}
	for name, value := range p.Form["object"].(map[string]any) {
		object[name] = value.(string)
	}
	if p = h.as(yasmine).attachesAll(p, object); len(p.Missing) > 0 {
		h.t.Fatalf("the draft lacks %v", p.Missing)
	}
}

// partiesOf are those of a request of an organisation.
func partiesOf(owner string) map[string]any {
	all := parties()
	if owner == rif {
		theirs := party("Rif Distribution SA", "4, avenue Mohammed V, Tanger", "MA")
		all["importer"], all["payer"] = theirs, theirs
	}
	return all
}

// wares are goods lines of these codes.
func wares(codes ...string) map[string]any {
	body := goods(len(codes))
	for i, line := range body["lines"].([]map[string]any) {
		line["hs"] = codes[i]
	}
	return body
}

// codes draws codes of goods among the first so many that there are; a code may
// come twice.
func (r *rivalry) codes(most int) []string {
	n := rapid.IntRange(1, most).Draw(r.T, "lines")
	codes := make([]string, n)
	for i := range codes {
		codes[i] = fmt.Sprintf("8516%d00090", rapid.IntRange(1, most).Draw(r.T, "code"))
	}
	return codes
}

// draftsOpen is how many drafts there are.
func (r *rivalry) draftsOpen() (n int) {
	for _, id := range r.dossiers {
		if !r.over[id] && r.h.head(id).Status == conformity.Draft {
			n++
		}
	}
	return n
}

// opening opens a draft: an empty one, or one that begins with a request or a
// certificate, seldom with somebody else's.
func (r *rivalry) opening() deed {
	owner := rapid.SampledFrom([]string{atlas, rif}).Draw(r.T, "owner")
	body, what := map[string]string{}, rapid.SampledFrom([]string{"revises", "renews", "nothing", "from"}).Draw(r.T, "begins with")
	held := owner
	if rapid.IntRange(0, 11).Draw(r.T, "of others") == 11 {
		held = ""
	}
	switch numbers := r.register.numbers(held); {
	case what == "from":
		body[what] = rapid.SampledFrom(r.dossiers).Draw(r.T, "copied")
	case what != "nothing" && len(numbers) > 0:
		body[what] = rapid.SampledFrom(numbers).Draw(r.T, "certificate")
	}
	who := rapid.SampledFrom(declarants[owner]).Draw(r.T, "who")
	return deed{who: who, what: "create " + what, method: http.MethodPost, path: dossiers, body: body, twice: rapid.IntRange(0, 11).Draw(r.T, "answer lost") == 11}
}

// object draws what a draft asks for.
func (r *rivalry) object(owner string) map[string]string {
	bureau := rapid.SampledFrom([]string{"BV", "SG", "BV", "IT", "automatic", "XX"}).Draw(r.T, "bureau")
	ask := func(object string, more map[string]string) map[string]string {
		return with(map[string]string{"object": object, "type": "new", "bureau": bureau}, more)
	}
	draw := func(kinds ...identifiers.CertificateKind) string {
		numbers := r.register.numbers(owner, kinds...)
		if len(numbers) == 0 || rapid.IntRange(0, 11).Draw(r.T, "any number") == 11 {
			numbers = append(r.register.numbers(""), "SOR-2026-77-00")
		}
		return rapid.SampledFrom(numbers).Draw(r.T, "number")
	}
	switch rapid.SampledFrom([]string{"B", "C", "sor", "A", "sol", "revision", "renewal"}).Draw(r.T, "kind") {
	case "B":
		return ask("coc", map[string]string{"route": "B", "statement": draw(identifiers.SOR)})
	case "C":
		return ask("coc", map[string]string{"route": "C", "statement": draw(identifiers.SOL)})
	case "sor":
		return ask("sor", nil)
	case "sol":
		return ask("sol", nil)
	case "revision":
		return ask("coc", map[string]string{"route": "A", "type": "revision", "certificate": draw(identifiers.COC)})
	case "renewal":
		return ask("sor", map[string]string{"type": "renewal", "certificate": draw(identifiers.SOR)})
	}
	return ask("coc", map[string]string{"route": "A"})
}

// mend does to a draft what would make it more complete, and deposits what is.
func (r *rivalry) mend(id string, d conformity.Dossier) (method, path string, body any) {
	f := r.draft(id)
	lacks := conformity.Missing(f, r.today(), r.citations(f))
	if len(lacks) == 0 || d.Status != conformity.Draft {
		return "POST", "/deposits", nil
	}
	fault := rapid.SampledFrom(lacks).Draw(r.T, "lack")
	section, rest, _ := strings.Cut(fault.Pointer[1:], "/")
	switch section {
	case "parties":
		return "PUT", "/form/parties", partiesOf(d.Owner)
	case "inspection":
		return "PUT", "/form/inspection", r.h.inspection()
	case "goods":
		return "PUT", "/goods", wares(r.fitting(f)...)
	case "documents":
		return "POST", "/documents", r.attachment(id, rest)
	}
	return "PUT", "/form/object", r.object(d.Owner)
}

// fitting are goods that the certificate that a draft names covers: all of them
// for a renewal, some for what rests on a statement.
func (r *rivalry) fitting(f *conformity.File) []string {
	object, err := conformity.ObjectOf(f)
	cites := r.citations(f)
	switch {
	case err == nil && object.Type == conformity.Renewal && cites.Certificate != nil && len(cites.Certificate.HS) > 0:
		return cites.Certificate.HS
	case cites.Statement != nil && len(cites.Statement.HS) > 0:
		return rapid.SliceOfN(rapid.SampledFrom(cites.Statement.HS), 1, 4).Draw(r.T, "covered")
	}
	return r.codes(4)
}

// draft is a draft as its rules read it.
func (r *rivalry) draft(id string) *conformity.File {
	f := &conformity.File{Dossier: r.h.head(id)}
	r.h.row(dossier.PK(id), dossier.SKForm, &f.Form)
	r.h.row(dossier.PK(id), dossier.SKFacts, &f.Facts)
	for _, row := range r.h.rows(infra.Query{PK: dossier.PK(id), Prefix: "dossier.document#"}) {
		var doc conformity.Document
		if err := json.Unmarshal(row.Value, &doc); err != nil {
			r.Fatalf("%v", err)
		}
		f.Documents = append(f.Documents, doc)
	}
	return f
}

// citations are what the register says of the certificates that a draft names.
func (r *rivalry) citations(f *conformity.File) (cites conformity.Citations) {
	object, err := conformity.ObjectOf(f)
	if err != nil {
		return cites
	}
	cite := func(number string) *conformity.Cited {
		if number == "" {
			return nil
		}
		c, err := certificates.Cite(r.h.context(), r.h.portal.Dossiers(), number, r.today())
		if err != nil {
			r.Fatalf("%v", err)
		}
		return c
	}
	return conformity.Citations{Statement: cite(object.Statement), Certificate: cite(object.Certificate)}
}

func (r *rivalry) today() calendar.Date { return calendar.DateIn(r.h.portal.Clock().Now()) }
