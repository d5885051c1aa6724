package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/people"
	"portal/shared/step"
)

// Delivery counts what became of letters.
type Delivery struct {
	Sent       int `json:"sent"`
	Suppressed int `json:"suppressed"` // the address bounced or complained before
	Dropped    int `json:"dropped"`    // nobody to tell, or its link was replaced
	Failed     int `json:"failed"`     // left in the outbox
}

var deliverGrants = SendGrants.And(step.Grants{
	People: step.TableGrants{
		Read:  []string{"person#", "knock#", "email#"},
		Write: []string{"person#", "knock#", "link#"},
	},
	MAC: []string{registry.LinkPurpose},
})

// deliver sends the letters of the partitions that ring. What fails stays in
// the outbox for redeliver.
func deliver(p infra.Ports) step.Step {
	r := room{p}
	return step.Event(step.Declaration{
		Name:    "mail/deliver",
		Summary: "Send the letters just left in the outbox",
		Grants:  deliverGrants,
		Timeout: 30 * time.Second,
	}, step.PeopleChanges, func(ctx context.Context, ring step.Ring) (Delivery, error) {
		var d Delivery
		var failures []error
		for _, partition := range ring.Keys {
			if strings.HasPrefix(partition, personPrefix) || strings.HasPrefix(partition, knockPrefix) {
				failures = append(failures, r.empty(ctx, partition, &d))
			}
		}
		return d, errors.Join(failures...)
	})
}

type room struct{ infra.Ports }

// empty sends every letter of one partition. One that cannot be sent does not
// hold up the others.
func (r room) empty(ctx context.Context, partition string, d *Delivery) error {
	var failures []error
	for q := (infra.Query{PK: partition, Prefix: mailPrefix}); ; {
		page, err := r.People.Query(ctx, q)
		if err != nil {
			return errors.Join(append(failures, err)...)
		}
		for _, row := range page.Rows {
			failures = append(failures, r.handle(ctx, row.Key, d))
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return errors.Join(failures...)
		}
	}
}

// handle sends the letter of one row, or turns a knock into one and sends
// that, and counts what became of it. Its errors name letters by their id.
func (r room) handle(ctx context.Context, key infra.Key, d *Delivery) error {
	err := r.resolve(ctx, key)
	switch {
	case err == nil:
		d.Sent++
	case errors.Is(err, errGone):
	case errors.Is(err, errMoot):
		d.Dropped++
	case errors.Is(err, infra.ErrSuppressed):
		d.Suppressed++
	default:
		d.Failed++
		return fmt.Errorf("letter %s: %w", letterID(key), err)
	}
	return nil
}

func (r room) resolve(ctx context.Context, key infra.Key) error {
	if strings.HasPrefix(key.PK, knockPrefix) {
		answer, err := r.answer(ctx, key)
		if err != nil {
			return err
		}
		key = answer
	}
	return r.send(ctx, key)
}

var (
	errGone = errors.New("mail: somebody else sent it")
	errMoot = errors.New("mail: nothing to tell any more")
)

// send sends a notice and removes it: at least once, under one Message-ID.
func (r room) send(ctx context.Context, key infra.Key) error {
	row, err := r.People.Get(ctx, key)
	if errors.Is(err, infra.ErrNotFound) {
		return errGone
	}
	if err != nil {
		return err
	}
	var n Notice
	if err := row.Decode(&n); err != nil {
		return err
	}
	outcome := r.write(ctx, strings.TrimPrefix(key.PK, personPrefix), letterID(key), n)
	if outcome != nil && !errors.Is(outcome, errMoot) && !errors.Is(outcome, infra.ErrSuppressed) {
		return outcome
	}
	if err := r.People.Write(ctx, infra.Delete{Key: key}); err != nil {
		return err
	}
	return outcome
}

func (r room) write(ctx context.Context, person, id string, n Notice) error {
	to, err := registry.Person(ctx, r.People, person)
	if errors.Is(err, infra.ErrNotFound) {
		return errMoot
	}
	if err != nil {
		return err
	}
	if n.Opens != "" && !registry.Current(to, n.Opens, n.Link) {
		return errMoot
	}
	c, err := content(ctx, r.Ports, n)
	if err != nil {
		return err
	}
	return post(ctx, r.Ports, to, n.Kind, id, c)
}

// answer turns a knock into a notice of the account that has the e-mail, and
// gives the notice's key. errMoot when there is nobody to tell, errGone when
// somebody else has answered.
func (r room) answer(ctx context.Context, key infra.Key) (infra.Key, error) {
	var answered infra.Key
	err := registry.Again(func() error {
		row, err := r.People.Get(ctx, key)
		if errors.Is(err, infra.ErrNotFound) {
			return errGone
		}
		if err != nil {
			return err
		}
		var k Knock
		if err := row.Decode(&k); err != nil {
			return err
		}
		ops, person, err := r.answerOps(ctx, key, k)
		if err != nil {
			return err
		}
		if err := r.People.Write(ctx, append(ops, infra.Delete{Key: key, If: []infra.Cond{infra.Present()}})...); err != nil {
			return err
		}
		if person == "" {
			return errMoot
		}
		answered = infra.Key{PK: people.PersonPK(person), SK: key.SK}
		return nil
	})
	return answered, err
}

// answerOps is what a knock does to the account of that e-mail: none and ""
// when there is no account that it concerns.
func (r room) answerOps(ctx context.Context, key infra.Key, k Knock) (ops []infra.Op, person string, err error) {
	holder, err := registry.HolderAt(ctx, r.People, "email#"+strings.TrimPrefix(key.PK, knockPrefix))
	if err != nil || holder == "" {
		return nil, "", err
	}
	p, err := registry.Person(ctx, r.People, holder)
	if err != nil {
		return nil, "", err
	}
	switch {
	case k.Kind == Forgotten:
		return r.newLink(ctx, p, letterID(key))
	case p.Status == people.Active:
		return []infra.Op{Notify(p.ID, letterID(key), Notice{Kind: k.Kind, At: k.At})}, p.ID, nil
	}
	return nil, "", nil
}

// newLink gives an account a link to choose its password: its first, while it
// has none, so that a lost mail never locks anybody out.
func (r room) newLink(ctx context.Context, p people.Person, id string) ([]infra.Op, string, error) {
	kind, letter := registry.Reset, "password_reset"
	if p.Status == people.Pending {
		kind, letter = registry.Creation, "account_creation"
	}
	link, err := registry.NewLink(ctx, r.Ports, &p, kind)
	if err != nil {
		return nil, "", err
	}
	return []infra.Op{registry.Save(p), link, Notify(p.ID, id, Invitation(p, kind, letter, r.Clock.Now()))}, p.ID, nil
}
