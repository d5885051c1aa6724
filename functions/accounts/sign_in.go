package accounts

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"portal/functions/accounts/registry"
	"portal/functions/mail"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/forms"
	"portal/shared/password"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type signInInput struct {
	visitor
	RawBody []byte
}

type credentials struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

// checker is password.Check; tests count its calls.
type checker func(hash, password string) (same, outdated bool, err error)

// signIn opens a session. Whatever is wrong, the answer is the same and takes
// the same work: no account, an account without password yet, a wrong
// password, or one that comes too soon after several wrong ones.
func signIn(p infra.Ports) step.Step { return signInChecking(p, password.Check) }

func signInChecking(p infra.Ports, check checker) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "accounts/sign_in",
		Summary: "Sign in",
		Who:     step.Anyone(),
		Grants: step.Grants{People: step.TableGrants{
			Read:  []string{"email#", "person#", "attempts#"},
			Write: []string{"rate#", "attempts#", "person#", "knock#"},
		}},
		Memory:   hashing,
		Problems: []string{"wrong_credentials", "too_many_requests"},
	}, http.MethodPost, "/api/accounts/sessions", func(ctx context.Context, in *signInInput) (*cookies, error) {
		var body credentials
		if err := forms.Decode("accounts/sign-in", in.RawBody, &body); err != nil {
			return nil, err
		}
		if err := r.allow(ctx, limit{"sign-in", 100, 15 * time.Minute}); err != nil {
			return nil, err
		}
		return r.signIn(ctx, body, in.visitor, check)
	}, form("sign-in"))
}

// suspect is whoever may be behind an e-mail, and where their attempts count.
type suspect struct {
	person  people.Person // the zero Person when there is none
	counter infra.Key
	trusted bool // the browser is known as theirs
}

func (r room) signIn(ctx context.Context, body credentials, v visitor, check checker) (*cookies, error) {
	device := v.device(r.Settings, r.IDs)
	who, err := r.lookUp(ctx, body.Email, device)
	if err != nil {
		return nil, err
	}
	wrong, slow, err := r.claim(ctx, who.counter)
	if err != nil {
		return nil, err
	}
	hash := password.Nobody()
	if !slow && who.person.Status == people.Active {
		hash = who.person.Password
	}
	same, outdated, err := check(hash, body.Password)
	if err != nil {
		return nil, err
	}
	if !same {
		if wrong == attemptsFree {
			return nil, r.tellSlowed(ctx, body.Email)
		}
		return nil, problem.New("wrong_credentials")
	}
	if outdated {
		if who.person.Password, err = r.hash(body.Password); err != nil {
			return nil, err
		}
	}
	return r.openSession(ctx, who, hash, outdated, device, v)
}

// lookUp reads the same three rows whether they are there or not.
func (r room) lookUp(ctx context.Context, email string, device browser) (suspect, error) {
	who := suspect{counter: attemptsAt(email)}
	holder, err := registry.HolderOf(ctx, r.People, email)
	if err != nil {
		return who, err
	}
	id := holder
	if id == "" {
		id = "nobody"
	}
	who.person, err = registry.Person(ctx, r.People, id)
	if err != nil && !errors.Is(err, infra.ErrNotFound) {
		return who, err
	}
	_, err = r.People.Get(ctx, deviceKey(id, device.hash))
	if err != nil && !errors.Is(err, infra.ErrNotFound) {
		return who, err
	}
	if who.trusted = err == nil; who.trusted {
		who.counter = attemptsOf(id, device.hash)
	}
	return who, nil
}

// tellSlowed leaves a knock at the address, whether or not it has an account.
func (r room) tellSlowed(ctx context.Context, email string) error {
	knock := mail.KnockOn(email, r.IDs.New(), mail.Knock{Kind: mail.Slowed, At: r.Clock.Now()})
	if err := r.People.Write(ctx, knock); err != nil {
		return err
	}
	return problem.New("wrong_credentials")
}

// openSession opens a session if the account still has the password that was
// checked: one changed meanwhile lets nobody in.
func (r room) openSession(ctx context.Context, who suspect, checked string, outdated bool, device browser, v visitor) (*cookies, error) {
	now := r.Clock.Now()
	value, session := r.newSession(who.person.ID, v, now)
	rehashed := who.person.Password
	err := registry.Again(func() error {
		person, err := registry.Person(ctx, r.People, who.person.ID)
		if err != nil {
			return err
		}
		if person.Password != checked {
			return problem.New("wrong_credentials")
		}
		account := registry.Unchanged(person)
		if outdated {
			person.Password = rehashed
			account = registry.Save(person)
		}
		others, err := r.giveWay(ctx, who, v, now)
		if err != nil {
			return err
		}
		ops := []infra.Op{account, session, infra.Delete{Key: who.counter}, device.known(person.ID, now)}
		if c := step.CallerOf(ctx); c.SignedIn() {
			old := sessionKey(c.Person, c.Session) // the browser's own, which the new cookie replaces
			ops, others = append(ops, infra.Delete{Key: old}), without(others, old)
		}
		return r.People.Write(ctx, append(ops, others...)...)
	})
	if err != nil {
		return nil, err
	}
	return &cookies{[]http.Cookie{httpapi.SessionCookie(r.Settings, value), device.cookie}}, nil
}

// giveWay tells the owner of a device not seen before, unless it is the very
// first, and ends the oldest sessions of somebody who has too many.
func (r room) giveWay(ctx context.Context, who suspect, v visitor, now time.Time) ([]infra.Op, error) {
	rows, err := r.possessions(ctx, who.person.ID)
	if err != nil {
		return nil, err
	}
	var ops []infra.Op
	var sessions []oneSession
	known := false
	for _, row := range rows {
		known = known || strings.HasPrefix(row.SK, devicePrefix)
		if strings.HasPrefix(row.SK, sessionPrefix) {
			s := oneSession{key: row.Key}
			if err := row.Decode(&s.Session); err != nil {
				return nil, err
			}
			sessions = append(sessions, s)
		}
	}
	slices.SortFunc(sessions, func(a, b oneSession) int { return b.LastSeen.Compare(a.LastSeen) })
	for _, s := range sessions[min(len(sessions), mostSessions-1):] {
		if len(ops) < atOnce {
			ops = append(ops, infra.Delete{Key: s.key})
		}
	}
	if known && !who.trusted {
		ops = append(ops, mail.Notify(who.person.ID, r.IDs.New(), mail.Notice{
			Kind: "new_device", At: now, Values: map[string]string{"agent": v.agent()},
		}))
	}
	return ops, nil
}

// oneSession is a session with its row's key.
type oneSession struct {
	people.Session
	key infra.Key
}
