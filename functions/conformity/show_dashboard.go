package conformity

import (
	"context"
	"net/http"
	"slices"

	"portal/functions/administration/almanac"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/statistics"
	"portal/shared/step"
)

type dashboardInput struct {
	Bureau string `query:"bureau" maxLength:"40" doc:"The bureau's organisation, when the caller works for several"`
	Agent  string `query:"agent" maxLength:"40" doc:"For a supervisor: one agent's figures"`
	Months int    `query:"months" minimum:"1" maximum:"24" default:"12" doc:"How many months back, with this one"`
}

type dashboardOutput struct{ Body dashboard }

// dashboard is a bureau at a glance. Whoever supervises sees the bureau's
// figures, or an agent's; an agent their own. What the tabs of the queue hold
// is the bureau's for both, as the queue is.
type dashboard struct {
	Bureau   string         `json:"bureau" doc:"The bureau's organisation"`
	Agent    string         `json:"agent,omitempty" doc:"Whose figures these are; the whole bureau's when absent"`
	Since    string         `json:"since" doc:"The first month of the figures"`
	Tabs     tabs           `json:"tabs" doc:"How many dossiers the tabs of the queue hold"`
	Statuses []statusCount  `json:"statuses" doc:"How many dossiers stand in each status"`
	Delays   delays         `json:"delays"`
	Months   []monthFigures `json:"months" doc:"Oldest first"`
	Answers  []answerCount  `json:"answers" doc:"Over these months"`
	Kinds    []kindFigures  `json:"kinds" doc:"Over these months, by what is asked for"`
	Steps    []stepTimes    `json:"steps" doc:"How long the stays took that ended in these months"`
}

type tabs struct {
	New     int64 `json:"new" doc:"Open, without an agent"`
	Mine    int64 `json:"mine" doc:"Open, the caller's own"`
	All     int64 `json:"all"`
	History int64 `json:"history" doc:"Closed"`
}

// showDashboard answers the figures of a bureau or of an agent from counters:
// six reads, however many dossiers there are.
func showDashboard(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "conformity/show_dashboard",
		Summary: "Read a bureau's figures, or one's own",
		Who:     step.Roles(people.Supervisor, people.Agent),
		Grants: step.Grants{Dossiers: step.TableGrants{
			Read: []string{"statistics#"}, Index: map[string][]string{"due": {"due#body#"}},
		}}.And(almanac.Grants),
		Problems: []string{"invalid"},
	}, http.MethodGet, "/api/conformity/dashboard", func(ctx context.Context, in *dashboardInput) (*dashboardOutput, error) {
		caller := step.CallerOf(ctx)
		body, err := bureauOf(caller, in.Bureau, people.Supervisor, people.Agent)
		if err != nil {
			return nil, err
		}
		whose, err := figuresOf(caller, body, in.Agent)
		if err != nil {
			return nil, err
		}
		d := dashboard{Bureau: body, Agent: whose}
		if d.Tabs, err = r.tabs(ctx, body, caller.Person); err != nil {
			return nil, err
		}
		today := calendar.DateIn(r.Clock.Now())
		months := monthsUntil(today, in.Months)
		rows, err := r.readCounters(ctx, statisticsPK(body, whose), months[0])
		if err != nil {
			return nil, err
		}
		d.fill(step.RequestOf(ctx).Lang, months, rows)
		d.Delays, err = r.delays(ctx, body, whose, today)
		return &dashboardOutput{Body: d}, err
	})
}

// figuresOf is whose figures a caller sees: "" for the whole bureau's.
func figuresOf(caller people.Caller, body, named string) (string, error) {
	if caller.HasIn(body, people.Supervisor) {
		return named, nil
	}
	if named != "" && named != caller.Person {
		return "", problem.Field("agent", "choice")
	}
	return caller.Person, nil
}

func (r room) tabs(ctx context.Context, body, person string) (tabs, error) {
	var t tabs
	for _, scope := range []struct {
		agent string
		take  func(open, closed, all int64)
	}{
		{"", func(_, closed, all int64) { t.All, t.History = all, closed }},
		{statistics.Nobody, func(open, _, _ int64) { t.New = open }},
		{person, func(open, _, _ int64) { t.Mine = open }},
	} {
		rows, err := r.readCounters(ctx, statisticsPK(body, scope.agent), statistics.Now)
		if err != nil {
			return t, err
		}
		scope.take(openClosedAll(rows[statistics.Now]))
	}
	return t, nil
}

// monthsUntil names so many months up to a day's, oldest first.
func monthsUntil(today calendar.Date, n int) []string {
	months := make([]string, n)
	for i := range months {
		months[i] = statistics.Month(calendar.On(today.Year(), today.Month(), 1).AddMonths(-i))
	}
	slices.Reverse(months)
	return months
}
