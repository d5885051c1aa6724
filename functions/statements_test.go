package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/shared/calendar"
	"portal/shared/conformity"
)

// registered has a SoR of Atlas's for three products (mark sor) and a SoL for
// two (mark sol), both issued by BV.
var registered = &scene{from: staged, play: func(h *harness) {
	sor := h.as(yasmine).fills(request{object: statement("sor"), lines: 3})
	h.marks["sor"] = h.certifies(sor, all(conformity.Conforming, 3)...)["SOR"]
	sol := h.as(yasmine).fills(request{object: statement("sol"), lines: 2})
	h.marks["sol"] = h.certifies(sol, all(conformity.Conforming, 2)...)["SOL"]
	if h.marks["sor"] == "" || h.marks["sol"] == "" {
		h.t.Fatalf("no statements: %v", h.marks)
	}
}}

func TestAStatementLastsAYear(t *testing.T) {
	t.Parallel()
	registered.onEach(t, func(t *testing.T, h *harness) {
		want := calendar.DateIn(h.portal.Clock().Now()).AddMonths(12).String()
		for _, kind := range []string{"sor", "sol"} {
			if got := h.checks(h.marks[kind]); got.Status != "valid" || got.Expires != want {
				t.Errorf("%s: %+v, want valid until %s", kind, got, want)
			}
		}
	})
}

func TestARouteThatRestsOnAStatementAsksForLessAndIsReviewedLightly(t *testing.T) {
	t.Parallel()
	registered.onEach(t, func(t *testing.T, h *harness) {
		for route, number := range map[string]string{"B": h.marks["sor"], "C": h.marks["sol"]} {
			p := h.as(yasmine).fills(request{object: resting(route, number), lines: 2})
			if len(p.Missing) > 0 {
				t.Fatalf("route %s lacks %v", route, p.Missing)
			}
			h.as(yasmine).does(p.ID, "deposits", noBody)
			h.as(salma).does(p.ID, "assignments", h.assignment(omar))
			if got := h.as(omar).does(p.ID, "takings-in-charge", noBody); got.Status != string(conformity.InProcessing) {
				t.Errorf("route %s: taken in charge it is %s", route, got.Status)
			}
			h.as(omar).does(p.ID, "verdicts", verdictsOn(all(conformity.Conforming, 2)...))
			h.as(omar).does(p.ID, "answers", emptyBody)
			h.settle()
			if got := h.as(yasmine).looks(p.ID).Certificates; len(got) != 1 || got[0].Kind != "COC" {
				t.Errorf("route %s gives %v", route, got)
			}
		}
	})
}

func TestARequestThatItsStatementDoesNotBearIsWarnedAndRefused(t *testing.T) {
	t.Parallel()
	registered.onEach(t, func(t *testing.T, h *harness) {
		for name, tc := range map[string]struct {
			object map[string]string
			lines  int
			want   []string
		}{
			"a line too many":        {resting("B", h.marks["sor"]), 4, []string{"/goods/lines/3/hs not_covered"}},
			"a number of nothing":    {resting("B", "SOR-2026-77-00"), 1, []string{"/object/statement statement_unknown"}},
			"a licence for route B":  {resting("B", h.marks["sol"]), 1, []string{"/object/statement statement_kind"}},
			"no statement":           {map[string]string{"object": "coc", "type": "new", "route": "C", "bureau": "BV"}, 1, []string{"/object/statement required"}},
			"two lines not licensed": {resting("C", h.marks["sol"]), 4, []string{"/goods/lines/2/hs not_covered", "/goods/lines/3/hs not_covered"}},
		} {
			p := h.as(yasmine).fills(request{object: tc.object, lines: tc.lines})
			if got := p.faults(); !slices.Equal(got, tc.want) {
				t.Errorf("%s: the draft is warned of %v, want %v", name, got, tc.want)
			}
			refused := h.as(yasmine).deposits(p.ID)
			if refused.Status != http.StatusUnprocessableEntity || !slices.Equal(refused.faults(), tc.want) {
				t.Errorf("%s: %d %v, want %v", name, refused.Status, refused.faults(), tc.want)
			}
		}
	})
}

