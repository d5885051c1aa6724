package main

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"portal/shared/conformity"
)

// renews fills in a draft that renews Atlas's SoR, which is near its end.
func (h *harness) renews(number string) *paper {
	h.t.Helper()
	p := h.as(yasmine).begins(map[string]string{"renews": number})
	p = h.as(yasmine).saves(p, "form/inspection", h.inspection())
	return h.as(yasmine).attachesAll(p, map[string]string{"object": "sor", "type": "renewal"})
}

func TestARenewalTakesNoOtherGoodsOfTheSameCodes(t *testing.T) {
	t.Parallel()
	registered.onEach(t, func(t *testing.T, h *harness) {
		h.travel(h.portal.Clock().Now().AddDate(0, 11, 0))
		p := h.renews(h.marks["sor"])
		if len(p.Missing) > 0 {
			t.Fatalf("the renewal lacks %v", p.Missing)
		}
		three := goods(3)["lines"].([]map[string]any)
		other := func(field, value string) []map[string]any {
			lines := goods(3)["lines"].([]map[string]any)
			lines[1][field] = value
			return lines
		}
		for name, lines := range map[string][]map[string]any{
			"one twice": append(slices.Clone(three), three[0]), "one described otherwise": other("designation", "Autre appareil"),
			"one of another brand": other("brand", "Autre"), "one of another origin": other("origin", "TR"),
		} {
			p = h.as(yasmine).saves(h.as(yasmine).looks(p.ID), "goods", map[string]any{"lines": lines})
			if got := p.faults(); !slices.Equal(got, []string{"/goods/lines renewal_goods"}) {
				t.Errorf("%s: the draft is told %v", name, got)
			}
			if refused := h.as(yasmine).deposits(p.ID); refused.Status != http.StatusUnprocessableEntity || !slices.Equal(refused.faults(), []string{"/goods/lines renewal_goods"}) {
				t.Errorf("%s: %d %v", name, refused.Status, refused.faults())
			}
		}
		slices.Reverse(three)
		three[0]["quantity"] = 7
		if p = h.as(yasmine).saves(p, "goods", map[string]any{"lines": three}); len(p.Missing) > 0 {
			t.Errorf("in another order and quantity: %v", p.Missing)
		}
	})
}

// A statement of which not every line of its request passed is renewed again
// and again with all of its goods.
func TestARenewalBeginsWithTheGoodsOfTheStatementEachTime(t *testing.T) {
	t.Parallel()
	h := registered.open(t, overHTTP)
	first := h.as(yasmine).fills(request{object: statement("sor"), lines: 4})
	number := h.certifies(first, conformity.NonConforming, conformity.Conforming, conformity.NonConforming, conformity.Conforming)["SOR"]
	for year, months := range []int{11, 12} {
		h.travel(h.portal.Clock().Now().AddDate(0, months, 0))
		p := h.renews(number)
		if len(p.Missing) > 0 || p.Lines != 2 {
			t.Fatalf("renewal %d begins with %d lines and lacks %v", year+1, p.Lines, p.Missing)
		}
		if got := h.certifies(p, all(conformity.Conforming, 2)...)["SOR"]; got != number || h.certificate(number).Edition != year+1 {
			t.Fatalf("renewal %d: %s, edition %d", year+1, got, h.certificate(number).Edition)
		}
		if got := fmt.Sprint(h.checks(number).Goods); got != "[{8516.20.00.90} {8516.40.00.90}]" {
			t.Errorf("renewal %d: %s", year+1, got)
		}
	}
}
