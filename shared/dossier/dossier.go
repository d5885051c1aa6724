// Package dossier is what every procedure's dossier has in common: a status
// that only a table of transitions moves, and a chain of events that tells who
// moved it.
package dossier

import (
	"slices"
	"time"
)

// Status is where a dossier stands. Its French label is in the catalogue
// under status.<status>.
type Status string

// Action is what somebody does to a dossier; label under action.<action>.
type Action string

// Relation is what a caller is to one dossier; a role makes it possible, the
// dossier makes it so.
type Relation string

// The relations of a caller to a dossier.
const (
	Declarant  Relation = "declarant"  // files for the organisation that owns it
	Supervisor Relation = "supervisor" // of the body that treats it
	Agent      Relation = "agent"      // the agent it is assigned to
	Colleague  Relation = "colleague"  // another agent of that body: may read
	System     Relation = "system"     // a schedule or a state machine
)

// Transition is one line of a procedure's table: who may do an action in which
// statuses, and where it leads. An action may stand in several lines.
type Transition struct {
	Action Action
	By     Relation
	From   []Status
	To     Status // "" stays where it is
	Lane   Lane   // "" in every lane
}

// Lane is how thorough a dossier's review is, where a procedure has more than
// one way: policy gives it at deposit, and it stays.
type Lane string

// Procedure is a procedure's life cycle as data. The state machine of the same
// name is proved to accept the same sequences.
type Procedure struct {
	Name        string
	Machine     string   // of package statemachines
	Statuses    []Status // in the order of a good life; the first is the draft
	Final       []Status // nothing moves from here
	Transitions []Transition
}

// Next finds the transition of an action in a status and lane.
func (p *Procedure) Next(action Action, from Status, lane Lane) (Transition, bool) {
	for _, t := range p.Transitions {
		if t.Action == action && slices.Contains(t.From, from) && (t.Lane == "" || t.Lane == lane) {
			if t.To == "" {
				t.To = from
			}
			return t, true
		}
	}
	return Transition{}, false
}

// Allowed lists what these relations may do in a status, in table order.
func (p *Procedure) Allowed(status Status, relations ...Relation) []Action {
	allowed := []Action{}
	for _, t := range p.Transitions {
		if slices.Contains(t.From, status) && slices.Contains(relations, t.By) && !slices.Contains(allowed, t.Action) {
			allowed = append(allowed, t.Action)
		}
	}
	return allowed
}

// By tells which relation may do an action at all.
func (p *Procedure) By(action Action) []Relation {
	var by []Relation
	for _, t := range p.Transitions {
		if t.Action == action && !slices.Contains(by, t.By) {
			by = append(by, t.By)
		}
	}
	return by
}

// IsFinal tells whether nothing moves from a status.
func (p *Procedure) IsFinal(s Status) bool { return slices.Contains(p.Final, s) }

// Draft is the status before deposit.
func (p *Procedure) Draft() Status { return p.Statuses[0] }

// Head is the part of a dossier that every procedure shares. It is stored in
// row dossier#<id> / dossier, beside what the procedure adds.
type Head struct {
	ID        string    `json:"id"`
	Procedure string    `json:"procedure"`
	Number    string    `json:"number,omitempty"` // allotted at deposit
	Status    Status    `json:"status"`
	Version   int64     `json:"version"` // number of the last event; the ETag
	Chain     string    `json:"chain"`   // hash of the last event
	Owner     string    `json:"owner"`   // organisation that files it
	Author    string    `json:"author"`  // person who created it
	Body      string    `json:"body,omitempty"`
	Agent     string    `json:"agent,omitempty"`
	AgentName string    `json:"agent_name,omitempty"`
	Created   time.Time `json:"created"`
	Changed   time.Time `json:"changed"`
	Deposited time.Time `json:"deposited,omitzero"`
	// DepositN is the number of the deposit event: the execution starts by
	// hearing it. Zero before.
	DepositN int64 `json:"deposit_n,omitempty"`
	// Since is when it came into its status.
	Since time.Time `json:"since,omitzero"`
	// Clock is what is known of its delay. The dates worked out from it, as
	// 2026-11-21, are those of the last change or of the last holiday recorded.
	Clock     Clock  `json:"clock,omitzero"`
	Due       string `json:"due,omitempty"`        // last day of the delay; "" while it is suspended in time
	StatusDue string `json:"status_due,omitempty"` // last day in this status
	HalfOn    string `json:"half_on,omitempty"`    // last day on which a complement may be asked for, where one only may
	Lane      Lane   `json:"lane,omitempty"`       // given at deposit
}
