package accounts

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/altcha"
	"portal/shared/step"
)

type challengeOutput struct{ Body altcha.Challenge }

// showChallenge gives a new proof of work to solve. Nothing is stored: the
// signature and the expiry in the salt say all.
func showChallenge(p infra.Ports) step.Step {
	return step.HTTP(step.Declaration{
		Name:    "accounts/show_challenge",
		Summary: "Get a proof of work to solve (captcha)",
		Who:     step.Anyone(),
		Grants:  step.Grants{MAC: []string{captchaPurpose}},
	}, http.MethodGet, "/api/accounts/challenge", func(ctx context.Context, _ *nothing) (*challengeOutput, error) {
		c := altcha.New(p.IDs.Secret(), p.Clock.Now())
		sum, err := p.MAC.Sum(ctx, captchaPurpose, c.Message())
		if err != nil {
			return nil, err
		}
		return &challengeOutput{c.Signed(sum)}, nil
	})
}
