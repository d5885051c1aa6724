package conformity

import (
	"context"
	"net/http"
	"slices"

	"portal/functions/administration/almanac"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type queueInput struct {
	Bureau string `query:"bureau" maxLength:"40" doc:"The bureau's organisation, when the caller works for several"`
	View   string `query:"view" enum:"new,mine,mine_closed,all,history,due_soon,late" default:"all" doc:"new: without an agent; mine: the caller's open ones; history: closed; late, due_soon: the clock runs and the due date has passed, or is near; most urgent first"`
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
			Index: map[string][]string{"body": {"body#"}, "queue": {"body#"}, "agent": {"agent#"}, "due": {"due#body#"}},
		}}.And(almanac.Grants),
		Problems: []string{"invalid"},
	}, http.MethodGet, "/api/conformity/queue", func(ctx context.Context, in *queueInput) (*listOutput, error) {
		caller := step.CallerOf(ctx)
		body, err := bureauOf(caller, in.Bureau, people.Supervisor, people.Agent)
		if err != nil {
			return nil, err
		}
		q, err := r.queueOf(ctx, in, caller, body)
		if err != nil {
			return nil, err
		}
		return r.list(ctx, in.Filter, q, func(d *conformity.Dossier) bool { return d.Body == body })
	})
}

func (r room) queueOf(ctx context.Context, in *queueInput, caller people.Caller, body string) (infra.Query, error) {
	status := dossier.Status(in.Status)
	switch in.View {
	case "late", "due_soon":
		return r.urgent(ctx, in, body)
	case "history":
		status = conformity.Closed
	case "new", "mine", "mine_closed":
		if status != "" {
			return infra.Query{}, problem.Field("status", "not_with_view")
		}
		if in.View == "new" {
			return infra.Query{Index: "agent", PK: agentPK(body, "", true)}, nil
		}
		return infra.Query{Index: "agent", PK: agentPK(body, caller.Person, in.View == "mine")}, nil
	}
	if status == "" {
		return infra.Query{Index: "body", PK: bodyPK(body)}, nil
	}
	return infra.Query{Index: "queue", PK: queuePK(body, status)}, nil
}

// urgent lists what is late, or due soon, by due date: that order takes no
// other filter.
func (r room) urgent(ctx context.Context, in *queueInput, body string) (infra.Query, error) {
	var faults []problem.Fault
	for name, value := range map[string]string{"status": in.Status, "from": in.From, "to": in.To} {
		if value != "" {
			faults = append(faults, problem.Fault{Pointer: name, Code: "not_with_view"})
		}
	}
	if err := problem.Invalid(faults); err != nil {
		return infra.Query{}, err
	}
	q, today := infra.Query{Index: "due", PK: deadlinePK(body)}, calendar.DateIn(r.Clock.Now())
	if in.View == "late" {
		q.To = today.String() // keys of today's go on with #id, so sort after
		return q, nil
	}
	holidays, err := almanac.Holidays(ctx, r.Dossiers)
	if err != nil {
		return q, err
	}
	soon := holidays.AddWorkingDays(today, conformity.Delays().Terms.DueSoon)
	q.From, q.To = today.String(), soon.String()+"~"
	return q, nil
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
