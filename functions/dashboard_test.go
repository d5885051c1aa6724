package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// board is the dashboard as its readers see it.
type board struct {
	Bureau, Agent, Since string
	Tabs                 struct{ New, Mine, All, History int }
	Statuses             []struct {
		Status, Label string
		Count         int
	}
	Delays struct{ Late, Soon overdue }
	Months []struct {
		Month                                string
		Deposited, Answered, Cancelled, Late int
		OnTime                               int `json:"on_time"`
	}
	Answers []struct {
		Response, Label string
		Count           int
	}
	Kinds []struct {
		Object, Route                  string
		Deposited, Answered, Cancelled int
	}
	Steps []struct {
		Status, Label string
		Stays         int
		Mean          int `json:"mean_s"`
		P90           int `json:"p90_s"`
	}
}

type overdue struct {
	Count int
	More  bool
	First []struct {
		ID, Number, Due, Status string
		AgentName               string `json:"agent_name"`
	}
}

const dashboardPath = "/api/conformity/dashboard"

func (b *browser) board(query string) board {
	b.h.t.Helper()
	var seen board
	b.reads(dashboardPath+query, &seen)
	return seen
}

func (d board) status(name string) int {
	for _, s := range d.Statuses {
		if s.Status == name {
			return s.Count
		}
	}
	return -1
}

func TestTheDashboardCountsTheBureausDossiers(t *testing.T) {
	t.Parallel()
	archive.onEach(t, func(t *testing.T, h *harness) {
		d := h.as(salma).board("")
		if got, want := fmt.Sprint(d.Tabs), "{2 0 6 1}"; got != want {
			t.Errorf("tabs %s, want %s", got, want)
		}
		var statuses []string
		for _, s := range d.Statuses {
			statuses = append(statuses, fmt.Sprint(s.Label, " ", s.Count))
		}
		if got, want := strings.Join(statuses, ", "), "Déposé 2, En attente d'évaluation 2, En cours d'évaluation 0, En cours de traitement 0, À compléter 0, "+
			"Nécessite analyses sup 0, En cours d'inspection 0, Clôturé 1, Annulé 1"; got != want {
			t.Errorf("statuses %s, want %s", got, want)
		}
		if len(d.Months) != 12 || d.Since != "2025-09" || fmt.Sprint(d.Months[11]) != "{2026-08 6 1 1 0 1}" || d.Months[10].Deposited != 0 {
			t.Errorf("since %s: %v", d.Since, d.Months)
		}
		if d.Answers[0].Label != "Conforme" || d.Answers[0].Count != 1 || len(d.Answers) != 6 {
			t.Errorf("answers %v", d.Answers)
		}
		if fmt.Sprint(d.Kinds) != "[{coc A 6 1 1}]" {
			t.Errorf("kinds %v", d.Kinds)
		}
		submitted := d.Steps[0]
		// Four dossiers left « Déposé »: two days and more, hours, a day …
		if submitted.Status != "submitted" || submitted.Stays != 4 || submitted.Mean < 24*3600 || submitted.P90 < submitted.Mean {
			t.Errorf("steps %+v", d.Steps)
		}
		// The tabs hold what the lists show.
		for view, n := range map[string]int{"new": d.Tabs.New, "all": d.Tabs.All, "history": d.Tabs.History} {
			if names, _ := h.as(salma).lists("/api/conformity/queue?limit=100&view=" + view); len(names) != n {
				t.Errorf("%s: %d in the tab, the list has %v", view, n, names)
			}
		}
	})
}

