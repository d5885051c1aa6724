package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/shared/calendar"
)

func TestTheZoneIsTheOneOfTheDatabase(t *testing.T) {
	if name := calendar.Casablanca().String(); name != "Africa/Casablanca" {
		t.Fatalf("zone %q: the time-zone database is not linked in", name)
	}
}

func TestTheClockFollowsRamadan(t *testing.T) {
	for _, c := range []struct {
		name   string
		at     time.Time
		offset time.Duration
	}{
		{"winter is UTC+1", time.Date(2024, 1, 15, 12, 0, 0, 0, time.UTC), time.Hour},
		{"Ramadan 2024 is UTC", time.Date(2024, 3, 20, 12, 0, 0, 0, time.UTC), 0},
		{"after it UTC+1 again", time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC), time.Hour},
		{"Ramadan 2025 is UTC", time.Date(2025, 3, 10, 12, 0, 0, 0, time.UTC), 0},
		{"summer is UTC+1 too", time.Date(2025, 7, 1, 12, 0, 0, 0, time.UTC), time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, seconds := c.at.In(calendar.Casablanca()).Zone(); time.Duration(seconds)*time.Second != c.offset {
				t.Errorf("offset %d s, want %v", seconds, c.offset)
			}
		})
	}
}

func TestTheDateIsTheOneInCasablanca(t *testing.T) {
	for _, c := range []struct{ name, at, want string }{
		{"half past eleven in the evening UTC is already tomorrow", "2026-12-31T23:30:00Z", "2027-01-01"},
		{"the same hour in Ramadan is still today", "2024-03-20T23:30:00Z", "2024-03-20"},
		{"an instant written in another zone", "2026-11-21T00:30:00+09:00", "2026-11-20"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, c.at)
			if err != nil {
				t.Fatal(err)
			}
			if got := calendar.DateIn(at).String(); got != c.want {
				t.Errorf("%s is the %s in Casablanca, want %s", c.at, got, c.want)
			}
		})
	}
}

func TestDaysStartAndEndInUTC(t *testing.T) {
	day := calendar.On(2026, time.November, 21)
	if got, want := day.StartOfDay(), time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC); got != want {
		t.Errorf("starts %v, want %v", got, want)
	}
	if got, want := day.EndOfDay(), time.Date(2026, 11, 21, 23, 0, 0, 0, time.UTC); got != want {
		t.Errorf("ends %v, want %v", got, want)
	}
	// The Sunday Ramadan time began in 2024 lasted 25 hours.
	if long := calendar.On(2024, time.March, 10); long.EndOfDay().Sub(long.StartOfDay()) != 25*time.Hour {
		t.Errorf("10 March 2024 lasts %v", long.EndOfDay().Sub(long.StartOfDay()))
	}
}

func TestMonthsAreClamped(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-08-31", 3, "2026-11-30"},
		{"2026-08-30", 3, "2026-11-30"},
		{"2026-11-30", 3, "2027-02-28"},
		{"2027-11-30", 3, "2028-02-29"},
		{"2026-10-15", 3, "2027-01-15"},
		{"2026-01-31", 1, "2026-02-28"},
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-01-15", -13, "2024-12-15"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2026-05-05", 0, "2026-05-05"},
	} {
		if got := date(t, c.from).AddMonths(c.months).String(); got != c.want {
			t.Errorf("%s %+d months = %s, want %s", c.from, c.months, got, c.want)
		}
	}
	if got := date(t, "2024-02-29").AddYears(1).String(); got != "2025-02-28" {
		t.Errorf("29 February + 1 year = %s", got)
	}
	if got := date(t, "2024-02-29").AddYears(4).String(); got != "2028-02-29" {
		t.Errorf("29 February + 4 years = %s", got)
	}
}

