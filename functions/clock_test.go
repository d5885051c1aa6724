package main

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// morning is ten o'clock in Casablanca on a day of 2026.
func morning(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 9, 0, 0, 0, time.UTC)
}

func TestTheClockOfADossier(t *testing.T) {
	t.Parallel()
	drafted.onEach(t, func(t *testing.T, h *harness) {
		id := h.marks["draft1"]
		if c := h.as(yasmine).clockOf(id); c.State != "not_started" || len(c.Ledger) != 0 || c.Deleted != "2026-11-22" || c.Due != "" {
			t.Errorf("a draft: %+v", c)
		}
		deposited := h.as(yasmine).does(id, "deposits", noBody)
		if deposited.Due != "2026-09-02" { // five working days after a Monday, two of them the Prophet's birthday
			t.Errorf("due on %s", deposited.Due)
		}
		if c := h.as(yasmine).clockOf(id); c.State != "running" || c.StatusDue != "2026-08-25" || c.Left != 5 || c.Target != 5 || c.Late || c.Complements != "unlimited" {
			t.Errorf("just deposited: %+v", c)
		}
		h.travel(morning(time.August, 25))
		h.as(salma).does(id, "assignments", h.assignment(omar))
		h.as(omar).does(id, "takings-in-charge", noBody)
		if asked := h.as(omar).does(id, "complement-requests", message); asked.Due != "" {
			t.Errorf("while the declarant owes something it is due on %s", asked.Due)
		}
		h.travel(morning(time.September, 7))
		if c := h.as(omar).clockOf(id); c.State != "suspended" || c.Left != 4 || c.StatusDue != "2026-09-10" || c.Asked != 1 || c.Late {
			t.Errorf("suspended: %+v", c)
		}
		if answered := h.as(yasmine).does(id, "complement-answers", h.as(yasmine).answering(id)); answered.Due != "2026-09-11" {
			t.Errorf("resumed, it is due on %s", answered.Due)
		}
		h.travel(morning(time.September, 8))
		h.closes(id, conformity.Conforming, conformity.Conforming)
		h.travel(morning(time.December, 1))
		ledgerIs(t, h, id)
		h.isWhole(id)
	})
}

// ledgerIs checks that both sides read the same ledger, and nobody else any.
func ledgerIs(t *testing.T, h *harness, id string) {
	t.Helper()
	want := []string{
		"started 2026-08-24 2026-09-02 left 5", "suspended 2026-08-25 for awaiting_complement left 4",
		"resumed 2026-09-07 2026-09-11 left 4", "stopped 2026-09-08 2026-09-11 left 3",
	}
	for _, name := range []string{yasmine, anas, salma, omar, leila} {
		c := h.as(name).clockOf(id)
		if got := c.ledger(); !slices.Equal(got, want) {
			t.Errorf("%s reads %q", name, got)
		}
		if c.State != "stopped" || c.Due != "2026-09-11" || c.Late || c.Run != 2 || c.Retained != "2036-09-08" || c.Flagged != "" {
			t.Errorf("%s reads %+v", name, c)
		}
	}
	for name, status := range map[string]int{hamza: 404, karim: 404, nadia: 404, admin: 403} {
		if got := h.as(name).ask(http.MethodGet, at(id)+"/clock", nil).Status; got != status {
			t.Errorf("%s: %d", name, got)
		}
	}
	for lang, want := range map[string]string{"fr": "Terminé", "ar": "منتهٍ", "en": "Stopped"} {
		var c clock
		h.as(yasmine).wants(http.StatusOK, http.MethodGet, at(id)+"/clock", nil, func(r *http.Request) { r.Header.Set("Accept-Language", lang) }).into(&c)
		if c.Label != want {
			t.Errorf("in %s: %s", lang, c.Label)
		}
	}
}

// urgent are the dossiers of a view of BV's queue, as "mark due late".
func (h *harness) urgent(view string) []string {
	h.t.Helper()
	var list struct {
		Dossiers []struct {
			ID, Due string
			Late    bool
		}
	}
	h.as(salma).reads("/api/conformity/queue?view="+view, &list)
	lines := []string{}
	for _, d := range list.Dossiers {
		for mark, id := range h.marks {
			if id == d.ID {
				lines = append(lines, fmt.Sprint(mark, " ", d.Due, " ", d.Late))
			}
		}
	}
	return lines
}

