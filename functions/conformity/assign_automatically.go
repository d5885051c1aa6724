package conformity

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"portal/functions/administration/almanac"
	"portal/functions/lifecycle"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/people"
	"portal/shared/reference"
	"portal/shared/step"
)

// assignAutomatically gives a deposited dossier to the agent with the fewest
// open ones, for the bureaux that have chosen so. It decides like a step: one
// write, an event in the chain; the supervisor may change the agent after it.
// Without an agent at work the dossier waits for the supervisor.
func assignAutomatically(p infra.Ports) step.Step {
	r := room{p}
	return step.Task(step.Declaration{
		Name:    "conformity/assign_automatically",
		Summary: "Assigns a deposited dossier, for bureaux that do it automatically",
		Grants: step.Grants{
			Dossiers: step.TableGrants{Read: []string{"dossier#", "load#"}, Write: []string{"dossier#"}},
			People:   step.TableGrants{Read: []string{"organisation#", "person#"}},
		}.And(almanac.Grants),
	}, func(ctx context.Context, in lifecycle.At) (struct{}, error) {
		f, _, err := r.heard(ctx, in, light)
		if err != nil {
			return struct{}{}, err
		}
		bureau, _ := reference.BureauOf(f.Bureau)
		if bureau.Assignment != reference.Automatic || f.Version != in.N || f.Status != conformity.Submitted {
			return struct{}{}, nil
		}
		agent, found, err := r.leastLoaded(ctx, f)
		if err != nil || !found {
			return struct{}{}, err
		}
		err = r.assignBySystem(ctx, f, agent)
		if errors.Is(err, infra.ErrConditionFailed) {
			return struct{}{}, nil // somebody was faster
		}
		return struct{}{}, err
	})
}

func (r room) assignBySystem(ctx context.Context, f *conformity.File, agent people.Member) error {
	transition, _ := conformity.Procedure.Next(conformity.Assign, f.Status, f.Lane)
	c := &change{File: f, Now: r.Clock.Now(), N: f.Version + 1, Content: dossier.Content{
		Relation: dossier.System, Organisation: f.Body,
		Details: map[string]any{"agent": agent.Person, "agent_name": agent.Name, "before": ""},
	}}
	c.Agent, c.AgentName = agent.Person, agent.Name
	return r.commit(ctx, c, transition)
}

// leastLoaded is the agent at work with the fewest open dossiers, the first by
// name among equals; one who has not yet chosen a password is not at work.
func (r room) leastLoaded(ctx context.Context, f *conformity.File) (people.Member, bool, error) {
	members, err := r.members(ctx, f.Body)
	if err != nil {
		return people.Member{}, false, err
	}
	loads, err := agentLoads(ctx, r.Dossiers, f.Body)
	if err != nil {
		return people.Member{}, false, err
	}
	today := calendar.DateIn(r.Clock.Now()).String()
	members = slices.DeleteFunc(members, func(m people.Member) bool {
		return !slices.Contains(m.Roles, people.Agent) || m.AbsentUntil >= today
	})
	slices.SortFunc(members, func(a, b people.Member) int {
		return cmp.Or(cmp.Compare(loads[a.Person].Open, loads[b.Person].Open), cmp.Compare(a.Name, b.Name))
	})
	for _, m := range members {
		person, err := r.person(ctx, m.Person)
		if err != nil {
			return people.Member{}, false, err
		}
		if person.Status == people.Active {
			return m, true, nil
		}
	}
	return people.Member{}, false, nil
}

// members lists the people of an organisation.
func (r room) members(ctx context.Context, org string) ([]people.Member, error) {
	q := infra.Query{PK: people.OrganisationPK(org), Prefix: "member#", Limit: 1000}
	var list []people.Member
	for {
		page, err := r.People.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			var m people.Member
			if err := row.Decode(&m); err != nil {
				return nil, err
			}
			list = append(list, m)
		}
		if page.Cursor == "" {
			return list, nil
		}
		q.Cursor = page.Cursor
	}
}
