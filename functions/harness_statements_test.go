package main

import (
	"maps"
	"net/http"
	"slices"

	"portal/demo/client"
	"portal/shared/conformity"
)

// request is a draft to fill in: what is asked for, and the goods.
type request struct {
	object map[string]string
	lines  int
	goods  any // instead of so many lines
}

func statement(kind string) map[string]string {
	return map[string]string{"object": kind, "type": "new", "bureau": "BV"}
}

// resting is a CoC of route B or C that rests on a statement.
func resting(route, number string) map[string]string {
	return map[string]string{"object": "coc", "type": "new", "route": route, "bureau": "BV", "statement": number}
}

// fills opens a draft and fills in everything that its policy asks for; what
// it still lacks is the test's business.
func (b *browser) fills(r request) *paper {
	b.h.t.Helper()
	p := b.saves(b.opens(), "form/object", r.object)
	p = b.saves(p, "form/parties", parties())
	p = b.saves(p, "form/inspection", b.h.inspection())
	if r.goods == nil {
		r.goods = goods(r.lines)
	}
	p = b.saves(p, "goods", r.goods)
	return b.attachesAll(p, r.object)
}

func (b *browser) attachesAll(p *paper, object map[string]string) *paper {
	b.h.t.Helper()
	policy := conformity.PolicyOf(conformity.Object{Object: object["object"], Type: object["type"], Route: object["route"]})
	for _, kind := range policy.Documents {
		p = b.attaches(p, kind)
	}
	return p
}

// certifies takes a complete draft of Atlas's at BV to its answer and gives the
// numbers of its certificates by kind.
func (h *harness) certifies(p *paper, verdicts ...conformity.Verdict) map[string]string {
	h.t.Helper()
	h.as(yasmine).does(p.ID, "deposits", noBody)
	h.as(salma).does(p.ID, "assignments", h.assignment(omar))
	p = h.as(omar).does(p.ID, "takings-in-charge", noBody)
	if p.Status == string(conformity.UnderEvaluation) {
		h.as(omar).does(p.ID, "reviews", emptyBody)
	}
	h.as(omar).does(p.ID, "verdicts", verdictsOn(verdicts...))
	h.as(omar).does(p.ID, "answers", emptyBody)
	h.settle()
	numbers := map[string]string{}
	for _, c := range h.as(yasmine).looks(p.ID).Certificates {
		numbers[c.Kind] = c.Number
	}
	return numbers
}

// begins opens a draft from something that exists: {"revises": …}, {"renews":
// …} or {"from": …}.
func (b *browser) begins(body map[string]string) *paper {
	b.h.t.Helper()
	return b.wants(http.StatusCreated, http.MethodPost, dossiers, body).paper()
}

// faults are what a draft lacks, or a refusal names, as "pointer code".
func (p *paper) faults() []string {
	var list []string
	for _, m := range p.Missing {
		list = append(list, m.Pointer+" "+m.Code)
	}
	return list
}

func (r reply) faults() []string {
	var list []string
	for _, m := range r.Problem().Errors {
		list = append(list, m.Pointer+" "+m.Code)
	}
	return list
}

// deposits tries to deposit a draft as it stands.
func (b *browser) deposits(id string) reply {
	b.h.t.Helper()
	return b.ask(http.MethodPost, at(id)+"/deposits", nil, client.IfMatch(b.looks(id).tag()))
}

// public is what anybody is told of a certificate.
type public struct {
	Status     string `json:"status"`
	Expires    string `json:"expires"`
	ReplacedBy string `json:"replaced_by"`
	Lines      int    `json:"lines"`
	Goods      []struct {
		HS string `json:"hs"`
	} `json:"goods"`
}

func (h *harness) checks(number string) public {
	h.t.Helper()
	var p public
	h.visitor().wants(http.StatusOK, http.MethodGet, "/api/certificates/"+number, nil).into(&p)
	return p
}

func with(object map[string]string, more map[string]string) map[string]string {
	all := maps.Clone(object)
	maps.Copy(all, more)
	return all
}

func all(verdict conformity.Verdict, lines int) []conformity.Verdict {
	return slices.Repeat([]conformity.Verdict{verdict}, lines)
}
