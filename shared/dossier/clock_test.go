package dossier

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/shared/calendar"
)

const (
	waiting Status = "waiting" // the applicant owes something
	working Status = "working"
	resting Status = "resting" // another status in which the clock runs
	over    Status = "over"
)

var suspends, ends = []Status{waiting}, []Status{over}

// enter lets a clock enter a status at a time of day in Casablanca.
func enter(c Clock, s Status, when string) Clock { return c.Enter(s, suspends, ends, moment(when)) }

// moment is a time in Casablanca: 2026-11-23 15:00, or with seconds.
func moment(text string) time.Time {
	layout := "2006-01-02 15:04:05"
	at, err := time.ParseInLocation(layout[:len(text)], text, calendar.Casablanca())
	if err != nil {
		panic(err)
	}
	return at.UTC()
}

func started(target int, when string) Clock { return Start(Terms{Target: target}, moment(when)) }

func TestAClockCountsTheWorkingDaysThatItSawBegin(t *testing.T) {
	h := calendar.Official()
	for _, c := range []struct {
		name  string
		clock Clock
		at    string
		run   int
		due   string
		late  bool
	}{
		{"the day of the deposit does not count", started(5, "2026-11-23 00:00"), "2026-11-23 23:59:59", 0, "2026-11-30", false},
		{"the next one counts as it begins", started(5, "2026-11-23 23:59:59"), "2026-11-24 00:00", 1, "2026-11-30", false},
		{"a week-end does not", started(5, "2026-11-20 10:00"), "2026-11-22 12:00", 0, "2026-11-27", false},
		{"nor does a holiday (18 November)", started(2, "2026-11-17 10:00"), "2026-11-18 12:00", 0, "2026-11-20", false},
		{"a deposit on a holiday", started(1, "2026-11-18 10:00"), "2026-11-18 10:00", 0, "2026-11-19", false},
		{"the last second of the delay", started(1, "2026-11-23 10:00"), "2026-11-24 23:59:59", 1, "2026-11-24", false},
		{"and the first one after it", started(1, "2026-11-23 10:00"), "2026-11-25 00:00", 2, "2026-11-24", true},
		{"late on a Saturday, though no working day was lost", started(1, "2026-11-26 10:00"), "2026-11-28 09:00", 1, "2026-11-27", true},
		{"over Ramadan, which moves the clocks (15 February 2026)", started(3, "2026-02-12 12:00"), "2026-02-16 00:00", 2, "2026-02-17", false},
		{"a suspension keeps what remains", enter(started(5, "2026-11-23 10:00"), waiting, "2026-11-25 10:00"), "2026-12-14 10:00", 2, "", false},
		{"a resumption starts from it", enter(enter(started(5, "2026-11-23 10:00"), waiting, "2026-11-25 10:00"), working, "2026-12-14 10:00"), "2026-12-14 23:00", 2, "2026-12-17", false},
		{"to and fro within a day changes nothing", enter(enter(started(5, "2026-11-23 10:00"), waiting, "2026-11-25 10:00"), working, "2026-11-25 18:00"), "2026-11-26 09:00", 3, "2026-11-30", false},
		{"a minute over midnight saves the day", enter(enter(started(5, "2026-11-23 10:00"), waiting, "2026-11-25 23:59:30"), working, "2026-11-26 00:00:30"), "2026-11-26 09:00", 2, "2026-12-01", false},
		{"suspended on the last day, it resumes on it", enter(enter(started(2, "2026-11-23 10:00"), waiting, "2026-11-25 10:00"), working, "2026-12-01 10:00"), "2026-12-01 23:59", 2, "2026-12-01", false},
		{"what is late stays late", enter(enter(started(1, "2026-11-23 10:00"), waiting, "2026-11-25 10:00"), working, "2026-12-01 10:00"), "2026-12-02 10:00", 3, "2026-11-24", true},
		{"answered in time, for good", enter(started(5, "2026-11-23 10:00"), over, "2026-11-30 23:59"), "2027-06-01 10:00", 5, "2026-11-30", false},
		{"answered late, for good", enter(started(5, "2026-11-23 10:00"), over, "2026-12-01 00:00"), "2027-06-01 10:00", 6, "2026-11-30", true},
		{"withdrawn while suspended", enter(enter(started(5, "2026-11-23 10:00"), waiting, "2026-11-25 10:00"), over, "2026-12-14 10:00"), "2027-06-01 10:00", 2, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.clock.Read(h, moment(c.at))
			want := Reading{Run: c.run, Left: c.clock.Target - c.run, Late: c.late}
			if c.due != "" {
				want.Due, _ = calendar.ParseDate(c.due)
			}
			if got != want {
				t.Errorf("%+v, want %+v", got, want)
			}
		})
	}
}

