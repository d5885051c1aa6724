package accounts

import (
	"context"
	"errors"
	"net/http"
	"time"

	"portal/functions/mail"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/step"
)

// forgetPassword asks for a link. It only leaves a knock at the address: what
// it reads and writes, and so its answer and its time, are the same whether or
// not there is an account. The mail room sends a reset link, or a creation
// link to an account that has no password yet.
func forgetPassword(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "accounts/forget_password",
		Summary: "Ask for a link to choose a password",
		Who:     step.Anyone(),
		Grants: step.Grants{People: step.TableGrants{
			Write: []string{"rate#", "knock#"},
		}}.And(repeatable),
		Problems: []string{"too_many_requests", "idempotency_key_reused"},
	}, http.MethodPost, "/api/accounts/password-forgotten", func(ctx context.Context, in *formInput) (*nothing, error) {
		var body struct {
			Email string `json:"email"`
		}
		if err := forms.Decode("accounts/forgotten-password", in.RawBody, &body); err != nil {
			return nil, err
		}
		return &nothing{}, r.once(ctx, func() error { return r.forget(ctx, body.Email) })
	}, form("forgotten-password"), step.Status(http.StatusAccepted))
}

func (r room) forget(ctx context.Context, email string) error {
	if err := r.allow(ctx, limit{"forgotten", 20, time.Hour}); err != nil {
		return err
	}
	// Beyond a few letters an hour nothing is sent and nothing is said:
	// otherwise a stranger could flood a mailbox, or kill link after link.
	err := r.take(ctx, limit{"forgotten-email", 3, time.Hour}, people.FoldEmail(email))
	if errors.Is(err, errOften) {
		return nil
	}
	if err != nil {
		return err
	}
	now := r.Clock.Now()
	ops := append([]infra.Op{mail.KnockOn(email, r.IDs.New(), mail.Knock{Kind: mail.Forgotten, At: now})},
		httpapi.Remember(ctx, now, httpapi.Remembered{Status: http.StatusAccepted})...)
	return r.People.Write(ctx, ops...)
}
