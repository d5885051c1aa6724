package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portal/shared/conformity"
	"portal/shared/pdf"
)

// judging has six dossiers of Atlas at BV, of three lines each, in the hands of
// Omar and ready to be judged: marks judged1 to judged6.
var judging = &scene{from: staged, play: func(h *harness) {
	for n := 1; n <= 6; n++ {
		id := h.as(yasmine).drafts("BV", 3).ID
		h.brings(id, conformity.InProcessing)
		h.marks[fmt.Sprint("judged", n)] = id
	}
}}

// closes judges a dossier's lines and closes it.
func (h *harness) closes(id string, verdicts ...conformity.Verdict) *paper {
	h.t.Helper()
	h.as(omar).does(id, "verdicts", verdictsOn(verdicts...))
	h.as(omar).does(id, "answers", emptyBody)
	return h.as(yasmine).looks(id)
}

func TestEveryAnswerGivesItsPapers(t *testing.T) {
	t.Parallel()
	const no, yes, reserved, bad = conformity.NotSubject, conformity.Conforming, conformity.Reserved, conformity.NonConforming
	h := judging.open(t, overHTTP)
	var told uint64
	h.letters(&told)
	for n, want := range []struct {
		verdicts []conformity.Verdict
		answer   string
		label    string
		papers   string
		lines    string // of each paper
	}{
		{[]conformity.Verdict{no, no, no}, "not_subject", "Non soumis", "closing_letter", ""},
		{[]conformity.Verdict{bad, no, bad}, "nonconforming", "Non conforme", "NCR", "2"},
		{[]conformity.Verdict{yes, yes, no}, "conforming", "Conforme", "COC", "2"},
		{[]conformity.Verdict{yes, reserved, no}, "reserved", "Conforme avec réserve", "COC", "2"},
		{[]conformity.Verdict{yes, bad, yes}, "partial", "Partiellement conforme", "COC NCR", "2 1"},
		{[]conformity.Verdict{reserved, bad, no}, "partial_reserved", "Partiellement conforme avec réserve", "COC NCR", "1 1"},
	} {
		id := h.marks[fmt.Sprint("judged", n+1)]
		p := h.closes(id, want.verdicts...)
		var papers, lines []string
		for _, c := range p.Certificates {
			papers, lines = append(papers, c.Kind), append(lines, fmt.Sprint(h.certificate(c.Number).Lines))
		}
		for _, d := range p.Documents {
			if d.Kind == conformity.DocLetter {
				papers = append(papers, d.Kind)
				h.as(yasmine).downloads(at(id) + "/documents/" + d.ID)
			}
		}
		if p.Response != want.answer || strings.Join(papers, " ") != want.papers || strings.Join(lines, " ") != want.lines {
			t.Errorf("%v: %s with %v of %v lines, want %+v", want.verdicts, p.Response, papers, lines, want)
		}
		sent := h.handovers(&told)
		if len(sent) != 1 || sent[0].Kind != "conformity_closed" || sent[0].To != emailOf(yasmine) {
			t.Fatalf("%s: letters %v", want.answer, sent)
		}
		for _, text := range []string{p.Number, "« " + want.label + " »"} {
			if !strings.Contains(sent[0].Text, text) && !strings.Contains(sent[0].Text, strings.Trim(text, "« »")) {
				t.Errorf("%s: the letter does not say %s:\n%s", want.answer, text, sent[0].Text)
			}
		}
		for _, c := range p.Certificates {
			if !strings.Contains(sent[0].Text, c.Check) || !strings.HasPrefix(c.Check, site+"/c/") {
				t.Errorf("%s: the letter does not lead to %s", want.answer, c.Check)
			}
		}
		h.isWhole(id)
	}
	for name, data := range h.files("certificates") {
		_, paper, _ := strings.Cut(data, "\n")
		if info, err := pdf.Check([]byte(paper)); err != nil || info.Pages < 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := len(h.files("certificates")); got != 7 {
		t.Errorf("%d certificates, want 7", got)
	}
	if omar, bv := h.load("load#"+bureauBV, "agent#demo-omar"), h.load("load#bureaux", "BV"); omar != "0/6" || bv != "0/6" {
		t.Errorf("loads of Omar %s, of BV %s", omar, bv)
	}
}

func TestVerdictsStayInTheBureauUntilTheAnswer(t *testing.T) {
	t.Parallel()
	h := judging.open(t, overHTTP)
	id := h.marks["judged1"]
	h.as(omar).does(id, "verdicts", verdictsOn(conformity.Conforming, conformity.NonConforming))
	found := func(name string) string {
		var page struct {
			Lines []struct{ Verdict, Text string }
		}
		h.as(name).reads(at(id)+"/goods", &page)
		var events struct {
			Events []struct {
				Action  string
				Changes []any
			}
		}
		h.as(name).reads(at(id)+"/events", &events)
		last := events.Events[len(events.Events)-1]
		return fmt.Sprintf("%q %d %s %v", page.Lines[1].Verdict, len(last.Changes), last.Action, h.as(name).looks(id).Tally != nil)
	}
	if got := found(leila); got != `"nonconforming" 2 give_verdicts true` {
		t.Errorf("a colleague sees %s", got)
	}
	if got := found(yasmine); got != `"" 0 give_verdicts false` {
		t.Errorf("the declarant sees %s", got)
	}
	stale := h.as(yasmine).wants(http.StatusPreconditionFailed, http.MethodPost, at(id)+"/cancellations", reason, func(r *http.Request) { r.Header.Set("If-Match", `"1"`) })
	if strings.Contains(string(stale.Body), "tally") {
		t.Errorf("a stale step tells the declarant the findings: %s", stale.Body)
	}
	h.as(omar).does(id, "verdicts", verdictsOn(conformity.Conforming, conformity.NonConforming, conformity.Conforming))
	h.as(omar).does(id, "answers", emptyBody)
	if got := found(yasmine); got != `"nonconforming" 0 close true` {
		t.Errorf("after the answer the declarant sees %s", got)
	}
}
