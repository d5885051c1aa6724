package sweeps

import (
	"context"
	"strings"
	"time"

	room "portal/functions/conformity"
	"portal/functions/lifecycle"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/letters"
	"portal/shared/people"
	"portal/shared/step"
)

// dossierGrants is what every sweep over dossiers touches.
var dossierGrants = step.Grants{Dossiers: step.TableGrants{
	Read: []string{"dossier#"}, Write: []string{"dossier#"},
	Index: map[string][]string{"due": {"due#"}},
}}

// tellingGrants is what those touch that send letters.
var tellingGrants = dossierGrants.And(mail.AudienceGrants).And(mail.SendGrants)

// eachDossier calls do with the id of every dossier of which a duty is due. It
// reads the head and writes only together with a check that it is still so:
// rows of the index are hints, which may be late.
func eachDossier(ctx context.Context, p infra.Ports, duty dossier.Duty, do func(id string) error) (Report, error) {
	until := dossier.SortKey(p.Clock.Now()) + "~"
	return through(ctx, p.Dossiers, string(duty), until, func(row infra.Row) error {
		id := dossier.IDOf(row.PK)
		if id == "" {
			return errStranger
		}
		return do(id)
	})
}

// watched is a dossier with a duty that is due.
type watched struct {
	infra.Ports
	d    conformity.Dossier
	told map[string]lifecycle.Told
	now  time.Time
}

func look(ctx context.Context, p infra.Ports, id string) (watched, error) {
	w := watched{Ports: p, now: p.Clock.Now()}
	var err error
	if w.d, err = room.Watched(ctx, p.Dossiers, id); err != nil {
		return w, err
	}
	w.told, err = lifecycle.ToldOf(ctx, p.Dossiers, id)
	return w, err
}

// tell sends a letter about a dossier to people, one after the other. It was
// recorded before, so that it goes out at most once: who is not reached because
// this dies, or the mail does, is not told later.
func (w watched) tell(ctx context.Context, kind, notice string, audience []people.Person, content func(people.Person) letters.Content) error {
	for _, to := range audience {
		id := strings.Join([]string{w.d.ID, notice, to.ID}, "-")
		c := content(to)
		if c.Action == "" {
			c.Action = room.Page(w.Ports, w.d.ID)
		}
		if err := mail.Send(ctx, w.Ports, to, kind, id, c); err != nil {
			return err
		}
	}
	return nil
}
