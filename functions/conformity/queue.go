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
		q, faults, err := r.queueQuery(ctx, body, caller.Person, in.View, in.Filter)
		if err != nil {
			return nil, err
		}
		return r.list(ctx, in.Filter, q, faults, func(d *conformity.Dossier) bool { return d.Body == body })
	})
}

// queueQuery is what a view of a bureau's queue shows to a person, and what of
// a filter it does not go with.
func (r room) queueQuery(ctx context.Context, body, person, view string, f Filter) (infra.Query, []problem.Fault, error) {
	agents := func(person string, open bool) infra.Query {
		return infra.Query{Index: "agent", PK: agentPK(body, person, open)}
	}
	var q infra.Query
	var err error
	without := []string{"status"}
	switch view {
	case "late", "due_soon":
		without = []string{"status", "from", "to"} // it is sorted by due date
		q, err = r.urgent(ctx, body, view)
	case "new":
		q = agents("", true)
	case "mine", "mine_closed":
		q = agents(person, view == "mine")
	case "history":
		q = infra.Query{Index: "queue", PK: queuePK(body, conformity.Closed)}
	default:
		without = nil
		q = infra.Query{Index: "body", PK: bodyPK(body)}
		if f.Status != "" {
			q = infra.Query{Index: "queue", PK: queuePK(body, dossier.Status(f.Status))}
		}
	}
	var faults []problem.Fault
	for _, name := range without {
		if f.named(name) != "" {
			faults = append(faults, problem.Fault{Pointer: name, Code: "not_with_view"})
		}
	}
	return q, faults, err
}

// urgent lists what is late, or due soon, by due date.
func (r room) urgent(ctx context.Context, body, view string) (infra.Query, error) {
	q, today := infra.Query{Index: "due", PK: deadlinePK(body)}, calendar.DateIn(r.Clock.Now())
	if view == "late" {
		q.To = today.String() // keys of today's go on with #id, so sort after
		return q, nil
	}
	soon, err := r.soon(ctx, today)
	q.From, q.To = today.String(), soon.String()+"~"
	return q, err
}

// soon is the last day that counts as near.
func (r room) soon(ctx context.Context, today calendar.Date) (calendar.Date, error) {
	holidays, err := almanac.Holidays(ctx, r.Dossiers)
	if err != nil {
		return today, err
	}
	return holidays.AddWorkingDays(today, conformity.Delays().Terms.DueSoon), nil
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
