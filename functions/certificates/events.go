package certificates

import (
	"fmt"
	"time"

	"portal/infra"
	"portal/shared/certificate"
	"portal/shared/identifiers"
)

// Action is what was done to a certificate; label under
// certificate.action.<action>.
type Action string

// The actions.
const (
	ActionIssue    Action = "issue"
	ActionRecord   Action = "record" // of a statement issued before the portal
	ActionRenew    Action = "renew"
	ActionReplace  Action = "replace"
	ActionRevoke   Action = "revoke"
	ActionWithdraw Action = "withdraw"
	ActionUseUp    Action = "use_up"
	ActionExpire   Action = "expire"
)

// Actions lists every action.
func Actions() []Action {
	return []Action{ActionIssue, ActionRecord, ActionRenew, ActionReplace, ActionRevoke, ActionWithdraw, ActionUseUp, ActionExpire}
}

// Act says who did something to a certificate, when and why. What the clock
// does has no person.
type Act struct {
	At           time.Time `json:"at"`
	Person       string    `json:"person,omitempty"`
	Name         string    `json:"name,omitempty"`
	Organisation string    `json:"organisation,omitempty"`
	Dossier      string    `json:"dossier,omitempty"` // under which it was done
	Reason       string    `json:"reason,omitempty"`
}

// Event is one change of a certificate: row certificate#<number> /
// event#<revision>, written in the same Write as the entry at that revision.
type Event struct {
	Act
	Action  Action             `json:"action"`
	From    certificate.Status `json:"from,omitempty"`
	To      certificate.Status `json:"to"`
	Details map[string]string  `json:"details,omitempty"` // such as the number that replaces it
}

func eventPut(number identifiers.CertificateNumber, rev int64, e Event) infra.Put {
	return infra.Put{
		Key:   infra.Key{PK: PK(number.String()), SK: fmt.Sprintf("%s%06d", skEvents, rev)},
		Value: e, If: []infra.Cond{infra.Absent()},
	}
}
