package products

import (
	"context"
	"net/http"
	"strings"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/calendar"
	"portal/shared/forms"
	"portal/shared/problem"
	"portal/shared/step"
)

type withdrawInput struct {
	Version string `path:"version" doc:"Its name"`
	RawBody []byte
}

type withdrawOutput struct{ Body VersionView }

// withdrawControlList takes back a version before its day. It stays to be read,
// with who withdrew it and why, and its name is not used again.
func withdrawControlList(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "products/withdraw_control_list",
		Summary: "Withdraw a version of the list of products under control before its day",
		Who:     officers,
		Grants: readGrants.And(step.Grants{Dossiers: httpapi.IdempotencyGrants}).And(step.Grants{
			Dossiers: step.TableGrants{Write: []string{"control#"}},
		}),
		Problems: []string{"not_found", "list_in_force", "list_withdrawn", "idempotency_key_reused", "invalid"},
	}, http.MethodPost, lists+"/{version}/withdrawals", func(ctx context.Context, in *withdrawInput) (*withdrawOutput, error) {
		var body struct {
			Reason string `json:"reason"`
		}
		if err := forms.Decode("products/withdrawal", in.RawBody, &body); err != nil {
			return nil, err
		}
		var withdrawn Publication
		err := registry.Again(func() error {
			var err error
			withdrawn, err = r.withdraw(ctx, in.Version, strings.TrimSpace(body.Reason))
			return err
		})
		if err != nil {
			if withdrawn, err = r.withdrawnBefore(ctx, in.Version, err); err != nil {
				return nil, err
			}
		}
		current, err := OnDay(ctx, r.Dossiers, r.today())
		if err != nil {
			return nil, err
		}
		return &withdrawOutput{Body: r.view(ctx, withdrawn, current)}, nil
	}, step.Form("products/withdrawal", httpapi.MaxBody), step.Status(http.StatusOK))
}

func (r room) withdraw(ctx context.Context, version, reason string) (Publication, error) {
	register, err := readRegister(ctx, r.Dossiers)
	if err != nil {
		return Publication{}, err
	}
	p, found := register.find(version)
	now, caller := r.Clock.Now(), step.CallerOf(ctx)
	switch {
	case !found:
		return p, problem.New("not_found")
	case p.Withdrawal != nil:
		return p, problem.New("list_withdrawn")
	case !p.InForce.After(calendar.DateIn(now)):
		return p, problem.New("list_in_force")
	}
	p.Withdrawal = &Withdrawal{At: now, By: caller.Person, Name: caller.Name, Reason: reason}
	ops := []infra.Op{
		infra.Put{Key: versionKey(p.Listing), Value: p, If: []infra.Cond{infra.Present()}},
		register.happens(Event{At: now, Action: "withdraw", Version: version, Reason: reason}, caller),
	}
	ops = append(ops, httpapi.Remember(ctx, now, httpapi.Remembered{Status: http.StatusOK, Subject: version})...)
	return p, r.Dossiers.Write(ctx, ops...)
}

// withdrawnBefore is the version as this very request left it the first time.
func (r room) withdrawnBefore(ctx context.Context, version string, failed error) (Publication, error) {
	first, err := httpapi.Recall(ctx, r.Dossiers)
	if err != nil {
		return Publication{}, err
	}
	if first == nil {
		return Publication{}, failed
	}
	return r.publication(ctx, version, Listing{})
}
