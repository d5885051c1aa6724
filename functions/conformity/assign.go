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
			return r.assignTo(ctx, c, body.Agent, body.Reason)
		},
	})
}

func assignOrReassign(s dossier.Status) dossier.Action {
	if s == conformity.Submitted {
		return conformity.Assign
	}
	return conformity.Reassign
}

// assignTo is the whole decision: the agent is of the dossier's bureau and does
// not have it yet, and one who takes it over is told why.
func (r room) assignTo(ctx context.Context, c *change, person, reason string) error {
	agent, known, err := r.agentOf(ctx, c.Body, person)
	if err != nil {
		return err
	}
	var faults []problem.Fault
	switch {
	case !known:
		faults = append(faults, problem.Fault{Pointer: "/agent", Code: "agent_unknown"})
	case agent.Person == c.Agent:
		faults = append(faults, problem.Fault{Pointer: "/agent", Code: "agent_same"})
	}
	if c.Status != conformity.Submitted && clean(reason) == "" {
		faults = append(faults, problem.Fault{Pointer: "/reason", Code: "required"})
	}
	if err := problem.Invalid(faults); err != nil {
		return err
	}
	c.Content.Reason = clean(reason)
	c.Content.Details = map[string]any{"agent": agent.Person, "agent_name": agent.Name, "before": c.Agent}
	c.Agent, c.AgentName = agent.Person, agent.Name
	return nil
}

// agentOf finds an agent of a bureau; false when the person is none.
func (r room) agentOf(ctx context.Context, bureau, person string) (people.Member, bool, error) {
	var m people.Member
	row, err := r.People.Get(ctx, infra.Key{PK: people.OrganisationPK(bureau), SK: people.MemberSK(person)})
	if errors.Is(err, infra.ErrNotFound) {
		return m, false, nil
	}
	if err == nil {
		err = row.Decode(&m)
	}
	return m, slices.Contains(m.Roles, people.Agent), err
}
