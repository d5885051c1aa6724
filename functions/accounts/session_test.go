package accounts

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"portal/functions/accounts/accounttest"
	"portal/functions/accounts/registry"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/password"
	"portal/shared/people"
)

const (
	sessions = "/api/accounts/sessions"
	me       = "/api/accounts/me"
)

func list(c *accounttest.Client) []SessionView {
	var out struct{ Sessions []SessionView }
	c.Do(http.MethodGet, sessions, nil).Want(http.StatusOK, "").JSON(&out)
	return out.Sessions
}

func signedIn(p *accounttest.Portal) *accounttest.Client {
	c := p.Client()
	c.SignIn("active@argan.example", accounttest.Password).Want(http.StatusNoContent, "")
	return c
}

func TestASessionEndsByItselfByItsOwnerAndByAge(t *testing.T) {
	p, _ := counting(t)
	one, two, three := signedIn(p), signedIn(p), signedIn(p)
	p.Wait(time.Minute)
	one.Do(http.MethodGet, me, nil).Want(http.StatusOK, "")
	seen := list(one)
	if len(seen) != 3 || !seen[0].Current || seen[1].Current || seen[0].Agent != "Firefox" || !seen[0].LastSeen.Equal(accounttest.Noon.Add(time.Minute)) {
		t.Fatalf("%+v", seen)
	}
	one.Do(http.MethodDelete, sessions+"/"+seen[1].ID, nil).Want(http.StatusNoContent, "")
	one.Do(http.MethodDelete, sessions+"/"+seen[1].ID, nil).Want(http.StatusNotFound, "not_found")
	ended := 0
	for _, c := range []*accounttest.Client{two, three} {
		if c.Do(http.MethodGet, me, nil).Status == http.StatusUnauthorized {
			ended++
		}
	}
	if ended != 1 {
		t.Errorf("%d sessions ended", ended)
	}
	one.Do(http.MethodDelete, sessions+"/"+seen[0].ID, nil).Want(http.StatusNoContent, "")
	if one.Cookies["session"] != "" {
		t.Error("the cookie of the ended session stays")
	}
	one.Do(http.MethodGet, me, nil).Want(http.StatusUnauthorized, "unauthenticated")

	idle := signedIn(p)
	p.Wait(people.SessionIdle)
	idle.Do(http.MethodGet, me, nil).Want(http.StatusUnauthorized, "unauthenticated")

	busy := signedIn(p)
	for range 24 {
		busy.Do(http.MethodGet, me, nil).Want(http.StatusOK, "")
		p.Wait(people.SessionIdle - time.Second)
	}
	p.Wait(24 * time.Second)
	busy.Do(http.MethodGet, me, nil).Want(http.StatusUnauthorized, "unauthenticated")
}

func TestNobodyEndsSomebodyElsesSession(t *testing.T) {
	p, c := counting(t)
	c.told.Store(quick+"other", accounttest.Password)
	account(t, p, people.Person{ID: "other", Status: people.Active, Email: "other@argan.example", Password: quick + "other"})
	mine := signedIn(p)
	id := list(mine)[0].ID
	rival := p.Client()
	rival.SignIn("other@argan.example", accounttest.Password).Want(http.StatusNoContent, "")
	for _, named := range []string{id, id[:8], "", "current%2f", strings.Repeat("0", 16), strings.Repeat("%20", 16)} {
		rival.Do(http.MethodDelete, sessions+"/"+named, nil).Want(http.StatusNotFound, "not_found")
	}
	for _, short := range []string{id[:1], id[:15], id + "0", strings.ToUpper(id) + "x"} {
		mine.Do(http.MethodDelete, sessions+"/"+short, nil).Want(http.StatusNotFound, "not_found")
	}
	mine.Do(http.MethodGet, me, nil).Want(http.StatusOK, "")
	p.Client().Do(http.MethodGet, sessions, nil).Want(http.StatusUnauthorized, "unauthenticated")
}

func TestSigningOutEndsTheSessionOnTheServer(t *testing.T) {
	p, _ := counting(t)
	c := signedIn(p)
	stolen := p.Client()
	stolen.Cookies["session"] = c.Cookies["session"]
	stolen.Do(http.MethodGet, me, nil).Want(http.StatusOK, "")
	c.Do(http.MethodDelete, sessions+"/current", nil).Want(http.StatusNoContent, "")
	c.Do(http.MethodDelete, sessions+"/current", nil).Want(http.StatusNoContent, "") // no session any more: no matter
	stolen.Do(http.MethodGet, me, nil).Want(http.StatusUnauthorized, "unauthenticated")
}

func TestSigningInAgainReplacesTheBrowsersSession(t *testing.T) {
	p, _ := counting(t)
	c := signedIn(p)
	old := c.Cookies["session"]
	c.SignIn("active@argan.example", accounttest.Password).Want(http.StatusNoContent, "")
	if c.Cookies["session"] == old || len(list(c)) != 1 {
		t.Errorf("sessions %v", list(c))
	}
}

func TestTheOldestSessionsGiveWay(t *testing.T) {
	p, _ := counting(t)
	first := signedIn(p)
	for range mostSessions {
		p.Wait(time.Second)
		signedIn(p)
	}
	if rows := p.Rows(people.PersonPK("active"), sessionPrefix); len(rows) != mostSessions {
		t.Errorf("%d sessions", len(rows))
	}
	first.Do(http.MethodGet, me, nil).Want(http.StatusUnauthorized, "unauthenticated")
}

