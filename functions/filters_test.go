package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portal/infra"
	"portal/shared/people"
)

const filtersPath = "/api/conformity/filters"

type saved struct{ ID, Name, List, Organisation, View, Status, From, To string }

// filters are somebody's saved filters by their names.
func (b *browser) filters() string {
	b.h.t.Helper()
	var list struct{ Filters []saved }
	b.reads(filtersPath, &list)
	var names []string
	for _, f := range list.Filters {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func (b *browser) keeps(body map[string]string) saved {
	b.h.t.Helper()
	var f saved
	b.wants(http.StatusOK, http.MethodPut, filtersPath, body).into(&f)
	return f
}

func TestFiltersAreSavedUnderTheirNames(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		salmas := h.as(salma)
		if got := salmas.filters(); got != "" {
			t.Errorf("at first %s", got)
		}
		waiting := salmas.keeps(map[string]string{"name": " À affecter ", "list": "bureau", "view": "new"})
		salmas.keeps(map[string]string{"name": "Août", "list": "bureau", "from": "2026-08-01", "to": "2026-08-31", "status": "closed"})
		if again := salmas.keeps(map[string]string{"name": "à AFFECTER", "list": "bureau", "view": "new", "from": "2026-08-24"}); again.ID != waiting.ID || again.From != "2026-08-24" {
			t.Errorf("%+v after %+v", again, waiting)
		}
		if got := salmas.filters(); got != "à AFFECTER, Août" {
			t.Errorf("Salma has %s", got)
		}
		h.as(yasmine).keeps(map[string]string{"name": "Mes brouillons", "list": "own", "status": "draft"})
		if got := h.as(yasmine).filters() + h.as(sara).filters(); got != "Mes brouillons" {
			t.Errorf("the others have %s", got)
		}
		h.as(yasmine).ask(http.MethodDelete, filtersPath+"/"+waiting.ID, nil).refused(http.StatusNotFound, "not_found")
		salmas.wants(http.StatusNoContent, http.MethodDelete, filtersPath+"/"+waiting.ID, nil)
		if got := salmas.filters(); got != "Août" {
			t.Errorf("Salma has %s", got)
		}
	})
}

func TestAWrongFilterIsNotSaved(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		for _, tc := range []struct {
			by   string
			body map[string]string
			want string
		}{
			{salma, map[string]string{}, "/list required, /name required"},
			{salma, map[string]string{"name": "  ", "list": "bureau", "view": "mine", "status": "closed"}, "/name required, /status not_with_view"},
			{salma, map[string]string{"name": "n", "list": "own"}, "/organisation choice"},
			{yasmine, map[string]string{"name": "n", "list": "own", "view": "new", "organisation": rif}, "/organisation choice, /view not_with_own"},
			{yasmine, map[string]string{"name": strings.Repeat("n", 61), "list": "own", "status": "lost", "from": "31/08/2026", "to": "2026-02-30"},
				"/from date, /name too_long, /status choice, /to date"},
		} {
			p := h.as(tc.by).ask(http.MethodPut, filtersPath, tc.body).refused(http.StatusUnprocessableEntity, "invalid")
			if got := strings.Join(faults(p), ", "); got != tc.want {
				t.Errorf("%v: %s, want %s", tc.body, got, tc.want)
			}
		}
		if got := h.as(salma).filters() + h.as(yasmine).filters(); got != "" {
			t.Errorf("saved %s", got)
		}
		h.as(admin).ask(http.MethodGet, filtersPath, nil).refused(http.StatusForbidden, "forbidden")
	})
}

// However many are saved at the same moment, none is lost and there are never
// more than twenty.
func TestFiltersSavedAtOnceAreAllKeptUpToTwenty(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overGateway)
	keep := func(n int) func() reply {
		return func() reply {
			return h.as(omar).ask(http.MethodPut, filtersPath, map[string]string{"name": fmt.Sprint("Filtre ", n), "list": "bureau"})
		}
	}
	kept := 0
	for n := 0; n < 24; n += 3 {
		for _, answer := range atOnce(keep(n), keep(n+1), keep(n+2)) {
			if answer.Status == http.StatusOK {
				kept++
				continue
			}
			answer.refused(http.StatusConflict, "too_many_filters")
		}
	}
	if got := strings.Count(h.as(omar).filters(), "Filtre"); kept != 20 || got != 20 {
		t.Errorf("%d kept, %d there", kept, got)
	}
	if again := keep(0)(); again.Status != http.StatusOK {
		t.Errorf("one of the twenty anew: %d", again.Status)
	}
}

// An administrator changes a member's roles between the reading and the writing
// of an absence: the absence is noted, the roles stay changed.
func TestAnAbsenceDoesNotBringBackOldRoles(t *testing.T) {
	t.Parallel()
	h := staged.open(t, overHTTP)
	key := infra.Key{PK: people.OrganisationPK(bureauBV), SK: people.MemberSK("demo-omar")}
	member := func() people.Member {
		row, err := h.portal.People().Get(h.context(), key)
		if err != nil {
			t.Fatal(err)
		}
		var m people.Member
		if err := row.Decode(&m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	absent := func(until string) reply {
		return h.as(salma).ask(http.MethodPut, "/api/conformity/agents/demo-omar/absence", map[string]string{"until": until})
	}
	first := member().Rev
	if answer := absent("2026-09-01"); answer.Status != http.StatusOK || member().Rev == first {
		t.Errorf("%d, revision %q after %q", answer.Status, member().Rev, first)
	}
	members := "/api/administration/organisations/" + bureauBV + "/members"
	rejoin := func() reply {
		h.as(admin).wants(http.StatusNoContent, http.MethodDelete, members+"/demo-omar", nil)
		return h.as(admin).ask(http.MethodPost, members, map[string]any{"name": "Omar", "email": emailOf(omar), "lang": "fr", "roles": []string{"bureau_supervisor"}})
	}
	for range 5 {
		answers := atOnce(func() reply { return absent("2026-09-04") }, rejoin)
		if answers[1].Status != http.StatusCreated {
			t.Fatalf("%d %s", answers[1].Status, answers[1].Body)
		}
		if m := member(); len(m.Roles) != 1 || m.Roles[0] != people.Supervisor {
			t.Fatalf("Omar's roles are %v again", m.Roles)
		}
	}
	var list struct {
		Members []struct {
			Person string
			Rev    string
		}
	}
	h.as(admin).reads(members, &list)
	for _, m := range list.Members {
		if m.Rev != "" {
			t.Errorf("the list tells the revision of %s", m.Person)
		}
	}
}
