package conformity

import (
	"context"
	"errors"
	"net/http"
	"time"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type createInput struct{ RawBody []byte }

// createBody says what the draft begins with, besides the caller's profile.
type createBody struct {
	Organisation string `json:"organisation"`
	From         string `json:"from"`    // dossier whose form and goods are copied
	Revises      string `json:"revises"` // number of the certificate to revise
	Renews       string `json:"renews"`  // number of the statement to renew
}

// check refuses a draft that begins with two things.
func (b createBody) check() error {
	var faults []problem.Fault
	begun := b.From != ""
	for _, way := range []struct{ pointer, value string }{{"/revises", b.Revises}, {"/renews", b.Renews}} {
		if way.value != "" && begun {
			faults = append(faults, problem.Fault{Pointer: way.pointer, Code: "not_applicable"})
		}
		begun = begun || way.value != ""
	}
	return problem.Invalid(faults)
}

// create opens a draft for an organisation whose PORTNET subscription is
// validated, with the importer filled in from its profile.
func create(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/create",
		Summary: "Open a draft request",
		Who:     step.Roles(people.Declarant),
		Grants: stepGrants.And(citeGrants).And(step.Grants{
			People: step.TableGrants{Read: []string{"organisation#"}},
		}),
		Problems: []string{"invalid", "subscription_required", "idempotency_key_reused", "not_found"},
	}, http.MethodPost, "/api/conformity/dossiers", func(ctx context.Context, in *createInput) (*answer, error) {
		var body createBody
		if err := forms.Decode("conformity/create", in.RawBody, &body); err != nil {
			return nil, err
		}
		if err := body.check(); err != nil {
			return nil, err
		}
		caller := step.CallerOf(ctx)
		org, err := r.filer(ctx, caller, body.Organisation)
		if err != nil {
			return nil, err
		}
		draft, err := r.draftOf(ctx, caller, org, body)
		if err != nil {
			return nil, err
		}
		out, err := r.newDraft(ctx, caller, org, draft)
		if err == nil {
			return out, nil
		}
		first, recallErr := httpapi.Recall(ctx, r.Dossiers)
		if recallErr != nil {
			return nil, recallErr
		}
		if first == nil {
			return nil, err
		}
		f, err := open(ctx, r.Dossiers, caller, first.Subject, light)
		if err != nil {
			return nil, err
		}
		again, err := r.answer(ctx, f, first.Status)
		if err != nil {
			return nil, err
		}
		again.ETag, again.Location = first.ETag, first.Location
		return again, nil
	}, form("create"), step.Created)
}

// filer is the organisation that files: the one named, or the caller's only
// one. Its PORTNET subscription must be validated.
func (r room) filer(ctx context.Context, caller people.Caller, named string) (people.Organisation, error) {
	mine := caller.With(people.Declarant)
	switch {
	case named == "" && len(mine) == 1:
		named = mine[0]
	case named == "":
		return people.Organisation{}, problem.Field("/organisation", "required")
	case !caller.HasIn(named, people.Declarant):
		return people.Organisation{}, problem.Field("/organisation", "choice")
	}
	row, err := r.People.Get(ctx, infra.Key{PK: people.OrganisationPK(named), SK: "organisation"})
	if errors.Is(err, infra.ErrNotFound) {
		return people.Organisation{}, problem.New("subscription_required")
	}
	if err != nil {
		return people.Organisation{}, err
	}
	var org people.Organisation
	if err := row.Decode(&org); err != nil {
		return people.Organisation{}, err
	}
	if org.Subscription == "" {
		return people.Organisation{}, problem.New("subscription_required")
	}
	return org, nil
}

func (r room) newDraft(ctx context.Context, caller people.Caller, org people.Organisation, f *conformity.File) (*answer, error) {
	now := r.Clock.Now()
	f.Head = dossier.Head{
		ID: r.IDs.New(), Procedure: conformity.Procedure.Name, Status: conformity.Draft, Version: 1,
		Owner: org.ID, Author: caller.Person, Created: now, Changed: now, Since: now.UTC().Truncate(time.Millisecond),
	}
	event := dossier.Event{N: 1, At: now, Action: conformity.Create, To: conformity.Draft, Content: &dossier.Content{
		Person: caller.Person, Name: caller.Name, Organisation: org.ID, Relation: dossier.Declarant,
	}}
	if err := r.seal(&event, ""); err != nil {
		return nil, err
	}
	f.Chain = event.Hash
	conformity.Summarise(f)
	goods, err := r.giveGoods(ctx, f, f.Goods)
	if err != nil {
		return nil, err
	}
	out, err := r.answer(ctx, f, http.StatusCreated)
	if err != nil {
		return nil, err
	}
	out.Location = "/api/conformity/dossiers/" + f.ID
	ops := append([]infra.Op{headPut(&f.Dossier, 0), eventPut(f.ID, event), formPut(f.ID, f.Form), ArmDraft(f.Head)}, goods...)
	ops = append(ops, httpapi.Remember(ctx, now, httpapi.Remembered{
		Status: http.StatusCreated, ETag: out.ETag, Location: out.Location, Subject: f.ID,
	})...)
	if err := r.Dossiers.Write(ctx, ops...); err != nil {
		return nil, err
	}
	return out, nil
}

// importerFrom fills in the party that the account already knows.
func importerFrom(org people.Organisation, caller people.Caller) map[string]string {
	party := map[string]string{"name": org.Name, "address": org.Address, "country": "MA", "contact": caller.Name, "email": caller.Email}
	for field, value := range map[string]string{"phone": org.Phone, "tax_id": org.ICE} {
		if value != "" {
			party[field] = value
		}
	}
	for field, value := range party {
		if value == "" {
			delete(party, field)
		}
	}
	return party
}
