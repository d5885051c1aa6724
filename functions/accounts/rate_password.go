package accounts

import (
	"context"
	"net/http"
	"time"

	"portal/infra"
	"portal/shared/forms"
	"portal/shared/i18n"
	"portal/shared/password"
	"portal/shared/step"
)

type strengthOutput struct {
	Body struct {
		Strength string `json:"strength" enum:"very_weak,weak,medium,strong,very_strong" doc:"Stable name of the level"`
		Score    int    `json:"score" minimum:"0" maximum:"4" doc:"The level as a number"`
		Label    string `json:"label" doc:"The level in the caller's language"`
		Accepted bool   `json:"accepted" doc:"Whether it may be chosen"`
	}
}

// ratePassword tells how strong a password is while it is typed. It stores
// nothing of it.
func ratePassword(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "accounts/rate_password",
		Summary:  "Tell how strong a password is",
		Who:      step.Anyone(),
		Grants:   step.Grants{People: step.TableGrants{Write: []string{"rate#"}}},
		Problems: []string{"too_many_requests"},
	}, http.MethodPost, "/api/accounts/password-strengths", func(ctx context.Context, in *formInput) (*strengthOutput, error) {
		var body struct {
			Password string   `json:"password"`
			About    []string `json:"about"`
		}
		if err := forms.Decode("accounts/password-strength", in.RawBody, &body); err != nil {
			return nil, err
		}
		if err := r.allow(ctx, limit{"strength", 300, 15 * time.Minute}); err != nil {
			return nil, err
		}
		chosen := []rune(password.Normalize(body.Password))
		accepted := len(password.Faults("", body.Password, body.About...)) == 0
		level := password.Rate(string(chosen[:min(len(chosen), password.MaxLength)]), body.About...)
		out := &strengthOutput{}
		out.Body.Strength, out.Body.Score, out.Body.Accepted = level.String(), int(level), accepted
		out.Body.Label = i18n.Text(step.RequestOf(ctx).Lang, "password.strength."+level.String(), nil)
		return out, nil
	}, form("password-strength"), step.Status(http.StatusOK))
}
