package main

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/functions/administration"
	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// chapter is one step of a life: who does what, and what must come of it.
type chapter struct {
	by, step string
	body     func(h *harness, b *browser, id string) any
	status   dossier.Status
	allowed  string // what they may do then
	next     string // who else may do something then
	may      string // what
	letters  string // those that go out, "kind → name"
	loads    string // open/closed of Omar, of Leïla, of the bureau
}

func says(body any) func(*harness, *browser, string) any {
	return func(*harness, *browser, string) any { return body }
}

func assigns(agent string) func(*harness, *browser, string) any {
	return func(h *harness, _ *browser, _ string) any { return h.assignment(agent) }
}

func documents(h *harness, b *browser, id string) any { return b.answering(id) }

func analyses(h *harness, b *browser, id string) any {
	body := b.answering(id)
	body["text"] = "Le laboratoire a mesuré 3,2 kΩ."
	return body
}

const processing = "ask_complement ask_analyses plan_visit give_verdicts close"

// life is the whole route A: a request that is assigned three times, asked two
// complements and analyses, visited, judged in two goes, and closed.
var life = []chapter{
	{yasmine, "deposits", says(nil), conformity.Submitted, "cancel", salma, "assign", "conformity_deposited → yasmine", "0/0 0/0 1/0"},
	{salma, "assignments", assigns(leila), conformity.AwaitingEvaluation, "reassign unassign", leila, "take_charge", "conformity_assigned → leila", "0/0 1/0 1/0"},
	{salma, "unassignments", says(reason), conformity.Submitted, "assign", leila, "", "", "0/0 0/0 1/0"},
	{sara, "assignments", assigns(leila), conformity.AwaitingEvaluation, "reassign unassign", omar, "", "conformity_assigned → leila", "0/0 1/0 1/0"},
	{salma, "assignments", assigns(omar), conformity.AwaitingEvaluation, "reassign unassign", omar, "take_charge", "conformity_assigned → omar", "1/0 0/0 1/0"},
	{omar, "takings-in-charge", says(nil), conformity.UnderEvaluation, "accept_review ask_complement", leila, "", "", "1/0 0/0 1/0"},
	{omar, "complement-requests", says(message), conformity.AwaitingComplement, "", yasmine, "answer_complement cancel", "conformity_complement → yasmine", "1/0 0/0 1/0"},
	{anas, "complement-answers", documents, conformity.InProcessing, "cancel", omar, processing, "", "1/0 0/0 1/0"},
	{omar, "complement-requests", says(message), conformity.AwaitingComplement, "", salma, "reassign unassign", "conformity_complement → yasmine", "1/0 0/0 1/0"},
	{yasmine, "complement-answers", documents, conformity.InProcessing, "cancel", omar, processing, "", "1/0 0/0 1/0"},
	{omar, "analyses-requests", says(message), conformity.AwaitingAnalyses, "", yasmine, "answer_analyses cancel", "conformity_analyses → yasmine", "1/0 0/0 1/0"},
	{yasmine, "analyses-answers", analyses, conformity.InProcessing, "cancel", omar, processing, "", "1/0 0/0 1/0"},
	{omar, "visits", func(h *harness, _ *browser, _ string) any { return visit(h) }, conformity.UnderInspection, "close_visit", yasmine, "cancel", "conformity_visit_planned → yasmine", "1/0 0/0 1/0"},
	{omar, "visit-reports", func(_ *harness, b *browser, id string) any { return b.report(id) }, conformity.InProcessing, processing, yasmine, "cancel", "visit_tomorrow → yasmine, visit_tomorrow → omar, conformity_visit_closed → yasmine", "1/0 0/0 1/0"},
	{omar, "verdicts", says(verdictsOn(conformity.NonConforming, conformity.Reserved)), conformity.InProcessing, processing, yasmine, "cancel", "", "1/0 0/0 1/0"},
	{omar, "verdicts", says(verdictsOn(conformity.Conforming, conformity.Reserved, conformity.NonConforming)), conformity.InProcessing, processing, yasmine, "cancel", "", "1/0 0/0 1/0"},
	{omar, "answers", says(emptyBody), conformity.Closed, "", yasmine, "", "conformity_closed → yasmine", "0/1 0/0 0/1"},
}

