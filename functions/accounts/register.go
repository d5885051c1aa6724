package accounts

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"portal/functions/accounts/registry"
	"portal/functions/mail"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type formInput struct{ RawBody []byte }

type registration struct {
	Company string `json:"company"`
	Address string `json:"address"`
	Email   string `json:"email"`
	Phone   string `json:"phone"`
	Name    string `json:"name"`
	Lang    string `json:"lang"`
	Altcha  string `json:"altcha"`
}

// register opens a pending account and its company. It alone tells that an
// e-mail is taken, as the manual asks; captcha and limits keep that from being
// a way to list accounts.
func register(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "accounts/register",
		Summary: "Register a company and its first person",
		Who:     step.Anyone(),
		Grants: step.Grants{
			People: step.TableGrants{
				Write: []string{"rate#", "spent#", "email#", "person#", "organisation#", "organisations#", "link#"},
			},
			MAC: []string{captchaPurpose, registry.LinkPurpose},
		}.And(repeatable),
		Problems: []string{"too_many_requests", "captcha_refused", "email_taken", "idempotency_key_reused"},
	}, http.MethodPost, "/api/accounts/registrations", func(ctx context.Context, in *formInput) (*nothing, error) {
		var body registration
		if err := forms.Decode("accounts/register", in.RawBody, &body); err != nil {
			return nil, err
		}
		return &nothing{}, r.once(ctx, func() error { return r.register(ctx, body) })
	}, form("register"), step.Status(http.StatusAccepted))
}

func (r room) register(ctx context.Context, body registration) error {
	if err := r.allow(ctx, limit{"register", 30, time.Hour}); err != nil {
		return err
	}
	if err := r.spend(ctx, body.Altcha); err != nil {
		return err
	}
	if err := refuseOften(r.take(ctx, limit{"register-email", 5, time.Hour}, people.FoldEmail(body.Email))); err != nil {
		return err
	}
	now := r.Clock.Now()
	company := people.Organisation{
		ID: r.IDs.New(), Kind: people.Operator, Name: strings.TrimSpace(body.Company),
		Address: strings.TrimSpace(body.Address), Phone: body.Phone, Created: now,
	}
	person := people.Person{
		ID: r.IDs.New(), Status: people.Pending, Name: strings.TrimSpace(body.Name), Email: body.Email,
		Phone: body.Phone, Lang: body.Lang, Created: now,
	}
	if person.Name == "" {
		person.Name = company.Name
	}
	member := registry.Join(&person, company.ID, []people.Role{people.Declarant, people.CompanyAdmin})
	link, err := registry.NewLink(ctx, r.Ports, &person, registry.Creation)
	if err != nil {
		return err
	}
	letter := mail.Notify(person.ID, r.IDs.New(), mail.Invitation(person, registry.Creation, "account_creation", now))
	err = r.People.Write(ctx, slices.Concat(
		registry.Open(person), registry.Found(company), []infra.Op{member, link, letter},
		httpapi.Remember(ctx, now, httpapi.Remembered{Status: http.StatusAccepted}),
	)...)
	var refused *infra.Refused
	if errors.As(err, &refused) && refused.At(0) {
		return problem.New("email_taken")
	}
	return err
}

// repeatable is what once needs.
var repeatable = step.Grants{People: httpapi.IdempotencyGrants}

// once answers a repeated request like the first: a step that fails asks
// whether it has already been done under the same Idempotency-Key.
func (r room) once(ctx context.Context, do func() error) error {
	err := do()
	if err == nil {
		return nil
	}
	first, recallErr := httpapi.Recall(ctx, r.People)
	switch {
	case recallErr != nil:
		return recallErr
	case first != nil:
		return nil
	}
	return err
}
