package main

import (
	"fmt"
	"net/http"
	"testing"

	"portal/functions/products"
	"portal/shared/conformity"
)

// judged is what a dossier's people read of what is under control.
type judged struct {
	Version string `json:"version"`
	Lines   []struct {
		Line    int    `json:"line"`
		To      int    `json:"to"`
		Outcome string `json:"outcome"`
	} `json:"lines"`
	Counts map[string]int `json:"counts"`
}

func (b *browser) judges(id string) string {
	b.h.t.Helper()
	var j judged
	b.reads(at(id)+"/control", &j)
	said := j.Version
	for _, r := range j.Lines {
		said += fmt.Sprintf(" %d-%d %s", r.Line, r.To, r.Outcome)
	}
	return said
}

// linesOf are the outcomes of the first goods lines, as show_goods tells them.
func (b *browser) linesOf(id string) (version string, outcomes []string) {
	b.h.t.Helper()
	var page struct {
		List  string `json:"control_list"`
		Lines []struct {
			Control *products.Found `json:"control"`
		} `json:"lines"`
	}
	b.reads(at(id)+"/goods", &page)
	for _, line := range page.Lines {
		if line.Control == nil {
			outcomes = append(outcomes, "-")
			continue
		}
		outcomes = append(outcomes, string(line.Control.Outcome))
	}
	return page.List, outcomes
}

func ware(hs string, quantity float64, unit string) map[string]any {
	return map[string]any{"hs": hs, "designation": "Article", "origin": "CN", "quantity": quantity, "unit": unit, "value": 1850.25}
}

func (p *paper) warned() string {
	var codes []string
	for _, w := range p.Warnings {
		codes = append(codes, w.Code)
	}
	return fmt.Sprint(codes)
}

func TestADossierIsJudgedByTheListOfTheDayOfItsDeposit(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		declarant := h.as(yasmine)
		wares := map[string]any{"lines": []any{
			ware("8516.72.00.00", 40, "C62"), ware("8516.72.00.00", 50, "C62"), ware("9503.00.00.00", 6, "C62"), ware("4011.50.00.00", 9, "C62"), ware("8516.71.00.00", 12, "KGM"),
		}}
		draft := func() *paper {
			p := declarant.drafts("BV", 1)
			return declarant.saves(p, "goods", wares)
		}
		first := draft()
		const old = "2026-11 1-2 origin 3-3 exempt 4-4 not_subject 5-5 origin"
		if got := declarant.judges(first.ID); got != old {
			t.Errorf("the draft: %s", got)
		}
		if first.ControlList != "" {
			t.Errorf("a draft is of the list %s", first.ControlList)
		}
		deposited := declarant.does(first.ID, "deposits", noBody)
		if deposited.ControlList != "2026-11" || h.head(first.ID).ControlList != "2026-11" {
			t.Errorf("deposited under %q", deposited.ControlList)
		}
		second := draft()
		h.as(driss).publishes(h.toasters("2026-2", 1))
		h.travel(h.portal.Clock().Now().AddDate(0, 0, 1))

		h.as(salma).does(first.ID, "assignments", h.assignment(omar))
		for _, name := range []string{yasmine, omar, leila, salma} {
			if got := h.as(name).judges(first.ID); got != old {
				t.Errorf("%s: %s", name, got)
			}
			version, outcomes := h.as(name).linesOf(first.ID)
			if version != "2026-11" || fmt.Sprint(outcomes) != "[origin origin exempt not_subject origin]" {
				t.Errorf("%s: %s %v", name, version, outcomes)
			}
		}
		for _, name := range []string{hamza, karim, nadia} {
			h.as(name).ask(http.MethodGet, at(first.ID)+"/control", nil).refused(http.StatusNotFound, "not_found")
		}
		// The value is in dollars: a threshold in dirhams exempts nothing.
		const anew = "2026-2 1-2 import 3-4 not_subject 5-5 origin"
		if got := declarant.judges(second.ID); got != anew {
			t.Errorf("the other draft: %s", got)
		}
		if deposited := declarant.does(second.ID, "deposits", noBody); deposited.ControlList != "2026-2" {
			t.Errorf("deposited under %q", deposited.ControlList)
		}

		// The agent answers what is not subject together, by the ranges.
		for _, leg := range road[2:] {
			leg.walk(h, first.ID)
		}
		h.as(omar).does(first.ID, "verdicts", map[string]any{"verdicts": []map[string]any{
			{"line": 3, "to": 4, "verdict": conformity.NotSubject}, {"line": 1, "to": 2, "verdict": conformity.Conforming}, {"line": 5, "verdict": conformity.Conforming},
		}})
	})
}

func TestADraftOfWhichNothingIsControlledAtOriginWarnsAndIsDeposited(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overGateway)
	b := h.as(yasmine)
	p := b.drafts("BV", 1)
	for name, tc := range map[string]struct {
		lines []any
		want  string
	}{
		"above the threshold":           {[]any{ware("8516.72.00.00", 6, "C62")}, "[]"},
		"within it":                     {[]any{ware("8516.72.00.00", 5, "C62")}, "[none_at_origin]"},
		"each line within it":           {[]any{ware("8516.72.00.00", 5, "C62"), ware("8516.72.00.00", 4, "C62")}, "[none_at_origin]"},
		"one line above it":             {[]any{ware("8516.72.00.00", 5, "C62"), ware("8516.72.00.00", 6, "C62")}, "[]"},
		"one line in another unit":      {[]any{ware("8516.72.00.00", 5, "C62"), ware("8516.72.00.00", 1, "KGM")}, "[]"},
		"one line of nobody knows what": {[]any{ware("8516.72.00.00", 5, "C62"), map[string]any{"hs": "8516.72.00.00", "origin": "CN"}}, "[]"},
		"controlled at import":          {[]any{ware("8517.13.00.00", 500, "C62"), ware("4011.10.00.00", 500, "C62")}, "[none_at_origin]"},
		"nothing listed":                {[]any{ware("0101.21.00.00", 5, "C62"), ware("8471.30.00.00", 5, "C62")}, "[none_at_origin]"},
		"one of many chapters":          {[]any{ware("0101.21.00.00", 5, "C62"), ware("8471.30.00.00", 5, "C62"), ware("9503.00.00.00", 500, "C62")}, "[]"},
		"no code yet":                   {[]any{map[string]any{"designation": "Article"}}, "[]"},
	} {
		if p = b.saves(p, "goods", map[string]any{"lines": tc.lines}); p.warned() != tc.want {
			t.Errorf("%s: warned %s, want %s", name, p.warned(), tc.want)
		}
		if again := b.looks(p.ID); again.warned() != tc.want {
			t.Errorf("%s, read again: warned %s, want %s", name, again.warned(), tc.want)
		}
	}
	p = b.saves(p, "goods", map[string]any{"lines": []any{ware("8516.72.00.00", 5, "C62")}})
	if p = b.does(p.ID, "deposits", noBody); p.Status != string(conformity.Submitted) || p.warned() != "[]" {
		t.Errorf("%s, warned %s", p.Status, p.warned())
	}
}