func TestACasablancaMidnightIsTheOneThatCounts(t *testing.T) {
	h := calendar.Official()
	for _, c := range []struct{ at, due string }{
		{"2026-11-23T22:59:59Z", "2026-11-24"}, // UTC+1
		{"2026-11-23T23:00:00Z", "2026-11-25"},
		{"2026-02-25T23:00:00Z", "2026-02-26"}, // Ramadan: UTC
		{"2026-02-26T00:00:00Z", "2026-02-27"},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if due := Start(Terms{Target: 1}, at).Read(h, at).Due; due.String() != c.due {
			t.Errorf("deposited at %s, due on %v, want %s", c.at, due, c.due)
		}
	}
}

func TestAHolidayAnnouncedLateMovesWhatIsDue(t *testing.T) {
	c := enter(enter(started(5, "2026-11-23 10:00"), waiting, "2026-11-25 10:00"), working, "2026-11-26 10:00")
	at := moment("2026-11-27 12:00")
	for _, tc := range []struct {
		day string
		run int
		due string
	}{
		{"", 3, "2026-12-01"},
		{"2026-11-24", 2, "2026-12-02"}, // in a span that is over
		{"2026-11-26", 3, "2026-12-01"}, // on the day it resumed
		{"2026-11-30", 3, "2026-12-02"},
		{"2026-12-02", 3, "2026-12-01"},
	} {
		h := calendar.Official()
		if tc.day != "" {
			first, _ := calendar.ParseDate(tc.day)
			var err error
			if h, err = h.With(calendar.LunarHoliday{Occasion: "exceptional", Hijri: 1448, First: first, Days: 1}); err != nil {
				t.Fatal(err)
			}
		}
		if got := c.Read(h, at); got.Run != tc.run || got.Due.String() != tc.due {
			t.Errorf("with %q off: %+v, want %d days and %s", tc.day, got, tc.run, tc.due)
		}
	}
}

// life is a random clock: statuses entered at random instants.
func life(t *rapid.T) (c Clock, changes []time.Time) {
	at := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "deposit"), 0).UTC()
	c = Start(Terms{Target: rapid.IntRange(1, 40).Draw(t, "target")}, at)
	changes = append(changes, at)
	for range rapid.IntRange(0, 8).Draw(t, "changes") {
		at = at.Add(time.Duration(rapid.Int64Range(0, 20*24*3600).Draw(t, "later")) * time.Second)
		if rapid.IntRange(0, 3).Draw(t, "on the edge") == 0 {
			at = calendar.DateIn(at).EndOfDay()
		}
		c = c.Enter(rapid.SampledFrom([]Status{waiting, working, resting, waiting, working, over}).Draw(t, "into"), suspends, ends, at)
		changes = append(changes, at)
	}
	return c, changes
}

// ran recounts a clock day by day: the working days that began while it ran.
func ran(c Clock, h calendar.Holidays, at time.Time) int {
	days := 0
	for d := calendar.DateIn(c.Spans[0].From); !d.StartOfDay().After(at); d = d.AddDays(1) {
		midnight := d.StartOfDay()
		runs := slices.ContainsFunc(c.Spans, func(s Span) bool {
			return s.From.Before(midnight) && (s.To.IsZero() || !s.To.Before(midnight))
		})
		if runs && h.IsWorkingDay(d) {
			days++
		}
	}
	return days
}

func TestNoLifeLosesOrGainsTime(t *testing.T) {
	h := calendar.Official()
	rapid.Check(t, func(t *rapid.T) {
		c, changes := life(t)
		last := changes[len(changes)-1]
		at := last.Add(time.Duration(rapid.Int64Range(0, 60*24*3600).Draw(t, "after")) * time.Second)
		r := c.Read(h, at)
		if r.Run+r.Left != c.Target {
			t.Fatalf("%d run and %d left of %d", r.Run, r.Left, c.Target)
		}
		if want := ran(c, h, at); r.Run != want {
			t.Fatalf("%d days run, counted day by day %d: %+v at %v", r.Run, want, c, at)
		}
		if !c.Running() && r != c.Read(h, at.AddDate(1, 0, 0)) {
			t.Fatalf("a clock that stands moved")
		}
		if r.Late && r.Left > 0 || r.Left < 0 && !r.Late {
			t.Fatalf("%+v", r)
		}
	})
}

