package administration

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type addMemberInput struct {
	ID      string `path:"id" doc:"Id of the organisation"`
	RawBody []byte
}

// AddedMember is a member as just added.
type AddedMember struct {
	Person string        `json:"person" doc:"Id of the account"`
	Name   string        `json:"name" doc:"As its owner has it, when the account existed"`
	Status people.Status `json:"status" enum:"pending,active" doc:"Pending until the owner has chosen a password"`
	Roles  []people.Role `json:"roles"`
}

type addMemberOutput struct {
	Location string `header:"Location"`
	Body     AddedMember
}

// addMember gives somebody roles in an organisation, opening an account for
// who has none.
func addMember(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "administration/add_member",
		Summary:  "Give somebody roles in an organisation",
		Who:      administrators,
		Grants:   enrolGrants.And(step.Grants{People: httpapi.IdempotencyGrants}),
		Problems: []string{"not_found", "already_member", "idempotency_key_reused"},
	}, http.MethodPost, organisationPath+"/members", func(ctx context.Context, in *addMemberInput) (*addMemberOutput, error) {
		o, err := r.administered(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		var body newcomer
		if err := forms.Decode("administration/member", in.RawBody, &body); err != nil {
			return nil, err
		}
		if err := checkRoles(o.Kind, body.Roles); err != nil {
			return nil, err
		}
		body.Name = strings.TrimSpace(body.Name)
		person, err := r.enrol(ctx, o, body, func(added people.Person) []infra.Op {
			return append(httpapi.Remember(ctx, r.Clock.Now(), httpapi.Remembered{Status: http.StatusCreated, Subject: added.ID}),
				infra.Check{Key: registry.OrganisationKey(o.ID), If: []infra.Cond{infra.Present()}})
		})
		if err != nil {
			return r.addedBefore(ctx, o, err)
		}
		return added(o, person), nil
	}, form("member"), step.Created)
}

func (r room) addedBefore(ctx context.Context, o people.Organisation, failed error) (*addMemberOutput, error) {
	first, err := r.repeated(ctx, failed)
	if err != nil {
		return nil, err
	}
	person, err := registry.Person(ctx, r.People, first.Subject)
	if err != nil {
		return nil, err
	}
	return added(o, person), nil
}

func added(o people.Organisation, p people.Person) *addMemberOutput {
	out := &addMemberOutput{
		Location: "/api/administration/organisations/" + o.ID + "/members/" + p.ID,
		Body:     AddedMember{Person: p.ID, Name: p.Name, Status: p.Status},
	}
	for _, m := range p.Memberships {
		if m.Organisation == o.ID {
			out.Body.Roles = m.Roles
		}
	}
	return out
}

// checkRoles names every role that this kind of organisation does not have.
func checkRoles(kind people.OrganisationKind, roles []people.Role) error {
	var faults []problem.Fault
	for n, role := range roles {
		if !slices.Contains(rolesOf(kind), role) {
			faults = append(faults, problem.Fault{Pointer: "/roles/" + strconv.Itoa(n), Code: "role_not_of_organisation"})
		}
	}
	return problem.Invalid(faults)
}
