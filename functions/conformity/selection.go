package conformity

import (
	"context"

	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/people"
	"portal/shared/problem"
)

// Selection is which dossiers somebody wants, as a saved filter keeps it and an
// export takes it: of the list of an organisation's own, or of a bureau's
// queue.
type Selection struct {
	List         string `json:"list" enum:"own,bureau"`
	Organisation string `json:"organisation,omitempty" doc:"Whose list or queue, when one has several"`
	View         string `json:"view,omitempty" doc:"Of a bureau's queue: new, mine, mine_closed, all, history, due_soon or late"`
	Status       string `json:"status,omitempty"`
	Reference    string `json:"reference,omitempty"`
	From         string `json:"from,omitempty"`
	To           string `json:"to,omitempty"`
}

// ownList is the list of an organisation's own requests.
const ownList = "own"

// selected is the dossiers that a selection means now, and what is wrong with
// it; for people who may see them only.
func (r room) selected(ctx context.Context, caller people.Caller, s Selection) (infra.Query, []problem.Fault, error) {
	var q infra.Query
	var faults []problem.Fault
	var err error
	filter := s.filter()
	if s.List == ownList {
		q = ownQuery(s.Organisation, dossier.Status(s.Status))
		if s.View != "" {
			faults = []problem.Fault{{Pointer: "view", Code: "not_with_own"}}
		}
	} else {
		q, faults, err = r.queueQuery(ctx, s.Organisation, caller.Person, s.View, filter)
	}
	faults = append(faults, filter.faults()...)
	faults = append(faults, filter.bounds(&q)...)
	for i := range faults {
		faults[i].Pointer = "/" + faults[i].Pointer // of a body, where Filter names parameters
	}
	return q, faults, err
}

func (s Selection) filter() Filter {
	return Filter{Status: s.Status, Reference: s.Reference, From: s.From, To: s.To}
}

// settle names the organisation that is meant, and tells whether the caller
// may see its list.
func (s *Selection) settle(caller people.Caller) []problem.Fault {
	if s.List == ownList {
		orgs := caller.With(people.Declarant)
		if s.Organisation == "" && len(orgs) > 0 {
			s.Organisation = orgs[0]
		}
	} else if body, err := bureauOf(caller, s.Organisation, people.Supervisor, people.Agent); err == nil {
		s.Organisation = body
	}
	if !s.visible(caller) {
		return []problem.Fault{{Pointer: "/organisation", Code: "choice"}}
	}
	return nil
}

// visible tells whether somebody may see what is selected, now.
func (s Selection) visible(caller people.Caller) bool {
	if s.List == ownList {
		return caller.HasIn(s.Organisation, people.Declarant)
	}
	return caller.HasIn(s.Organisation, people.Supervisor) || caller.HasIn(s.Organisation, people.Agent)
}
