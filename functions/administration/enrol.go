package administration

import (
	"context"
	"slices"

	"portal/functions/accounts/registry"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// newcomer is somebody to be given roles in an organisation.
type newcomer struct {
	Name  string        `json:"name"`
	Email string        `json:"email"`
	Lang  string        `json:"lang"`
	Roles []people.Role `json:"roles"`
}

// rolesOf are the roles that an organisation of each kind can give.
func rolesOf(kind people.OrganisationKind) []people.Role {
	switch kind {
	case people.Operator:
		return []people.Role{people.Declarant, people.CompanyAdmin}
	case people.Bureau:
		return []people.Role{people.Agent, people.Supervisor, people.Administrator}
	case people.Department:
		return []people.Role{people.Ministry, people.Administrator}
	case people.CustomsAdministration:
		return []people.Role{people.Customs, people.Administrator}
	case people.Operated:
		return []people.Role{people.Administrator}
	}
	return nil
}

// enrolGrants is what enrol touches.
var enrolGrants = step.Grants{
	People: step.TableGrants{
		Read:  []string{"email#", "person#", "organisation#"},
		Write: []string{"email#", "person#", "organisation#", "link#"},
	},
	MAC: []string{registry.LinkPurpose},
}

// enrol gives somebody roles in an organisation: the account that has the
// e-mail, or a new one whose owner is sent a link to create the password. with
// makes the operations that go in the same Write.
func (r room) enrol(ctx context.Context, o people.Organisation, n newcomer, with func(people.Person) []infra.Op) (people.Person, error) {
	var enrolled people.Person
	err := registry.Again(func() error {
		holder, err := registry.HolderOf(ctx, r.People, n.Email)
		if err != nil {
			return err
		}
		var ops []infra.Op
		if holder == "" {
			enrolled, ops, err = r.newAccount(ctx, o, n)
		} else {
			enrolled, ops, err = r.joining(ctx, holder, o, n)
		}
		if err != nil {
			return err
		}
		return r.People.Write(ctx, slices.Concat(ops, with(enrolled))...)
	})
	return enrolled, err
}

func (r room) newAccount(ctx context.Context, o people.Organisation, n newcomer) (people.Person, []infra.Op, error) {
	p := people.Person{
		ID: r.IDs.New(), Status: people.Pending, Name: n.Name, Email: n.Email, Lang: n.Lang, Created: r.Clock.Now(),
	}
	member := registry.Join(&p, o.ID, n.Roles)
	link, letter, err := r.invite(ctx, &p, o)
	if err != nil {
		return p, nil, err
	}
	return p, append(registry.Open(p), member, link, letter), nil
}

// joining adds a membership to an account, whose name and language stay its
// owner's. One without password is invited again: its first link may be lost.
func (r room) joining(ctx context.Context, holder string, o people.Organisation, n newcomer) (people.Person, []infra.Op, error) {
	p, err := registry.Person(ctx, r.People, holder)
	if err != nil {
		return p, nil, err
	}
	if slices.ContainsFunc(p.Memberships, func(m people.Membership) bool { return m.Organisation == o.ID }) {
		return p, nil, problem.New("already_member")
	}
	if p.Status == people.Pending {
		// Nobody has shown yet that the address is theirs: what was typed at
		// registration counts for nothing against what the administrator knows.
		p.Name, p.Lang = n.Name, n.Lang
	}
	member := registry.Join(&p, o.ID, n.Roles)
	if p.Status == people.Pending {
		link, letter, err := r.invite(ctx, &p, o)
		return p, []infra.Op{registry.Save(p), member, link, letter}, err
	}
	letter := mail.Notify(p.ID, r.IDs.New(), mail.Notice{
		Kind: "membership_added", At: r.Clock.Now(), Values: map[string]string{"organisation": o.Name},
	})
	return p, []infra.Op{registry.Save(p), member, letter}, nil
}

func (r room) invite(ctx context.Context, p *people.Person, o people.Organisation) (link, letter infra.Op, err error) {
	link, err = registry.NewLink(ctx, r.Ports, p, registry.Creation)
	if err != nil {
		return nil, nil, err
	}
	notice := mail.Invitation(*p, registry.Creation, "account_invited", r.Clock.Now())
	notice.Values = map[string]string{"organisation": o.Name}
	return link, mail.Notify(p.ID, r.IDs.New(), notice), nil
}
