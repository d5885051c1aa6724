package accounts_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"portal/functions/accounts/accounttest"
	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/people"
)

const (
	creations = "/api/accounts/password-creations"
	resets    = "/api/accounts/password-resets"
	changes   = "/api/accounts/password-changes"
	forgotten = "/api/accounts/password-forgotten"
	other     = "tournevis olive cascade 63"
)

func choice(token, password, again string) map[string]string {
	return map[string]string{"token": token, "password": password, "again": again}
}

func forget(c *accounttest.Client, email string) accounttest.Answer {
	return c.Do(http.MethodPost, forgotten, map[string]string{"email": email})
}

func TestWhichPasswordsALinkAccepts(t *testing.T) {
	c := open(t).Client()
	token := c.Register("yasmine@argan.example")
	for _, s := range []struct{ why, token, password, again, want string }{
		{"too short", token, "x9#Kf2!vQz7", "x9#Kf2!vQz7", "invalid /password:too_short"},
		{"too long", token, strings.Repeat("aB3$", 33), strings.Repeat("aB3$", 33), "invalid /password:too_long"},
		{"very weak and mistyped", token, "motdepasse123", "motdepasse124", "invalid /password:password_too_weak /again:passwords_differ"},
		{"the company's name", token, "ArganExport2026", "ArganExport2026", "invalid /password:password_too_weak"},
		{"one's e-mail", token, "yasmine@argan.example", "yasmine@argan.example", "invalid /password:password_too_weak"},
		{"mistyped", token, accounttest.Password, accounttest.Password + " ", "invalid /again:passwords_differ"},
		{"nothing", token, "", "", "invalid /again:required /password:required"},
		{"an unknown link", "x" + token, accounttest.Password, accounttest.Password, "link_expired"},
	} {
		if got := c.Do(http.MethodPost, creations, choice(s.token, s.password, s.again)).Problem(); got != s.want {
			t.Errorf("%s: %q, want %q", s.why, got, s.want)
		}
	}
	// None of that used the link up.
	c.Choose(token, accounttest.Password).Want(http.StatusNoContent, "")
	c.Choose(token, accounttest.Password).Want(http.StatusGone, "link_expired")
}

func TestALinkWorksOnceInTimeForItsPurposeAndOnlyTheNewest(t *testing.T) {
	p := open(t)
	c := p.Client()
	first := c.Register("yasmine@argan.example")
	forget(c, "yasmine@argan.example").Want(http.StatusAccepted, "")
	second := c.LastToken("account_creation") // never locked out: a new creation link
	c.Choose(first, accounttest.Password).Want(http.StatusGone, "link_expired")
	c.Do(http.MethodPost, resets, choice(second, accounttest.Password, accounttest.Password)).Want(http.StatusGone, "link_expired")
	p.Wait(registry.Creation.Valid())
	c.Choose(second, accounttest.Password).Want(http.StatusGone, "link_expired")
	forget(c, "yasmine@argan.example")
	c.Choose(c.LastToken("account_creation"), accounttest.Password).Want(http.StatusNoContent, "")

	forget(c, "Yasmine@argan.example")
	reset := c.LastToken("password_reset")
	c.Do(http.MethodPost, creations, choice(reset, other, other)).Want(http.StatusGone, "link_expired")
	p.Wait(registry.Reset.Valid())
	c.Do(http.MethodPost, resets, choice(reset, other, other)).Want(http.StatusGone, "link_expired")
}

func TestAResetEndsEverySessionAndTellsTheOwner(t *testing.T) {
	p := open(t)
	mine := p.Client().Join("yasmine@argan.example")
	thief := p.Client()
	thief.SignIn("yasmine@argan.example", accounttest.Password).Want(http.StatusNoContent, "")
	p.Settle()
	p.Post.Take()

	fresh := p.Client()
	forget(fresh, "yasmine@argan.example")
	token := fresh.LastToken("password_reset")
	fresh.Do(http.MethodPost, resets, choice(token, other, other)).Want(http.StatusNoContent, "")
	for _, c := range []*accounttest.Client{mine, thief} {
		c.Do(http.MethodGet, "/api/accounts/me", nil).Want(http.StatusUnauthorized, "unauthenticated")
	}
	p.Settle()
	if letters := p.Post.Take(); fmt.Sprint(accounttest.Kinds(letters)) != "[password_changed]" || !strings.Contains(letters[0].Text, "21/11/2026 13:00") {
		t.Errorf("letters %v", letters)
	}
	fresh.SignIn("yasmine@argan.example", accounttest.Password).Want(http.StatusUnauthorized, "wrong_credentials")
	fresh.SignIn("yasmine@argan.example", other).Want(http.StatusNoContent, "")
	p.Settle()
	if letters := p.Post.Take(); len(letters) != 0 { // the browser that followed the link is known
		t.Errorf("letters %v", accounttest.Kinds(letters))
	}
	thief.SignIn("yasmine@argan.example", other).Want(http.StatusNoContent, "")
	p.Settle()
	if letters := p.Post.Take(); fmt.Sprint(accounttest.Kinds(letters)) != "[new_device]" { // the thief's no longer
		t.Errorf("letters %v", accounttest.Kinds(letters))
	}
}

