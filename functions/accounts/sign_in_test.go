package accounts

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/functions/accounts/accounttest"
	"portal/functions/accounts/registry"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/password"
	"portal/shared/people"
	"portal/shared/step"
)

// quick is an argon2id hash of accounttest.Password at the least cost, so that
// tests of many attempts are quick; the cost of a check is counted, not timed.
const quick = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2E$"

// checks counts password checks by the cost of the hash they were given, and
// answers at once.
type checks struct {
	nobody, somebody atomic.Int64
	told             sync.Map // hash → password that it has
	during           func()   // happens while a password is checked
}

func (c *checks) check(hash, typed string) (bool, bool, error) {
	if hash == password.Nobody() {
		c.nobody.Add(1)
		return false, false, nil
	}
	c.somebody.Add(1)
	if c.during != nil {
		c.during()
	}
	known, ok := c.told.Load(hash)
	return ok && known == typed, false, nil
}

func (c *checks) count() int64 { return c.nobody.Load() + c.somebody.Load() }

// counting is a portal whose sign-in counts its checks instead of hashing, with
// an active account and a pending one.
func counting(t *testing.T) (*accounttest.Portal, *checks) {
	t.Helper()
	t.Parallel()
	c := &checks{}
	steps := []infra.Maker{
		showChallenge, register, signOut, forgetPassword, resetPassword, createPassword, showProfile, listSessions, endSession,
		func(p infra.Ports) step.Step { return signInChecking(p, c.check) },
	}
	p := accounttest.Open(t, steps, mail.Steps)
	c.told.Store(quick+"active", accounttest.Password)
	account(t, p, people.Person{ID: "active", Status: people.Active, Email: "active@argan.example", Password: quick + "active"})
	account(t, p, people.Person{ID: "pending", Status: people.Pending, Email: "pending@argan.example"})
	return p, c
}

func account(t *testing.T, p *accounttest.Portal, person people.Person) {
	t.Helper()
	person.Name, person.Lang, person.Created = "Yasmine", "fr", accounttest.Noon
	if err := p.Ports.People.Write(t.Context(), registry.Open(person)...); err != nil {
		t.Fatal(err)
	}
}

// The calls and checks are compared, not the clock.
func TestSigningInDoesTheSameWorkWhateverIsWrong(t *testing.T) {
	p, c := counting(t)
	var first []string
	for _, email := range []string{"active@argan.example", "pending@argan.example", "nobody@argan.example", "not an address"} {
		for attempt := 1; attempt <= attemptsFree+2; attempt++ {
			browser := p.Client()
			before := c.count()
			p.Trace.Take()
			answer := browser.SignIn(email, "wrong")
			answer.Want(http.StatusUnauthorized, "wrong_credentials")
			calls := fmt.Sprint(attempt, p.Trace.Take())
			if c.count() != before+1 {
				t.Errorf("%s, attempt %d: %d checks", email, attempt, c.count()-before)
			}
			if len(first) < attempt {
				first = append(first, calls)
			}
			if calls != first[attempt-1] {
				t.Errorf("%s does\n%s, an active account\n%s", email, calls, first[attempt-1])
			}
			if len(answer.Sent) != 0 {
				t.Errorf("%s: cookies %v", email, answer.Sent)
			}
		}
	}
	if !strings.Contains(first[0], "Put attempts/attempts") || !strings.Contains(first[4], "Put knock/mail") || strings.Contains(first[5], "Put") {
		t.Errorf("the attempts did\n%s", strings.Join(first, "\n"))
	}
	p.Settle()
	letters := p.Post.Take()
	if len(letters) != 1 || letters[0].Kind != "account_slowed" || letters[0].To != "active@argan.example" {
		t.Errorf("letters %v", accounttest.Kinds(letters))
	}
}

