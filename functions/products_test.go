package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"portal/demo/client"
	"portal/functions/products"
	"portal/infra"
	"portal/shared/control"
)

const controlLists = "/api/products/control-lists"

// asks « Mon produit est-il soumis ? ».
func (b *browser) asks(query string) products.Answer {
	b.h.t.Helper()
	var a products.Answer
	b.reads("/api/products/control?"+query, &a)
	return a
}

func TestAnybodyFindsOutWhetherAProductIsSubject(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		b := h.visitor()
		for query, want := range map[string]string{
			"hs=8516.72.00.00":                                    "origin 8516.72 quantity_missing",
			"hs=8516720000&quantity=3&unit=C62":                   "exempt 8516.72 within",
			"hs=8516720000&quantity=12&unit=C62":                  "origin 8516.72 above",
			"hs=8516720000&quantity=12&unit=kgm":                  "origin 8516.72 unit_other",
			"hs=4011500000&quantity=500&unit=C62":                 "not_subject 4011.50 ",
			"hs=0101210000":                                       "not_subject - ",
			"hs=8544490000&value=" + url.QueryEscape("4 999,90"):  "exempt 8544 within",
			"hs=8544490000&value=5000.5":                          "import 8544 above",
			"hs=8544490000&value=100&currency=usd":                "import 8544 currency_other",
			"hs=7311000000&quantity=1&unit=C62":                   "origin 7311 ",
			"hs=8516720000&quantity=3&unit=C62&on=2026-08-24":     "exempt 8516.72 within",
			"hs=8516720000&quantity=3&unit=C62&on=2020-02-01":     "exempt 8516.72 within",
			"hs=%E2%80%AF8516+7200+00&quantity=0003,0&unit=+c62+": "exempt 8516.72 within",
		} {
			a, entry := b.asks(query), "-"
			if a.Entry != nil {
				entry = a.Entry.HS
			}
			if got := fmt.Sprintf("%s %s %s", a.Outcome, entry, a.Reading); got != want {
				t.Errorf("%s: %s, want %s", query, got, want)
			}
			if a.List.Version != control.Shipped().Version || !a.List.Sample || a.List.InForce.IsZero() || len(a.Explanation) < 2 || a.OutcomeLabel == "" {
				t.Errorf("%s: %+v", query, a)
			}
		}
		toaster := b.asks("hs=8516720000&quantity=12&unit=C62")
		if toaster.Entry.Name != "Grille-pain" || !slices.Contains(toaster.Entry.Norms, "NM EN 60335-2-9") || toaster.Entry.Threshold.Label != "5 unités" {
			t.Errorf("%+v", toaster.Entry)
		}
		if b.Lang = "ar"; b.asks("hs=8516720000").Entry.Name != "محمصات الخبز" {
			t.Error("the answer is not in Arabic")
		}
	})
}

func TestEveryWrongFieldOfAQuestionIsNamed(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overGateway)
	b := h.visitor()
	for query, want := range map[string]string{
		"": "[hs required]",
		"hs=8516&quantity=many&unit=bags&value=-3&currency=dirham&on=2026-02-30": "[currency choice hs hs on date quantity amount unit choice value amount]",
		"hs=8516720000&on=2019-12-31":                                            "[on before_first_list]",
		"hs=8516720000&quantity=" + strings.Repeat("9", 5000):                    "[quantity amount]",
	} {
		if got := faults(b.ask(http.MethodGet, "/api/products/control?"+query, nil).refused(http.StatusUnprocessableEntity, "invalid")); fmt.Sprint(got) != want {
			t.Errorf("%.80s: %v, want %s", query, got, want)
		}
	}
}

