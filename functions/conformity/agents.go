package conformity

import (
	"context"
	"net/http"
	"slices"

	"portal/infra"
	"portal/shared/people"
	"portal/shared/step"
)

type agentsInput struct {
	Bureau string `query:"bureau" maxLength:"40" doc:"The bureau's organisation, when the caller works for several"`
}

type agentsOutput struct {
	Body struct {
		Agents []agentView `json:"agents"`
	}
}

type agentView struct {
	Person      string `json:"person"`
	Name        string `json:"name"`
	Open        int64  `json:"open" doc:"Dossiers in hand"`
	Closed      int64  `json:"closed" doc:"Dossiers closed"`
	AbsentUntil string `json:"absent_until,omitempty"`
}

// agents answers a bureau's agents with their load and absence: what the
// supervisor sees before assigning.
func agents(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/agents",
		Summary: "List a bureau's agents with their load",
		Who:     step.Roles(people.Supervisor),
		Grants: step.Grants{
			People:   step.TableGrants{Read: []string{"organisation#"}},
			Dossiers: step.TableGrants{Read: []string{"load#"}},
		},
		Problems: []string{"invalid"},
	}, http.MethodGet, "/api/conformity/agents", func(ctx context.Context, in *agentsInput) (*agentsOutput, error) {
		caller := step.CallerOf(ctx)
		body, err := bureauOf(caller, in.Bureau, people.Supervisor)
		if err != nil {
			return nil, err
		}
		loads, err := agentLoads(ctx, r.Dossiers, body)
		if err != nil {
			return nil, err
		}
		members, err := r.members(ctx, body)
		if err != nil {
			return nil, err
		}
		out := &agentsOutput{}
		out.Body.Agents = []agentView{}
		for _, m := range members {
			if slices.Contains(m.Roles, people.Agent) {
				out.Body.Agents = append(out.Body.Agents, viewAgent(m, loads[m.Person]))
			}
		}
		return out, nil
	})
}

func viewAgent(m people.Member, l counts) agentView {
	return agentView{Person: m.Person, Name: m.Name, Open: l.Open, Closed: l.Closed, AbsentUntil: m.AbsentUntil}
}
