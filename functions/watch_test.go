package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// waiting has, on a Monday, four dossiers that nobody goes on with: one that
// was deposited (mark waiting), one that is to be visited on Friday (visited),
// one of Rif's of which a complement was asked for (asked), and a draft
// (forgotten). Tuesday to Friday hold the two days of the Prophet's birthday.
var waiting = &scene{from: drafted, play: func(h *harness) {
	h.marks["waiting"], h.marks["visited"], h.marks["asked"] = h.marks["draft1"], h.marks["draft2"], h.marks["draft3"]
	h.as(yasmine).does(h.marks["waiting"], "deposits", noBody)
	h.brings(h.marks["visited"], conformity.InProcessing)
	h.as(omar).does(h.marks["visited"], "visits", map[string]string{"date": "2026-08-28", "place": "88 Beilun Road, Ningbo"})
	h.as(hamza).does(h.marks["asked"], "deposits", noBody)
	h.as(salma).does(h.marks["asked"], "assignments", h.assignment(leila))
	h.as(leila).does(h.marks["asked"], "takings-in-charge", noBody)
	h.as(leila).does(h.marks["asked"], "complement-requests", message)
	h.marks["forgotten"] = h.as(yasmine).opens().ID
}}

const watchOfClocks, remindOfVisits, sweepOfDrafts, flags = "sweeps/watch_clocks", "sweeps/remind_visits", "sweeps/sweep_drafts", "sweeps/flag_retention"

var dossierSweeps = []string{watchOfClocks, remindOfVisits, sweepOfDrafts, flags}

// inTime is what everybody is told when every sweep runs on its day.
var inTime = map[string][]string{
	"waiting": {
		"2026-08-28 clock_unassigned → salma", "2026-08-28 clock_unassigned → sara",
		"2026-09-01 clock_due_soon → salma", "2026-09-01 clock_due_soon → sara",
		"2026-09-03 clock_overdue → salma", "2026-09-03 clock_overdue → sara",
	},
	"visited": {
		"2026-08-27 visit_tomorrow → omar", "2026-08-27 visit_tomorrow → yasmine",
		"2026-09-01 clock_due_soon → omar", "2026-09-01 clock_due_soon → salma", "2026-09-01 clock_due_soon → sara",
		"2026-09-03 clock_overdue → omar", "2026-09-03 clock_overdue → salma", "2026-09-03 clock_overdue → sara",
		"2026-09-10 clock_status_over → omar", "2026-09-10 clock_status_over → salma", "2026-09-10 clock_status_over → sara",
	},
	"asked":     {"2026-09-10 request_unanswered → hamza"},
	"forgotten": {"2026-10-23 stale_draft → yasmine"},
}

// theyWereTold holds what was told since a hand-over against what was to be.
func (h *harness) theyWereTold(after uint64, want map[string][]string) {
	h.t.Helper()
	list := h.handovers(&after)
	for mark, lines := range want {
		if got := noticed(list, h.marks[mark]); !slices.Equal(got, lines) {
			h.t.Errorf("%s: told %q, want %q", mark, got, lines)
		}
	}
}

// isGone tells whether nothing is left of a dossier.
func (h *harness) isGone(mark string) bool {
	h.t.Helper()
	return h.partition(h.marks[mark]) == ""
}

// days goes through the days of 2026 at noon, from the day after the scene to
// one in November.
func days(until int) []time.Time {
	var list []time.Time
	for day := 25; day <= until; day++ { // of August
		list = append(list, time.Date(2026, time.August, day, 11, 0, 0, 0, time.UTC))
	}
	return list
}

// november is a day of November, counted from August.
func november(day int) int { return day + 31 + 30 + 31 }