func TestProductsAreSearchedByWordsAndCodes(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		b := h.visitor()
		search := func(text string) (codes []string, total int) {
			var found struct {
				Products []products.EntryView
				Total    int
			}
			b.reads("/api/products?q="+url.QueryEscape(text), &found)
			for _, p := range found.Products {
				codes = append(codes, p.HS)
			}
			return codes, found.Total
		}
		for text, want := range map[string]string{
			"Grille-Pain": "[8516.72]", "8516.7": "[8516 8516.71 8516.72]", "الخبز": "[8516.72]", "toaster": "[8516.72]", "zzz": "[]", "": "[]",
		} {
			if got, total := search(text); fmt.Sprint(got) != want || total != len(got) {
				t.Errorf("%q: %v of %d, want %s", text, got, total, want)
			}
		}
		if got, total := search("NM"); len(got) != 50 || total <= 50 {
			t.Errorf("%d of %d", len(got), total)
		}
		b.ask(http.MethodGet, "/api/products?q="+strings.Repeat("a", 101), nil).refused(http.StatusUnprocessableEntity, "invalid")
	})
}

// toasters is a list of two entries for the day so many days from now.
func (h *harness) toasters(version string, days int) map[string]any {
	return map[string]any{
		"version": version, "in_force": h.day(days), "source": "Arrêté n° 1234-26",
		"entries": []map[string]any{
			{"hs": "8516.72", "control": "import", "names": map[string]string{"fr": "Grille-pain"}, "family": "electrical", "norms": []string{"NM EN 60335-2-9"}, "threshold": map[string]any{"value": 800}},
			{"hs": "8516", "control": "origin", "names": map[string]string{"fr": "Appareils électrothermiques"}, "family": "electrical"},
		},
	}
}

func (b *browser) publishes(list any, options ...client.Option) products.VersionView {
	b.h.t.Helper()
	var v products.VersionView
	b.wants(http.StatusCreated, http.MethodPost, controlLists, list, options...).into(&v)
	return v
}

func TestAListAnswersFromItsDayAndTheOneBeforeForItsOwn(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		officer, b := h.as(driss), h.visitor()
		today, later := h.day(0), h.day(10)
		const toaster = "hs=8516720000&quantity=2&unit=C62&value=900"
		outcome := func(query string) string {
			a := b.asks(query)
			return string(a.Outcome) + " " + a.List.Version
		}
		list := h.toasters("2026-2", 10)

		var preview products.VersionView
		before := h.dump()
		officer.wants(http.StatusOK, http.MethodPost, controlLists+"?preview=true", list).into(&preview)
		if changed := differs(before, h.dump()); len(changed) > 0 {
			t.Errorf("the preview changed %q", changed)
		}
		published := officer.publishes(list)
		for _, v := range []products.VersionView{preview, published} {
			c := v.Changes
			if c.Against != "2026-11" || c.Added != 0 || c.Changed != 2 || c.Removed != control.Shipped().Len()-2 || fmt.Sprint(c.First.Changed) != "[8516 851672]" || v.Standing != products.ToCome {
				t.Errorf("%+v %+v", v, c)
			}
		}
		for query, want := range map[string]string{
			toaster: "exempt 2026-11", toaster + "&on=" + later: "import 2026-2", toaster + "&on=" + h.day(9): "exempt 2026-11",
		} {
			if got := outcome(query); got != want {
				t.Errorf("before its day: %s: %s, want %s", query, got, want)
			}
		}
		h.travel(h.portal.Clock().Now().AddDate(0, 0, 10))
		for query, want := range map[string]string{
			toaster: "import 2026-2", toaster + "&on=" + today: "exempt 2026-11", toaster + "&on=" + later: "import 2026-2", "hs=9503000000": "not_subject 2026-2", "hs=9503000000&on=" + today: "origin 2026-11",
		} {
			if got := outcome(query); got != want {
				t.Errorf("from its day: %s: %s, want %s", query, got, want)
			}
		}

		var all struct{ Lists []products.VersionView }
		b.reads(controlLists, &all)
		var said []string
		for _, v := range all.Lists {
			said = append(said, v.Version+" "+string(v.Standing)+" "+v.By)
		}
		if fmt.Sprint(said) != "[2026-2 current  2026-11 replaced ]" {
			t.Errorf("anybody reads %q", said)
		}
		if officer.reads(controlLists, &all); all.Lists[0].By != "Driss Naciri" || all.Lists[0].At == nil {
			t.Errorf("the ministry reads %+v", all.Lists[0])
		}
		var shown struct {
			products.VersionView
			Products []products.EntryView
		}
		if b.reads(controlLists+"/current?chapter=85", &shown); shown.Version != "2026-2" || len(shown.Products) != 2 || shown.Entries != 2 {
			t.Errorf("%+v", shown)
		}
		if b.reads(controlLists+"/2026-11?chapter=95", &shown); shown.Version != "2026-11" || len(shown.Products) != 3 {
			t.Errorf("%+v", shown)
		}
		b.ask(http.MethodGet, controlLists+"/2026-11?chapter=x", nil).refused(http.StatusUnprocessableEntity, "invalid")
		b.ask(http.MethodGet, controlLists+"/none", nil).refused(http.StatusNotFound, "not_found")
		b.ask(http.MethodGet, controlLists+"/a~b/csv", nil).refused(http.StatusNotFound, "not_found")

		// What was downloaded, with a line more, is the next version.
		file := b.wants(http.StatusOK, http.MethodGet, controlLists+"/2026-2/csv", nil)
		if !bytes.HasPrefix(file.Body, []byte("\ufeffhs;control;")) || !strings.Contains(file.Header.Get("Content-Disposition"), `"2026-2.csv"`) {
			t.Errorf("%v\n%s", file.Header, file.Body)
		}
		text := string(file.Body) + "9503;origin;Jouets;اللعب;Toys;toys;NM EN 71-1|NM EN 71-2;20;C62;\r\n"
		next := officer.publishes(map[string]any{"version": "2026-3", "in_force": h.day(1), "source": "Arrêté n° 1300-26", "csv": text})
		if next.Entries != 3 || next.Changes.Added != 1 || next.Changes.Against != "2026-2" || next.Changes.Changed+next.Changes.Removed != 0 {
			t.Errorf("%+v %+v", next, next.Changes)
		}
		if got := outcome("hs=9503000000&quantity=20&unit=C62&on=" + h.day(1)); got != "exempt 2026-3" {
			t.Errorf("tomorrow toys are %s", got)
		}
	})
}

