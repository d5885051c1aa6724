package accounts

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/people"
)

const (
	sessionPrefix = "session#"
	// atOnce bounds the rows that one Write ends beside what it is about.
	atOnce = 80
	// mostSessions is how many sessions one may have; the oldest give way.
	mostSessions = 20
)

// newSession is a session's cookie value, the row that remembers it by its
// hash only, and its key.
func (r room) newSession(person string, v visitor, now time.Time) (cookie string, put infra.Op) {
	secret := r.IDs.Secret()
	value := hex.EncodeToString(secret[:])
	return person + "." + value, infra.Put{
		Key:     sessionKey(person, httpapi.SessionHash(value)),
		Value:   people.Session{Created: now, LastSeen: now, Agent: v.agent()},
		Expires: now.Add(people.SessionMax),
		If:      []infra.Cond{infra.Absent()},
	}
}

func sessionKey(person, hash string) infra.Key {
	return infra.Key{PK: people.PersonPK(person), SK: people.SessionSK(hash)}
}

// kept tells which rows of a person's partition are to stay.
type kept func(sortKey string) bool

// everything ends sessions and forgets devices.
func everything(string) bool { return false }

// sessionsBut ends every other session; devices stay known.
func sessionsBut(hash string) kept {
	return func(sk string) bool { return sk == people.SessionSK(hash) || !strings.HasPrefix(sk, sessionPrefix) }
}

// sessionsAndDevices are the deletions of a person's sessions and devices that
// are not kept, as many as fit in a Write: sweepSessions ends the rest.
func (r room) sessionsAndDevices(ctx context.Context, person string, keep kept) ([]infra.Op, error) {
	page, err := r.possessions(ctx, person)
	if err != nil {
		return nil, err
	}
	var ops []infra.Op
	for _, row := range page {
		device, session := strings.HasPrefix(row.SK, devicePrefix), strings.HasPrefix(row.SK, sessionPrefix)
		if (device || session) && !keep(row.SK) && len(ops) < atOnce {
			ops = append(ops, infra.Delete{Key: row.Key})
		}
	}
	return ops, nil
}

// possessions are the rows of a person's partition from their devices to their
// sessions, all of them: those, the account and its letters, usually in one
// query.
func (r room) possessions(ctx context.Context, person string) ([]infra.Row, error) {
	var rows []infra.Row
	q := infra.Query{PK: people.PersonPK(person), From: devicePrefix, To: sessionPrefix + "~", Limit: infra.MaxPage}
	for {
		page, err := r.People.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		rows = append(rows, page.Rows...)
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return rows, nil
		}
	}
}

// sweepSessions ends what is left once a new password is written: sessions
// opened between the reading and the Write, whose sign-in did not yet see it.
// After the Write no sign-in by the old password succeeds, so none comes later.
func (r room) sweepSessions(ctx context.Context, person, but string) error {
	for {
		ops, err := r.sessionsAndDevices(ctx, person, sessionsBut(but))
		if err != nil || len(ops) == 0 {
			return err
		}
		if err := r.People.Write(ctx, ops...); err != nil {
			return err
		}
	}
}

// without leaves out the operations on one key.
func without(ops []infra.Op, key infra.Key) []infra.Op {
	return slices.DeleteFunc(ops, func(op infra.Op) bool { return op.Target() == key })
}