func TestANewDeviceIsToldToTheOwnerButNotTheFirst(t *testing.T) {
	p, _ := counting(t)
	letters := func() string {
		p.Settle()
		return fmt.Sprint(accounttest.Kinds(p.Post.Take()))
	}
	first := signedIn(p)
	if got := letters(); got != "[]" {
		t.Errorf("the first device: %s", got)
	}
	first.SignIn("active@argan.example", accounttest.Password)
	if got := letters(); got != "[]" {
		t.Errorf("a known device: %s", got)
	}
	second := p.Client()
	second.Header.Set("User-Agent", "<b>Evil</b>\x01"+strings.Repeat("x", 300))
	second.SignIn("active@argan.example", accounttest.Password).Want(http.StatusNoContent, "")
	p.Settle()
	told := p.Post.Take()
	if len(told) != 1 || told[0].Kind != "new_device" || strings.Contains(told[0].HTML, "<b>Evil") || !strings.Contains(told[0].Text, "21/11/2026 13:00") || len(told[0].Text) > 1200 {
		t.Errorf("%+v", told)
	}
	p.Wait(deviceForgets)
	first.SignIn("active@argan.example", accounttest.Password).Want(http.StatusNoContent, "")
	if got := letters(); got != "[]" { // every device was forgotten, as before the first
		t.Errorf("after a long absence: %s", got)
	}
}

func TestAPlantedDeviceCookieIsNotBelieved(t *testing.T) {
	p, _ := counting(t)
	signedIn(p)
	for _, planted := range []string{"x", strings.Repeat("0", 64), strings.Repeat("G", 64)} {
		c := p.Client()
		c.Cookies["device"] = planted
		c.SignIn("active@argan.example", accounttest.Password).Want(http.StatusNoContent, "")
		p.Settle()
		if got := fmt.Sprint(accounttest.Kinds(p.Post.Take())); got != "[new_device]" {
			t.Errorf("%q: %s", planted, got)
		}
	}
}

func TestCookiesAreOutOfReach(t *testing.T) {
	p := accounttest.OpenWith(t, infra.Settings{BaseURL: "https://portal.example", Sender: "a@portal.example", SecureOnly: true}, Steps, mail.Steps)
	c := p.Client()
	c.Choose(c.Register("active@argan.example"), accounttest.Password).Want(http.StatusNoContent, "")
	sent := c.SignIn("active@argan.example", accounttest.Password).Want(http.StatusNoContent, "").Sent
	if len(sent) != 2 || sent[0].Name != "__Host-session" || sent[1].Name != "__Host-device" {
		t.Fatalf("%v", sent)
	}
	for _, cookie := range sent {
		if !cookie.Secure || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
			t.Errorf("%s", cookie)
		}
	}
	c.Do(http.MethodGet, me, nil).Want(http.StatusOK, "")
	if id := list(c)[0].ID; strings.Contains(sent[0].Value, id) {
		t.Error("the list shows part of the cookie")
	}
}

func TestTheHashIsRenewedWhenItsCostHasGrown(t *testing.T) {
	p := accounttest.Open(t, Steps, mail.Steps)
	// "password" with the salt "somesalt", at a cost below today's.
	const weak = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$cpx6VEQbwTVZvcpxNIxOVUWZ5xnAipUmAe1cg2GMG70"
	account(t, p, people.Person{ID: "active", Status: people.Active, Email: "active@argan.example", Password: weak})
	p.Client().SignIn("active@argan.example", "wrong").Want(http.StatusUnauthorized, "wrong_credentials")
	if person := read(t, p, "active"); person.Password != weak {
		t.Error("renewed without the password")
	}
	p.Client().SignIn("active@argan.example", "password").Want(http.StatusNoContent, "")
	person := read(t, p, "active")
	if same, outdated, err := password.Check(person.Password, "password"); person.Password == weak || !same || outdated || err != nil || person.Version != 2 {
		t.Errorf("%v %v %v, version %d", same, outdated, err, person.Version)
	}
	p.Client().SignIn("active@argan.example", "password").Want(http.StatusNoContent, "")
	if again := read(t, p, "active"); again.Password != person.Password || again.Version != 2 {
		t.Errorf("renewed again, version %d", again.Version)
	}
}

func read(t *testing.T, p *accounttest.Portal, id string) people.Person {
	t.Helper()
	person, err := registry.Person(t.Context(), p.Ports.People, id)
	if err != nil {
		t.Fatal(err)
	}
	return person
}

func TestWhereSigningInLeads(t *testing.T) {
	for _, s := range []struct {
		why          string
		roles        []people.Role
		subscription string
		want         Home
	}{
		{"a new operator", []people.Role{people.Declarant, people.CompanyAdmin}, "", Subscription},
		{"an operator validated at PORTNET", []people.Role{people.Declarant}, "10092023I00000001137", Dashboard},
		{"an agent", []people.Role{people.Agent}, "", Queue},
		{"a supervisor who administers too", []people.Role{people.Supervisor, people.Administrator}, "", Queue},
		{"an administrator", []people.Role{people.Administrator}, "", Administration},
		{"nobody's member", nil, "", Subscription},
	} {
		caller := people.Caller{Memberships: []people.Membership{{Organisation: "o", Roles: s.roles}}}
		if got := homeOf(caller, []MembershipView{{Subscription: s.subscription}}); got != s.want {
			t.Errorf("%s: %s, want %s", s.why, got, s.want)
		}
	}
}
