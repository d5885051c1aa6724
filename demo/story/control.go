package story

import (
	"context"
	"fmt"
	"net/url"
)

// asks asks as anybody may: « Mon produit est-il soumis ? »
func (p *play) asks(ctx context.Context, about product, pieces int, outcome string) error {
	anybody := p.actor("Quiconque", "")
	var answer struct {
		Outcome     string   `json:"outcome"`
		Label       string   `json:"outcome_label"`
		Explanation []string `json:"explanation"`
	}
	query := url.Values{"hs": {about.hs}, "quantity": {fmt.Sprint(pieces)}, "unit": {"C62"}}
	if err := anybody.get(ctx, "/api/products/control?"+query.Encode(), &answer); err != nil {
		return err
	}
	if answer.Outcome != outcome {
		return surprise("%d of %s are %s, expected %s", pieces, about.hs, answer.Outcome, outcome)
	}
	anybody.say("demande pour %d × %s (%s) : %s", pieces, about.name, about.hs, answer.Label)
	for _, sentence := range answer.Explanation {
		anybody.say("  %s", sentence)
	}
	return nil
}