func TestAWholeLifeOnRouteA(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		people := map[string]*browser{anas: h.as(anas), sara: h.as(sara)}
		h.signIn(t, people, yasmine, salma, omar, leila)
		draft := people[yasmine].drafts("BV", 3)
		id := draft.ID
		var told uint64
		h.letters(&told)
		for n, c := range life {
			if c.step == "visit-reports" {
				h.travel(time.Date(2026, 8, 31, 9, 0, 0, 0, time.UTC))
				h.signIn(t, people, yasmine, salma, omar, leila)
			}
			b := people[c.by]
			before := b.looks(id)
			after := b.wants(http.StatusOK, http.MethodPost, at(id)+"/"+c.step, c.body(h, b, id), ifAt(before)).paper()
			t.Logf("%2d %-9s %-20s %s", n+1, c.by, c.step, after.Status)
			if after.Version != before.Version+1 || after.etag != after.tag() {
				t.Errorf("%s: version %d with ETag %s after %d", c.step, after.Version, after.etag, before.Version)
			}
			if after.Status != string(c.status) {
				t.Errorf("%s: %s, want %s", c.step, after.Status, c.status)
			}
			if got := strings.Join(after.Allowed, " "); got != c.allowed {
				t.Errorf("%s: %s may %s, want %s", c.step, c.by, got, c.allowed)
			}
			if got := strings.Join(people[c.next].allowedOn(id), " "); got != c.may {
				t.Errorf("%s: %s may %s, want %s", c.step, c.next, got, c.may)
			}
			if got := strings.Join(h.letters(&told), ", "); got != c.letters {
				t.Errorf("%s: letters %s, want %s", c.step, got, c.letters)
			}
			if got := h.load("load#"+bureauBV, "agent#demo-omar") + " " + h.load("load#"+bureauBV, "agent#demo-leila") + " " + h.load("load#bureaux", "BV"); got != c.loads {
				t.Errorf("%s: loads %s, want %s", c.step, got, c.loads)
			}
			h.isWhole(id)
		}
		theTimelineTellsEverything(t, h, people[yasmine], id)
		theCertificatesAreInTheRegister(t, h, people, id)
		anybodyCanCheck(t, h, id)
	})
}

func ifAt(p *paper) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("If-Match", p.tag()) }
}

// signIn signs people in with their passwords, in the browsers they had.
func (h *harness) signIn(t *testing.T, people map[string]*browser, names ...string) {
	t.Helper()
	for _, name := range names {
		if people[name] == nil {
			people[name] = h.visitor()
			people[name].name = name
		}
		if err := people[name].SignIn(t.Context(), emailOf(name), administration.DemoPassword); err != nil {
			t.Fatal(err)
		}
	}
}

// allowedOn is what somebody may do to a dossier; nothing when it does not
// exist for them.
func (b *browser) allowedOn(id string) []string {
	if answer := b.ask(http.MethodGet, at(id), nil); answer.Status == http.StatusOK {
		return answer.paper().Allowed
	}
	return nil
}

func theTimelineTellsEverything(t *testing.T, h *harness, b *browser, id string) {
	type timeline struct {
		Events []struct {
			N                int64
			Action, To, Hash string
			By, Relation     string
			Details          map[string]any
		} `json:"events"`
		Cursor string `json:"cursor"`
	}
	stored := h.events(id)
	cursor, n := "", 0
	for {
		var shown timeline
		b.reads(at(id)+"/events?limit=7&cursor="+cursor, &shown)
		for _, e := range shown.Events {
			s := stored[n]
			if e.N != s.N || e.Action != string(s.Action) || e.To != string(s.To) || e.Hash != s.Hash || e.By != s.Content.Name || e.Relation != string(s.Content.Relation) {
				t.Errorf("event %d is shown as %+v", s.N, e)
			}
			n++
		}
		if cursor = shown.Cursor; cursor == "" {
			break
		}
	}
	if n != len(stored) || n != 8+len(life) {
		t.Errorf("%d events shown, %d stored, %d done", n, len(stored), 8+len(life))
	}
}