func TestChangingOnesPassword(t *testing.T) {
	p := open(t)
	mine := p.Client().Join("yasmine@argan.example")
	elsewhere := p.Client()
	elsewhere.SignIn("yasmine@argan.example", accounttest.Password)
	p.Settle()
	p.Post.Take()
	change := func(current, password, again string) accounttest.Answer {
		return mine.Do(http.MethodPost, changes, map[string]string{"current": current, "password": password, "again": again})
	}
	change("wrong", "short", "different").Want(http.StatusUnprocessableEntity, "invalid /current:wrong_password /password:too_short /again:passwords_differ")
	change(accounttest.Password, accounttest.Password, accounttest.Password).Want(http.StatusUnprocessableEntity, "invalid /password:same_password")
	p.Client().Do(http.MethodPost, changes, map[string]string{}).Want(http.StatusUnauthorized, "unauthenticated")
	change(accounttest.Password, other, other).Want(http.StatusNoContent, "")

	mine.Do(http.MethodGet, "/api/accounts/me", nil).Want(http.StatusOK, "")
	elsewhere.Do(http.MethodGet, "/api/accounts/me", nil).Want(http.StatusUnauthorized, "unauthenticated")
	p.Settle()
	if letters := p.Post.Take(); fmt.Sprint(accounttest.Kinds(letters)) != "[password_changed]" {
		t.Errorf("letters %v", accounttest.Kinds(letters))
	}
	for range 7 {
		change("wrong", other, other)
	}
	change("wrong", other, other).Want(http.StatusTooManyRequests, "too_many_requests")
}

func TestARepeatedChoiceAnswersAsTheFirst(t *testing.T) {
	p := open(t)
	c := p.Client()
	token := c.Register("yasmine@argan.example")
	key := http.Header{"Idempotency-Key": {"k"}}
	for range 2 {
		c.DoWith(key, http.MethodPost, creations, choice(token, accounttest.Password, accounttest.Password)).Want(http.StatusNoContent, "")
	}
	c.SignIn("yasmine@argan.example", accounttest.Password).Want(http.StatusNoContent, "")
	for range 2 {
		c.DoWith(key, http.MethodPost, changes, map[string]string{"current": accounttest.Password, "password": other, "again": other}).Want(http.StatusNoContent, "")
	}
}

func TestOfRivalsWithOneLinkOneWins(t *testing.T) {
	p := open(t)
	token := p.Client().Register("yasmine@argan.example")
	var wg sync.WaitGroup
	statuses := make([]int, 4)
	for n := range statuses {
		c := p.Client()
		wg.Go(func() {
			password := fmt.Sprintf("%s %d", accounttest.Password, n)
			statuses[n] = c.Do(http.MethodPost, creations, choice(token, password, password)).Status
		})
	}
	wg.Wait()
	won := 0
	for _, s := range statuses {
		if s == http.StatusNoContent {
			won++
		} else if s != http.StatusGone {
			t.Errorf("status %d", s)
		}
	}
	if won != 1 {
		t.Errorf("%d won: %v", won, statuses)
	}
}

// What a forgotten password does before it answers must not depend on whether
// there is an account: the calls are compared, not the clock.
func TestAForgottenPasswordDoesTheSameWorkForEverybody(t *testing.T) {
	p := open(t)
	p.Client().Join("active@argan.example")
	p.Client().Register("pending@argan.example")
	var first []string
	for _, email := range []string{"active@argan.example", "pending@argan.example", "nobody@argan.example", "not even an address"} {
		c := p.Client()
		p.Trace.Take()
		answer := forget(c, email)
		answer.Want(http.StatusAccepted, "")
		calls := p.Trace.Take()
		if len(answer.Raw) != 0 || len(answer.Sent) != 0 {
			t.Errorf("%s: %s %v", email, answer.Raw, answer.Sent)
		}
		if first == nil {
			first = calls
		}
		if len(calls) == 0 || fmt.Sprint(calls) != fmt.Sprint(first) {
			t.Errorf("%s does\n%v, the first did\n%v", email, calls, first)
		}
		if rows := p.Rows("knock#"+people.Hash(people.FoldEmail(email)), ""); len(rows) != 1 || strings.Contains(string(rows[0].Value), "argan") {
			t.Errorf("%s: knocks %v", email, rows)
		}
	}
	p.Settle()
	if kinds := accounttest.Kinds(p.Post.Take()); len(kinds) != 2 {
		t.Errorf("letters %v", kinds)
	}
}

