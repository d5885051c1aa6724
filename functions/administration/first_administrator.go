package administration

import (
	"context"
	"encoding/json"
	"errors"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/step"
)

// ErrAdministered says that the portal has an administrator already.
var ErrAdministered = errors.New("administration: the portal has an administrator")

// FirstAdministrator is who is to administer a new portal.
type FirstAdministrator struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Lang  string `json:"lang"`
}

type administratorOpened struct {
	Person       string `json:"person"`
	Organisation string `json:"organisation"`
}

// firstAdministrator opens a new portal: its own organisation, the inspection
// bureaux, and an administrator, who is sent a link to create a password. It
// is invoked by hand after a deployment, and refuses once there is an
// administrator (ErrAdministered).
func firstAdministrator(p infra.Ports) step.Step {
	r := room{p}
	return step.Task(step.Declaration{
		Name:    "administration/first_administrator",
		Summary: "Open the portal's organisation and its first administrator",
		Grants:  enrolGrants.And(step.Grants{People: step.TableGrants{Write: []string{"organisations#"}}}),
	}, func(ctx context.Context, in FirstAdministrator) (administratorOpened, error) {
		n := newcomer{Name: in.Name, Email: in.Email, Lang: in.Lang, Roles: []people.Role{people.Administrator}}
		if err := checkNewcomer(n); err != nil {
			return administratorOpened{}, err
		}
		if err := r.foundBodies(ctx); err != nil {
			return administratorOpened{}, err
		}
		portal, err := r.unadministered(ctx)
		if err != nil {
			return administratorOpened{}, err
		}
		// A rival has raised the portal's version: then it is administered.
		person, err := r.enrol(ctx, portal, n, func(people.Person) []infra.Op { return registry.SaveOrganisation(portal) })
		if errors.Is(err, infra.ErrConditionFailed) {
			return administratorOpened{}, ErrAdministered
		}
		return administratorOpened{Person: person.ID, Organisation: Portal}, err
	})
}

func (r room) unadministered(ctx context.Context) (people.Organisation, error) {
	n, err := r.administratorsOf(ctx, Portal)
	if err != nil {
		return people.Organisation{}, err
	}
	if n > 0 {
		return people.Organisation{}, ErrAdministered
	}
	return registry.Organisation(ctx, r.People, Portal)
}

func checkNewcomer(n newcomer) error {
	raw, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return forms.Decode("administration/member", raw, &newcomer{})
}
