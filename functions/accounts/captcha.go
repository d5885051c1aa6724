package accounts

import (
	"context"
	"errors"

	"portal/infra"
	"portal/shared/altcha"
	"portal/shared/people"
	"portal/shared/problem"
)

// captchaPurpose is the purpose of the key that signs challenges.
const captchaPurpose = "altcha"

// spend accepts a proof of work once. The problem captcha_refused for one that
// is malformed, late, wrong, not ours, or spent: row spent#<hash> / spent, for
// as long as the challenge could be solved.
func (r room) spend(ctx context.Context, payload string) error {
	refused := problem.New("captcha_refused")
	s, err := altcha.Parse(payload)
	if err != nil {
		return refused
	}
	if err := s.Check(r.Clock.Now()); err != nil {
		return refused
	}
	sum, err := r.MAC.Sum(ctx, captchaPurpose, s.Message())
	if err != nil {
		return err
	}
	if !s.SignedBy(sum) {
		return refused
	}
	err = r.People.Write(ctx, infra.Put{
		Key:     infra.Key{PK: "spent#" + people.Hash(s.Challenge), SK: "spent"},
		Value:   struct{}{},
		Expires: s.Expires(),
		If:      []infra.Cond{infra.Absent()},
	})
	if errors.Is(err, infra.ErrConditionFailed) {
		return refused
	}
	return err
}
