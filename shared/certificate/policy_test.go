package certificate_test

import (
	"testing"

	"pgregory.net/rapid"

	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/identifiers"
)

func TestStatementsAreRenewedAroundTheirLastDay(t *testing.T) {
	policy, last := certificate.DefaultPolicy(), calendar.On(2027, 3, 31)
	for kind, renewed := range map[identifiers.CertificateKind]bool{
		identifiers.COC: false, identifiers.SOR: true, identifiers.SOL: true, identifiers.NCR: false, identifiers.CIA: false,
	} {
		from, until := policy.Renewable(kind, last)
		if from.IsZero() == renewed || until.IsZero() == renewed {
			t.Errorf("%s: renewable from %v until %v", kind, from, until)
		}
		if renewed && (from != last.AddDays(-90) || until != last.AddDays(90)) {
			t.Errorf("%s: renewable from %v until %v", kind, from, until)
		}
	}
	if from, _ := policy.Renewable(identifiers.SOR, calendar.Date{}); !from.IsZero() {
		t.Error("what has no last day is renewable")
	}
}

func TestARenewalGivesAYearAndTakesNoDayAway(t *testing.T) {
	policy, last := certificate.DefaultPolicy(), calendar.On(2027, 3, 31)
	for on, want := range map[calendar.Date]calendar.Date{
		last.AddDays(-90): calendar.On(2028, 3, 31), last: calendar.On(2028, 3, 31),
		last.AddDays(1): calendar.On(2028, 4, 1), last.AddDays(90): calendar.On(2028, 6, 29),
	} {
		if got := policy.Renewed(identifiers.SOL, last, on); got != want {
			t.Errorf("renewed on %v until %v, want %v", on, got, want)
		}
	}
	if got := policy.Renewed(identifiers.NCR, last, last); !got.IsZero() {
		t.Errorf("what never ends is renewed until %v", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		last := calendar.On(2024, 1, 1).AddDays(rapid.IntRange(0, 3000).Draw(t, "last day"))
		on := last.AddDays(rapid.IntRange(-90, 90).Draw(t, "renewed"))
		got := policy.Renewed(identifiers.SOR, last, on)
		if got.Before(last.AddYears(1)) || got.Before(on.AddYears(1)) || got.After(last.AddYears(1)) && !on.After(last) {
			t.Fatalf("valid until %v, renewed on %v until %v", last, on, got)
		}
	})
}

func TestMalformedRenewalsAreRefused(t *testing.T) {
	others := `"SOL":{},"NCR":{},"CIA":{},"COC":{}`
	for name, text := range map[string]string{
		"of what never ends": `{"kinds":{"SOR":{"renewal":{"days_before":90}},` + others + `}}`,
		"negative days":      `{"kinds":{"SOR":{"months":12,"renewal":{"days_before":-1}},` + others + `}}`,
		"negative after":     `{"kinds":{"SOR":{"months":12,"renewal":{"days_after":-1}},` + others + `}}`,
	} {
		if _, err := certificate.ParsePolicy([]byte(text)); err == nil {
			t.Errorf("a renewal %s is accepted", name)
		}
	}
}
