package accounts

import (
	"context"
	"errors"
	"net/http"
	"time"

	"portal/functions/accounts/registry"
	"portal/functions/mail"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/forms"
	"portal/shared/password"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// choice is a new password, typed twice, by whoever holds a link.
type choice struct {
	Token    string `json:"token"`
	Password string `json:"password"`
	Again    string `json:"again"`
}

type choiceInput struct {
	visitor
	RawBody []byte
}

type cookies struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

// choiceGrants is what both steps that follow a link touch.
var choiceGrants = step.Grants{
	People: step.TableGrants{
		Read:  []string{"link#", "person#", "organisation#"},
		Write: []string{"rate#", "link#", "person#", "attempts#"},
	},
}.And(repeatable)

// choosePassword declares a step that follows a link of one kind.
func (r room) choosePassword(d step.Declaration, path, schema string, kind registry.LinkKind) step.Step {
	d.Who, d.Grants, d.Memory = step.Anyone(), choiceGrants, hashing
	d.Problems = []string{"too_many_requests", "link_expired", "idempotency_key_reused"}
	return step.HTTP(d, http.MethodPost, path, func(ctx context.Context, in *choiceInput) (*cookies, error) {
		var body choice
		if err := forms.Decode("accounts/"+schema, in.RawBody, &body); err != nil {
			return nil, err
		}
		out := &cookies{}
		return out, r.once(ctx, func() error {
			if err := r.allow(ctx, limit{"password", 30, 15 * time.Minute}); err != nil {
				return err
			}
			return registry.Again(func() error {
				cookie, err := r.follow(ctx, body, kind, in.visitor)
				if err != nil {
					return err
				}
				out.SetCookie = []http.Cookie{cookie}
				return nil
			})
		})
	}, form(schema))
}

// follow uses a link up for a new password. Whoever holds the link is the
// owner: their browser is known from now on, and wrong passwords of others no
// longer slow them down.
func (r room) follow(ctx context.Context, body choice, kind registry.LinkKind, v visitor) (http.Cookie, error) {
	person, used, err := registry.Follow(ctx, r.People, body.Token, kind)
	if errors.Is(err, infra.ErrNotFound) {
		return http.Cookie{}, problem.New("link_expired")
	}
	if err != nil {
		return http.Cookie{}, err
	}
	if err := r.judge(ctx, person, body.Password, body.Again); err != nil {
		return http.Cookie{}, err
	}
	ended, err := r.sessionsAndDevices(ctx, person.ID, everything)
	if err != nil {
		return http.Cookie{}, err
	}
	now := r.Clock.Now()
	if person.Password, err = r.hash(body.Password); err != nil {
		return http.Cookie{}, err
	}
	person.Status, person.CreationLink, person.ResetLink = people.Active, "", ""
	device := v.device(r.Settings, r.IDs)
	ops := []infra.Op{registry.Save(person), used, infra.Delete{Key: attemptsAt(person.Email)}}
	if kind == registry.Reset {
		ops = append(ops, r.changed(person, now))
	}
	ops = append(ops, httpapi.Remember(ctx, now, httpapi.Remembered{Status: http.StatusNoContent})...)
	// The device last: it may be among those forgotten.
	ops = append(ops, without(ended, deviceKey(person.ID, device.hash))...)
	ops = append(ops, device.known(person.ID, now))
	if err := r.People.Write(ctx, ops...); err != nil {
		return http.Cookie{}, err
	}
	return device.cookie, r.sweepSessions(ctx, person.ID, "")
}

// judge refuses a password that breaks the rules, all faults at once.
func (r room) judge(ctx context.Context, person people.Person, chosen, again string) error {
	own := []string{person.Name, person.Email, person.Phone}
	for _, m := range person.Memberships {
		o, err := registry.Organisation(ctx, r.People, m.Organisation)
		if err != nil && !errors.Is(err, infra.ErrNotFound) {
			return err
		}
		own = append(own, o.Name)
	}
	faults := password.Faults("/password", chosen, own...)
	if password.Normalize(chosen) != password.Normalize(again) {
		faults = append(faults, problem.Fault{Pointer: "/again", Code: "passwords_differ"})
	}
	return problem.Invalid(faults)
}

func (r room) hash(chosen string) (string, error) {
	salt := r.IDs.Secret()
	return password.Hash(chosen, salt[:])
}

// changed tells the owner that the password is another.
func (r room) changed(person people.Person, now time.Time) infra.Op {
	return mail.Notify(person.ID, r.IDs.New(), mail.Notice{Kind: "password_changed", At: now})
}