func TestThoseConcernedAreToldOnTheDay(t *testing.T) {
	t.Parallel()
	h := waiting.open(t, overHTTP)
	var told uint64
	h.handovers(&told)
	for _, noon := range days(november(23)) {
		h.travel(noon)
		if gone := h.isGone("forgotten"); gone != !noon.Before(time.Date(2026, time.November, 22, 0, 0, 0, 0, time.UTC)) {
			t.Fatalf("on %v the draft is gone: %v", noon, gone)
		}
	}
	h.theyWereTold(told, inTime)
	for _, mark := range []string{"waiting", "visited", "asked"} {
		h.isWhole(h.marks[mark])
	}
	h.as(yasmine).ask(http.MethodGet, at(h.marks["forgotten"]), nil).refused(http.StatusNotFound, "not_found")
}

func TestSweepsOverDossiersMayRunTwiceAndInParallel(t *testing.T) {
	t.Parallel()
	h := waiting.open(t, overHTTP)
	var told uint64
	h.handovers(&told)
	for _, noon := range days(november(23)) {
		h.sleep(noon)
		var all sync.WaitGroup
		for n := range 2 * len(dossierSweeps) {
			all.Go(func() {
				if _, err := h.portal.RunStep(context.Background(), dossierSweeps[n%len(dossierSweeps)], nil); err != nil {
					t.Errorf("%v: %v", noon, err)
				}
			})
		}
		all.Wait() // the second of each may have read a late index
		h.settle()
	}
	h.theyWereTold(told, inTime)
	if !h.isGone("forgotten") {
		t.Error("the draft is still there")
	}
}

func TestSweepsOverDossiersMayRunLate(t *testing.T) {
	t.Parallel()
	for _, late := range []struct {
		name string
		off  []int // days of August on which the portal is turned on
		told map[string][]string
	}{
		{"on the day of the visit it is still worth a word", []int{28}, map[string][]string{
			"visited": {"2026-08-28 visit_tomorrow → omar", "2026-08-28 visit_tomorrow → yasmine"},
		}},
		{"of what is late nobody is told that it will be", []int{november(1)}, map[string][]string{
			"waiting": {
				"2026-11-01 clock_overdue → salma", "2026-11-01 clock_overdue → sara",
				"2026-11-01 clock_unassigned → salma", "2026-11-01 clock_unassigned → sara",
			},
			"visited": {
				"2026-11-01 clock_overdue → omar", "2026-11-01 clock_overdue → salma", "2026-11-01 clock_overdue → sara",
				"2026-11-01 clock_status_over → omar", "2026-11-01 clock_status_over → salma", "2026-11-01 clock_status_over → sara",
			},
			"asked":     {"2026-11-01 request_unanswered → hamza"},
			"forgotten": {"2026-11-01 stale_draft → yasmine"},
		}},
	} {
		t.Run(late.name, func(t *testing.T) {
			h := waiting.open(t, overHTTP)
			var told uint64
			h.handovers(&told)
			for _, day := range late.off {
				h.sleep(time.Date(2026, time.August, day, 11, 0, 0, 0, time.UTC))
				for range 2 {
					for _, sweep := range dossierSweeps {
						h.run(sweep)
					}
				}
			}
			h.theyWereTold(told, late.told)
		})
	}
}