func TestTheDummyHashCostsWhatATrueOneCosts(t *testing.T) {
	hash, err := password.Hash("x", make([]byte, password.SaltLength))
	if err != nil {
		t.Fatal(err)
	}
	cost := func(phc string) string { return strings.Join(strings.Split(phc, "$")[:4], "$") }
	if cost(hash) != cost(password.Nobody()) || len(hash) != len(password.Nobody()) {
		t.Errorf("%s and %s", hash, password.Nobody())
	}
}

func TestFiveWrongPasswordsSlowAStrangerDown(t *testing.T) {
	p, c := counting(t)
	looked := func(who *accounttest.Client) bool {
		before := c.somebody.Load()
		who.SignIn("active@argan.example", "wrong").Want(http.StatusUnauthorized, "wrong_credentials")
		return c.somebody.Load() > before
	}
	stranger := p.Client()
	for n := range attemptsFree {
		if !looked(stranger) {
			t.Fatalf("attempt %d was not looked at", n+1)
		}
	}
	for n, wait := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
		if looked(p.Client()) {
			t.Errorf("after wait %d: looked at too soon", n)
		}
		stranger.SignIn("ACTIVE@argan.example", accounttest.Password).Want(http.StatusUnauthorized, "wrong_credentials")
		p.Wait(wait - time.Second)
		if looked(stranger) {
			t.Errorf("wait %d: looked at a second too soon", n)
		}
		p.Wait(time.Second)
		if !looked(p.Client()) {
			t.Errorf("wait %d: not looked at in time", n)
		}
	}
	p.Wait(2 * attemptsWindow)
	for n := range attemptsFree {
		if !looked(p.Client()) {
			t.Errorf("attempt %d after a long rest was not looked at", n+1)
		}
	}
}

func TestWrongPasswordsAreForgottenAfterAQuarterOfAnHourAndByTheRightOne(t *testing.T) {
	p, _ := counting(t)
	c := p.Client()
	wrong := func(n int) {
		for range n {
			c.SignIn("active@argan.example", "wrong").Want(http.StatusUnauthorized, "wrong_credentials")
		}
	}
	right := func() { c.SignIn("active@argan.example", accounttest.Password).Want(http.StatusNoContent, "") }
	wrong(attemptsFree - 1)
	right()
	delete(c.Cookies, "device")
	wrong(attemptsFree - 1)
	p.Wait(attemptsWindow)
	wrong(attemptsFree - 1)
	right()
}

func TestAStrangerNeverLocksTheOwnerOut(t *testing.T) {
	p, _ := counting(t)
	owner := p.Client()
	owner.SignIn("active@argan.example", accounttest.Password).Want(http.StatusNoContent, "")
	for range 10 {
		for range attemptsFree + 1 {
			p.Client().SignIn("active@argan.example", "wrong")
		}
		owner.SignIn("active@argan.example", accounttest.Password).Want(http.StatusNoContent, "")
		p.Wait(time.Minute)
	}
	// The known browser is slowed down by its own mistakes only.
	for range attemptsFree {
		owner.SignIn("active@argan.example", "wrong").Want(http.StatusUnauthorized, "wrong_credentials")
	}
	owner.SignIn("active@argan.example", accounttest.Password).Want(http.StatusUnauthorized, "wrong_credentials")

	// A link received by mail clears the count for any browser.
	fresh := p.Client()
	p.Settle()
	p.Post.Take()
	fresh.Do(http.MethodPost, "/api/accounts/password-forgotten", map[string]string{"email": "active@argan.example"}).Want(http.StatusAccepted, "")
	token := fresh.LastToken("password_reset")
	fresh.Do(http.MethodPost, "/api/accounts/password-resets", map[string]string{"token": token, "password": "tournevis olive 63", "again": "tournevis olive 63"}).Want(http.StatusNoContent, "")
	if rows := p.Rows(attemptsAt("active@argan.example").PK, ""); len(rows) != 0 {
		t.Errorf("%d counts left", len(rows))
	}
}