func TestARévisionOfAStatementReplacesItAndKeepsItsLastDay(t *testing.T) {
	t.Parallel()
	registered.onEach(t, func(t *testing.T, h *harness) {
		old := h.checks(h.marks["sor"])
		h.travel(h.portal.Clock().Now().AddDate(0, 2, 0))
		p := h.as(yasmine).begins(map[string]string{"revises": h.marks["sor"]})
		if p.Lines != 3 {
			t.Fatalf("the révision begins with %d lines", p.Lines)
		}
		p = h.as(yasmine).saves(p, "goods", goods(2))
		p = h.as(yasmine).saves(p, "form/inspection", h.inspection())
		p = h.as(yasmine).attachesAll(p, map[string]string{"object": "sor", "type": "revision"})
		if len(p.Missing) > 0 {
			t.Fatalf("the révision lacks %v", p.Missing)
		}
		rival := h.as(yasmine).begins(map[string]string{"revises": h.marks["sor"]})
		h.differs(t, yasmine, p.ID, []string{"MS-102"})
		number := h.certifies(p, all(conformity.Conforming, 2)...)["SOR"]
		h.differs(t, salma, p.ID, []string{"MS-102"})
		h.as(hamza).wants(http.StatusNotFound, http.MethodGet, at(p.ID)+"/differences", nil)
		if got := h.checks(number); got.Status != "valid" || got.Expires != old.Expires || got.Lines != 2 {
			t.Errorf("the new statement: %+v, the old one lasted until %s", got, old.Expires)
		}
		if got := h.checks(h.marks["sor"]); got.Status != "replaced" || got.ReplacedBy != number {
			t.Errorf("the old statement: %+v, replaced by %s", got, number)
		}
		if got := h.as(yasmine).looks(rival.ID).faults(); !slices.Contains(got, "/object/certificate certificate_replaced") {
			t.Errorf("a second révision is told %v", got)
		}
		for number, want := range map[string]string{h.marks["sor"]: "/object/statement certificate_replaced", number: "/goods/lines/2/hs not_covered"} {
			p := h.as(yasmine).fills(request{object: resting("B", number), lines: 3})
			if got := h.as(yasmine).deposits(p.ID).faults(); !slices.Equal(got, []string{want}) {
				t.Errorf("a CoC on %s: %v, want %s", number, got, want)
			}
		}
	})
}

func TestOneRequestAtATimeChangesACertificate(t *testing.T) {
	t.Parallel()
	registered.onEach(t, func(t *testing.T, h *harness) {
		first := h.as(yasmine).begins(map[string]string{"revises": h.marks["sol"]})
		second := h.as(yasmine).begins(map[string]string{"revises": h.marks["sol"]})
		for _, p := range []*paper{first, second} {
			p = h.as(yasmine).saves(p, "form/inspection", h.inspection())
			h.as(yasmine).attachesAll(p, map[string]string{"object": "sol", "type": "revision"})
		}
		h.as(yasmine).does(first.ID, "deposits", noBody)
		if got := h.as(yasmine).deposits(second.ID).faults(); !slices.Equal(got, []string{"/object/certificate certificate_under_way"}) {
			t.Errorf("the second: %v", got)
		}
		h.as(yasmine).does(first.ID, "cancellations", reason)
		h.as(yasmine).does(second.ID, "deposits", noBody)
	})
}

func TestARenewalKeepsNumberAndGoodsForAnotherYear(t *testing.T) {
	t.Parallel()
	registered.onEach(t, func(t *testing.T, h *harness) {
		old := h.checks(h.marks["sor"])
		p := h.as(yasmine).begins(map[string]string{"renews": h.marks["sor"]})
		if got := p.faults(); !slices.Contains(got, "/object/certificate renewal_too_early") {
			t.Errorf("ten months early: %v", got)
		}
		h.travel(h.portal.Clock().Now().AddDate(0, 11, 0))
		p = h.as(yasmine).begins(map[string]string{"renews": h.marks["sor"]})
		p = h.as(yasmine).saves(p, "form/inspection", h.inspection())
		p = h.as(yasmine).attachesAll(p, map[string]string{"object": "sor", "type": "renewal"})
		if len(p.Missing) > 0 {
			t.Fatalf("the renewal lacks %v", p.Missing)
		}
		if got := h.certifies(p, all(conformity.Conforming, 3)...)["SOR"]; got != h.marks["sor"] {
			t.Errorf("renewed under %s", got)
		}
		last, err := calendar.ParseDate(old.Expires)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.checks(h.marks["sor"]); got.Status != "valid" || got.Expires != last.AddMonths(12).String() || got.Lines != 3 {
			t.Errorf("renewed: %+v; it lasted until %s", got, old.Expires)
		}
		h.travel(last.AddDays(2).StartOfDay())
		if got := h.checks(h.marks["sor"]); got.Status != "valid" {
			t.Errorf("the day after its first year it is %s", got.Status)
		}
	})
}

