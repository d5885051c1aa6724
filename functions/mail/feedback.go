package mail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portal/infra"
	"portal/shared/people"
	"portal/shared/step"
)

// Feedback is what the mail service tells of letters that were not welcome.
type Feedback struct {
	Kind      string   `json:"kind"` // bounce or complaint
	Addresses []string `json:"addresses"`
}

// Suppression is the row suppressed#<hash of the address> / suppressed: no
// letter goes there any more.
type Suppression struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at"`
}

// bounced is how long an address that bounced is left alone: mailboxes get
// repaired. One whose owner complained is left alone for good.
const bounced = 90 * 24 * time.Hour

func suppressedKey(address string) infra.Key {
	return infra.Key{PK: "suppressed#" + people.Hash(people.FoldEmail(address)), SK: "suppressed"}
}

type suppressed struct {
	Suppressed int `json:"suppressed"`
}

// feedback remembers the addresses to which nothing may be sent.
func feedback(p infra.Ports) step.Step {
	return step.Event(step.Declaration{
		Name:    "mail/feedback",
		Summary: "Remember addresses that bounce or complain",
		Grants:  step.Grants{People: step.TableGrants{Write: []string{"suppressed#"}}},
	}, step.MailFeedback, func(ctx context.Context, f Feedback) (suppressed, error) {
		s := Suppression{Kind: f.Kind, At: p.Clock.Now()}
		var expires time.Time
		switch f.Kind {
		case "bounce":
			expires = s.At.Add(bounced)
		case "complaint":
		default:
			return suppressed{}, fmt.Errorf("feedback of unknown kind %q", f.Kind)
		}
		for _, address := range f.Addresses {
			put := infra.Put{Key: suppressedKey(address), Value: s, Expires: expires}
			if f.Kind == "bounce" {
				put.If = []infra.Cond{infra.Missing("kind")} // a complaint stands
			}
			if err := p.People.Write(ctx, put); err != nil && !errors.Is(err, infra.ErrConditionFailed) {
				return suppressed{}, err
			}
		}
		return suppressed{len(f.Addresses)}, nil
	})
}
