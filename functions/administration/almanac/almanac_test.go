package almanac

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"portal/infra"
	"portal/infra/local"
	"portal/shared/calendar"
)

func day(t *testing.T, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func fitr(t *testing.T, first string) Holiday {
	return Holiday{LunarHoliday: calendar.LunarHoliday{Occasion: "fitr", Hijri: 1448, First: day(t, first), Days: 2}}
}

func bridge(t *testing.T, first string) Holiday {
	names := calendar.Names{French: "Pont", Arabic: "جسر", English: "Bridge"}
	return Holiday{LunarHoliday: calendar.LunarHoliday{Occasion: "exceptional-" + first, Hijri: 1448, First: day(t, first), Days: 1, Names: names}}
}

func ids(r Recorded) []string {
	var list []string
	for _, h := range r.Holidays {
		list = append(list, h.ID())
	}
	return list
}

func TestTheSameFeastIsRecordedOnce(t *testing.T) {
	first := Recorded{}.With(fitr(t, "2027-03-10")).With(bridge(t, "2027-03-12"))
	again := first.With(fitr(t, "2027-03-15"))
	if got := ids(again); !slices.Equal(got, []string{"exceptional-2027-03-12", "fitr-1448"}) { // by day
		t.Errorf("%v", got)
	}
	if got := ids(first); !slices.Equal(got, []string{"fitr-1448", "exceptional-2027-03-12"}) {
		t.Errorf("the record before changed: %v", got)
	}
	if got := ids(again.Without("fitr-1448")); !slices.Equal(got, []string{"exceptional-2027-03-12"}) {
		t.Errorf("%v", got)
	}
}

func TestARecordIsSettledOnlyAsItWasSeen(t *testing.T) {
	store, err := local.Open(t.TempDir(), local.Options{Now: func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ctx, table, now := context.Background(), store.Dossiers(), store.Clock().Now()
	unsettled := func(want bool) {
		t.Helper()
		if got, err := Unsettled(ctx, table); got != want || err != nil {
			t.Errorf("unsettled: %v, %v", got, err)
		}
	}
	unsettled(false)
	record := func(h Holiday) Recorded {
		t.Helper()
		r, err := Load(ctx, table)
		if err == nil {
			err = table.Write(ctx, Put(r.With(h), now))
		}
		if err != nil {
			t.Fatal(err)
		}
		r, err = Load(ctx, table)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	seen := record(fitr(t, "2027-03-09"))
	unsettled(true)
	later := record(bridge(t, "2027-03-12"))
	if err := Settle(ctx, table, seen); !errors.Is(err, infra.ErrConditionFailed) {
		t.Errorf("settled over a holiday it has not seen: %v", err)
	}
	unsettled(true)
	if err := Settle(ctx, table, later); err != nil {
		t.Error(err)
	}
	unsettled(false)
	h, err := Holidays(ctx, table)
	if err != nil || h.IsWorkingDay(day(t, "2027-03-12")) || !h.IsWorkingDay(day(t, "2027-03-11")) || h.IsWorkingDay(day(t, "2027-03-09")) {
		t.Errorf("the table does not have what was recorded (%v)", err)
	}
}
