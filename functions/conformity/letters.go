package conformity

import (
	"context"
	"errors"
	"fmt"

	"portal/functions/lifecycle"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/letters"
	"portal/shared/people"
	"portal/shared/step"
)

// tellGrants is what telling somebody touches.
var tellGrants = step.Grants{
	Dossiers: step.TableGrants{Read: []string{"dossier#"}, Write: []string{"dossier#"}},
}.And(mail.AudienceGrants).And(mail.SendGrants)

// tell sends a letter about an event, at least once: it is sent, then recorded.
// A crash between sends it again under the same letter id. content words it
// for its reader.
func (r room) tell(ctx context.Context, in lifecycle.At, kind string, audience []people.Person, content func(people.Person) letters.Content) error {
	effect := "tell_" + kind
	told, err := r.wasDone(ctx, in, effect)
	if err != nil || told {
		return err
	}
	for i, to := range audience {
		id := fmt.Sprintf("%s-%d-%s", in.Dossier, in.N, kind)
		if i > 0 {
			id += "-" + to.ID
		}
		if err := mail.Send(ctx, r.Ports, to, kind, id, content(to)); err != nil {
			return err
		}
	}
	return r.once(ctx, in, effect)
}

// filers are those who are told about a dossier: its depositor, or whoever
// files for the organisation when the depositor has left it.
func (r room) filers(ctx context.Context, d dossier.Head) ([]people.Person, error) {
	depositor, err := r.depositor(ctx, d)
	if err != nil {
		return nil, err
	}
	return mail.Audience(ctx, r.Ports, d.Owner, people.Declarant, depositor)
}

// saying is the same content for every reader.
func saying(c letters.Content) func(people.Person) letters.Content {
	return func(people.Person) letters.Content { return c }
}

func (r room) person(ctx context.Context, id string) (people.Person, error) {
	var p people.Person
	row, err := r.People.Get(ctx, infra.Key{PK: people.PersonPK(id), SK: "person"})
	if errors.Is(err, infra.ErrNotFound) {
		return p, fmt.Errorf("person of a dossier is gone: %w", err)
	}
	if err != nil {
		return p, err
	}
	return p, row.Decode(&p)
}

// dossierURL is a dossier's page in the private space.
func (r room) dossierURL(id string) string { return r.Settings.BaseURL + "/conformite/" + id }

// depositor is the person who deposited: the letters go to them.
func (r room) depositor(ctx context.Context, d dossier.Head) (string, error) {
	var e dossier.Event
	if err := r.decode(ctx, d.ID, dossier.SKEvent(d.DepositN), &e); err != nil {
		return "", err
	}
	if e.Content == nil || e.Content.Person == "" {
		return d.Author, nil
	}
	return e.Content.Person, nil
}
