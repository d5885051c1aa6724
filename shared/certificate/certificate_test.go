package certificate_test

import (
	"encoding/json"
	"testing"
	"time"

	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/identifiers"
)

func TestStatusOnADay(t *testing.T) {
	expires := calendar.On(2026, time.November, 30)
	for _, c := range []struct {
		name     string
		recorded certificate.Status
		expires  calendar.Date
		on       calendar.Date
		want     certificate.Status
	}{
		{"long before", certificate.Valid, expires, calendar.On(2026, 9, 1), certificate.Valid},
		{"on the expiry day", certificate.Valid, expires, expires, certificate.Valid},
		{"the day after, before the sweep has run", certificate.Valid, expires, expires.AddDays(1), certificate.Expired},
		{"after the sweep", certificate.Expired, expires, expires.AddDays(40), certificate.Expired},
		{"looking back at a day of validity", certificate.Expired, expires, expires.AddDays(-1), certificate.Valid},
		{"revoked, before expiry", certificate.Revoked, expires, expires.AddDays(-1), certificate.Revoked},
		{"used up, after expiry", certificate.UsedUp, expires, expires.AddDays(1), certificate.UsedUp},
		{"replaced, after expiry", certificate.Replaced, expires, expires.AddDays(1), certificate.Replaced},
		{"without expiry", certificate.Valid, calendar.Date{}, calendar.On(2099, 1, 1), certificate.Valid},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := certificate.Certificate{Status: c.recorded, Expires: c.expires}.StatusAt(c.on)
			if got != c.want {
				t.Errorf("status %s, want %s", got, c.want)
			}
		})
	}
}

// Half an hour before midnight UTC the expiry day is over in Casablanca.
func TestValidityEndsAtMidnightInCasablanca(t *testing.T) {
	c := certificate.Certificate{Status: certificate.Valid, Expires: calendar.On(2026, 11, 30)}
	for at, want := range map[time.Time]certificate.Status{
		time.Date(2026, 11, 30, 22, 59, 59, 0, time.UTC): certificate.Valid,
		time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC):   certificate.Expired,
	} {
		if got := c.StatusAt(calendar.DateIn(at)); got != want {
			t.Errorf("at %v %s, want %s", at, got, want)
		}
	}
}

func TestStatusesAndLabels(t *testing.T) {
	want := []string{"certificate.status.valid", "certificate.status.expired", "certificate.status.replaced", "certificate.status.revoked", "certificate.status.used_up"}
	for i, s := range certificate.Statuses() {
		if s.LabelKey() != want[i] || !s.Known() {
			t.Errorf("%s has label %s", s, s.LabelKey())
		}
	}
	if len(certificate.Statuses()) != len(want) || certificate.Status("lost").Known() || certificate.Status("").Known() {
		t.Error("the statuses are not the five of the specification")
	}
}

func TestExpiryOfEachKind(t *testing.T) {
	policy := certificate.DefaultPolicy()
	for _, c := range []struct {
		name   string
		kind   identifiers.CertificateKind
		issued string
		want   string
	}{
		{"a CoC lasts 3 calendar months", identifiers.COC, "2026-11-21T10:00:00Z", "2027-02-21"},
		{"clamped: there is no 31 November", identifiers.COC, "2026-08-31T10:00:00Z", "2026-11-30"},
		{"clamped to February", identifiers.COC, "2026-11-30T10:00:00Z", "2027-02-28"},
		{"from the day it is in Casablanca", identifiers.COC, "2026-11-20T23:30:00Z", "2027-02-21"},
		{"an SoR lasts a year", identifiers.SOR, "2026-11-21T10:00:00Z", "2027-11-21"},
		{"an SoL too, even from 29 February", identifiers.SOL, "2028-02-29T10:00:00Z", "2029-02-28"},
		{"an NCR does not expire", identifiers.NCR, "2026-11-21T10:00:00Z", ""},
		{"nor does a handicraft certificate", identifiers.CIA, "2026-11-21T10:00:00Z", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			issued, err := time.Parse(time.RFC3339, c.issued)
			if err != nil {
				t.Fatal(err)
			}
			if got := policy.Expiry(c.kind, issued).String(); got != c.want {
				t.Errorf("expires %q, want %q", got, c.want)
			}
		})
	}
}

func TestCertificateAsJSON(t *testing.T) {
	issued := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	number, err := identifiers.NewCertificateNumber(identifiers.COC, issued, 1088)
	if err != nil {
		t.Fatal(err)
	}
	in := certificate.Certificate{Number: number, Dossier: "d1", Holder: "o1", Bureau: "BV", Route: "A", Issued: issued, Expires: calendar.On(2027, 2, 21), Status: certificate.Valid}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"number":"COC-2026-1088-3O","dossier":"d1","holder":"o1","bureau":"BV","route":"A","issued":"2026-11-21T10:00:00Z","expires":"2027-02-21","status":"valid"}`; string(text) != want {
		t.Errorf("JSON %s, want %s", text, want)
	}
	var out certificate.Certificate
	if err := json.Unmarshal(text, &out); err != nil || out != in || out.Kind() != identifiers.COC {
		t.Errorf("read back %+v, %v", out, err)
	}
}

func TestMalformedPoliciesAreRefused(t *testing.T) {
	others := `"SOR":{},"SOL":{},"NCR":{},"CIA":{}`
	for name, text := range map[string]string{
		"not JSON":                      `[`,
		"a kind missing":                `{"kinds":{` + others + `}}`,
		"an unknown kind":               `{"kinds":{"COC":{},"XYZ":{},` + others + `}}`,
		"a negative validity":           `{"kinds":{"COC":{"months":-3},` + others + `}}`,
		"a reminder after expiry":       `{"kinds":{"COC":{"months":3,"reminders":[7,-1]},` + others + `}}`,
		"the same reminder twice":       `{"kinds":{"COC":{"months":3,"reminders":[7,7]},` + others + `}}`,
		"reminders nearest first":       `{"kinds":{"COC":{"months":3,"reminders":[0,7]},` + others + `}}`,
		"reminders of what never comes": `{"kinds":{"COC":{"reminders":[7]},` + others + `}}`,
	} {
		if _, err := certificate.ParsePolicy([]byte(text)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := certificate.ParsePolicy([]byte(`{"kinds":{"COC":{"months":3,"reminders":[7,0]},` + others + `}}`)); err != nil {
		t.Errorf("a complete policy is refused: %v", err)
	}
}
