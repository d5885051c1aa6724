package main

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

// crashClocks is what the sweeps over dossiers do in two years: D6 waits too
// long, is late, and is visited; D5 is a draft that everybody forgets; the
// withdrawn D3 need not be kept for ever. Meanwhile a holiday is recorded, and
// taken back.
func crashClocks() []crashDeed {
	holiday := crashBody{
		"occasion": "exceptional", "first": "2026-09-01", "days": 1,
		"name_fr": "Jour chômé", "name_ar": "يوم عطلة", "name_en": "Day off",
	}
	deeds := crashCalmly(append(crashDraft("D5", "BV"), crashDraft("D6", "BV")...))
	deeds = append(deeds, crashCalmly([]crashDeed{crashStep(crashYasmine, "D6", "deposits", nil)})...)
	deeds = append(deeds,
		crashAsks(crashAdmin, "POST /api/administration/holidays", holiday, http.StatusCreated).quiet(),
		crashRuns("sweeps/watch_clocks", time.August, 28, 29),
		crashAsks(crashAdmin, "DELETE /api/administration/holidays/exceptional-2026-09-01", nil, http.StatusNoContent, http.StatusNotFound).quiet(),
		crashRuns("sweeps/watch_clocks", time.September, 3, 4))
	deeds = append(deeds, crashCalmly([]crashDeed{
		crashStep(crashSalma, "D6", "assignments", crashBody{"agent": crashOmar}),
		crashStep(crashOmar, "D6", "takings-in-charge", nil),
		crashStep(crashOmar, "D6", "reviews", crashBody{}),
		crashStep(crashOmar, "D6", "visits", crashBody{"date": "2026-09-10", "place": "88 Beilun Road, Ningbo"}),
	})...)
	return append(deeds, crashRuns("sweeps/remind_visits", time.September, 9, 10),
		crashStep(crashYasmine, "D6", "cancellations", crashBody{"reason": "Le navire est dérouté."}).calmly(),
		crashRuns("sweeps/sweep_drafts", time.October, 23, 24))
}

// crashForgotten is what becomes of them in the end, and what happens in the
// years between.
func crashForgotten(between ...crashDeed) []crashDeed {
	const later = time.August + 24 // of 2028
	return slices.Concat([]crashDeed{crashRuns("sweeps/sweep_drafts", time.December, 4, 5)}, between,
		[]crashDeed{crashRuns("sweeps/flag_retention", later, 25, 26)})
}

// crashDiscards throws a draft away. Who dies at it leaves rows that nobody can
// reach; the sweep finds them when the draft would have been warned of.
func crashDiscards(draft string) crashDeed {
	d := crashAsks(crashYasmine, "DELETE /api/conformity/dossiers/{"+draft+"}", nil, http.StatusNoContent, http.StatusNotFound).quiet()
	d.finally = func(s *crashStage) error {
		return errors.Join(s.travel(60*24*time.Hour), s.runs("sweeps/sweep_drafts", nil))
	}
	return d
}

// crashNotices are the letters that go out at most once, by the beginnings of
// their kinds, and the steps that send them.
var (
	crashNotices  = []string{"certificate_reminder", "statement_reminder", "clock_", "request_unanswered", "visit_tomorrow", "stale_draft"}
	crashNoticers = []string{"sweeps/remind_renewals", "sweeps/watch_clocks", "sweeps/remind_visits", "sweeps/sweep_drafts"}
)

func crashIsNotice(letter string) bool {
	for _, kind := range crashNotices {
		if strings.HasPrefix(letter, kind) {
			return true
		}
	}
	return false
}