func TestAVersionIsWithdrawnBeforeItsDayOnly(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		officer, b := h.as(driss), h.visitor()
		officer.publishes(h.toasters("v2", 10))
		withdraw := func(version string, options ...client.Option) reply {
			return officer.ask(http.MethodPost, controlLists+"/"+version+"/withdrawals", map[string]string{"reason": "Une coquille."}, options...)
		}
		officer.ask(http.MethodPost, controlLists+"/v2/withdrawals", map[string]string{"reason": " "}).refused(http.StatusUnprocessableEntity, "invalid")
		withdraw("v1").refused(http.StatusNotFound, "not_found")
		withdraw("2026-11").refused(http.StatusConflict, "list_in_force")
		once := client.Once("again")
		for range 2 {
			var v products.VersionView
			first := withdraw("v2", once)
			if first.into(&v); first.Status != http.StatusOK || v.Standing != products.Withdrawn || v.Withdrawal.Reason != "Une coquille." || v.Withdrawal.By != "Driss Naciri" {
				t.Errorf("%d %s", first.Status, first.Body)
			}
		}
		withdraw("v2").refused(http.StatusConflict, "list_withdrawn")
		if a := b.asks("hs=8516720000&on=" + h.day(20)); a.List.Version != "2026-11" {
			t.Errorf("the list withdrawn answers: %+v", a.List)
		}
		taken := officer.ask(http.MethodPost, controlLists, h.toasters("v2", 10)).refused(http.StatusUnprocessableEntity, "invalid")
		if fmt.Sprint(faults(taken)) != "[/version version_taken]" {
			t.Errorf("%v", faults(taken))
		}
		officer.publishes(h.toasters("v3", 10)) // the same day, and entries, under another name
		h.travel(h.portal.Clock().Now().AddDate(0, 0, 10))
		withdraw("v3").refused(http.StatusConflict, "list_in_force")
		var events []string
		for _, row := range h.rows(infra.Query{PK: "control#lists", Prefix: "event#"}) {
			var e products.Event
			if err := row.Decode(&e); err != nil {
				t.Fatal(err)
			}
			events = append(events, fmt.Sprint(e.N, " ", e.Action, " ", e.Version, " ", e.By))
		}
		if fmt.Sprint(events) != "[1 publish v2 demo-driss 2 withdraw v2 demo-driss 3 publish v3 demo-driss]" {
			t.Errorf("%q", events)
		}
	})
}

