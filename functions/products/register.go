package products

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/people"
)

// register is every version that was published, as it stands now.
type register struct {
	publications []Publication // by first day in force
	names        []string      // taken, whatever became of the version
	events       int
}

// readRegister reads it whole: it is small, and changed only by whoever has
// seen all of it.
func readRegister(ctx context.Context, table infra.Table) (register, error) {
	r := register{publications: []Publication{{Listing: shipped()}}, names: []string{shipped().Version}}
	for q := (infra.Query{PK: listsPK, Limit: infra.MaxPage}); ; {
		page, err := table.Query(ctx, q)
		if err != nil {
			return r, err
		}
		for _, row := range page.Rows {
			if err := r.take(row); err != nil {
				return r, fmt.Errorf("register of lists: %w", err)
			}
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return r, nil
		}
	}
}

func (r *register) take(row infra.Row) error {
	switch {
	case strings.HasPrefix(row.SK, eventPrefix):
		r.events++
	case strings.HasPrefix(row.SK, namePrefix):
		r.names = append(r.names, strings.TrimPrefix(row.SK, namePrefix))
	case strings.HasPrefix(row.SK, versionPrefix):
		var p Publication
		if err := row.Decode(&p); err != nil {
			return err
		}
		r.publications = append(r.publications, p)
	}
	return nil
}

// newest is the version that begins last of those that stand.
func (r *register) newest() Publication {
	for _, p := range slices.Backward(r.publications) {
		if p.Withdrawal == nil {
			return p
		}
	}
	return r.publications[0] // the shipped one, which nobody can withdraw
}

func (r *register) find(version string) (Publication, bool) {
	at := slices.IndexFunc(r.publications, func(p Publication) bool { return p.Version == version })
	if at < 0 {
		return Publication{}, false
	}
	return r.publications[at], true
}

// happens makes the next event of the register.
func (r *register) happens(e Event, by people.Caller) infra.Put {
	e.N, e.By, e.Name = r.events+1, by.Person, by.Name
	return eventPut(e)
}

// Standing is where a version stands on a day.
type Standing string

// The standings of a version.
const (
	ToCome    Standing = "to_come"
	Current   Standing = "current"
	Replaced  Standing = "replaced"
	Withdrawn Standing = "withdrawn"
)

// standing of a version, when current is the one in force on a day.
func (p Publication) standing(current Listing, today calendar.Date) Standing {
	switch {
	case p.Withdrawal != nil:
		return Withdrawn
	case p.InForce.After(today):
		return ToCome
	case p.Version == current.Version:
		return Current
	}
	return Replaced
}

// mostName is how long the name of a version may be.
const mostName = 32

// validName tells whether a version may be called so: what fits in a key and an
// address.
func validName(version string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	return version != "" && len(version) <= mostName && strings.Trim(version, letters+"._-") == "" && strings.ContainsAny(version[:1], letters)
}