func TestRivalAttemptsAreAllCounted(t *testing.T) {
	p, c := counting(t)
	var wg sync.WaitGroup
	for range 12 {
		browser := p.Client()
		wg.Go(func() { browser.SignIn("active@argan.example", "wrong") })
	}
	wg.Wait()
	if n := c.somebody.Load(); n > attemptsFree {
		t.Errorf("%d of 12 at once were looked at", n)
	}
	if c.count() != 12 {
		t.Errorf("%d checks", c.count())
	}
}

// edit changes an account behind a step's back.
func edit(t *testing.T, p *accounttest.Portal, change func(*people.Person)) {
	t.Helper()
	person := read(t, p, "active")
	change(&person)
	if err := p.Ports.People.Write(t.Context(), registry.Save(person)); err != nil {
		t.Fatal(err)
	}
}

func TestAPasswordChangedWhileItIsCheckedOpensNothing(t *testing.T) {
	p, c := counting(t)
	phone := func() { edit(t, p, func(p *people.Person) { p.Phone += "0" }) }
	password := func() { edit(t, p, func(p *people.Person) { p.Password = quick + "other" }) }
	signIn := func() int { return p.Client().SignIn("active@argan.example", accounttest.Password).Status }
	const write = "Write infra.Check person/person"

	// Another change does not matter, neither during the check nor after.
	c.during = phone
	if got := signIn(); got != http.StatusNoContent {
		t.Errorf("%d", got)
	}
	c.during = nil
	p.Trace.Before(write, phone)
	if got := signIn(); got != http.StatusNoContent {
		t.Errorf("%d", got)
	}
	p.Trace.Before(write, password)
	if got := signIn(); got != http.StatusUnauthorized {
		t.Errorf("changed before the session is written: %d", got)
	}
	edit(t, p, func(p *people.Person) { p.Password = quick + "active" })
	c.during = password
	if got := signIn(); got != http.StatusUnauthorized {
		t.Errorf("changed during the check: %d", got)
	}
	if rows := p.Rows(people.PersonPK("active"), sessionPrefix); len(rows) != 2 {
		t.Errorf("%d sessions", len(rows))
	}
}

func TestAnAttemptCountsBesideARivals(t *testing.T) {
	p, _ := counting(t)
	key := attemptsAt("active@argan.example")
	p.Trace.Before("Write infra.Put attempts", func() {
		rival := infra.Put{Key: key, Value: attempts{Wrong: 4, First: accounttest.Noon}, Expires: accounttest.Noon.Add(attemptsWindow)}
		if err := p.Ports.People.Write(t.Context(), rival); err != nil {
			t.Fatal(err)
		}
	})
	p.Client().SignIn("active@argan.example", "wrong").Want(http.StatusUnauthorized, "wrong_credentials")
	row, err := p.Ports.People.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	var a attempts
	if err := row.Decode(&a); err != nil || a.Wrong != 5 || !a.Until.Equal(accounttest.Noon.Add(slowFirst)) {
		t.Errorf("%+v %v", a, err)
	}
}

func TestOneClientMayNotTryAccountAfterAccount(t *testing.T) {
	p, _ := counting(t)
	c := p.Client()
	for n := range 100 {
		c.SignIn(fmt.Sprintf("a%d@argan.example", n), "wrong").Want(http.StatusUnauthorized, "wrong_credentials")
	}
	c.SignIn("active@argan.example", accounttest.Password).Want(http.StatusTooManyRequests, "too_many_requests")
	p.Client().SignIn("active@argan.example", accounttest.Password).Want(http.StatusNoContent, "")
}

func TestTheDelayDoublesUpToItsMost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wrong := rapid.Int64Range(attemptsFree, 1<<40).Draw(t, "wrong")
		this, next := delay(wrong), delay(wrong+1)
		if this < slowFirst || this > slowMost || (next != 2*this && next != slowMost) {
			t.Fatalf("%s then %s", this, next)
		}
	})
}

func TestClientsAreCountedByNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7",
		"2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2:ffff::1": "2001:db8:1:2::/64", "fe80::1%eth0": "fe80::/64",
		"": "", "pipe": "pipe",
	} {
		if got := network(address); got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
}
