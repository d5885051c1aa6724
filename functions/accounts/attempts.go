package accounts

import (
	"context"
	"errors"
	"time"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/people"
)

// Wrong passwords (the accounts specification): from the fifth within
// attemptsWindow on, each makes the next wait twice as long, from slowFirst to
// slowMost. Nobody sleeps: attempts before the wait is over are answered like
// wrong ones, after the same work, without looking at the password. They count
// for nothing, so hammering does not lengthen the wait. A stranger gets some
// hundred guesses a day; the owner's known browsers are counted apart, and a
// reset link clears the count.
const (
	attemptsFree   = 5
	attemptsWindow = 15 * time.Minute
	slowFirst      = 30 * time.Second
	slowMost       = 15 * time.Minute
)

// attempts is the row attempts#<hash> / attempts: of an e-mail, whether or not
// it has an account, or of a known device of a person.
type attempts struct {
	Wrong int64     `json:"wrong"` // counted before the password is looked at
	First time.Time `json:"first"`
	Until time.Time `json:"until,omitzero"` // none is looked at before
}

func attemptsAt(email string) infra.Key {
	return infra.Key{PK: "attempts#" + people.Hash(people.FoldEmail(email)), SK: "attempts"}
}

func attemptsOf(person, device string) infra.Key {
	return infra.Key{PK: "attempts#" + people.Hash("device "+person+" "+device), SK: "attempts"}
}

// claim counts one attempt before its password is looked at, so that rivals
// sent at once are counted too, and tells how many there have been; slow when
// this one must not be looked at.
func (r room) claim(ctx context.Context, key infra.Key) (wrong int64, slow bool, err error) {
	err = registry.Again(func() error {
		now := r.Clock.Now()
		a, condition, err := r.attempts(ctx, key, now)
		if err != nil {
			return err
		}
		if slow = now.Before(a.Until); slow {
			return nil
		}
		a.Wrong++
		expires := a.First.Add(attemptsWindow)
		if a.Wrong >= attemptsFree {
			a.Until = now.Add(delay(a.Wrong))
			expires = a.Until.Add(attemptsWindow)
		}
		wrong = a.Wrong
		return r.People.Write(ctx, infra.Put{Key: key, Value: a, Expires: expires, If: []infra.Cond{condition}})
	})
	if errors.Is(err, infra.ErrConditionFailed) {
		return 0, true, nil // so many at once are nobody's honest typing
	}
	return wrong, slow, err
}

func (r room) attempts(ctx context.Context, key infra.Key, now time.Time) (attempts, infra.Cond, error) {
	row, err := r.People.Get(ctx, key)
	if errors.Is(err, infra.ErrNotFound) {
		return attempts{First: now}, infra.Absent(), nil
	}
	if err != nil {
		return attempts{}, infra.Cond{}, err
	}
	var a attempts
	err = row.Decode(&a)
	return a, infra.Equals("wrong", a.Wrong), err
}

// delay is the wait after so many wrong passwords.
func delay(wrong int64) time.Duration {
	doublings := min(wrong-attemptsFree, 16)
	return min(slowFirst<<doublings, slowMost)
}