func TestThePageAnswersInThreeLanguages(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		b := h.visitor()
		for _, tc := range []struct {
			query  string
			status int
			says   []string
		}{
			{"", 200, []string{`<html lang="fr" dir="ltr">`, "Mon produit est-il soumis", `<option value="C62">`}},
			{"?lang=ar&q=8516720000&quantity=9&unit=C62", 200, []string{`dir="rtl"`, "خاضع للمراقبة في بلد المنشأ", "محمصات الخبز", `<option value="C62" selected>`}},
			{"?lang=en&q=8516720000&quantity=2&unit=C62", 200, []string{`class="status exempt"`, "Toasters", "NM EN 60335-2-9", "Sample, not official", `href="?lang=fr&amp;q=8516720000&amp;quantity=2&amp;unit=C62"`}},
			{"?lang=en&q=toaster", 200, []string{`<td><bdi dir="ltr">8516.72</bdi></td>`, "At origin"}},
			{"?lang=en&q=%3Cscript%3E", 200, []string{`value="&lt;script&gt;"`, "Nothing in the list matches"}},
			{"?lang=en&q=8516720000&quantity=lots", 422, []string{`class="wrong"`, "Give a number above 0"}},
		} {
			page := b.ask(http.MethodGet, "/soumis"+tc.query, nil)
			if page.Status != tc.status || !strings.Contains(page.Header.Get("Content-Security-Policy"), "form-action 'self'") {
				t.Errorf("%s: %d %v", tc.query, page.Status, page.Header)
			}
			for _, says := range tc.says {
				if !bytes.Contains(page.Body, []byte(says)) {
					t.Errorf("%s does not say %s:\n%s", tc.query, says, page.Body)
				}
			}
		}
	})
}

func TestOfTwoOfficersWhoPublishAtOnceOneIsToldOfTheOther(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overHTTP)
	answers := make([]reply, 4)
	var wg sync.WaitGroup
	for n := range answers {
		wg.Go(func() {
			answers[n] = h.as(driss).ask(http.MethodPost, controlLists, h.toasters(fmt.Sprintf("v%d", n), 10))
		})
	}
	wg.Wait()
	published := 0
	for _, a := range answers {
		if a.Status == http.StatusCreated {
			published++
			continue
		}
		if p := a.refused(http.StatusUnprocessableEntity, "invalid"); fmt.Sprint(faults(p)) != "[/in_force date_after]" {
			t.Errorf("%v", faults(p))
		}
	}
	if rows := h.rows(infra.Query{PK: "control#lists", Prefix: "version#"}); published != 1 || len(rows) != 1 {
		t.Errorf("%d published, %d rows", published, len(rows))
	}
}

func TestAnAnswerIsKeptUntilMidnightAtMost(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overHTTP)
	kept := func(on string) string {
		return h.visitor().wants(http.StatusOK, http.MethodGet, "/api/products/control?hs=8516720000&on="+on, nil).Header.Get("Cache-Control")
	}
	if got := kept(""); got != "public, max-age=300" {
		t.Errorf("now: %s", got)
	}
	if got := kept(h.day(-1)); got != "public, max-age=86400" {
		t.Errorf("yesterday: %s", got)
	}
	if got := kept(h.day(1)); got != "no-cache" {
		t.Errorf("tomorrow: %s", got)
	}
	h.sleep(time.Date(2026, 8, 24, 22, 59, 0, 0, time.UTC))
	if got := kept(""); got != "public, max-age=60" && got != "public, max-age=59" {
		t.Errorf("a minute to midnight: %s", got)
	}
}
