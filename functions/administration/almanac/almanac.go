// Package almanac keeps the holidays that administrators record: lunar feasts
// as they are announced, and exceptional days off. They come on top of the
// table shipped with the portal and take the place of its estimates.
package almanac

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/dossier"
	"portal/shared/step"
)

// Recorded is every holiday that was recorded: one row, since whoever counts
// working days needs all of them. Row holidays#recorded / holidays.
type Recorded struct {
	Holidays []Holiday `json:"holidays"` // by first day
	Rev      int64     `json:"rev"`
}

// Holiday is a recorded one, and who recorded it when.
type Holiday struct {
	calendar.LunarHoliday
	By string    `json:"by"` // person
	At time.Time `json:"at"`
}

// Grants is what reading the table of holidays touches.
var Grants = step.Grants{Dossiers: step.TableGrants{Read: []string{"holidays#"}}}

// WriteGrants is what recording one touches.
var WriteGrants = Grants.And(step.Grants{Dossiers: step.TableGrants{Write: []string{"holidays#"}}})

// MaxHolidays bounds the row: three feasts and the year's beginning, for more
// than a century.
const MaxHolidays = 500

func key() infra.Key { return infra.Key{PK: "holidays#recorded", SK: "holidays"} }

// Load reads what was recorded; nothing yet is no error.
func Load(ctx context.Context, table infra.Table) (Recorded, error) {
	var r Recorded
	row, err := table.Get(ctx, key())
	if errors.Is(err, infra.ErrNotFound) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("recorded holidays: %w", err)
	}
	return r, row.Decode(&r)
}

// Holidays is the shipped table with what was recorded.
func Holidays(ctx context.Context, table infra.Table) (calendar.Holidays, error) {
	r, err := Load(ctx, table)
	if err != nil {
		return calendar.Holidays{}, err
	}
	return r.Table()
}

// Table is the shipped table with these holidays.
func (r Recorded) Table() (calendar.Holidays, error) {
	list := make([]calendar.LunarHoliday, len(r.Holidays))
	for i, h := range r.Holidays {
		list[i] = h.LunarHoliday
	}
	return calendar.Official().With(list...)
}

// With is the record with one more, which takes the place of the same feast of
// the same Hijri year.
func (r Recorded) With(h Holiday) Recorded {
	r.Holidays = append(slices.DeleteFunc(slices.Clone(r.Holidays), func(o Holiday) bool {
		return o.Occasion == h.Occasion && o.Hijri == h.Hijri
	}), h)
	slices.SortStableFunc(r.Holidays, func(a, b Holiday) int { return a.First.Compare(b.First) })
	return r
}

// Without is the record without one.
func (r Recorded) Without(id string) Recorded {
	r.Holidays = slices.DeleteFunc(slices.Clone(r.Holidays), func(h Holiday) bool { return h.ID() == id })
	return r
}

// ID names a recorded holiday: fitr-1448, exceptional-2026-11-24.
func (h Holiday) ID() string {
	if h.Names != (calendar.Names{}) {
		return h.Occasion
	}
	return fmt.Sprintf("%s-%d", h.Occasion, h.Hijri)
}

// Put writes the record, if it still is as it was read, and has the dates of
// open dossiers worked out anew from now on.
func Put(r Recorded, now time.Time) infra.Op {
	put := r.put()
	put.Index = map[string]infra.Key{"due": {PK: duePK, SK: dossier.SortKey(now) + "#holidays"}}
	return put
}

// duePK is the partition of the index due in which a record stands until every
// date was worked out anew.
const duePK = "due#holidays#0"

// Settle takes a record out of the index due once every date was worked out
// anew from it; ErrConditionFailed of infra when another holiday was recorded
// meanwhile.
func Settle(ctx context.Context, table infra.Table, r Recorded) error {
	return table.Write(ctx, r.put())
}

func (r Recorded) put() infra.Put {
	condition := infra.Equals("rev", r.Rev)
	if r.Rev == 0 {
		condition = infra.Absent()
	}
	r.Rev++
	return infra.Put{Key: key(), Value: r, If: []infra.Cond{condition}}
}

// Unsettled tells whether a holiday was recorded from which not every date was
// worked out anew.
func Unsettled(ctx context.Context, table infra.Table) (bool, error) {
	page, err := table.Query(ctx, infra.Query{Index: "due", PK: duePK, Limit: 1})
	return len(page.Rows) > 0, err
}
