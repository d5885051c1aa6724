package main

import (
	"net/http"
	"strings"
	"testing"

	"portal/demo/client"
	"portal/shared/conformity"
)

// oneWins checks that of requests on one version one was done and the others
// were told how things stand.
func (h *harness) oneWins(id string, answers []reply) (winner int) {
	h.t.Helper()
	winner = -1
	for i, a := range answers {
		switch {
		case a.Status == http.StatusOK && winner < 0:
			winner = i
		case a.Status == http.StatusOK:
			h.t.Errorf("both were done: %s and %s", answers[winner].Body, a.Body)
		default:
			var current paper
			stale := a.refused(http.StatusPreconditionFailed, "stale")
			if err := (&client.Answer{Body: stale.Current}).Decode(&current); err != nil || current.Version != h.head(id).Version || current.Status != string(h.head(id).Status) {
				h.t.Errorf("told %s, not how things stand (%v)", stale.Current, err)
			}
		}
	}
	if winner < 0 {
		h.t.Errorf("nobody won: %s", answers[0].Body)
	}
	h.isWhole(id)
	return winner
}

// rivals are two people with a step each on one version of one dossier.
var rivals = []struct {
	name   string
	status string
	a, b   func(h *harness, id string, version client.Option) reply
}{
	{"a double click on the deposit", "draft", posts(yasmine, "deposits", noBody), posts(yasmine, "deposits", noBody)},
	{"two declarants of one company", "draft", posts(yasmine, "deposits", noBody), deletes(anas)},
	{"one fills in, the other deposits", "draft", puts(yasmine, "goods", goods(3)), posts(anas, "deposits", noBody)},
	{"two fill in", "draft", puts(yasmine, "goods", goods(3)), puts(anas, "form/object", object("SG"))},
	{"two import goods", "draft", posts(yasmine, "goods-imports", imported), posts(anas, "goods-imports", imported)},
	{"one types goods, the other imports them", "draft", puts(yasmine, "goods", goods(3)), posts(anas, "goods-imports", imported)},
	{"two supervisors", "submitted", posts(salma, "assignments", agent("demo-omar")), posts(sara, "assignments", agent("demo-leila"))},
	{"a supervisor assigns what the declarant withdraws", "submitted", posts(salma, "assignments", agent("demo-omar")), posts(yasmine, "cancellations", reason)},
	{"an agent takes in charge what the supervisor takes away", "awaiting_evaluation", posts(omar, "takings-in-charge", noBody), posts(salma, "unassignments", reason)},
	{"an agent takes in charge what the supervisor gives to a colleague", "awaiting_evaluation", posts(omar, "takings-in-charge", noBody), posts(salma, "assignments", agent("demo-leila"))},
	{"two windows of one agent", "under_evaluation", posts(omar, "reviews", emptyBody), posts(omar, "complement-requests", message)},
	{"two verdicts on one line", "in_processing", posts(omar, "verdicts", verdictsOn(conformity.NonConforming)), posts(omar, "verdicts", verdictsOn(conformity.NotSubject))},
	{"the agent closes what the declarant withdraws", "in_processing", posts(omar, "answers", emptyBody), posts(yasmine, "cancellations", reason)},
	{"the agent closes what the supervisor gives away", "in_processing", posts(omar, "answers", emptyBody), posts(salma, "assignments", agent("demo-leila"))},
	{"two answers to a complement", "awaiting_complement", posts(yasmine, "complement-answers", uploaded), posts(anas, "complement-answers", uploaded)},
	{"the declarant answers and withdraws", "awaiting_analyses", posts(yasmine, "analyses-answers", uploaded), posts(anas, "cancellations", reason)},
}

var uploaded = map[string]any{"documents": []map[string]string{{"upload": placed, "name": "Pièce"}}}

var imported = map[string]any{"upload": placedGoods}

func agent(person string) map[string]string {
	return map[string]string{"agent": person, "reason": "Charge."}
}

func posts(name, step string, body any) func(*harness, string, client.Option) reply {
	return func(h *harness, id string, version client.Option) reply {
		return h.as(name).ask(http.MethodPost, at(id)+"/"+step, body, version)
	}
}

func puts(name, part string, body any) func(*harness, string, client.Option) reply {
	return func(h *harness, id string, version client.Option) reply {
		return h.as(name).ask(http.MethodPut, at(id)+"/"+part, body, version)
	}
}

func deletes(name string) func(*harness, string, client.Option) reply {
	return func(h *harness, id string, version client.Option) reply {
		answer := h.as(name).ask(http.MethodDelete, at(id), nil, version)
		if answer.Status == http.StatusNoContent {
			answer.Status = http.StatusOK // what winning is called here
		}
		return answer
	}
}

func TestOfTwoRivalsOneWins(t *testing.T) {
	t.Parallel()
	everywhere.snapshot(t)
	for n, r := range rivals {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			h := everywhere.open(t, transports[n%2])
			id := h.marks[r.status]
			version := client.IfMatch((&paper{Version: h.head(id).Version}).tag())
			before := len(h.events(id))
			answers := atOnce(
				func() reply { return r.a(h, id, version) },
				func() reply { return r.b(h, id, version) },
			)
			if h.head(id).ID == "" { // deleted: the loser finds nothing
				if !strings.Contains(string(answers[0].Body), "not_found") {
					t.Errorf("a step on a deleted draft: %s", answers[0].Body)
				}
				return
			}
			h.oneWins(id, answers)
			if after := len(h.events(id)); after != before+1 {
				t.Errorf("%d events became %d", before, after)
			}
		})
	}
}

// Many rounds with many clicks, on one dossier.
func TestOfManyClicksOneWinsEveryTime(t *testing.T) {
	t.Parallel()
	everywhere.onEach(t, func(t *testing.T, h *harness) {
		id := h.marks["in_processing"]
		rounds := 12
		if testing.Short() {
			rounds = 3
		}
		before := h.head(id).Version
		for round := range rounds {
			version := client.IfMatch(h.as(salma).looks(id).tag())
			to := agent([]string{"demo-leila", "demo-omar"}[round%2])
			click := func(name string) func() reply {
				return func() reply { return h.as(name).ask(http.MethodPost, at(id)+"/assignments", to, version) }
			}
			h.oneWins(id, atOnce(click(salma), click(sara), click(salma), click(sara)))
		}
		if after := h.head(id).Version; after != before+int64(rounds) {
			t.Errorf("%d rounds made %d versions", rounds, after-before)
		}
		want := map[int]string{0: "6/1 0/0", 1: "5/1 1/0"}[rounds%2] // an odd number ends with Leïla
		if got := h.load("load#"+bureauBV, "agent#demo-omar") + " " + h.load("load#"+bureauBV, "agent#demo-leila"); got != want {
			t.Errorf("loads of Omar and Leïla %s, want %s", got, want)
		}
	})
}
