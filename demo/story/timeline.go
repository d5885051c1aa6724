package story

import (
	"context"
	"fmt"
	"time"
)

// timelines prints the events of every dossier of the story.
func (p *play) timelines(ctx context.Context) error {
	for _, f := range p.filed {
		fmt.Fprintf(p.out, "  %s\n", f.title)
		if err := p.timeline(ctx, f.id); err != nil {
			return err
		}
	}
	return nil
}

func (p *play) timeline(ctx context.Context, id string) error {
	var line struct {
		Events []struct {
			N      int64     `json:"n"`
			At     time.Time `json:"at"`
			Action string    `json:"action_label"`
			To     string    `json:"to_label"`
			By     string    `json:"by"`
			Reason string    `json:"reason"`
		} `json:"events"`
	}
	if err := p.declarant.get(ctx, "/api/conformity/dossiers/"+id+"/events", &line); err != nil {
		return err
	}
	for i, e := range line.Events {
		if e.N != int64(i+1) {
			return surprise("event %d stands at place %d", e.N, i+1)
		}
		fmt.Fprintf(p.out, "  %2d  %s  %-34s %-24s %s  %s\n", e.N, e.At.Format("02/01/2006 15:04"), e.Action, e.To, e.By, e.Reason)
	}
	if len(line.Events) == 0 {
		return surprise("the timeline is empty")
	}
	return nil
}