func TestEverybodySeesTheirOwnFigures(t *testing.T) {
	t.Parallel()
	archive.onEach(t, func(t *testing.T, h *harness) {
		omars := h.as(omar).board("")
		if omars.Agent != "demo-omar" || omars.Tabs.Mine != 1 || omars.Tabs.All != 6 || omars.status("closed") != 1 || omars.status("submitted") != 0 {
			t.Errorf("Omar sees %+v", omars)
		}
		if m := omars.Months[11]; m.Answered != 1 || m.Deposited != 0 {
			t.Errorf("Omar's month: %+v", m)
		}
		if named := h.as(salma).board("?agent=demo-omar"); named.Agent != omars.Agent || fmt.Sprint(named.Statuses, named.Months, named.Steps) != fmt.Sprint(omars.Statuses, omars.Months, omars.Steps) {
			t.Errorf("Salma sees of Omar %+v", named)
		}
		if leilas := h.as(leila).board("?bureau=" + bureauBV); leilas.Tabs.Mine != 1 || leilas.status("closed") != 0 || leilas.status("awaiting_evaluation") != 1 {
			t.Errorf("Leila sees %+v", leilas)
		}
		if karims := h.as(karim).board("?months=1"); karims.Bureau != "bureau-SG" || karims.Tabs.All != 1 || len(karims.Months) != 1 {
			t.Errorf("Karim sees %+v", karims)
		}
		for _, answer := range []reply{
			h.as(omar).ask(http.MethodGet, dashboardPath+"?agent=demo-leila", nil),
			h.as(karim).ask(http.MethodGet, dashboardPath+"?bureau="+bureauBV, nil),
		} {
			if got := faults(answer.refused(http.StatusUnprocessableEntity, "invalid")); !slices.Contains([]string{"agent choice", "bureau choice"}, strings.Join(got, ",")) {
				t.Errorf("%q", got)
			}
		}
		h.as(yasmine).ask(http.MethodGet, dashboardPath, nil).refused(http.StatusForbidden, "forbidden")
		h.as(admin).ask(http.MethodGet, dashboardPath, nil).refused(http.StatusForbidden, "forbidden")
		h.visitor().ask(http.MethodGet, dashboardPath, nil).refused(http.StatusUnauthorized, "unauthenticated")
	})
}

// What waits for the bureau is soon due, then late; what waits for the
// declarant is neither.
func TestTheDashboardNamesWhatIsDue(t *testing.T) {
	t.Parallel()
	h := everywhere.open(t, overHTTP)
	quiet := h.as(salma).board("").Delays
	if quiet.Late.Count+quiet.Soon.Count != 0 {
		t.Errorf("%+v", quiet)
	}
	due := h.head(h.marks["in_processing"]).Due
	day, err := time.Parse("2006-01-02", due)
	if err != nil {
		t.Fatal(err)
	}
	h.sleep(day.Add(9 * time.Hour))
	soon := h.as(salma).board("").Delays
	var statuses []string
	for _, d := range soon.Soon.First {
		statuses = append(statuses, d.Status)
	}
	slices.Sort(statuses)
	if got, want := strings.Join(statuses, " "), "awaiting_evaluation in_processing submitted under_evaluation under_inspection"; got != want || soon.Soon.Count != 5 || soon.Late.Count != 0 {
		t.Errorf("due today: %s, want %s", got, want)
	}
	h.sleep(day.AddDate(0, 0, 1).Add(9 * time.Hour))
	late := h.as(salma).board("").Delays
	if late.Late.Count != 5 || late.Late.More || late.Soon.Count != 0 || late.Late.First[0].Due != due || late.Late.First[0].Number == "" {
		t.Errorf("the day after: %+v", late)
	}
	if mine := h.as(omar).board("").Delays; mine.Late.Count != 4 || mine.Late.First[0].AgentName == "" {
		t.Errorf("of Omar's: %+v", mine)
	}
	if names, _ := h.as(salma).lists("/api/conformity/queue?view=late"); len(names) != late.Late.Count {
		t.Errorf("the queue has %v late", names)
	}
	file := h.as(salma).getsFile(h.as(salma).exports(wanting("csv", "bureau", "view", "late")), 0).table()
	if got := strings.Fields(h.names(file)); len(got) != late.Late.Count || !slices.Contains(got, "in_processing") {
		t.Errorf("the file has %v late", got)
	}
	h.as(omar).does(h.marks["in_processing"], "answers", emptyBody)
	after := h.as(salma).board("")
	if after.Delays.Late.Count != 4 {
		t.Errorf("after an answer: %+v", after.Delays)
	}
	if august, september := after.Months[10], after.Months[11]; august.OnTime != 1 || august.Late != 0 || september.Late != 1 || september.OnTime != 0 {
		t.Errorf("%+v %+v", august, september)
	}
}
