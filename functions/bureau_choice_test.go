package main

import (
	"net/http"
	"strings"
	"testing"
)

type choice struct {
	Chosen     string
	Why        []string
	Candidates []struct {
		Code, Name, Why string
		Fits            bool
		Open            int
	}
}

func (b *browser) choice(id string) choice {
	b.h.t.Helper()
	var c choice
	b.reads(at(id)+"/bureau-choice", &c)
	return c
}

func (c choice) fit() string {
	var codes []string
	for _, candidate := range c.Candidates {
		if candidate.Fits != (candidate.Why == "") {
			return candidate.Code + " fits and does not"
		}
		if candidate.Fits {
			codes = append(codes, candidate.Code)
		}
	}
	return strings.Join(codes, " ")
}

// What is told before the deposit is what the deposit does.
func TestTheChoiceOfABureauIsToldBeforeTheDeposit(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		for _, want := range []string{"BV", "IT", "SG"} {
			p := h.as(yasmine).drafts("automatic", 1)
			before := h.as(yasmine).choice(p.ID)
			if len(before.Candidates) != 5 || before.fit() != "BV IT SG TR" || before.Chosen != want {
				t.Errorf("%+v", before)
			}
			p = h.as(yasmine).does(p.ID, "deposits", noBody)
			if p.Bureau != before.Chosen || strings.Join(p.BureauWhy, "\n") != strings.Join(before.Why, "\n") {
				t.Errorf("told %s for %q, deposited at %s for %q", before.Chosen, before.Why, p.Bureau, p.BureauWhy)
			}
			if !strings.Contains(p.BureauWhy[0], "AP") {
				t.Errorf("nothing says why Applus was left out: %q", p.BureauWhy)
			}
		}
		asked := h.as(yasmine).drafts("BV", 1)
		if c := h.as(yasmine).choice(asked.ID); c.Chosen != "BV" || len(c.Why) != 1 || c.Candidates[1].Open != 1 {
			t.Errorf("%+v", c)
		}
		if p := h.as(yasmine).does(asked.ID, "deposits", noBody); len(p.BureauWhy) != 0 {
			t.Errorf("the declarant's own choice is explained: %q", p.BureauWhy)
		}
		empty := h.as(yasmine).opens()
		if c := h.as(yasmine).choice(empty.ID); len(c.Candidates) != 5 || c.Chosen == "" {
			t.Errorf("of an empty draft: %+v", c)
		}
		h.as(hamza).ask(http.MethodGet, at(empty.ID)+"/bureau-choice", nil).refused(http.StatusNotFound, "not_found")
		h.as(salma).ask(http.MethodGet, at(asked.ID)+"/bureau-choice", nil).refused(http.StatusForbidden, "forbidden")
		var shown struct {
			Bureaux []struct {
				Code           string
				Accreditations []struct {
					Families, Countries []string
					From, To            string
				}
			}
		}
		h.visitor().reads("/api/conformity/bureaux", &shown)
		for _, b := range shown.Bureaux {
			if a := b.Accreditations; len(a) == 0 || len(a[0].Families) == 0 || len(a[0].Countries) == 0 || a[0].From == "" || a[0].To == "" {
				t.Errorf("%s shows %+v of its accreditation", b.Code, a)
			}
		}
	})
}
