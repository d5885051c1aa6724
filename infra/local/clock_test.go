package local_test

import (
	"errors"
	"testing"
	"time"

	"portal/infra"
	"portal/infra/local"
	"portal/infra/porttest"
)

func TestClockTravelsForwardOnly(t *testing.T) {
	start := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	base := porttest.NewClock(start)
	clock := open(t, local.Options{Now: base.Now}).Clock()
	ctx := t.Context()
	if !clock.Now().Equal(start) || clock.Ahead() != 0 {
		t.Fatalf("a new clock shows %v", clock.Now())
	}
	if err := clock.Travel(ctx, start.AddDate(0, 3, 0)); err != nil {
		t.Fatal(err)
	}
	base.Advance(time.Minute)
	want := start.AddDate(0, 3, 0).Add(time.Minute)
	if !clock.Now().Equal(want) {
		t.Errorf("the clock shows %v, want %v", clock.Now(), want)
	}
	for name, to := range map[string]time.Time{"back": want.Add(-time.Nanosecond), "home": start, "nowhere": {}} {
		if err := clock.Travel(ctx, to); !errors.Is(err, local.ErrPast) {
			t.Errorf("travel %s: %v, want ErrPast", name, err)
		}
	}
	if err := clock.Travel(ctx, start.AddDate(200, 0, 0)); err == nil || errors.Is(err, local.ErrPast) {
		t.Errorf("travel by 200 years: %v", err)
	}
	if !clock.Now().Equal(want) {
		t.Errorf("a refused journey moved the clock to %v", clock.Now())
	}
	if err := clock.Travel(ctx, want); err != nil {
		t.Errorf("travel to now: %v", err)
	}
}

func TestRowsExpireByTheTravellingClock(t *testing.T) {
	store := open(t, local.Options{})
	ctx := t.Context()
	put := infra.Put{Key: dossier, Value: struct{}{}, Expires: store.Clock().Now().Add(time.Hour)}
	if err := store.People().Write(ctx, put); err != nil {
		t.Fatal(err)
	}
	if err := store.Clock().Travel(ctx, store.Clock().Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := store.People().Get(ctx, dossier); !errors.Is(err, infra.ErrNotFound) {
		t.Errorf("get = %v", err)
	}
}
