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
	People:   step.TableGrants{Read: []string{"person#"}},
}.And(mail.SendGrants)

// tell sends a letter about an event to a person, at least once: it is sent,
// then recorded. A crash between sends it again under the same letter id.
func (r room) tell(ctx context.Context, in lifecycle.At, kind, person string, content letters.Content) error {
	effect := "tell_" + kind
	told, err := r.wasDone(ctx, in, effect)
	if err != nil || told || person == "" {
		return err
	}
	to, err := r.person(ctx, person)
	if err != nil {
		return err
	}
	id := fmt.Sprintf("%s-%d-%s", in.Dossier, in.N, kind)
	if err := mail.Send(ctx, r.Ports, to, kind, id, content); err != nil {
		return err
	}
	return r.once(ctx, in, effect)
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
