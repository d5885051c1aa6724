package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"portal/demo/client"
	"portal/functions/conformity"
	"portal/infra"
	rules "portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/step"
)

// sameAs checks that a repeated request was answered as the first time.
func (r reply) sameAs(first reply) {
	r.h.t.Helper()
	if r.Status != first.Status || r.Header.Get("ETag") != first.Header.Get("ETag") || r.Header.Get("Location") != first.Header.Get("Location") {
		r.h.t.Errorf("answered %d %s %s, the first time %d %s %s", r.Status, r.Header.Get("ETag"), r.Header.Get("Location"),
			first.Status, first.Header.Get("ETag"), first.Header.Get("Location"))
	}
}

// actors are who stands in which relation to Atlas's dossiers at BV.
var actors = map[dossier.Relation]string{dossier.Declarant: yasmine, dossier.Supervisor: salma, dossier.Agent: omar}

func TestEveryStepRepeatedUnderItsKeyIsDoneOnce(t *testing.T) {
	t.Parallel()
	everywhere.snapshot(t)
	for n, make := range conformity.Steps {
		s := make(infra.Ports{})
		action := requests[s.Name].action
		if s.Kind != step.KindHTTP || s.Route.Method != http.MethodPost || action == "" {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			h := everywhere.open(t, transports[n%2])
			at := slices.IndexFunc(rules.Procedure.Transitions, func(t dossier.Transition) bool { return t.Action == action })
			transition := rules.Procedure.Transitions[at]
			c := cell{step: s, status: transition.From[0]}
			id := h.marks[string(c.status)]
			b := h.as(actors[transition.By])
			version := (&paper{Version: h.head(id).Version}).tag()
			try := func() reply { return b.tries(c, id, client.Once("double click"), client.IfMatch(version)) }
			first := try()
			if first.Status != http.StatusOK || first.Header.Get("ETag") == "" {
				t.Fatalf("%d %s", first.Status, first.Body)
			}
			before := h.dump()
			for range 2 {
				try().sameAs(first)
			}
			if changed := differs(before, h.dump()); len(changed) > 0 {
				t.Errorf("the repeated request changed %q", changed)
			}
			var all uint64
			seen := map[string]bool{}
			for _, letter := range h.handovers(&all) {
				if seen[letter.ID] {
					t.Errorf("the letter %s went out twice", letter.Kind)
				}
				seen[letter.ID] = true
			}
			h.isWhole(id)
		})
	}
}

func TestARepeatedCreationMakesOneDraft(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		b := h.as(yasmine)
		create := func(b *browser, body any) reply {
			return b.ask(http.MethodPost, dossiers, body, client.Once("a,b \"c\""))
		}
		first := create(b, emptyBody)
		if first.Status != http.StatusCreated || first.Header.Get("Location") != at(first.paper().ID) {
			t.Fatalf("%d %s", first.Status, first.Body)
		}
		again := create(b, emptyBody)
		again.sameAs(first)
		if again.paper().ID != first.paper().ID {
			t.Error("another draft")
		}
		before := h.dump()
		create(b, map[string]string{"organisation": atlas}).refused(http.StatusUnprocessableEntity, "idempotency_key_reused")
		if changed := differs(before, h.dump()); len(changed) > 0 {
			t.Errorf("changed %q", changed)
		}
		if other := create(h.as(anas), emptyBody); other.Status != http.StatusCreated || other.paper().ID == first.paper().ID {
			t.Errorf("the key is shared with a colleague: %s", other.Body)
		}
		h.sleep(h.portal.Clock().Now().Add(25 * time.Hour))
		if later := create(b, emptyBody); later.Status != http.StatusCreated || later.paper().ID == first.paper().ID {
			t.Errorf("the key still counts after a day: %s", later.Body)
		}
	})
}

