package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"portal/infra"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// CookieName is the session cookie's name. The __Host- prefix makes browsers
// refuse it from other hosts and over plain HTTP (RFC 6265bis).
func CookieName(s infra.Settings) string {
	if s.SecureOnly {
		return "__Host-session"
	}
	return "session"
}

// SessionCookie is the cookie that opens a session; an empty value ends it.
// The value is <person id>.<secret in hexadecimal>.
func SessionCookie(s infra.Settings, value string) http.Cookie {
	c := http.Cookie{Name: CookieName(s), Value: value, Path: "/", HttpOnly: true, Secure: s.SecureOnly, SameSite: http.SameSiteLaxMode, MaxAge: int(people.SessionMax.Seconds())}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// SessionHash is what is stored of a session's secret.
func SessionHash(secret string) string { return people.Hash(secret) }

// authorize finds out who asks and whether the step lets them try. session is the
// ports with what that needs.
func authorize(s *step.Step, r *http.Request, session infra.Ports) (people.Caller, error) {
	caller, err := callerOf(r, session)
	switch {
	case s.Who.Public():
		return caller, nil // a public step answers whoever it is
	case err != nil:
		return caller, err
	case !caller.SignedIn():
		return caller, problem.New("unauthenticated")
	case !s.Who.Allows(caller):
		return caller, problem.New("forbidden")
	}
	return caller, nil
}

// maxPerson bounds the ids that are looked up, in bytes: no key is without end.
const maxPerson = 64

// callerOf reads the session named by the cookie, and its person with the
// memberships as they are now, in one query: a revoked membership ends at once.
// Nobody is no error.
func callerOf(r *http.Request, ports infra.Ports) (people.Caller, error) {
	cookie, err := r.Cookie(CookieName(ports.Settings))
	if err != nil {
		return people.Caller{}, nil
	}
	person, secret, ok := strings.Cut(cookie.Value, ".")
	if !ok || person == "" || secret == "" || len(person) > maxPerson {
		return people.Caller{}, nil
	}
	hash := SessionHash(secret)
	page, err := ports.People.Query(r.Context(), infra.Query{
		PK: people.PersonPK(person), From: "person", To: people.SessionSK(hash), Limit: 1000,
	})
	if err != nil {
		return people.Caller{}, err
	}
	return signedIn(r.Context(), ports, page.Rows, hash)
}

func signedIn(ctx context.Context, ports infra.Ports, rows []infra.Row, hash string) (people.Caller, error) {
	var person people.Person
	var session people.Session
	found := false
	for _, row := range rows {
		var err error
		switch row.SK {
		case "person":
			err = row.Decode(&person)
		case people.SessionSK(hash):
			found = true
			err = row.Decode(&session)
		}
		if err != nil {
			return people.Caller{}, err
		}
	}
	now := ports.Clock.Now()
	if !found || person.Status != people.Active || !session.Alive(now) {
		return people.Caller{}, nil
	}
	if err := touch(ctx, ports.People, person.ID, hash, session, now); err != nil {
		return people.Caller{}, err
	}
	return people.Caller{
		Person: person.ID, Session: hash, Name: person.Name, Email: person.Email,
		Lang: person.Lang, Memberships: person.Memberships,
	}, nil
}

// touch keeps an active session from idling out. It never revives one that was
// ended meanwhile: the row must still be there.
func touch(ctx context.Context, table infra.Table, person, hash string, session people.Session, now time.Time) error {
	if now.Sub(session.LastSeen) < people.SessionTouch {
		return nil
	}
	session.LastSeen = now
	err := table.Write(ctx, infra.Put{
		Key:     infra.Key{PK: people.PersonPK(person), SK: people.SessionSK(hash)},
		Value:   session,
		Expires: session.Created.Add(people.SessionMax),
		If:      []infra.Cond{infra.Present()},
	})
	if errors.Is(err, infra.ErrConditionFailed) {
		return nil
	}
	return err
}
