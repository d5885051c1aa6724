package people

import (
	"strings"
	"testing"
	"time"
)

func TestAddressesThatPeopleTakeForTheSameAreTheSame(t *testing.T) {
	for _, pair := range [][2]string{
		{"Samira@Example.MA", "samira@example.ma"}, {" a@b.ma ", "a@b.ma"}, {"e\u0301@b.ma", "\u00e9@b.ma"}, {"STRASSE@b.de", "strasse@B.DE"},
	} {
		if EmailPK(pair[0]) != EmailPK(pair[1]) {
			t.Errorf("%q and %q differ", pair[0], pair[1])
		}
	}
	if EmailPK("a@b.ma") == EmailPK("a@c.ma") {
		t.Error("two addresses share a key")
	}
	if strings.Contains(EmailPK("samira@example.ma"), "samira") {
		t.Error("the key shows the address")
	}
}

func TestASessionEndsIdleOrAfterItsTime(t *testing.T) {
	start := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		seen, now time.Duration
		alive     bool
	}{
		{0, 0, true}, {0, 29 * time.Minute, true}, {0, 30 * time.Minute, false},
		{11*time.Hour + 50*time.Minute, 11*time.Hour + 59*time.Minute, true},
		{11*time.Hour + 50*time.Minute, 12 * time.Hour, false},
	} {
		s := Session{Created: start, LastSeen: start.Add(tc.seen)}
		if got := s.Alive(start.Add(tc.now)); got != tc.alive {
			t.Errorf("seen after %v, now %v: alive %v", tc.seen, tc.now, got)
		}
	}
}

func TestRolesCountInTheirOwnOrganisationOnly(t *testing.T) {
	c := Caller{Person: "p", Memberships: []Membership{{"bureau-BV", []Role{Agent}}, {"bureau-SG", []Role{Supervisor, Agent}}}}
	if !c.Has(Supervisor) || c.HasIn("bureau-BV", Supervisor) || !c.HasIn("bureau-SG", Supervisor) || c.Has(Administrator) {
		t.Error("roles leak between organisations")
	}
	if got := c.With(Agent); len(got) != 2 || got[0] != "bureau-BV" {
		t.Errorf("agent in %v", got)
	}
	if (Caller{}).SignedIn() || (Caller{}).Has(Declarant) {
		t.Error("nobody is somebody")
	}
}
