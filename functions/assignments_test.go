package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"portal/demo/client"
	"portal/shared/conformity"
)

const assignmentsPath = "/api/conformity/assignments"

// assigned is what became of many dossiers.
type assigned struct {
	Assigned int
	Dossiers []struct {
		ID      string
		Done    bool
		Version int64
		Refusal struct {
			Code   string
			Detail string
			Errors []struct{ Pointer, Code string }
		}
	}
}

// told says what became of each: done, or why not.
func (a assigned) told() string {
	var list []string
	for _, d := range a.Dossiers {
		switch {
		case d.Done:
			list = append(list, "done")
		case len(d.Refusal.Errors) > 0:
			list = append(list, d.Refusal.Errors[0].Pointer+" "+d.Refusal.Errors[0].Code)
		default:
			list = append(list, d.Refusal.Code)
		}
	}
	return strings.Join(list, ", ")
}

// manyOf is a request to give dossiers, by their marks, to an agent.
func (h *harness) manyOf(agent, reason string, marks ...string) map[string]any {
	list := []map[string]any{}
	for _, mark := range marks {
		mark, behind := strings.CutSuffix(mark, " before")
		version := h.head(h.marks[mark]).Version
		if behind {
			version--
		}
		id := h.marks[mark]
		if id == "" {
			id = "nothing"
		}
		list = append(list, map[string]any{"id": id, "version": max(version, 1)})
	}
	body := map[string]any{"agent": h.marks[agent], "dossiers": list}
	if reason != "" {
		body["reason"] = reason
	}
	return body
}

func TestManyDossiersAreAssignedEachOnItsOwn(t *testing.T) {
	t.Parallel()
	archive.onEach(t, func(t *testing.T, h *harness) {
		var told uint64
		h.letters(&told)
		var first assigned
		marks := []string{"midnight", "rif's", "mine", "evening", "closed", "cancelled", "elsewhere", "nothing", "draft"}
		h.as(salma).wants(http.StatusOK, http.MethodPost, assignmentsPath, h.manyOf(leila, "", marks...)).into(&first)
		if got, want := first.told(), "done, done, /reason required, /agent agent_same, not_allowed_in_status, not_allowed_in_status, not_found, not_found, not_found"; got != want || first.Assigned != 2 {
			t.Errorf("%s, want %s", got, want)
		}
		for i, mark := range marks[:2] {
			d := h.head(h.marks[mark])
			if d.Agent != "demo-leila" || d.Status != conformity.AwaitingEvaluation || d.Version != first.Dossiers[i].Version {
				t.Errorf("%s: %s has it, %s", mark, d.Agent, d.Status)
			}
			h.isWhole(d.ID)
		}
		if got := h.letters(&told); fmt.Sprint(got) != "[conformity_assigned → leila conformity_assigned → leila]" {
			t.Errorf("letters %v", got)
		}
		var second assigned
		h.as(salma).wants(http.StatusOK, http.MethodPost, assignmentsPath, h.manyOf(omar, "Congé de Leila.", "midnight", "rif's before", "evening")).into(&second)
		if got, want := second.told(), "done, stale, done"; got != want || second.Dossiers[1].Version != h.head(h.marks["rif's"]).Version {
			t.Errorf("%s, want %s: %+v", got, want, second)
		}
		if got := h.load("load#"+bureauBV, "agent#demo-leila"); got != "1/0" {
			t.Errorf("Leila has %s", got)
		}
	})
}

func TestAWrongRequestForManyAssignsNone(t *testing.T) {
	t.Parallel()
	archive.onEach(t, func(t *testing.T, h *harness) {
		before := h.dump()
		right := h.manyOf(omar, "", "midnight")
		for _, tc := range []struct {
			body any
			want string
		}{
			{h.manyOf(nadia, "", "midnight", "rif's", "midnight"), "/agent agent_unknown, /dossiers/2/id duplicate"},
			{h.manyOf(salma, "", "midnight"), "/agent agent_unknown"},
			{map[string]any{"agent": "", "dossiers": []any{}}, "/agent required, /dossiers too_few"},
			{map[string]any{"agent": h.marks[omar], "dossiers": []any{map[string]any{"id": h.marks["midnight"]}, map[string]any{"version": 0}}},
				"/dossiers/0/version required, /dossiers/1/id required, /dossiers/1/version too_small"},
			{map[string]any{"agent": h.marks[omar], "dossiers": slices.Repeat(right["dossiers"].([]map[string]any), 51)}, "/dossiers too_many"},
		} {
			p := h.as(salma).ask(http.MethodPost, assignmentsPath, tc.body).refused(http.StatusUnprocessableEntity, "invalid")
			if got := strings.Join(faults(p), ", "); got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		}
		for _, name := range []string{omar, yasmine, admin} {
			h.as(name).ask(http.MethodPost, assignmentsPath, right).refused(http.StatusForbidden, "forbidden")
		}
		var none assigned
		karims := h.manyOf(nadia, "", "midnight", "rif's")
		if h.as(karim).wants(http.StatusOK, http.MethodPost, assignmentsPath, karims).into(&none); none.told() != "not_found, not_found" {
			t.Errorf("of another bureau: %s", none.told())
		}
		if changed := differs(before, h.dump()); len(changed) > 0 {
			t.Errorf("changed %q", changed)
		}
	})
}

func TestARepeatedRequestForManyIsAnsweredAsTheFirst(t *testing.T) {
	t.Parallel()
	archive.onEach(t, func(t *testing.T, h *harness) {
		body := h.manyOf(leila, "", "midnight", "closed", "rif's")
		ask := func(body any) reply {
			return h.as(salma).ask(http.MethodPost, assignmentsPath, body, client.Once("double click"))
		}
		first := ask(body)
		h.as(salma).does(h.marks["midnight"], "unassignments", reason)
		before := h.dump()
		if again := ask(body); string(again.Body) != string(first.Body) || again.Status != http.StatusOK {
			t.Errorf("%s, the first time %s", again.Body, first.Body)
		}
		if changed := differs(before, h.dump()); len(changed) > 0 {
			t.Errorf("the repeated request changed %q", changed)
		}
		ask(h.manyOf(omar, "", "midnight")).refused(http.StatusUnprocessableEntity, "idempotency_key_reused")
	})
}