// A sweep that dies after any of its writes and letters tells nobody twice, and
// leaves nothing undone but letters: who dies having recorded some and not yet
// sent them has lost those.
func TestSweepsOverDossiersMayBeInterrupted(t *testing.T) {
	t.Parallel()
	for _, sweep := range []struct {
		name string
		day  int // of August
		mark string
	}{
		{watchOfClocks, 28, "waiting"}, {watchOfClocks, 34, "visited"}, {watchOfClocks, 41, "asked"}, {remindOfVisits, 27, "visited"},
		{sweepOfDrafts, 92, "forgotten"}, {sweepOfDrafts, 122, "forgotten"},
	} {
		finished := false
		for most := 0; !finished; most++ {
			t.Run(fmt.Sprintf("%s on day %d after %d", sweep.name, sweep.day, most), func(t *testing.T) {
				h := waiting.open(t, overHTTP)
				noon := time.Date(2026, time.August, sweep.day, 11, 0, 0, 0, time.UTC)
				if sweep.day == 122 {
					h.sleep(noon.AddDate(0, 0, -30))
					h.run(sweep.name) // the draft was warned of
					h.readOften(h.marks["forgotten"], 150)
				}
				var told uint64
				h.handovers(&told)
				h.sleep(noon)
				finished = h.runMortal(sweep.name, most) == nil
				h.settle()
				h.run(sweep.name)
				if report := h.run(sweep.name); report != `{"done":0,"skipped":0}` {
					t.Errorf("something was left to do: %s", report)
				}
				list := h.handovers(&told)
				lines := noticed(list, h.marks[sweep.mark])
				if len(slices.Compact(slices.Clone(lines))) != len(lines) {
					t.Errorf("told twice: %v", lines)
				}
				if finished && len(lines) == 0 && sweep.day != 122 {
					t.Error("nobody was told")
				}
				if gone := h.isGone("forgotten"); gone != (sweep.day == 122) {
					t.Errorf("the draft is gone: %v", gone)
				}
			})
			if most > 40 {
				t.Fatal("no end")
			}
		}
	}
}

// readOften leaves a dossier with more rows than one Write deletes.
func (h *harness) readOften(id string, times int) {
	h.t.Helper()
	for n := range times {
		key := infra.Key{PK: dossier.PK(id), SK: fmt.Sprintf("read#%03d", n)}
		if err := h.portal.Dossiers().Write(h.context(), infra.Put{Key: key, Value: dossier.Read{What: "document"}}); err != nil {
			h.t.Fatalf("%v", err)
		}
	}
}

// overtaken is a table on which a rival is faster: before the first Write of
// whoever has it, the rival does all of its own.
type overtaken struct {
	infra.Table
	rival func()
	once  *sync.Once
}

func (t overtaken) Write(ctx context.Context, ops ...infra.Op) error {
	t.once.Do(t.rival)
	return t.Table.Write(ctx, ops...)
}

func TestOfTwoSweepsOneTells(t *testing.T) {
	t.Parallel()
	for _, sweep := range []struct {
		name string
		day  int
		mark string
		told int
	}{{watchOfClocks, 28, "waiting", 2}, {remindOfVisits, 27, "visited", 2}, {sweepOfDrafts, 92, "forgotten", 1}} {
		t.Run(sweep.name, func(t *testing.T) {
			h := waiting.open(t, overHTTP)
			var told uint64
			h.handovers(&told)
			h.sleep(time.Date(2026, time.August, sweep.day, 11, 0, 0, 0, time.UTC))
			ports := h.portal.Ports
			ports.Dossiers = overtaken{ports.Dossiers, func() { h.run(sweep.name) }, new(sync.Once)}
			for _, make := range makers() {
				if s := make(ports); s.Name == sweep.name {
					if _, err := s.Run(context.Background(), nil); err != nil {
						t.Errorf("%v", err)
					}
				}
			}
			if lines := noticed(h.handovers(&told), h.marks[sweep.mark]); len(lines) != sweep.told {
				t.Errorf("told %v", lines)
			}
		})
	}
}

func TestASweepThatIsOvertakenByAStepTellsNothingOld(t *testing.T) {
	t.Parallel()
	h := waiting.open(t, overHTTP)
	id := h.marks["waiting"]
	var told uint64
	h.handovers(&told)
	h.sleep(time.Date(2026, time.August, 28, 11, 0, 0, 0, time.UTC))
	ports := h.portal.Ports
	ports.Dossiers = overtaken{ports.Dossiers, func() { h.as(salma).does(id, "assignments", h.assignment(omar)) }, new(sync.Once)}
	for _, make := range makers() {
		if s := make(ports); s.Name == watchOfClocks {
			if _, err := s.Run(context.Background(), nil); err != nil {
				t.Errorf("%v", err)
			}
		}
	}
	if lines := noticed(h.handovers(&told), id); len(lines) != 0 {
		t.Errorf("told %v of a dossier that was just assigned", lines)
	}
	h.isWhole(id)
}