func TestAMailboxIsNotFlooded(t *testing.T) {
	p := open(t)
	p.Client().Join("yasmine@argan.example")
	for range 6 {
		forget(p.Client(), "yasmine@argan.example").Want(http.StatusAccepted, "")
		p.Settle()
	}
	if letters := p.Post.Take(); len(letters) != 3 {
		t.Errorf("letters %v", accounttest.Kinds(letters))
	}
	p.Wait(time.Hour)
	forget(p.Client(), "yasmine@argan.example")
	p.Settle()
	if letters := p.Post.Take(); len(letters) != 1 {
		t.Errorf("letters %v after an hour", accounttest.Kinds(letters))
	}
}

func TestTheStrengthOfAPasswordIsToldWithoutStoringIt(t *testing.T) {
	p := open(t)
	c := p.Client()
	for _, s := range []struct {
		why      string
		body     map[string]any
		strength string
		label    string
		accepted bool
	}{
		{"weak", map[string]any{"password": "motdepasse123"}, "very_weak", "Très faible", false},
		{"own data", map[string]any{"password": "argan export sarl", "about": []string{"Argan Export SARL"}}, "very_weak", "Très faible", false},
		{"strong", map[string]any{"password": accounttest.Password}, "very_strong", "Très fort", true},
		{"strong but short", map[string]any{"password": "x9#Kf2!vQz7"}, "strong", "Fort", false},
		{"strong but too long", map[string]any{"password": strings.Repeat("x9#Kf2!v.Qz7m", 12)}, "very_strong", "Très fort", false},
	} {
		var got struct {
			Strength, Label string
			Accepted        bool
		}
		p.Trace.Take()
		c.Do(http.MethodPost, "/api/accounts/password-strengths", s.body).Want(http.StatusOK, "").JSON(&got)
		if got.Strength != s.strength || got.Label != s.label || got.Accepted != s.accepted {
			t.Errorf("%s: %+v", s.why, got)
		}
		for _, call := range p.Trace.Take() {
			if !strings.HasPrefix(call, "Write infra.Add rate") {
				t.Errorf("%s: %s", s.why, call)
			}
		}
	}
}

func TestASessionOpenedWhilePasswordsChangeDoesNotOutliveIt(t *testing.T) {
	p := open(t)
	mine := p.Client().Join("yasmine@argan.example")
	var wg sync.WaitGroup
	rivals := make([]*accounttest.Client, 3)
	for n := range rivals {
		rivals[n] = p.Client()
		wg.Go(func() { rivals[n].SignIn("yasmine@argan.example", accounttest.Password) })
	}
	wg.Go(func() {
		mine.Do(http.MethodPost, changes, map[string]string{"current": accounttest.Password, "password": other, "again": other})
	})
	wg.Wait()
	for n, c := range rivals {
		if got := c.Do(http.MethodGet, "/api/accounts/me", nil).Status; got != http.StatusUnauthorized {
			t.Errorf("rival %d: %d", n, got)
		}
	}
	mine.Do(http.MethodGet, "/api/accounts/me", nil).Want(http.StatusOK, "")
}

func TestASessionOpenedAtTheLastMomentIsEndedToo(t *testing.T) {
	p := open(t)
	mine := p.Client().Join("yasmine@argan.example")
	id, _, _ := strings.Cut(mine.Cookies["session"], ".")
	late := infra.Key{PK: people.PersonPK(id), SK: people.SessionSK("late")}
	p.Trace.Before("Write infra.Put person/person", func() {
		if err := p.Ports.People.Write(t.Context(), infra.Put{Key: late, Value: people.Session{Created: accounttest.Noon, LastSeen: accounttest.Noon}}); err != nil {
			t.Fatal(err)
		}
	})
	mine.Do(http.MethodPost, changes, map[string]string{"current": accounttest.Password, "password": other, "again": other}).Want(http.StatusNoContent, "")
	if rows := p.Rows(late.PK, "session#"); len(rows) != 1 || rows[0].Key == late {
		t.Errorf("%d sessions", len(rows))
	}
}

func TestALinkFollowedWhileItsAccountChangesStillWorks(t *testing.T) {
	p := open(t)
	c := p.Client()
	token := c.Register("yasmine@argan.example")
	p.Trace.Before("Write infra.Put person/person", func() {
		id, err := registry.HolderOf(t.Context(), p.Ports.People, "yasmine@argan.example")
		if err != nil {
			t.Fatal(err)
		}
		person, err := registry.Person(t.Context(), p.Ports.People, id)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Ports.People.Write(t.Context(), registry.Save(person)); err != nil {
			t.Fatal(err)
		}
	})
	c.Choose(token, accounttest.Password).Want(http.StatusNoContent, "")
}
