package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/infra"
	"portal/shared/dossier"
)

func TestAChangeKeepsADraft(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(h *harness, b *browser, id string)
		want   []string // notices by the end of the year
		gone   bool
	}{
		{"nothing is done", func(*harness, *browser, string) {}, []string{"2026-10-23 stale_draft → yasmine"}, true},
		{"it is looked at", func(_ *harness, b *browser, id string) { b.looks(id) }, []string{"2026-10-23 stale_draft → yasmine"}, true},
		{"it is changed after the warning", func(_ *harness, b *browser, id string) { b.saves(b.looks(id), "goods", goods(1)) },
			[]string{"2026-10-23 stale_draft → yasmine", "2026-12-30 stale_draft → yasmine"}, false},
		{"its owner throws it away", func(_ *harness, b *browser, id string) {
			b.wants(http.StatusNoContent, http.MethodDelete, at(id), nil, ifAt(b.looks(id)))
		}, []string{"2026-10-23 stale_draft → yasmine"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := waiting.open(t, overHTTP)
			var told uint64
			h.handovers(&told)
			id := h.marks["forgotten"]
			h.travel(time.Date(2026, time.October, 31, 11, 0, 0, 0, time.UTC))
			c.change(h, h.as(yasmine), id)
			h.travel(time.Date(2026, time.December, 31, 11, 0, 0, 0, time.UTC))
			h.theyWereTold(told, map[string][]string{"forgotten": c.want})
			if gone := h.isGone("forgotten"); gone != c.gone {
				t.Errorf("gone: %v", gone)
			}
		})
	}
}

func TestADepositedDraftIsNeverDeleted(t *testing.T) {
	t.Parallel()
	h := drafted.open(t, overHTTP)
	id := h.marks["draft1"]
	h.travel(time.Date(2026, time.November, 20, 11, 0, 0, 0, time.UTC)) // warned of
	h.as(yasmine).saves(h.as(yasmine).looks(id), "form/inspection", h.inspection())
	h.as(yasmine).does(id, "deposits", noBody)
	h.travel(time.Date(2027, time.June, 1, 11, 0, 0, 0, time.UTC))
	h.isWhole(id)
	if h.isGone("draft2") == false {
		t.Error("its sister was not deleted")
	}
}

func TestAWarningSaysWhenAndIsKept(t *testing.T) {
	t.Parallel()
	h := waiting.open(t, overHTTP)
	h.sleep(time.Date(2027, time.March, 1, 11, 0, 0, 0, time.UTC)) // long after 90 days, nobody was warned
	h.run(sweepOfDrafts)
	letters, err := h.portal.Mail().Letters(emailOf(yasmine), 0, 0, 1)
	if err != nil || len(letters) != 1 || !strings.Contains(letters[0].Text, "supprimée le 31/03/2027") || !strings.Contains(letters[0].Text, "/conformite/"+h.marks["forgotten"]) {
		t.Fatalf("%v %+v", err, letters)
	}
	if c := h.as(yasmine).clockOf(h.marks["forgotten"]); c.Deleted != "2027-03-31" {
		t.Errorf("its page says %s", c.Deleted)
	}
	for _, step := range []struct {
		day  int
		gone bool
	}{{30, false}, {31, true}} {
		h.sleep(time.Date(2027, time.March, step.day, 11, 0, 0, 0, time.UTC))
		h.run(sweepOfDrafts)
		if gone := h.isGone("forgotten"); gone != step.gone {
			t.Errorf("on %d March, gone: %v", step.day, gone)
		}
	}
}

func TestAnEndedDossierIsFlaggedAfterItsYearsAndKept(t *testing.T) {
	t.Parallel()
	h := everywhere.open(t, overHTTP)
	withdrawn, answered := h.marks["cancelled"], h.marks["closed"]
	for _, c := range []struct {
		day     time.Time
		flagged []string
	}{
		{time.Date(2028, time.August, 24, 11, 0, 0, 0, time.UTC), nil},
		{time.Date(2028, time.August, 25, 11, 0, 0, 0, time.UTC), []string{withdrawn}},
		{time.Date(2036, time.August, 24, 11, 0, 0, 0, time.UTC), []string{withdrawn}},
		{time.Date(2036, time.September, 1, 11, 0, 0, 0, time.UTC), []string{withdrawn, answered}},
	} {
		h.sleep(c.day)
		for range 2 {
			h.run(flags)
		}
		var flagged []string
		for _, id := range []string{withdrawn, answered} {
			if h.as(yasmine).clockOf(id).Flagged != "" {
				flagged = append(flagged, id)
			}
			h.isWhole(id)
		}
		if !slices.Equal(flagged, c.flagged) {
			t.Errorf("on %v: flagged %v, want %v", c.day, flagged, c.flagged)
		}
		found := 0
		for shard := range dossier.DueShards {
			found += len(h.rows(infra.Query{Index: "due", PK: dossier.DuePK(dossier.SKFlag, shard)}))
		}
		if found != len(c.flagged) {
			t.Errorf("on %v: %d flags are found by day", c.day, found)
		}
	}
}
