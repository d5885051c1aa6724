package sweeps

import (
	"context"
	"errors"
	"time"

	"portal/functions/lifecycle"
	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/step"
)

// Findings is what the reconciler found; alarms watch it.
type Findings struct {
	Pending int `json:"pending"`      // dossiers whose execution has not heard the last event
	Oldest  int `json:"oldest_s"`     // age of the oldest such event, in seconds
	Failed  int `json:"failed_pumps"` // that could not be pumped
}

// reconcile pumps every dossier with an event its execution has not
// acknowledged: what a lost ring, a failed execution or a crash left behind.
// There is no cursor: the table is the cursor.
func reconcile(p infra.Ports) step.Step {
	return step.Scheduled(step.Declaration{
		Name:    "sweeps/reconcile",
		Summary: "Brings executions and dossiers back together",
		Grants: lifecycle.PumpGrants.And(step.Grants{Dossiers: step.TableGrants{
			Index: map[string][]string{"pending": {"pending#"}},
		}}),
		Timeout: 4 * time.Minute,
	}, step.Schedule{Every: 5 * time.Minute}, func(ctx context.Context) (Findings, error) {
		var found Findings
		var failures []error
		for shard := range dossier.PendingShards {
			q := infra.Query{Index: "pending", PK: dossier.PendingShard(shard), Limit: 500}
			for {
				page, err := p.Dossiers.Query(ctx, q)
				if err != nil {
					return found, errors.Join(append(failures, err)...)
				}
				for _, row := range page.Rows {
					if err := found.pump(ctx, p, row); err != nil {
						found.Failed++
						failures = append(failures, err)
					}
				}
				if page.Cursor == "" {
					break
				}
				q.Cursor = page.Cursor
			}
		}
		return found, errors.Join(failures...)
	})
}

func (f *Findings) pump(ctx context.Context, p infra.Ports, row infra.Row) error {
	var waiting dossier.Pending
	if err := row.Decode(&waiting); err != nil {
		return err
	}
	f.Pending++
	f.Oldest = max(f.Oldest, int(p.Clock.Now().Sub(waiting.Since).Seconds()))
	return lifecycle.PumpOne(ctx, p, dossier.IDOf(row.PK))
}
