package story

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"time"

	"portal/demo/client"
)

// dashboard is what a supervisor sees of the bureau.
type dashboard struct {
	Tabs struct {
		All     int `json:"all"`
		History int `json:"history"`
	} `json:"tabs"`
	Answers []struct {
		Response string `json:"response"`
		Label    string `json:"label"`
		Count    int    `json:"count"`
	} `json:"answers"`
	Steps []struct {
		Label string  `json:"label"`
		Stays int     `json:"stays"`
		Mean  float64 `json:"mean_s"`
		P90   float64 `json:"p90_s"`
	} `json:"steps"`
}

func (d dashboard) answered(response string) int {
	for _, a := range d.Answers {
		if a.Response == response {
			return a.Count
		}
	}
	return 0
}

// glance looks at the dashboard as it stands, to see later what has changed.
func (p *play) glance(ctx context.Context) (err error) {
	p.board, err = p.looks(ctx)
	if err == nil {
		p.supervisor.say("tableau de bord : dossiers %d, dont clôturés %d", p.board.Tabs.All, p.board.Tabs.History)
	}
	return err
}

func (p *play) looks(ctx context.Context) (dashboard, error) {
	var d dashboard
	return d, p.supervisor.get(ctx, "/api/conformity/dashboard", &d)
}

// figures waits until the dashboard counts these requests, all of them closed
// and conforming since the last glance, and tells it. The figures follow the
// dossiers a moment later; where the portal is killed, perhaps those of an
// earlier story too.
func (p *play) figures(ctx context.Context, requests int) error {
	deadline := time.Now().Add(p.Away + 10*time.Second)
	for {
		now, err := p.looks(ctx)
		if err != nil {
			return err
		}
		all, history := now.Tabs.All-p.board.Tabs.All, now.Tabs.History-p.board.Tabs.History
		conforming := now.answered("conforming") - p.board.answered("conforming")
		least := min(all, history, conforming)
		if least == requests && all == history && history == conforming || p.Killed && least >= requests {
			break
		}
		if time.Now().After(deadline) {
			return surprise("the dashboard counts %d dossiers more, %d closed, %d conforming, expected %d", all, history, conforming, requests)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	if err := p.glance(ctx); err != nil {
		return err
	}
	for _, a := range p.board.Answers {
		if a.Count > 0 {
			p.supervisor.say("  %s : %d", a.Label, a.Count)
		}
	}
	for _, s := range p.board.Steps {
		if s.Stays > 0 {
			p.supervisor.say("  « %s » : passages %d, en moyenne %s, neuf sur dix en moins de %s", s.Label, s.Stays, minutes(s.Mean), minutes(s.P90))
		}
	}
	return nil
}

// export has the supervisor export the bureau's list and find the story's
// requests in it.
func (p *play) export(ctx context.Context) error {
	a := p.supervisor
	answer, err := a.post(ctx, "/api/conformity/exports", map[string]string{"format": "csv", "list": "bureau", "view": "history"}, http.StatusAccepted)
	if err != nil {
		return err
	}
	var export struct {
		State string `json:"state"`
		Rows  int    `json:"rows"`
		Files []struct {
			Name string `json:"name"`
			URL  string `json:"url"`
		} `json:"files"`
	}
	place, deadline := answer.Header.Get("Location"), time.Now().Add(p.Away+10*time.Second)
	for export.State != "ready" {
		if err := a.get(ctx, place, &export); err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return surprise("the export is still %s", export.State)
		}
	}
	file, _, err := a.retry(ctx, func() (*client.Answer, error) { return a.Do(ctx, http.MethodGet, export.Files[0].URL, nil) })
	if err != nil {
		return err
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.Body, []byte("\uFEFF"))))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil || len(rows) != export.Rows+1 {
		return surprise("the export of %d rows has %d: %v", export.Rows, len(rows)-1, err)
	}
	if !slices.ContainsFunc(rows, func(row []string) bool { return slices.Contains(row, p.dossier.Number) }) {
		return surprise("%s is not in the export", p.dossier.Number)
	}
	a.say("télécharge %s, dossiers : %d", export.Files[0].Name, export.Rows)
	return nil
}

// minutes is a stay as the dashboard counts it, in seconds.
func minutes(seconds float64) string { return fmt.Sprintf("%.0f min", seconds/60) }
