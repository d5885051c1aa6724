package calendar_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/shared/calendar"
)

func TestTheShippedTableIsComplete(t *testing.T) {
	h := calendar.Official()
	if h.Source() == "" || h.Date().IsZero() {
		t.Fatal("the shipped table of holidays cannot be read")
	}
	if last := h.LastDated(); last.Year() != 2030 {
		t.Errorf("lunar feasts are dated until %v", last)
	}
	// 11 fixed days, and 7 lunar ones: three feasts of two days, one of one.
	for year := 2026; year <= 2030; year++ {
		days, lunar, estimated := map[string]bool{}, 0, 0
		for d := calendar.On(year, 1, 1); d.Year() == year; d = d.AddDays(1) {
			for _, holiday := range h.On(d) {
				if holiday.Names.French == "" || holiday.Names.Arabic == "" || holiday.Names.English == "" {
					t.Errorf("%v lacks a name: %+v", d, holiday)
				}
				if holiday.Sample {
					estimated++
				}
				lunar++
				days[d.String()] = true
			}
		}
		if lunar != 18 {
			t.Errorf("%d has %d holidays, want 18", year, lunar)
		}
		if estimated != 7 {
			t.Errorf("%d has %d estimated days, want 7", year, estimated)
		}
	}
}

func TestHolidaysOfTheSpecification(t *testing.T) {
	h := calendar.Official()
	for _, day := range []string{"01-01", "01-11", "01-14", "05-01", "07-30", "08-14", "08-20", "08-21", "10-31", "11-06", "11-18"} {
		for _, year := range []string{"2026", "2031", "2080"} {
			if len(h.On(date(t, year+"-"+day))) == 0 {
				t.Errorf("%s-%s is no holiday", year, day)
			}
		}
	}
	for _, c := range []struct {
		name, day string
		want      bool
	}{
		{"announced Fitr 2024, first day", "2024-04-10", true},
		{"second day", "2024-04-11", true},
		{"the day after", "2024-04-12", false},
		{"31 October was not yet a holiday in 2025", "2025-10-31", false},
		{"the Amazigh new year was not yet one in 2023", "2023-01-14", false},
		{"an ordinary Monday", "2026-11-23", false},
	} {
		if got := len(h.On(date(t, c.day))) > 0; got != c.want {
			t.Errorf("%s (%s): holiday %v, want %v", c.name, c.day, got, c.want)
		}
	}
}

func TestAnAnnouncedDateReplacesTheEstimate(t *testing.T) {
	h := calendar.Official()
	first := calendar.On(2027, time.March, 9)
	announced, err := h.With(calendar.LunarHoliday{Occasion: "fitr", Hijri: 1448, First: first, Days: 2})
	if err != nil {
		t.Fatal(err)
	}
	if on := announced.On(first); len(on) != 1 || on[0].Sample || on[0].Names.French != "Aïd Al Fitr" {
		t.Errorf("on the announced day: %+v", on)
	}
	if on := announced.On(calendar.On(2027, time.March, 11)); len(on) != 0 {
		t.Errorf("the estimate is still there: %+v", on)
	}
	if on := h.On(first); len(on) != 0 {
		t.Errorf("With changed the table it was called on: %+v", on)
	}
}

func TestAnAdministratorMayAddADay(t *testing.T) {
	extra := calendar.LunarHoliday{Occasion: "exceptional", Hijri: 1448, First: calendar.On(2026, 11, 23), Days: 1, Names: calendar.Names{French: "Jour chômé exceptionnel"}}
	h, err := calendar.Official().With(extra)
	if err != nil {
		t.Fatal(err)
	}
	if h.IsWorkingDay(extra.First) {
		t.Error("the added day is a working day")
	}
	if last := h.LastDated(); last != calendar.Official().LastDated() {
		t.Errorf("last dated day moved to %v", last)
	}
}

