package administration

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type removeMemberInput struct {
	ID     string `path:"id" doc:"Id of the organisation"`
	Person string `path:"person" doc:"Id of the member's account"`
}

// removeMember takes somebody out of an organisation. Their account stays, and
// what they could do for the organisation ends with the next request.
func removeMember(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "administration/remove_member",
		Summary: "Take somebody out of an organisation",
		Who:     administrators,
		Grants: step.Grants{People: step.TableGrants{
			Read:  []string{"person#", "organisation#"},
			Write: []string{"person#", "organisation#", "organisations#"},
		}},
		Problems: []string{"not_found", "last_administrator"},
	}, http.MethodDelete, organisationPath+"/members/{person}", func(ctx context.Context, in *removeMemberInput) (*noContent, error) {
		if _, err := r.administered(ctx, in.ID); err != nil {
			return nil, err
		}
		return &noContent{}, registry.Again(func() error { return r.remove(ctx, in.ID, in.Person) })
	})
}

func (r room) remove(ctx context.Context, organisation, person string) error {
	member, err := r.member(ctx, organisation, person)
	if err != nil {
		return err
	}
	p, err := registry.Person(ctx, r.People, person)
	if err != nil {
		return err
	}
	left := registry.Leave(&p, organisation)
	ops := []infra.Op{registry.Save(p), left}
	if organisation == Portal && slices.Contains(member.Roles, people.Administrator) {
		guard, err := r.keepAdministrator(ctx, organisation)
		if err != nil {
			return err
		}
		ops = append(ops, guard...)
	}
	return r.People.Write(ctx, ops...)
}

func (r room) member(ctx context.Context, organisation, person string) (people.Member, error) {
	var m people.Member
	row, err := r.People.Get(ctx, registry.MemberKey(organisation, person))
	if errors.Is(err, infra.ErrNotFound) {
		return m, problem.New("not_found")
	}
	if err != nil {
		return m, err
	}
	return m, row.Decode(&m)
}

// keepAdministrator refuses to lose the last one. Raising the organisation's
// version lets only one of two rivals remove one of the last two.
func (r room) keepAdministrator(ctx context.Context, organisation string) ([]infra.Op, error) {
	o, err := registry.Organisation(ctx, r.People, organisation)
	if err != nil {
		return nil, err
	}
	n, err := r.administratorsOf(ctx, organisation)
	if err != nil {
		return nil, err
	}
	if n < 2 {
		return nil, problem.New("last_administrator")
	}
	return registry.SaveOrganisation(o), nil
}

// administratorsOf counts the administrators of an organisation.
func (r room) administratorsOf(ctx context.Context, organisation string) (int, error) {
	count := 0
	for q := (infra.Query{PK: people.OrganisationPK(organisation), Prefix: people.MemberSK("")}); ; {
		page, err := r.People.Query(ctx, q)
		if err != nil {
			return 0, err
		}
		for _, row := range page.Rows {
			var m people.Member
			if err := row.Decode(&m); err != nil {
				return 0, err
			}
			if slices.Contains(m.Roles, people.Administrator) {
				count++
			}
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return count, nil
		}
	}
}
