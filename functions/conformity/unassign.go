package conformity

import (
	"context"
	"net/http"

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
	return step.HTTP(step.Declaration{
		Name:     "conformity/unassign",
		Summary:  "Take a dossier from its agent",
		Who:      step.Roles(people.Supervisor),
		Grants:   stepGrants,
		Problems: append([]string{"no_agent"}, stepProblems...),
	}, http.MethodPost, "/api/conformity/dossiers/{id}/unassignments", func(ctx context.Context, in *bodyInput) (*answer, error) {
		return r.move(ctx, in.Target, light, always(conformity.Unassign), func(c *change) error {
			var body reasonBody
			if err := forms.Decode("conformity/unassignment", in.RawBody, &body); err != nil {
				return err
			}
			if c.Agent == "" {
				return &problem.Problem{Code: "no_agent"}
			}
			c.Content.Reason = clean(body.Reason)
			c.Content.Details = map[string]any{"before": c.Agent}
			c.Agent, c.AgentName = "", ""
			return nil
		})
	}, form("unassignment"))
}