func TestIncompleteEntriesAreRefused(t *testing.T) {
	good := calendar.LunarHoliday{Occasion: "fitr", Hijri: 1460, First: calendar.On(2038, 10, 30), Days: 2}
	for name, spoil := range map[string]func(*calendar.LunarHoliday){
		"no occasion":         func(l *calendar.LunarHoliday) { l.Occasion = "" },
		"no Hijri year":       func(l *calendar.LunarHoliday) { l.Hijri = 0 },
		"no first day":        func(l *calendar.LunarHoliday) { l.First = calendar.Date{} },
		"no days":             func(l *calendar.LunarHoliday) { l.Days = 0 },
		"days without end":    func(l *calendar.LunarHoliday) { l.Days = 1_000_000 },
		"days before the day": func(l *calendar.LunarHoliday) { l.Days = -1 },
	} {
		bad := good
		spoil(&bad)
		h, err := calendar.Official().With(bad)
		if err == nil {
			t.Errorf("%s is accepted", name)
		}
		if h.LastDated() != calendar.Official().LastDated() {
			t.Errorf("%s changed the table", name)
		}
	}
	if _, err := calendar.Official().With(good); err != nil {
		t.Errorf("a complete entry is refused: %v", err)
	}
}

func TestMalformedTablesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON":             `{`,
		"no such day":          `{"fixed":[{"month":2,"day":30}]}`,
		"a day of leap years":  `{"fixed":[{"month":2,"day":29}]}`,
		"no such month":        `{"fixed":[{"month":13,"day":1}]}`,
		"a date out of form":   `{"lunar":[{"occasion":"fitr","hijri":1446,"first":"30/03/2025","days":2}]}`,
		"a feast dated twice":  `{"lunar":[{"occasion":"fitr","hijri":1446,"first":"2025-03-30","days":2},{"occasion":"fitr","hijri":1446,"first":"2025-03-31","days":2}]}`,
		"a feast of no length": `{"lunar":[{"occasion":"fitr","hijri":1446,"first":"2025-03-30"}]}`,
	} {
		if _, err := calendar.ParseHolidays([]byte(text)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestWorkingDays(t *testing.T) {
	h := calendar.Official()
	for _, c := range []struct {
		name string
		from string
		n    int
		want string
	}{
		{"over a week-end", "2026-11-20", 1, "2026-11-23"},
		{"from a Saturday", "2026-11-21", 1, "2026-11-23"},
		{"over a holiday in mid-week", "2026-11-17", 1, "2026-11-19"},
		{"over a feast of two days and a week-end", "2026-05-27", 1, "2026-06-01"},
		{"over the year's end", "2026-12-30", 3, "2027-01-05"},
		{"none", "2026-11-21", 0, "2026-11-21"},
		{"backwards", "2026-11-23", -1, "2026-11-20"},
		{"backwards over a holiday", "2026-11-19", -2, "2026-11-16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := h.AddWorkingDays(date(t, c.from), c.n).String(); got != c.want {
				t.Errorf("%s %+d working days = %s, want %s", c.from, c.n, got, c.want)
			}
		})
	}
}

func TestClearDelays(t *testing.T) {
	h := calendar.Official()
	for _, c := range []struct {
		name string
		from string
		n    int
		want string
	}{
		{"three whole days between the ends", "2026-11-23", 3, "2026-11-27"},
		{"the end on a Saturday moves to Monday", "2026-11-23", 4, "2026-11-30"},
		{"the end on a holiday moves on", "2026-11-12", 5, "2026-11-19"},
		{"days off inside the delay count", "2026-11-16", 7, "2026-11-24"},
		{"no whole day: the day after", "2026-11-23", 0, "2026-11-24"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := h.AddClearDays(date(t, c.from), c.n).String(); got != c.want {
				t.Errorf("%d clear days from %s end on %s, want %s", c.n, c.from, got, c.want)
			}
		})
	}
	if got := h.AddClearMonths(date(t, "2026-08-31"), 3).String(); got != "2026-12-01" {
		t.Errorf("3 clear months from 31 August end on %s", got)
	}
}

