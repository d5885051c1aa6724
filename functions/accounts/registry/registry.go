// Package registry keeps the rows of persons, organisations and their one-use
// links: the one place that knows which rows belong together, so that both
// sides of a membership, and an e-mail and its account, never part.
package registry

import (
	"context"
	"errors"
	"fmt"

	"portal/infra"
	"portal/shared/people"
)

// PersonKey is the row of an account.
func PersonKey(id string) infra.Key { return infra.Key{PK: people.PersonPK(id), SK: "person"} }

// EmailKey is the row that reserves an e-mail address.
func EmailKey(email string) infra.Key { return infra.Key{PK: people.EmailPK(email), SK: "email"} }

// Reservation is the row email#<hash> / email.
type Reservation struct {
	Person string `json:"person"`
}

// Person reads an account. infra.ErrNotFound.
func Person(ctx context.Context, table infra.Table, id string) (people.Person, error) {
	var p people.Person
	err := read(ctx, table, PersonKey(id), &p)
	return p, err
}

// HolderOf is the id of the account that has this e-mail, "" for none.
func HolderOf(ctx context.Context, table infra.Table, email string) (string, error) {
	return HolderAt(ctx, table, people.EmailPK(email))
}

// HolderAt is HolderOf for whoever knows only the e-mail's partition.
func HolderAt(ctx context.Context, table infra.Table, partition string) (string, error) {
	var r Reservation
	err := read(ctx, table, infra.Key{PK: partition, SK: "email"}, &r)
	if errors.Is(err, infra.ErrNotFound) {
		return "", nil
	}
	return r.Person, err
}

// Open writes a new account and reserves its e-mail: the reservation first,
// so that a Refused at 0 means that the e-mail is taken.
func Open(p people.Person) []infra.Op {
	p.Version = 1
	return []infra.Op{
		infra.Put{Key: EmailKey(p.Email), Value: Reservation{p.ID}, If: []infra.Cond{infra.Absent()}},
		infra.Put{Key: PersonKey(p.ID), Value: p, If: []infra.Cond{infra.Absent()}},
	}
}

// Save writes an account that was read at p.Version, if it still has that
// version, and raises it by one.
func Save(p people.Person) infra.Op {
	was := p.Version
	p.Version++
	return infra.Put{Key: PersonKey(p.ID), Value: p, If: []infra.Cond{infra.Equals("version", was)}}
}

// Unchanged requires that an account still has the version at which it was read.
func Unchanged(p people.Person) infra.Op {
	return infra.Check{Key: PersonKey(p.ID), If: []infra.Cond{infra.Equals("version", p.Version)}}
}

// Again repeats what lost against a rival, reading afresh each time: the error
// of the last of a few times when it always lost.
func Again(do func() error) error {
	const times = 5
	var err error
	for range times {
		if err = do(); !errors.Is(err, infra.ErrConditionFailed) {
			return err
		}
	}
	return fmt.Errorf("lost %d times: %w", times, err)
}

func read(ctx context.Context, table infra.Table, key infra.Key, v any) error {
	row, err := table.Get(ctx, key)
	if err != nil {
		return err
	}
	return row.Decode(v)
}
