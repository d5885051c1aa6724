package certificates

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type issuedInput struct {
	Bureau string `query:"bureau" maxLength:"40" doc:"The bureau's organisation, when the caller works for several"`
	Filter
}

// listIssued answers the certificates that a bureau issued, newest first, or
// those of a kind or in a status, by their last day.
func listIssued(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "certificates/list_issued",
		Summary: "List the certificates that a bureau issued",
		Who:     step.Roles(people.Supervisor, people.Agent),
		Grants: step.Grants{Dossiers: step.TableGrants{
			Index: map[string][]string{"body": {"certificates#"}, "queue": {"certificates#"}},
		}},
		Problems: []string{"invalid"},
	}, http.MethodGet, "/api/certificates/issued", func(ctx context.Context, in *issuedInput) (*listOutput, error) {
		body, ok := bureauOf(ctx, in.Bureau)
		if !ok {
			return nil, problem.Field("bureau", "choice")
		}
		return r.list(ctx, in.Filter, shelves{all: "body", byStatus: "queue", org: body})
	})
}
