package conformity

import (
	"context"
	"net/http"
	"slices"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type queueInput struct {
	Bureau string `query:"bureau" maxLength:"40" doc:"The bureau's organisation, when the caller works for several"`
	View   string `query:"view" enum:"new,mine,mine_closed,all,history" default:"all" doc:"new: without an agent; mine: the caller's open ones; history: closed"`
	Filter
}

// queue answers a bureau's dossiers, newest first.
func queue(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/queue",
		Summary: "List a bureau's dossiers",
		Who:     step.Roles(people.Supervisor, people.Agent),
		Grants: step.Grants{Dossiers: step.TableGrants{
			Read:  []string{"dossier#", "number#"},
			Index: map[string][]string{"body": {"body#"}, "queue": {"body#"}, "agent": {"agent#"}},
		}},
		Problems: []string{"invalid"},
	}, http.MethodGet, "/api/conformity/queue", func(ctx context.Context, in *queueInput) (*listOutput, error) {
		caller := step.CallerOf(ctx)
		body, err := bureauOf(caller, in.Bureau, people.Supervisor, people.Agent)
		if err != nil {
			return nil, err
		}
		q, faults := queueQuery(body, caller.Person, in.View, dossier.Status(in.Status))
		return r.list(ctx, in.Filter, q, faults, func(d *conformity.Dossier) bool { return d.Body == body })
	})
}

// queueQuery is what a view of a bureau's queue shows to a person.
func queueQuery(body, person, view string, status dossier.Status) (infra.Query, []problem.Fault) {
	var faults []problem.Fault
	if status != "" && view != "" && view != "all" {
		faults = []problem.Fault{{Pointer: "status", Code: "not_with_view"}}
	}
	switch view {
	case "history":
		status = conformity.Closed
	case "new":
		return infra.Query{Index: "agent", PK: agentPK(body, "", true)}, faults
	case "mine", "mine_closed":
		return infra.Query{Index: "agent", PK: agentPK(body, person, view == "mine")}, faults
	}
	if status == "" {
		return infra.Query{Index: "body", PK: bodyPK(body)}, faults
	}
	return infra.Query{Index: "queue", PK: queuePK(body, status)}, faults
}

// bureauOf is the bureau for which a caller has one of these roles: the one
// named, or the first.
func bureauOf(caller people.Caller, named string, roles ...people.Role) (string, error) {
	for _, role := range roles {
		orgs := caller.With(role)
		switch {
		case slices.Contains(orgs, named):
			return named, nil
		case named == "" && len(orgs) > 0:
			return orgs[0], nil
		}
	}
	return "", problem.Field("bureau", "choice")
}
