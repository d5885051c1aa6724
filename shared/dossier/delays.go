package dossier

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"portal/shared/calendar"
)

// Complements is how often a body may ask the applicant for what is missing.
type Complements string

// The policies. Law 55-19 on the simplification of administrative procedures
// lets a body ask once, in the first half of its delay.
const (
	Unlimited Complements = "unlimited"
	Once      Complements = "one"
)

// Delays is a procedure's policy on time, as data.
type Delays struct {
	Source    string           `json:"source"`
	Date      calendar.Date    `json:"date"`
	Suspended []Status         `json:"suspended"` // the applicant owes something: the clock stands
	Terms     Terms            `json:"terms"`     // of every dossier,
	Special   map[string]Terms `json:"special"`   // but where these say otherwise
	Drafts    DraftDelays      `json:"drafts"`
	Retention map[Status]int   `json:"retention"` // years, by final status
}

// Terms are the delays of one kind of dossier, in working days. In a special
// case what is zero or absent is as in the general one.
type Terms struct {
	Target      int            `json:"target"`   // from the deposit to the answer
	DueSoon     int            `json:"due_soon"` // so long before the due date those concerned are told
	Complements Complements    `json:"complements"`
	Status      map[Status]int `json:"status"` // in one status, whoever is to act in it
}

// DraftDelays is what becomes of drafts that nobody touches, in days after
// their last change.
type DraftDelays struct {
	Warned  int `json:"warned"`
	Deleted int `json:"deleted"`
}

// ParseDelays reads a policy for a procedure. It errs when the JSON is
// malformed, names a status that the procedure does not have, or leaves a delay
// open or negative.
func ParseDelays(data []byte, p *Procedure) (Delays, error) {
	var d Delays
	if err := json.Unmarshal(data, &d); err != nil {
		return d, fmt.Errorf("delays: %w", err)
	}
	if d.Terms.Target < 1 || d.Terms.DueSoon < 0 || d.Drafts.Warned < 1 || d.Drafts.Deleted <= d.Drafts.Warned {
		return d, fmt.Errorf("delays: a target, and drafts warned of before they are deleted, are needed")
	}
	known := func(statuses []Status, among []Status) error {
		for _, s := range statuses {
			if !slices.Contains(among, s) {
				return fmt.Errorf("delays: no status %q", s)
			}
		}
		return nil
	}
	for name, t := range d.all() {
		if t.Target < 0 || t.DueSoon < 0 || !slices.Contains([]Complements{"", Unlimited, Once}, t.Complements) {
			return d, fmt.Errorf("delays: %s: %+v", name, t)
		}
		if err := known(slices.Collect(maps.Keys(t.Status)), p.Statuses); err != nil {
			return d, err
		}
	}
	if err := known(slices.Collect(maps.Keys(d.Retention)), p.Final); err != nil {
		return d, err
	}
	return d, known(d.Suspended, p.Statuses)
}

func (d Delays) all() map[string]Terms {
	all := map[string]Terms{"in general": d.Terms}
	maps.Copy(all, d.Special)
	return all
}

// For is the terms of a kind of dossier, named from the general to the
// particular (coc, coc/A, coc/A/revision): each says only what differs.
func (d Delays) For(kinds ...string) Terms {
	t := d.Terms
	t.Status = map[Status]int{}
	maps.Copy(t.Status, d.Terms.Status)
	for _, kind := range kinds {
		special := d.Special[kind]
		if special.Target != 0 {
			t.Target = special.Target
		}
		if special.DueSoon != 0 {
			t.DueSoon = special.DueSoon
		}
		if special.Complements != "" {
			t.Complements = special.Complements
		}
		maps.Copy(t.Status, special.Status)
	}
	return t
}

// RetainedUntil is the last day on which a dossier that ended on this day, in
// this status, is kept; zero when the policy does not say.
func (d Delays) RetainedUntil(ended calendar.Date, s Status) calendar.Date {
	years, ok := d.Retention[s]
	if !ok {
		return calendar.Date{}
	}
	return ended.AddYears(years)
}
