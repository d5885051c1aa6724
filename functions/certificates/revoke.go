package certificates

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/forms"
	"portal/shared/i18n"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type revokeInput struct {
	Checked
	IfMatch string `header:"If-Match" doc:"The revision acted on, as its ETag"`
	RawBody []byte
}

type revocationBody struct {
	Kind   string `json:"kind"` // revoked or withdrawn
	Reason string `json:"reason"`
}

// revoke ends a certificate for good: revoked for a cause that lies with its
// holder, or withdrawn at the holder's wish or for an error. To the public both
// are revoked, without the reason. Holder and bureau are told at once, or by
// the next day's sweep.
func revoke(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "certificates/revoke",
		Summary: "Revoke or withdraw a certificate",
		Who:     step.Roles(people.Supervisor),
		Grants:  recordGrants.And(step.Grants{Dossiers: httpapi.IdempotencyGrants}).And(TellGrants),
		Problems: []string{
			"not_found", "forbidden", "stale", "precondition_required", "not_allowed_for_certificate", "idempotency_key_reused", "invalid",
		},
	}, http.MethodPost, "/api/certificates/{number}/revocations", func(ctx context.Context, in *revokeInput) (*recordOutput, error) {
		e, err := r.open(ctx, in.Number, mayRead)
		if err != nil {
			return nil, err
		}
		out, err := r.revokeOnce(ctx, e, in)
		if err == nil {
			return out, nil
		}
		return r.orRevokedBefore(ctx, e, err)
	}, form("revocation"), step.Status(http.StatusOK))
}

func (r room) revokeOnce(ctx context.Context, e Entry, in *revokeInput) (*recordOutput, error) {
	if err := r.mayRevoke(ctx, e, in.IfMatch); err != nil {
		return nil, err
	}
	var body revocationBody
	if err := forms.Decode("certificates/revocation", in.RawBody, &body); err != nil {
		return nil, err
	}
	act := r.act(ctx, e.Body, strings.TrimSpace(body.Reason))
	ops, revoked := revocation(e, body.Kind == "withdrawn", act)
	ops = append(ops, httpapi.Remember(ctx, act.At, httpapi.Remembered{Status: http.StatusOK, ETag: etag(revoked.Rev), Subject: e.Number.String()})...)
	if err := r.Dossiers.Write(ctx, ops...); err != nil {
		return nil, err
	}
	// It is revoked: a letter that fails now is the sweep's to tell.
	_ = Tell(ctx, r.Ports, e.Number.String(), revoked.Rev)
	return r.record(ctx, revoked, 1, http.StatusOK)
}

// mayRevoke answers 403, 428, 412 or 409, in this order.
func (r room) mayRevoke(ctx context.Context, e Entry, ifMatch string) error {
	switch {
	case !step.CallerOf(ctx).HasIn(e.Body, people.Supervisor):
		return problem.New("forbidden")
	case ifMatch == "":
		return problem.New("precondition_required")
	case ifMatch != "*" && ifMatch != etag(e.Rev):
		return r.stale(ctx, e)
	case e.Ended():
		_, label := standing(e, calendar.DateIn(r.Clock.Now()))
		return notAllowed(ctx, e, i18n.Text(step.RequestOf(ctx).Lang, label, nil))
	}
	return nil
}

// revocation is what a revocation writes, and the entry that comes of it.
func revocation(old Entry, withdrawn bool, act Act) ([]infra.Op, Entry) {
	e := old
	e.Status = certificate.Revoked
	e.Revoked = &Revocation{At: act.At, Reason: act.Reason, By: act.Person, Withdrawn: withdrawn}
	action, told := ActionRevoke, Notice{Kind: "certificate_revoked", Bureau: "certificate_revoked_bureau"}
	if withdrawn {
		action, told = ActionWithdraw, Notice{Kind: "certificate_withdrawn", Bureau: "certificate_withdrawn_bureau"}
	}
	told.Values = map[string]string{"reason": act.Reason}
	ops := change(old, e, action, act, nil, &told)
	e.Rev++
	return ops, e
}

// stale is the problem of who looked at another revision, with the one that is.
func (r room) stale(ctx context.Context, e Entry) error {
	now, err := r.record(ctx, e, 1, http.StatusOK)
	if err != nil {
		return err
	}
	return &problem.Problem{Code: "stale", State: now.Body}
}

// orRevokedBefore answers a failed request as the first time, if it was done
// before; else with what stands in its way now.
func (r room) orRevokedBefore(ctx context.Context, e Entry, failure error) (*recordOutput, error) {
	first, err := r.recalled(ctx, failure)
	if first == nil && !errors.Is(err, infra.ErrConditionFailed) {
		return nil, err
	}
	now, err := Load(ctx, r.Dossiers, e.Number.String())
	if err != nil {
		return nil, err
	}
	if first == nil {
		return nil, r.stale(ctx, now)
	}
	out, err := r.record(ctx, now, 1, first.Status)
	if err == nil {
		out.ETag = first.ETag
	}
	return out, err
}
