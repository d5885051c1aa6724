package conformity

import (
	_ "embed"
	"fmt"
	"sync"

	"portal/shared/calendar"
	"portal/shared/dossier"
)

//go:embed delays.json
var delaysFile []byte

// Delays is the procedure's policy on time: the bureaux' service targets, the
// life of drafts, retention.
func Delays() dossier.Delays { return delays() }

var delays = sync.OnceValue(func() dossier.Delays {
	d, err := dossier.ParseDelays(delaysFile, Procedure)
	if err != nil {
		panic(fmt.Sprintf("conformity: delays.json: %v", err)) // compiled in: a broken build
	}
	return d
})

// Terms are the delays of a request, by its object, its route and its type:
// coc, coc/A, coc/A/revision; sor, sor/renewal.
func (d *Dossier) Terms() dossier.Terms {
	kinds, kind := []string{d.Object}, d.Object
	for _, part := range []string{d.Route, d.Type} {
		if part != "" {
			kind += "/" + part
			kinds = append(kinds, kind)
		}
	}
	return Delays().For(kinds...)
}

// ComplementBarred tells which rule of the policy forbids to ask for a
// complement on a day, as the code of a problem: it was asked for before, or
// the first half of the delay is over. "" when none does.
func (d *Dossier) ComplementBarred(today calendar.Date) string {
	if d.Clock.Complements != dossier.Once {
		return ""
	}
	if d.Clock.SuspendedFor(AwaitingComplement) > 0 {
		return "complement_asked_before"
	}
	if until, err := calendar.ParseDate(d.HalfOn); err != nil || today.After(until) {
		return "complement_too_late"
	}
	return ""
}