func theCertificatesAreInTheRegister(t *testing.T, h *harness, people map[string]*browser, id string) {
	p := people[yasmine].looks(id)
	if p.Response != "partial_reserved" || *p.Tally != (conformity.Tally{Conforming: 1, Reserved: 1, NonConforming: 1}) || len(p.Certificates) != 2 {
		t.Fatalf("answer %s, %+v, certificates %v", p.Response, p.Tally, p.Certificates)
	}
	for i, want := range []struct {
		kind, expires string
		lines         []int
	}{{"COC", "2026-11-30", []int{1, 2}}, {"NCR", "", []int{3}}} {
		ref := p.Certificates[i]
		e := h.certificate(ref.Number)
		if string(e.Kind()) != want.kind || ref.Kind != want.kind || e.Expires.String() != want.expires || ref.Expires != want.expires {
			t.Errorf("certificate %+v, in the register %+v; want %+v", ref, e, want)
		}
		if e.Dossier != id || e.Holder != atlas || e.Body != bureauBV || e.Recipient != "demo-yasmine" || e.Route != "A" || e.DossierNumber.String() != p.Number {
			t.Errorf("certificate %+v", e)
		}
		var covered struct{ Lines []certificates.Goods }
		h.row(certificates.PK(ref.Number), "goods#0000", &covered)
		var numbers []int
		for _, line := range covered.Lines {
			numbers = append(numbers, line.N)
		}
		if !slices.Equal(numbers, want.lines) || e.Lines != len(want.lines) {
			t.Errorf("%s covers the lines %v, want %v", want.kind, numbers, want.lines)
		}
		var reminder certificates.Reminder
		if due := h.row(certificates.PK(ref.Number), certificates.SKReminder, &reminder); due != (want.kind == "COC") {
			t.Errorf("%s: reminders %+v", want.kind, reminder)
		}
		for _, name := range []string{yasmine, salma, leila} {
			people[name].downloads("/api/certificates/" + ref.Number + "/paper")
		}
		h.as(hamza).ask(http.MethodGet, "/api/certificates/"+ref.Number+"/paper", nil).refused(http.StatusNotFound, "not_found")
	}
	for _, d := range p.Documents {
		people[omar].downloads(at(id) + "/documents/" + d.ID)
	}
	reads := map[string]int{}
	for _, row := range h.rows(infra.Query{PK: dossier.PK(id), Prefix: "read#"}) {
		var read dossier.Read
		if err := row.Decode(&read); err != nil {
			t.Fatal(err)
		}
		what, _, _ := strings.Cut(read.What, " ")
		reads[what+" by "+strings.TrimPrefix(read.Person, "demo-")]++
	}
	sarahs := "dossier by " + h.marks[sara]
	if got, want := fmt.Sprint(reads), fmt.Sprint(map[string]int{
		"certificate by leila": 2, "certificate by salma": 2, "certificate by yasmine": 2, "document by omar": 7,
		"dossier by leila": 1, "dossier by omar": 2, "dossier by salma": 1, sarahs: 1, // once a day
	}); got != want {
		t.Errorf("reads recorded: %s, want %s", got, want)
	}
}

// downloads follows a link to a PDF, which works without a session.
func (b *browser) downloads(path string) {
	b.h.t.Helper()
	var link struct {
		URL string `json:"url"`
	}
	b.reads(path, &link)
	file := b.h.visitor().wants(http.StatusOK, http.MethodGet, link.URL, nil)
	if !bytes.HasPrefix(file.Body, []byte("%PDF-")) || file.Header.Get("Content-Type") != "application/pdf" {
		b.h.t.Errorf("%s leads to %s, %d bytes", path, file.Header.Get("Content-Type"), len(file.Body))
	}
}

func anybodyCanCheck(t *testing.T, h *harness, id string) {
	coc := h.as(yasmine).looks(id).Certificates[0].Number
	anybody := h.visitor()
	for _, typed := range []string{coc, strings.ToLower(coc), strings.ReplaceAll(coc, "-", "%20-%20")} {
		var public certificates.Public
		anybody.reads("/api/certificates/"+typed, &public)
		if public.Number != coc || public.Status != "valid" || public.Expires != "2026-11-30" || public.Lines != 2 || len(public.Goods) != 2 {
			t.Errorf("the check of %q says %+v", typed, public)
		}
	}
	for _, lang := range []string{"fr", "ar", "en"} {
		page := anybody.wants(http.StatusOK, http.MethodGet, "/c/"+coc+"?lang="+lang, nil)
		for _, secret := range []string{"Yasmine", "Omar", "demo.example", "Atlas", "Ningbo", id} {
			if strings.Contains(string(page.Body), secret) {
				t.Errorf("the page in %s tells of %s", lang, secret)
			}
		}
		if page.Header.Get("Content-Language") != lang || !strings.Contains(string(page.Body), coc) {
			t.Errorf("the page in %s: %v", lang, page.Header)
		}
	}
	anybody.ask(http.MethodGet, "/api/certificates/COC-2026-9-XX", nil).refused(http.StatusNotFound, "not_found")
	if page := anybody.ask(http.MethodGet, "/c/COC-2026-9-XX", nil); page.Status != http.StatusNotFound {
		t.Errorf("an unknown certificate's page answers %d", page.Status)
	}
}