func TestAKeyIsOnePersonsForOneRequest(t *testing.T) {
	t.Parallel()
	drafted.onEach(t, func(t *testing.T, h *harness) {
		id := h.marks["draft1"]
		once := client.Once("k")
		version := client.IfMatch(h.as(yasmine).looks(id).tag())
		deposit := func(b *browser) reply { return b.ask(http.MethodPost, at(id)+"/deposits", nil, version, once) }
		first := deposit(h.as(yasmine))
		if first.Status != http.StatusOK {
			t.Fatalf("%d %s", first.Status, first.Body)
		}
		deposit(h.as(anas)).refused(http.StatusPreconditionFailed, "stale")
		cancel := func(body any) reply {
			return h.as(yasmine).ask(http.MethodPost, at(id)+"/cancellations", body, client.IfMatch(first.Header.Get("ETag")), once)
		}
		cancel(emptyBody).refused(http.StatusUnprocessableEntity, "invalid") // a refusal is not remembered
		h.as(salma).does(id, "assignments", h.assignment(leila))
		deposit(h.as(yasmine)).sameAs(first) // though the dossier has moved on
		cancel(reason).refused(http.StatusPreconditionFailed, "stale")
		done := h.as(yasmine).does(id, "cancellations", reason, once)
		other := map[string]string{"reason": "Autre chose."}
		for _, tag := range []string{first.Header.Get("ETag"), done.tag(), "*"} {
			answer := h.as(yasmine).ask(http.MethodPost, at(id)+"/cancellations", other, client.IfMatch(tag), once)
			answer.refused(http.StatusUnprocessableEntity, "idempotency_key_reused")
		}
		if n := len(h.events(id)); n != 11 {
			t.Errorf("%d events", n)
		}
	})
}

func TestARepeatedAnswerUsesItsUploadOnce(t *testing.T) {
	t.Parallel()
	everywhere.onEach(t, func(t *testing.T, h *harness) {
		id := h.marks[string(rules.AwaitingComplement)]
		b := h.as(yasmine)
		body := b.answering(id)
		version := client.IfMatch(b.looks(id).tag())
		try := func() reply {
			return b.ask(http.MethodPost, at(id)+"/complement-answers", body, version, client.Once("k"))
		}
		first := try()
		if first.Status != http.StatusOK {
			t.Fatalf("%d %s", first.Status, first.Body)
		}
		try().sameAs(first)
		if n := len(b.looks(id).Documents); n != 4 {
			t.Errorf("%d documents", n)
		}
	})
}

func TestAccountsAndMembersAreAddedOnce(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		add := func() reply {
			return h.as(admin).ask(http.MethodPost, "/api/administration/organisations/"+bureauBV+"/members",
				map[string]any{"name": "Ilyas", "email": "ilyas@demo.example", "lang": "fr", "roles": []string{"bureau_agent"}}, client.Once("k"))
		}
		var told uint64
		h.letters(&told)
		first := add()
		add().sameAs(first)
		b := h.visitor()
		b.registers("samira", client.Once("k"))
		if got := h.letters(&told); !slices.Equal(got, []string{"account_invited → ilyas", "account_creation → samira"}) {
			t.Errorf("letters %v", got)
		}
	})
}

// atOnce sends requests at the same time and gives their answers.
func atOnce[T any](requests ...func() T) []T {
	answers := make([]T, len(requests))
	var all sync.WaitGroup
	start := make(chan struct{})
	for i, request := range requests {
		all.Go(func() {
			<-start
			answers[i] = request()
		})
	}
	close(start)
	all.Wait()
	return answers
}

func TestADoubleClickUnderOneKeyIsAnsweredTwiceAlike(t *testing.T) {
	t.Parallel()
	drafted.onEach(t, func(t *testing.T, h *harness) {
		for n := 1; n <= 2; n++ {
			id := h.marks[fmt.Sprint("draft", n)]
			version := client.IfMatch(h.as(yasmine).looks(id).tag())
			click := func() reply {
				return h.as(yasmine).ask(http.MethodPost, at(id)+"/deposits", nil, version, client.Once("k"))
			}
			answers := atOnce(click, click, click, click)
			for _, a := range answers {
				a.sameAs(answers[0])
			}
			if answers[0].Status != http.StatusOK || strings.Count(fmt.Sprint(h.head(id).Number), "BV-") != 1 {
				t.Errorf("%d %s", answers[0].Status, answers[0].Body)
			}
			h.isWhole(id)
		}
		if load := h.load("load#bureaux", "BV"); load != "2/0" {
			t.Errorf("the bureau has %s", load)
		}
	})
}
