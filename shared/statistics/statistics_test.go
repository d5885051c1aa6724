package statistics

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/shared/calendar"
	"portal/shared/dossier"
)

var monday = time.Date(2026, 8, 31, 8, 0, 0, 0, time.UTC)

func TestALifeIsCountedByTheBodyAndByItsAgents(t *testing.T) {
	all := Counters{}
	var s Standing
	k := Case{Kind: "coc_A", Response: "conforming", Due: calendar.On(2026, 9, 3)}
	for n, e := range []Event{
		{At: monday, To: "submitted"},
		{At: monday.Add(time.Hour), To: "awaiting", Agent: "omar"},
		{At: monday.Add(2 * time.Hour), To: "awaiting", Agent: "leila"},
		{At: monday.Add(26 * time.Hour), To: "processing", Agent: "leila"},
		{At: monday.Add(74 * time.Hour), To: "closed", Agent: "leila", End: Answered},
	} {
		e.N = int64(n + 4)
		s = all.Count(s, e, k)
	}
	want := Counters{
		{"", Now}:                             {"closed": 1},
		{"leila", Now}:                        {"closed": 1},
		{"", "month#2026-08"}:                 {"deposited.coc_A": 1},
		{"", "month#2026-08#submitted"}:       {"stays": 1, "seconds": 3600, "to_3600": 1},
		{"", "month#2026-09#awaiting"}:        {"stays": 1, "seconds": 25 * 3600, "to_129600": 1},
		{"leila", "month#2026-09#awaiting"}:   {"stays": 1, "seconds": 25 * 3600, "to_129600": 1},
		{"", "month#2026-09#processing"}:      {"stays": 1, "seconds": 48 * 3600, "to_172800": 1},
		{"leila", "month#2026-09#processing"}: {"stays": 1, "seconds": 48 * 3600, "to_172800": 1},
		{"", "month#2026-09"}:                 {"answered.coc_A.conforming": 1, "on_time": 1},
		{"leila", "month#2026-09"}:            {"answered.coc_A.conforming": 1, "on_time": 1},
	}
	for row := range all {
		if !maps.Equal(all[row], want[row]) {
			t.Errorf("%v: %v, want %v", row, all[row], want[row])
		}
	}
	if len(all) != len(want) || s != (Standing{N: 8, Status: "closed", Since: monday.Add(74 * time.Hour), Agent: "leila"}) {
		t.Errorf("%v, %d rows of %d", s, len(all), len(want))
	}
}

func TestAnEventIsCountedOnce(t *testing.T) {
	first := Event{N: 5, At: monday, To: "submitted"}
	once, twice := Counters{}, Counters{}
	s := once.Count(Standing{}, first, Case{Kind: "sor"})
	again := twice.Count(s, first, Case{Kind: "sor"})
	if len(twice) != 0 || again != s {
		t.Errorf("%v, %v", twice, again)
	}
}

func TestTheDueDayItselfIsOnTimeInCasablanca(t *testing.T) {
	for at, want := range map[time.Time]string{
		time.Date(2026, 9, 3, 22, 59, 59, 0, time.UTC): onTime,
		time.Date(2026, 9, 3, 23, 0, 0, 0, time.UTC):   late,
	} {
		c := Counters{}
		c.Count(Standing{N: 1, Status: "processing", Since: monday}, Event{N: 2, At: at, To: "closed", End: Answered}, Case{Kind: "sol", Response: "conforming", Due: calendar.On(2026, 9, 3)})
		if got := c[Row{"", "month#2026-09"}]; got[want] != 1 || len(got) != 2 {
			t.Errorf("%v: %v, want %s", at, got, want)
		}
	}
	c := Counters{}
	c.Count(Standing{N: 1, Status: "processing", Since: monday}, Event{N: 2, At: monday, To: "cancelled", End: Cancelled}, Case{Kind: "sol", Due: calendar.On(2020, 1, 1)})
	if got := c[Row{"", "month#2026-08"}]; !maps.Equal(got, map[string]int64{"cancelled.sol": 1}) {
		t.Errorf("a cancelled dossier is neither late nor on time: %v", got)
	}
}

