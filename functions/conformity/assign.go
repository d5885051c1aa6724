package conformity

import (
	"context"
	"errors"
	"slices"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// assign gives a deposited dossier to an agent of the bureau, or, later and
// with a reason, to another one.
func assign(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:    "conformity/assign",
			Summary: "Assign a dossier to an agent, or to another one",
			Who:     step.Roles(people.Supervisor),
			Grants:  step.Grants{People: step.TableGrants{Read: []string{"organisation#"}}},
		},
		noun:   "assignments",
		form:   "assignment",
		need:   light,
		action: assignOrReassign,
		decide: func(ctx context.Context, c *change, raw []byte) error {
			var body struct {
				Agent  string `json:"agent"`
				Reason string `json:"reason"`
			}
			if err := forms.Decode("conformity/assignment", raw, &body); err != nil {
				return err
			}
			agent, faults, err := r.assignable(ctx, c, body.Agent)
			if err != nil {
				return err
			}
			if c.Status != conformity.Submitted && clean(body.Reason) == "" {
				faults = append(faults, problem.Fault{Pointer: "/reason", Code: "required"})
			}
			if err := problem.Invalid(faults); err != nil {
				return err
			}
			c.Content.Reason = clean(body.Reason)
			c.Content.Details = map[string]any{"agent": agent.Person, "agent_name": agent.Name, "before": c.Agent}
			c.Agent, c.AgentName = agent.Person, agent.Name
			return nil
		},
	})
}

func assignOrReassign(s dossier.Status) dossier.Action {
	if s == conformity.Submitted {
		return conformity.Assign
	}
	return conformity.Reassign
}

// assignable finds an agent of the dossier's bureau who does not have it yet.
func (r room) assignable(ctx context.Context, c *change, person string) (people.Member, []problem.Fault, error) {
	row, err := r.People.Get(ctx, infra.Key{PK: people.OrganisationPK(c.Body), SK: people.MemberSK(person)})
	if errors.Is(err, infra.ErrNotFound) {
		return people.Member{}, []problem.Fault{{Pointer: "/agent", Code: "agent_unknown"}}, nil
	}
	if err != nil {
		return people.Member{}, nil, err
	}
	var m people.Member
	if err := row.Decode(&m); err != nil {
		return people.Member{}, nil, err
	}
	switch {
	case !slices.Contains(m.Roles, people.Agent):
		return m, []problem.Fault{{Pointer: "/agent", Code: "agent_unknown"}}, nil
	case m.Person == c.Agent:
		return m, []problem.Fault{{Pointer: "/agent", Code: "agent_same"}}, nil
	}
	return m, nil, nil
}
