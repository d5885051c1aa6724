package conformity

import (
	"slices"
	"testing"
	"time"

	"portal/shared/calendar"
	"portal/shared/dossier"
)

func TestTheShippedDelaysAreComplete(t *testing.T) {
	d, err := dossier.ParseDelays(delaysFile, Procedure)
	if err != nil {
		t.Fatal(err)
	}
	if d.Source == "" || d.Date.IsZero() {
		t.Error("the policy does not say where it comes from")
	}
	for _, s := range Procedure.Statuses {
		final, days := Procedure.IsFinal(s), d.Terms.Status[s]
		if open := !final && s != Draft; open != (days > 0) {
			t.Errorf("%s: %d working days", s, days)
		}
		if _, kept := d.Retention[s]; kept != final {
			t.Errorf("%s: retention %v", s, kept)
		}
		if owes := ActsNext(s) == dossier.Declarant && s != Draft; owes != slices.Contains(d.Suspended, s) {
			t.Errorf("%s: suspended %v", s, !owes)
		}
	}
}

func TestTheTermsOfARequest(t *testing.T) {
	for _, c := range []struct {
		object, route, kind string
		target              int
	}{
		{"coc", "A", "new", 5}, {"coc", "B", "new", 3}, {"coc", "B", "revision", 3}, {"coc", "C", "new", 2},
		{"sor", "", "new", 10}, {"sor", "", "renewal", 5}, {"sol", "", "revision", 15}, {"", "", "", 5},
	} {
		d := &Dossier{Object: c.object, Route: c.route, Type: c.kind}
		if got := d.Terms(); got.Target != c.target || got.Complements != dossier.Unlimited || got.Status[Submitted] == 0 {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}

func TestTheTargetSkipsWeekEndsAndHolidays(t *testing.T) {
	// 16 to 18 November 2026: Monday, Tuesday, and Wednesday, which is Independence Day.
	at := time.Date(2026, time.November, 16, 10, 0, 0, 0, time.UTC)
	terms := (&Dossier{Object: CoC, Route: "A"}).Terms()
	if due := dossier.Start(terms, at).Read(calendar.Official(), at).Due; due != calendar.On(2026, time.November, 24) {
		t.Errorf("%v", due)
	}
}

func TestWhereOneComplementMayBeAskedFor(t *testing.T) {
	asked := []dossier.Span{{Ended: AwaitingComplement}, {}}
	analysed := []dossier.Span{{Ended: AwaitingAnalyses}, {}}
	for _, c := range []struct {
		name  string
		clock dossier.Clock
		half  string
		want  string
	}{
		{"unlimited", dossier.Clock{Spans: asked}, "", ""},
		{"one, in the first half", dossier.Clock{Complements: dossier.Once, Spans: analysed}, "2026-11-24", ""},
		{"one, on another day of it", dossier.Clock{Complements: dossier.Once, Spans: analysed}, "2026-11-25", ""},
		{"one, in the second half", dossier.Clock{Complements: dossier.Once, Spans: analysed}, "2026-11-23", "complement_too_late"},
		{"one, long after", dossier.Clock{Complements: dossier.Once, Spans: analysed}, "", "complement_too_late"},
		{"a second one", dossier.Clock{Complements: dossier.Once, Spans: asked}, "2026-11-24", "complement_asked_before"},
	} {
		d := &Dossier{Head: dossier.Head{Clock: c.clock, HalfOn: c.half}}
		if got := d.ComplementBarred(calendar.On(2026, 11, 24)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
