package conformity

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/i18n"
	"portal/shared/statistics"
	"portal/shared/step"
)

type statusCount struct {
	Status string `json:"status"`
	Label  string `json:"label"`
	Count  int64  `json:"count"`
}

type monthFigures struct {
	Month     string `json:"month" doc:"As 2026-08"`
	Deposited int64  `json:"deposited"`
	Answered  int64  `json:"answered"`
	Cancelled int64  `json:"cancelled"`
	OnTime    int64  `json:"on_time" doc:"Answered by the day they were due"`
	Late      int64  `json:"late" doc:"Answered after it"`
}

type answerCount struct {
	Response string `json:"response"`
	Label    string `json:"label"`
	Count    int64  `json:"count"`
}

type kindFigures struct {
	Object    string `json:"object"`
	Route     string `json:"route,omitempty"`
	Deposited int64  `json:"deposited"`
	Answered  int64  `json:"answered"`
	Cancelled int64  `json:"cancelled"`
}

type stepTimes struct {
	Status string `json:"status"`
	Label  string `json:"label"`
	Stays  int64  `json:"stays" doc:"How often a dossier left this status"`
	Mean   int64  `json:"mean_s" doc:"Mean time in it, in seconds"`
	P90    int64  `json:"p90_s" doc:"Nine in ten left it within this time, in seconds: an estimate from a histogram"`
}

type delays struct {
	Late delayed `json:"late" doc:"Due before today"`
	Soon delayed `json:"soon" doc:"Due today or in the next working days"`
}

type delayed struct {
	Count int           `json:"count"`
	More  bool          `json:"more" doc:"There are more than were counted"`
	First []lateDossier `json:"first" doc:"The most urgent"`
}

type lateDossier struct {
	ID          string    `json:"id"`
	Number      string    `json:"number"`
	Due         string    `json:"due"`
	Status      string    `json:"status"`
	StatusLabel string    `json:"status_label"`
	Since       time.Time `json:"since" doc:"In this status"`
	AgentName   string    `json:"agent_name,omitempty"`
}

// fill puts the rows of counters in words and in order.
func (d *dashboard) fill(lang string, months []string, rows map[string]map[string]int64) {
	label := func(key string) string { return i18n.Text(lang, key, nil) }
	d.Since = strings.TrimPrefix(months[0], "month#")
	d.Statuses, d.Steps = []statusCount{}, []stepTimes{}
	for _, status := range conformity.Procedure.Statuses[1:] {
		name := label("status." + string(status))
		d.Statuses = append(d.Statuses, statusCount{string(status), name, rows[statistics.Now][string(status)]})
		if conformity.Procedure.IsFinal(status) {
			continue
		}
		var times statistics.Times
		for _, month := range months {
			times.Read(rows[statistics.StepRow(month, status)])
		}
		d.Steps = append(d.Steps, stepTimes{string(status), name, times.N, int64(times.Mean().Seconds()), int64(times.Quantile(0.9).Seconds())})
	}
	responses, kinds := map[conformity.Response]int64{}, map[string]*kindFigures{}
	for _, month := range months {
		d.Months = append(d.Months, readMonth(month, rows[month], responses, kinds))
	}
	for _, response := range conformity.Responses {
		d.Answers = append(d.Answers, answerCount{string(response), label("response." + string(response)), responses[response]})
	}
	d.Kinds = []kindFigures{}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		d.Kinds = append(d.Kinds, *kinds[kind])
	}
}

// readMonth gives a month's totals, and adds to those by response and by kind.
func readMonth(month string, row map[string]int64, responses map[conformity.Response]int64, kinds map[string]*kindFigures) monthFigures {
	read := statistics.ReadFigures(row)
	m := monthFigures{Month: strings.TrimPrefix(month, "month#"), OnTime: read.OnTime, Late: read.Late}
	kind := func(name string) *kindFigures {
		if kinds[name] == nil {
			object, route, _ := strings.Cut(name, "_")
			kinds[name] = &kindFigures{Object: object, Route: route}
		}
		return kinds[name]
	}
	for name, n := range read.Deposited {
		m.Deposited += n
		kind(name).Deposited += n
	}
	for name, n := range read.Cancelled {
		m.Cancelled += n
		kind(name).Cancelled += n
	}
	for name, answers := range read.Answered {
		for response, n := range answers {
			m.Answered += n
			kind(name).Answered += n
			responses[conformity.Response(response)] += n
		}
	}
	return m
}

// openClosedAll adds up dossiers by status.
func openClosedAll(now map[string]int64) (open, closed, all int64) {
	for status, n := range now {
		all += n
		if !conformity.Procedure.IsFinal(dossier.Status(status)) {
			open += n
		}
	}
	return open, now[string(conformity.Closed)], all
}

// mostUrgent is how many dossiers the dashboard names.
const mostUrgent = 20

// delays reads the index of open dossiers by the day they are due, up to those
// due soon: one page of them, which holds hundreds.
func (r room) delays(ctx context.Context, body, agent string, today calendar.Date) (delays, error) {
	d := delays{Late: delayed{First: []lateDossier{}}, Soon: delayed{First: []lateDossier{}}}
	soon, err := r.soon(ctx, today)
	if err != nil {
		return d, err
	}
	page, err := r.Dossiers.Query(ctx, infra.Query{Index: "due", PK: deadlinePK(body), To: soon.String() + "~", Limit: 1000})
	if err != nil {
		return d, err
	}
	for _, row := range page.Rows {
		var head conformity.Dossier
		if err := row.Decode(&head); err != nil {
			return d, err
		}
		if agent != "" && head.Agent != agent {
			continue
		}
		side := &d.Soon
		if head.Due < today.String() {
			side = &d.Late
		}
		if side.Count++; len(side.First) < mostUrgent {
			side.First = append(side.First, viewLate(ctx, &head))
		}
	}
	// The page goes from the oldest day on: what it leaves out is due later
	// than all it holds.
	d.Soon.More = page.Cursor != ""
	d.Late.More = d.Soon.More && d.Soon.Count == 0
	return d, nil
}

func viewLate(ctx context.Context, d *conformity.Dossier) lateDossier {
	return lateDossier{
		ID: d.ID, Number: d.Number, Due: d.Due, Status: string(d.Status), Since: d.Since, AgentName: d.AgentName,
		StatusLabel: i18n.Text(step.RequestOf(ctx).Lang, "status."+string(d.Status), nil),
	}
}
