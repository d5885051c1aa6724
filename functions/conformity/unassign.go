package conformity

import (
	"context"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// reasonBody is the body of steps that only say why.
type reasonBody struct {
	Reason string `json:"reason"`
}

// unassign takes a dossier from its agent. Before it was taken in charge it
// goes back to the supervisor; later it keeps its status and waits for another
// agent.
func unassign(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:     "conformity/unassign",
			Summary:  "Take a dossier from its agent",
			Who:      step.Roles(people.Supervisor),
			Problems: []string{"no_agent"},
		},
		noun:   "unassignments",
		form:   "unassignment",
		need:   light,
		action: always(conformity.Unassign),
		decide: func(_ context.Context, c *change, raw []byte) error {
			var body reasonBody
			if err := forms.Decode("conformity/unassignment", raw, &body); err != nil {
				return err
			}
			if c.Agent == "" {
				return problem.New("no_agent")
			}
			c.Content.Reason = clean(body.Reason)
			c.Content.Details = map[string]any{"before": c.Agent}
			c.Agent, c.AgentName = "", ""
			return nil
		},
	})
}