func TestSupervisorsSeeWhatIsDueSoonAndWhatIsLate(t *testing.T) {
	t.Parallel()
	h := drafted.open(t, overHTTP)
	h.as(yasmine).does(h.marks["draft1"], "deposits", noBody) // due on 2 September
	h.travel(morning(time.August, 31))
	h.brings(h.marks["draft2"], conformity.InProcessing)    // due on the 7th
	h.as(hamza).does(h.marks["draft3"], "deposits", noBody) // the same
	for _, c := range []struct {
		day        int
		soon, late []string
	}{
		{1, []string{"draft1 2026-09-02 false"}, nil},
		{2, []string{"draft1 2026-09-02 false"}, nil},
		{3, nil, []string{"draft1 2026-09-02 true"}},
		{4, []string{"draft2 2026-09-07 false", "draft3 2026-09-07 false"}, []string{"draft1 2026-09-02 true"}},
		{8, nil, []string{"draft1 2026-09-02 true", "draft2 2026-09-07 true", "draft3 2026-09-07 true"}},
	} {
		h.travel(morning(time.September, c.day))
		if got := h.urgent("due_soon"); !slices.Equal(sorted(got...), c.soon) && len(got)+len(c.soon) > 0 {
			t.Errorf("on %d September, due soon: %v", c.day, got)
		}
		if got := h.urgent("late"); !slices.Equal(sorted(got...), c.late) && len(got)+len(c.late) > 0 {
			t.Errorf("on %d September, late: %v", c.day, got)
		}
	}
	if got := h.urgent("late"); got[0] != "draft1 2026-09-02 true" {
		t.Errorf("the most urgent is not the first: %v", got)
	}
	h.as(yasmine).does(h.marks["draft1"], "cancellations", reason)
	if got := h.urgent("late"); slices.Contains(got, "draft1 2026-09-02 true") {
		t.Errorf("a withdrawn dossier is still late: %v", got)
	}
	q := url.Values{"view": {"late"}, "status": {"submitted"}, "from": {"2026-09-01"}, "to": {"2026-09-02"}}
	refused := h.as(salma).ask(http.MethodGet, "/api/conformity/queue?"+q.Encode(), nil).refused(http.StatusUnprocessableEntity, "invalid")
	if got := faults(refused); !slices.Equal(got, []string{"from not_with_view", "status not_with_view", "to not_with_view"}) {
		t.Errorf("%v", got)
	}
	if got := h.as(karim).ask(http.MethodGet, "/api/conformity/queue?view=late&bureau="+bureauBV, nil).Status; got != http.StatusUnprocessableEntity {
		t.Errorf("another bureau's supervisor is answered %d", got)
	}
}

// asksOnce gives a dossier that was just deposited the policy of law 55-19.
func (h *harness) asksOnce(id string) {
	h.t.Helper()
	d := h.head(id)
	d.Clock.Complements = dossier.Once
	err := h.portal.Dossiers().Write(h.context(), infra.Put{Key: infra.Key{PK: dossier.PK(id), SK: dossier.SKHead}, Value: d})
	if err != nil {
		h.t.Fatalf("%v", err)
	}
}

func TestWhereThePolicyIsOneAComplementIsAskedForOnceInTheFirstHalf(t *testing.T) {
	t.Parallel()
	drafted.onEach(t, func(t *testing.T, h *harness) {
		for _, mark := range []string{"draft1", "draft2"} {
			id := h.marks[mark]
			h.as(yasmine).does(id, "deposits", noBody)
			h.asksOnce(id)
			h.as(salma).does(id, "assignments", h.assignment(omar))
			p := h.as(omar).does(id, "takings-in-charge", noBody)
			if c := h.as(yasmine).clockOf(id); c.Complements != "one" || c.Until != "2026-08-28" || !slices.Contains(p.Allowed, "ask_complement") {
				t.Errorf("%+v, allowed %v", c, p.Allowed)
			}
		}
		asks := func(id, code string) {
			t.Helper()
			p := h.as(omar).looks(id)
			if slices.Contains(p.Allowed, "ask_complement") {
				t.Errorf("%s: allowed %v", code, p.Allowed)
			}
			h.as(omar).ask(http.MethodPost, at(id)+"/complement-requests", message, ifAt(p)).refused(http.StatusConflict, code)
			if again := h.as(omar).looks(id); again.Version != p.Version {
				t.Errorf("%s: the refusal changed the dossier", code)
			}
		}
		once, late := h.marks["draft1"], h.marks["draft2"]
		h.travel(morning(time.August, 28))
		h.as(omar).does(once, "complement-requests", message)
		h.as(yasmine).does(once, "complement-answers", h.as(yasmine).answering(once))
		asks(once, "complement_asked_before")
		h.as(omar).does(once, "analyses-requests", message) // no complement, and not bound
		h.travel(morning(time.August, 31))
		asks(late, "complement_too_late")
	})
}