func TestARenewalOfWhichALineFailsIsAnotherStatement(t *testing.T) {
	t.Parallel()
	registered.onEach(t, func(t *testing.T, h *harness) {
		h.travel(h.portal.Clock().Now().AddDate(0, 11, 0))
		p := h.as(yasmine).begins(map[string]string{"renews": h.marks["sor"]})
		p = h.as(yasmine).saves(p, "form/inspection", h.inspection())
		p = h.as(yasmine).attachesAll(p, map[string]string{"object": "sor", "type": "renewal"})
		numbers := h.certifies(p, conformity.Conforming, conformity.NonConforming, conformity.Conforming)
		if numbers["SOR"] == h.marks["sor"] || numbers["NCR"] == "" {
			t.Fatalf("%v", numbers)
		}
		if got := h.checks(h.marks["sor"]); got.Status != "replaced" || got.ReplacedBy != numbers["SOR"] {
			t.Errorf("the old one: %+v", got)
		}
		if got := h.checks(numbers["SOR"]); got.Status != "valid" || got.Lines != 2 {
			t.Errorf("the new one: %+v", got)
		}
	})
}

func TestACertificateIsRevisedWithoutLastingLonger(t *testing.T) {
	t.Parallel()
	registered.onEach(t, func(t *testing.T, h *harness) {
		coc := h.certifies(h.as(yasmine).fills(request{object: resting("B", h.marks["sor"]), lines: 3}), all(conformity.Conforming, 3)...)["COC"]
		old := h.checks(coc)
		h.travel(h.portal.Clock().Now().AddDate(0, 1, 0))
		p := h.as(yasmine).begins(map[string]string{"revises": coc})
		if p.Form["object"].(map[string]any)["statement"] != h.marks["sor"] {
			t.Errorf("the révision rests on %v", p.Form["object"])
		}
		p = h.as(yasmine).saves(p, "goods", goods(2))
		p = h.as(yasmine).saves(p, "form/inspection", h.inspection())
		p = h.as(yasmine).attachesAll(p, with(resting("B", ""), map[string]string{"type": "revision"}))
		number := h.certifies(p, all(conformity.Conforming, 2)...)["COC"]
		if got := h.checks(number); got.Expires != old.Expires || got.Lines != 2 {
			t.Errorf("the new CoC: %+v, the old one lasted until %s", got, old.Expires)
		}
		if got := h.checks(coc); got.Status != "replaced" || got.ReplacedBy != number {
			t.Errorf("the old CoC: %+v", got)
		}
	})
}

func TestNobodyChangesOrRestsOnWhatIsAnothers(t *testing.T) {
	t.Parallel()
	registered.onEach(t, func(t *testing.T, h *harness) {
		for _, way := range []string{"revises", "renews"} {
			refused := h.as(hamza).ask(http.MethodPost, dossiers, map[string]string{way: h.marks["sor"]})
			if refused.Status != http.StatusUnprocessableEntity || !slices.Equal(refused.faults(), []string{"/" + way + " certificate_unknown"}) {
				t.Errorf("%s by another: %d %v", way, refused.Status, refused.faults())
			}
		}
		other := parties()
		other["importer"] = party("Rif Distribution SA", "4, avenue Mohammed V, Tanger", "MA")
		p := h.as(hamza).saves(h.as(hamza).opens(), "form/object", resting("B", h.marks["sor"]))
		p = h.as(hamza).saves(p, "form/parties", other)
		if got := strings.Join(p.faults(), ", "); !strings.Contains(got, "/object/statement statement_holder") {
			t.Errorf("resting on another's statement: %s", got)
		}
	})
}

func TestAStatementLapsesAfterItsYear(t *testing.T) {
	t.Parallel()
	registered.onEach(t, func(t *testing.T, h *harness) {
		h.travel(h.portal.Clock().Now().Add(366 * 24 * time.Hour))
		if got := h.checks(h.marks["sor"]); got.Status != "expired" {
			t.Errorf("after its year it is %s", got.Status)
		}
		p := h.as(yasmine).fills(request{object: resting("B", h.marks["sor"]), lines: 1})
		if got := h.as(yasmine).deposits(p.ID).faults(); !slices.Equal(got, []string{"/object/statement certificate_expired"}) {
			t.Errorf("a CoC on it: %v", got)
		}
	})
}

// differs reads what a révision removes, by reference; it changes nothing else.
func (h *harness) differs(t *testing.T, by, id string, removed []string) {
	t.Helper()
	var d conformity.Difference
	h.as(by).wants(http.StatusOK, http.MethodGet, at(id)+"/differences", nil).into(&d)
	var got []string
	for _, p := range d.Removed {
		got = append(got, p.Reference)
	}
	if !slices.Equal(got, removed) || len(d.Added) > 0 || len(d.Changed) > 0 || d.Kept != 2 {
		t.Errorf("%s reads %+v, want %v removed and 2 kept", by, d, removed)
	}
}