func TestFiguresAreReadBack(t *testing.T) {
	f := ReadFigures(map[string]int64{
		"deposited.coc_A": 3, "deposited.sor": 1, "cancelled.coc_A": 1,
		"answered.coc_A.conforming": 2, "answered.coc_A.partial": 1, "on_time": 2, "late": 1, "something.new": 9,
	})
	if got, want := fmt.Sprint(f), "{map[coc_A:3 sor:1] map[coc_A:1] map[coc_A:map[conforming:2 partial:1]] 2 1}"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// However events are taken together, the sums are the same, and the rows of
// the body are those of its agents and nobody added up.
func TestCountingTogetherOrApartIsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		together, apart := Counters{}, Counters{}
		var one, other Standing
		at := monday
		for n := range rapid.IntRange(1, 30).Draw(t, "events") {
			at = at.Add(time.Duration(rapid.IntRange(0, 200*24*3600).Draw(t, "later")) * time.Second)
			e := Event{
				N: int64(n + 1), At: at, To: dossier.Status(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "to")),
				Agent: rapid.SampledFrom([]string{"", "x", "y"}).Draw(t, "agent"),
			}
			one = together.Count(one, e, Case{Kind: "k"})
			step := Counters{}
			other = step.Count(other, e, Case{Kind: "k"})
			for row, values := range step {
				for name, n := range values {
					apart.add(row, name, n)
				}
			}
		}
		if one != other || len(together) != len(apart) {
			t.Fatalf("%v and %v", one, other)
		}
		held := map[string]int64{}
		for row, values := range together {
			if !maps.Equal(values, apart[row]) {
				t.Fatalf("%v: %v and %v", row, values, apart[row])
			}
			if row.Name == Now && row.Agent != "" {
				for status, n := range values {
					if held[status] += n; n < 0 {
						t.Fatalf("%v: %v", row, values)
					}
				}
			}
		}
		maps.DeleteFunc(held, func(_ string, n int64) bool { return n == 0 })
		if !maps.Equal(held, together[Row{"", Now}]) {
			t.Fatalf("agents have %v, the body %v", held, together[Row{"", Now}])
		}
	})
}

// The estimate lies in the bucket in which the true quantile lies.
func TestAQuantileIsNoFartherOffThanItsBucketIsWide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		held := rapid.SliceOfN(rapid.Int64Range(0, 89*24*3600), 1, 200).Draw(t, "seconds")
		share := rapid.Float64Range(0.01, 1).Draw(t, "share")
		var times Times
		var sum int64
		for _, s := range held {
			row := observed(time.Duration(s) * time.Second)
			times.Read(row)
			sum += s
		}
		if want := time.Duration(sum/int64(len(held))) * time.Second; times.Mean() != want {
			t.Fatalf("mean %v, want %v", times.Mean(), want)
		}
		slices.Sort(held)
		truth := time.Duration(held[int(math.Ceil(share*float64(len(held))))-1]) * time.Second
		lower, upper := time.Duration(0), time.Duration(0)
		for _, bound := range bounds {
			if upper = bound; truth <= bound {
				break
			}
			lower = bound
		}
		if got := times.Quantile(share); got < lower || got > upper {
			t.Fatalf("%v of %v: %v, in truth %v, between %v and %v", share, held, got, truth, lower, upper)
		}
	})
}

func TestNoStaysAndStaysWithoutEnd(t *testing.T) {
	var none Times
	if none.Mean() != 0 || none.Quantile(0.9) != 0 {
		t.Error("nothing took no time")
	}
	var long Times
	long.Read(observed(400 * 24 * time.Hour))
	if long.Mean() != 400*24*time.Hour || long.Quantile(0.9) != 90*24*time.Hour {
		t.Errorf("%v %v", long.Mean(), long.Quantile(0.9))
	}
	var back Times
	back.Read(observed(-time.Hour))
	if back.N != 1 || back.Mean() != 0 || back.buckets[0] != 1 {
		t.Errorf("%+v", back)
	}
}