func TestWorkingDayProperties(t *testing.T) {
	h := calendar.Official()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate(t, "d")
		a, b := rapid.IntRange(0, 40).Draw(t, "a"), rapid.IntRange(1, 40).Draw(t, "b")
		got := h.AddWorkingDays(d, a+b)

		if !h.IsWorkingDay(got) || !got.After(d) {
			t.Fatalf("%v + %d working days = %v", d, a+b, got)
		}
		if counted := h.WorkingDaysBetween(d, got); counted != a+b {
			t.Fatalf("%d working days from %v to %v, want %d", counted, d, got, a+b)
		}
		if split := h.AddWorkingDays(h.AddWorkingDays(d, a), b); split != got {
			t.Fatalf("%v + %d + %d = %v, at once %v", d, a, b, split, got)
		}
		if h.IsWorkingDay(d) && h.AddWorkingDays(got, -(a+b)) != d {
			t.Fatalf("%v + %d and back = %v", d, a+b, h.AddWorkingDays(got, -(a+b)))
		}
	})
}

func TestClearDelayProperties(t *testing.T) {
	h := calendar.Official()
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDate(t, "d"), rapid.IntRange(0, 120).Draw(t, "n")
		end := h.AddClearDays(d, n)

		if whole := d.DaysUntil(end) - 1; whole < n {
			t.Fatalf("%d whole days between %v and %v, want at least %d", whole, d, end, n)
		}
		if !h.IsWorkingDay(end) {
			t.Fatalf("the delay ends on %v, a day off", end)
		}
		for day := d.AddDays(n + 1); day.Before(end); day = day.AddDays(1) {
			if h.IsWorkingDay(day) {
				t.Fatalf("the delay runs to %v past the working day %v", end, day)
			}
		}
		if longer := h.AddClearDays(d, n+1); longer.Before(end) {
			t.Fatalf("one day more ends earlier: %v before %v", longer, end)
		}
	})
}

func TestTheZeroTableKnowsOnlyWeekEnds(t *testing.T) {
	var h calendar.Holidays
	if !h.IsWorkingDay(date(t, "2026-01-01")) || h.IsWorkingDay(date(t, "2026-11-22")) || !h.LastDated().IsZero() {
		t.Error("the zero table is not just week-ends")
	}
}

func FuzzParseHolidays(f *testing.F) {
	f.Add(`{"lunar":[{"occasion":"fitr","hijri":1446,"first":"2025-03-30","days":2}]}`)
	f.Add(`{"fixed":[{"month":1,"day":1,"since":2000}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		h, err := calendar.ParseHolidays([]byte(text))
		if err != nil {
			return
		}
		if last := h.LastDated(); !last.IsZero() && len(h.On(last)) == 0 {
			t.Fatalf("the last dated day %v is no holiday", last)
		}
	})
}

func ExampleHolidays_AddClearDays() {
	end := calendar.Official().AddClearDays(calendar.On(2026, time.November, 23), 8)
	fmt.Println(end, strings.ToLower(end.Weekday().String()))
	// Output: 2026-12-02 wednesday
}

func TestAFeastFallsInItsHijriYear(t *testing.T) {
	feast := func(occasion string, hijri int, first string) calendar.LunarHoliday {
		return calendar.LunarHoliday{Occasion: occasion, Hijri: hijri, First: date(t, first), Days: 2}
	}
	for _, c := range []struct {
		feast calendar.LunarHoliday
		want  bool
	}{
		{feast("fitr", 1445, "2024-04-10"), true},
		{feast("mawlid", 1452, "2030-07-14"), true},
		{feast("muharram", 1484, "2061-12-14"), true},
		{feast("fitr", 1445, "2026-03-21"), false},
		{feast("fitr", 1484, "2024-04-10"), false},
		{feast("fitr", 1447, "2062-03-21"), false},
	} {
		if got := c.feast.Plausible(); got != c.want {
			t.Errorf("%s %d on %v: plausible %v", c.feast.Occasion, c.feast.Hijri, c.feast.First, got)
		}
	}
}

func TestAHolidayIsNamedInEveryLanguage(t *testing.T) {
	names := calendar.Names{French: "Fête", Arabic: "عيد", English: "Feast"}
	for lang, want := range map[string]string{"fr": "Fête", "ar": "عيد", "en": "Feast", "": "Fête"} {
		if got := names.In(lang); got != want {
			t.Errorf("in %q: %s", lang, got)
		}
	}
}