func TestOnlyExistingDaysAreRead(t *testing.T) {
	for _, text := range []string{"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-2", "21/11/2026", "2026-11-21T00:00:00Z", " 2026-11-21", "0000-01-01", "٢٠٢٦-١١-٢١"} {
		if d, err := calendar.ParseDate(text); err == nil || !d.IsZero() {
			t.Errorf("%q was read as %v, %v", text, d, err)
		}
	}
}

func TestDatesAreJSONStrings(t *testing.T) {
	type row struct {
		Expires calendar.Date         `json:"expires"`
		None    calendar.Date         `json:"none"`
		Left    calendar.Date         `json:"left,omitzero"`
		Keyed   map[calendar.Date]int `json:"keyed"`
		List    []calendar.Date       `json:"list"`
	}
	in := row{Expires: calendar.On(2026, 11, 21), Keyed: map[calendar.Date]int{calendar.On(2026, 1, 2): 3}, List: []calendar.Date{calendar.On(2027, 1, 1)}}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"expires":"2026-11-21","none":"","keyed":{"2026-01-02":3},"list":["2027-01-01"]}`; string(text) != want {
		t.Errorf("JSON %s, want %s", text, want)
	}
	var out row
	if err := json.Unmarshal(text, &out); err != nil || out.Expires != in.Expires || !out.None.IsZero() || out.List[0] != in.List[0] {
		t.Errorf("read back %+v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"expires":"31/12/2026"}`), &out); err == nil {
		t.Error("a date in another form was read")
	}
}

func TestDateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, other := anyDate(t, "d"), anyDate(t, "other")
		n := rapid.IntRange(-4000, 4000).Draw(t, "n")

		if back := d.AddDays(n).AddDays(-n); back != d {
			t.Fatalf("%v %+d days and back is %v", d, n, back)
		}
		if d.DaysUntil(d.AddDays(n)) != n {
			t.Fatalf("%v to %v counts %d days, want %d", d, d.AddDays(n), d.DaysUntil(d.AddDays(n)), n)
		}
		if parsed, err := calendar.ParseDate(d.String()); err != nil || parsed != d {
			t.Fatalf("%v is read back as %v, %v", d, parsed, err)
		}
		if before := d.Before(other); before != (d.String() < other.String()) || before != other.After(d) || before != (d.DaysUntil(other) > 0) {
			t.Fatalf("%v and %v are ordered differently as dates, texts and distances", d, other)
		}
	})
}

func TestMonthProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDate(t, "d"), rapid.IntRange(-60, 60).Draw(t, "months")
		got := d.AddMonths(n)

		if months := (got.Year()-d.Year())*12 + int(got.Month()-d.Month()); months != n {
			t.Fatalf("%v %+d months = %v, %d months away", d, n, got, months)
		}
		if got.Day() != d.Day() && (got.Day() > d.Day() || got.AddDays(1).Day() != 1) {
			t.Fatalf("%v %+d months = %v: neither the same day nor the month's last", d, n, got)
		}
	})
}

// 2008 to 2040 includes the years when Moroccan clocks changed at midnight, so
// that a day had no 00:00.
func TestADayIsExactlyTheInstantsBetweenItsEnds(t *testing.T) {
	for d := calendar.On(2008, 1, 1); d.Year() <= 2040; d = d.AddDays(1) {
		if start := d.StartOfDay(); !d.Contains(start) || d.Contains(start.Add(-1)) {
			t.Fatalf("%v does not start at %v", d, start)
		}
		if end := d.EndOfDay(); d.Contains(end) || !d.Contains(end.Add(-1)) {
			t.Fatalf("%v does not end at %v", d, end)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"2026-11-21", "2024-02-29", "2023-02-29", "", "9999-12-31", "-001-01-01"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d, err := calendar.ParseDate(text); err == nil && d.String() != text {
			t.Fatalf("%q is read as %s", text, d)
		}
	})
}

func anyDate(t *rapid.T, label string) calendar.Date {
	return calendar.On(2000, time.January, 1).AddDays(rapid.IntRange(0, 60*365).Draw(t, label))
}

func date(t *testing.T, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return d
}
