package main

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"portal/shared/conformity"
	"portal/shared/goodsfile"
)

// TestTenThousandLinesLiveAWholeLife takes the most lines a request may have
// from a spreadsheet to their certificate, register and copy, through every
// step that touches them.
func TestTenThousandLinesLiveAWholeLife(t *testing.T) {
	if racing {
		t.Skip("runs whole without the race detector")
	}
	t.Parallel()
	const lines = goodsfile.MaxLines
	h := drafted.open(t, overHTTP)
	b, id := h.as(yasmine), h.marks["draft1"]
	if p := b.importsGoods(id, goodsfile.CSV, goodsCSV(lines)).paper(); p.Lines != lines {
		t.Fatalf("%d lines were imported", p.Lines)
	}
	h.brings(id, conformity.InProcessing)

	omar := h.as(omar)
	omar.does(id, "verdicts", map[string]any{"verdicts": []map[string]any{
		{"line": 1, "to": 6000, "verdict": conformity.Conforming},
		{"line": 6001, "to": lines, "verdict": conformity.NonConforming, "text": "Marquage absent."},
	}})
	p := omar.does(id, "verdicts", map[string]any{"verdicts": []map[string]any{
		{"line": 5999, "to": 6002, "verdict": conformity.Reserved, "text": "Étiquette à compléter."},
	}})
	if want := (conformity.Tally{Conforming: 5998, Reserved: 4, NonConforming: 3998}); *p.Tally != want {
		t.Fatalf("counted %+v, want %+v", *p.Tally, want)
	}
	var page struct {
		Lines []struct {
			N       int                `json:"n"`
			Verdict conformity.Verdict `json:"verdict"`
			Text    string             `json:"text"`
		} `json:"lines"`
	}
	omar.reads(at(id)+"/goods?page=61", &page)
	var got []string
	for _, line := range page.Lines[:3] {
		got = append(got, fmt.Sprintf("%d %s %s", line.N, line.Verdict, line.Text))
	}
	if want := []string{"6001 reserved Étiquette à compléter.", "6002 reserved Étiquette à compléter.", "6003 nonconforming Marquage absent."}; !slices.Equal(got, want) {
		t.Errorf("page 61 begins with %q", got)
	}
	omar.does(id, "answers", emptyBody)
	h.settle()

	p = b.looks(id)
	if len(p.Certificates) != 2 || p.Response != string(conformity.RespPartialReserved) {
		t.Fatalf("%s with %v", p.Response, p.Certificates)
	}
	for i, want := range map[int]int{0: 6002, 1: 3998} {
		c := p.Certificates[i]
		if public := h.checks(c.Number); public.Lines != want {
			t.Errorf("%s covers %d lines, want %d", c.Number, public.Lines, want)
		}
		b.downloads("/api/certificates/" + c.Number + "/paper")
	}
	again := b.begins(map[string]string{"from": id})
	if again.Lines != lines {
		t.Errorf("the request made anew has %d lines", again.Lines)
	}
	b.wants(http.StatusNoContent, http.MethodDelete, at(again.ID), nil, ifAt(again))
	if left := h.partition(again.ID); left != "" {
		t.Errorf("a discarded draft left %s", left)
	}
	h.isWhole(id)
}