func TestWhatIsDueNeverMovesWhileTheClockRuns(t *testing.T) {
	h := calendar.Official()
	rapid.Check(t, func(t *rapid.T) {
		c, changes := life(t)
		if !c.Running() {
			return
		}
		since := changes[len(changes)-1]
		first := c.Read(h, since)
		for range 4 {
			at := since.Add(time.Duration(rapid.Int64Range(0, 90*24*3600).Draw(t, "at")) * time.Second)
			r := c.Enter(rapid.SampledFrom([]Status{working, resting}).Draw(t, "into"), suspends, ends, at).Read(h, at)
			if r.Due != first.Due {
				t.Fatalf("due on %v, then on %v", first.Due, r.Due)
			}
			if r.Late != (first.Late || calendar.DateIn(at).After(r.Due)) {
				t.Fatalf("late %v on %v, due %v", r.Late, calendar.DateIn(at), r.Due)
			}
		}
	})
}

func TestALedgerTellsTheLifeOfAClock(t *testing.T) {
	h := calendar.Official()
	rapid.Check(t, func(t *rapid.T) {
		c, changes := life(t)
		ledger := c.Ledger(h)
		if ledger[0].Turn != Started || !ledger[0].At.Equal(changes[0]) {
			t.Fatalf("begins with %+v", ledger[0])
		}
		follows := map[Turn][]Turn{Started: {Suspended, Stopped}, Suspended: {Resumed, Stopped}, Resumed: {Suspended, Stopped}}
		for i, e := range ledger {
			if i > 0 && (!slices.Contains(follows[ledger[i-1].Turn], e.Turn) || e.At.Before(ledger[i-1].At)) {
				t.Fatalf("%+v after %+v", e, ledger[i-1])
			}
			if e.Turn == Resumed && e.Left != ledger[i-1].Left {
				t.Fatalf("suspended with %d, resumed with %d", ledger[i-1].Left, e.Left)
			}
			if e.Turn == Suspended && e.Status != waiting {
				t.Fatalf("suspended for %q", e.Status)
			}
		}
		last := ledger[len(ledger)-1]
		if r := c.Read(h, last.At); last.Left != r.Left || last.Due != r.Due || last.Late != r.Late {
			t.Fatalf("the ledger ends with %+v, the clock says %+v", last, r)
		}
	})
}

func TestAClockDoesNotMoveBeforeTheDepositOrAfterTheEnd(t *testing.T) {
	var c Clock
	if c = enter(c, waiting, "2026-11-23 10:00"); c.Started() || c.Running() || c.Read(calendar.Official(), moment("2026-11-23 10:00")) != (Reading{}) || c.Ledger(calendar.Official()) != nil {
		t.Errorf("%+v", c)
	}
	c = enter(started(5, "2026-11-23 10:00"), over, "2026-11-24 10:00")
	if again := enter(c, working, "2026-11-25 10:00"); fmt.Sprint(again) != fmt.Sprint(c) {
		t.Errorf("%+v", again)
	}
}

func TestAnEarlierClockKeepsItsSpans(t *testing.T) {
	c := enter(started(5, "2026-11-23 10:00"), waiting, "2026-11-24 10:00")
	before := fmt.Sprint(c)
	enter(c, working, "2026-11-25 10:00")
	enter(started(5, "2026-11-23 10:00"), waiting, "2026-11-24 10:00")
	if fmt.Sprint(c) != before {
		t.Errorf("%+v, it was %s", c, before)
	}
}

func TestTheFirstHalfOfADelay(t *testing.T) {
	h := calendar.Official()
	for _, c := range []struct {
		name  string
		clock Clock
		at    string
		until string
	}{
		{"two of five days", started(5, "2026-11-23 10:00"), "2026-11-24 10:00", "2026-11-25"},
		{"its last second", started(5, "2026-11-23 10:00"), "2026-11-25 23:59:59", "2026-11-25"},
		{"after it", started(5, "2026-11-23 10:00"), "2026-11-26 00:00", ""},
		{"none of one day but that of the deposit", started(1, "2026-11-23 10:00"), "2026-11-23 12:00", "2026-11-23"},
		{"while suspended", enter(started(5, "2026-11-23 10:00"), waiting, "2026-11-24 10:00"), "2026-11-24 12:00", ""},
		{"after a suspension", enter(enter(started(5, "2026-11-23 10:00"), waiting, "2026-11-24 10:00"), working, "2026-11-30 10:00"), "2026-11-30 12:00", "2026-12-01"},
		{"passed before a suspension", enter(enter(started(5, "2026-11-23 10:00"), waiting, "2026-11-26 10:00"), working, "2026-11-30 10:00"), "2026-11-30 12:00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.clock.HalfOn(h, moment(c.at)).String(); got != c.until {
				t.Errorf("until %q, want %q", got, c.until)
			}
		})
	}
}
