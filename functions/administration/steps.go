// Package administration is the room of administrators: organisations, their
// members, the subscriptions of operators that were validated before the
// portal existed, and holidays. It also opens the first administrator's account, and the
// accounts of a demonstration.
package administration

import (
	"context"
	"errors"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// Steps lists the room's steps.
var Steps = []infra.Maker{
	listOrganisations, listMembers, addMember, removeMember, recordSubscription,
	recordHoliday, listHolidays, removeHoliday, firstAdministrator,
}

// Portal is the id of the portal's own organisation. Its administrators
// administer every organisation; those of another, their own.
const Portal = "portal"

// Customs is the id of the customs administration.
const Customs = "customs"

// maxForm is in bytes.
const maxForm = 16 << 10

type room struct{ infra.Ports }

func form(name string) func(*step.Operation) {
	return step.Form("administration/"+name, maxForm)
}

// administered is an organisation that the caller administers; the problem
// not_found for any other, whether or not there is one.
func (r room) administered(ctx context.Context, id string) (people.Organisation, error) {
	caller := step.CallerOf(ctx)
	if !caller.HasIn(Portal, people.Administrator) && !caller.HasIn(id, people.Administrator) {
		return people.Organisation{}, problem.New("not_found")
	}
	o, err := registry.Organisation(ctx, r.People, id)
	if errors.Is(err, infra.ErrNotFound) {
		return o, problem.New("not_found")
	}
	return o, err
}

// portalOnly lets the portal's own administrators pass.
func portalOnly(ctx context.Context) error {
	if !step.CallerOf(ctx).HasIn(Portal, people.Administrator) {
		return problem.New("forbidden")
	}
	return nil
}

// noContent is the answer of a step that has nothing to say.
type noContent struct{}

// organisationPath is the path of an organisation's things.
const organisationPath = "/api/administration/organisations/{id}"

// repeated looks for the first answer to a request that has failed now; nil
// when there was none.
func (r room) repeated(ctx context.Context, failed error) (*httpapi.Remembered, error) {
	first, err := httpapi.Recall(ctx, r.People)
	if err != nil {
		return nil, err
	}
	if first == nil {
		return nil, failed
	}
	return first, nil
}

var administrators = step.Roles(people.Administrator)
