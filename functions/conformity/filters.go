package conformity

import (
	"context"
	"errors"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/people"
	"portal/shared/step"
)

// savedFilter is a selection that somebody gave a name.
type savedFilter struct {
	ID   string `json:"id" doc:"Of the name; case does not count"`
	Name string `json:"name"`
	Selection
}

// savedFilters are a person's: row person#<id> / filters. They are one row,
// because they are few and small and always read together: names stay
// different, and they stay few, by the condition on one revision.
type savedFilters struct {
	Rev     int64         `json:"rev"`
	Filters []savedFilter `json:"filters"`
}

// mostFilters is how many filters a person may save.
const mostFilters = 20

// filterID is the id of a filter by its name.
func filterID(name string) string { return people.Hash(people.FoldEmail(name))[:16] }

func filtersKey(person string) infra.Key {
	return infra.Key{PK: people.PersonPK(person), SK: "filters"}
}

func (r room) filtersOf(ctx context.Context, person string) (savedFilters, error) {
	saved := savedFilters{Filters: []savedFilter{}}
	row, err := r.People.Get(ctx, filtersKey(person))
	if errors.Is(err, infra.ErrNotFound) {
		return saved, nil
	}
	if err != nil {
		return saved, err
	}
	return saved, row.Decode(&saved)
}

// editFilters changes a person's filters; of two changes at once both happen.
func (r room) editFilters(ctx context.Context, edit func(*savedFilters) error) error {
	person := step.CallerOf(ctx).Person
	return registry.Again(func() error {
		saved, err := r.filtersOf(ctx, person)
		if err != nil {
			return err
		}
		condition := infra.Equals("rev", saved.Rev)
		if saved.Rev == 0 {
			condition = infra.Absent()
		}
		if err := edit(&saved); err != nil {
			return err
		}
		saved.Rev++
		return r.People.Write(ctx, infra.Put{Key: filtersKey(person), Value: saved, If: []infra.Cond{condition}})
	})
}

// filterGrants is what steps on saved filters touch.
var filterGrants = step.Grants{People: step.TableGrants{Read: []string{"person#"}, Write: []string{"person#"}}}
