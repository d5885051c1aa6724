package accounts

import (
	"context"
	"errors"
	"net/http"
	"time"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/forms"
	"portal/shared/password"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type passwordChange struct {
	Current  string `json:"current"`
	Password string `json:"password"`
	Again    string `json:"again"`
}

// changePassword replaces one's password, ends one's other sessions and tells
// the owner.
func changePassword(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "accounts/change_password",
		Summary: "Change one's password",
		Who:     step.SignedIn(),
		Grants: step.Grants{People: step.TableGrants{
			Read:  []string{"person#", "organisation#"},
			Write: []string{"rate#", "person#"},
		}}.And(repeatable),
		Memory:   hashing,
		Problems: []string{"too_many_requests", "idempotency_key_reused"},
	}, http.MethodPost, "/api/accounts/password-changes", func(ctx context.Context, in *formInput) (*nothing, error) {
		var body passwordChange
		if err := forms.Decode("accounts/change-password", in.RawBody, &body); err != nil {
			return nil, err
		}
		return &nothing{}, r.once(ctx, func() error { return r.change(ctx, body) })
	}, form("change-password"))
}

func (r room) change(ctx context.Context, body passwordChange) error {
	caller := step.CallerOf(ctx)
	if err := refuseOften(r.take(ctx, limit{"change", 10, time.Hour}, caller.Person)); err != nil {
		return err
	}
	return registry.Again(func() error {
		person, err := registry.Person(ctx, r.People, caller.Person)
		if err != nil {
			return err
		}
		if err := r.judgeChange(ctx, person, body); err != nil {
			return err
		}
		if person.Password, err = r.hash(body.Password); err != nil {
			return err
		}
		person.ResetLink = "" // a link asked for before is void
		ended, err := r.sessionsAndDevices(ctx, person.ID, sessionsBut(caller.Session))
		if err != nil {
			return err
		}
		now := r.Clock.Now()
		ops := append([]infra.Op{registry.Save(person), r.changed(person, now)}, ended...)
		ops = append(ops, httpapi.Remember(ctx, now, httpapi.Remembered{Status: http.StatusNoContent})...)
		if err := r.People.Write(ctx, ops...); err != nil {
			return err
		}
		return r.sweepSessions(ctx, person.ID, caller.Session)
	})
}

// judgeChange names every fault at once, and hashes once whatever they are.
func (r room) judgeChange(ctx context.Context, person people.Person, body passwordChange) error {
	same, _, err := password.Check(person.Password, body.Current)
	if err != nil {
		return err
	}
	var faults []problem.Fault
	if !same {
		faults = append(faults, problem.Fault{Pointer: "/current", Code: "wrong_password"})
	}
	err = r.judge(ctx, person, body.Password, body.Again)
	var invalid *problem.Problem
	switch {
	case errors.As(err, &invalid):
		faults = append(faults, invalid.Faults...)
	case err != nil:
		return err
	case password.Normalize(body.Password) == password.Normalize(body.Current):
		faults = append(faults, problem.Fault{Pointer: "/password", Code: "same_password"})
	}
	return problem.Invalid(faults)
}
