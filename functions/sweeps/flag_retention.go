package sweeps

import (
	"context"
	"time"

	room "portal/functions/conformity"
	"portal/functions/lifecycle"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/step"
)

// flagRetention flags ended dossiers that need not be kept any longer. It
// deletes nothing: whoever archives or purges finds the flags by day, in the
// index due.
func flagRetention(p infra.Ports) step.Step {
	return step.Scheduled(step.Declaration{
		Name:    "sweeps/flag_retention",
		Summary: "Flags ended dossiers that need not be kept any longer",
		Grants:  dossierGrants,
		Timeout: 5 * time.Minute,
	}, step.Schedule{Daily: "04:00"}, func(ctx context.Context) (Report, error) {
		return eachDossier(ctx, p, dossier.DutyRetention, func(id string) error {
			return flag(ctx, p, id)
		})
	})
}

// flag looks again how long the dossier is to be kept: the policy may have
// changed in the years between.
func flag(ctx context.Context, p infra.Ports, id string) error {
	d, err := room.Watched(ctx, p.Dossiers, id)
	if err != nil {
		return err
	}
	now := p.Clock.Now()
	until := conformity.Delays().RetainedUntil(calendar.DateIn(d.Since), d.Status)
	ops := []infra.Op{lifecycle.Unchanged(d.Head)}
	switch {
	case until.IsZero():
		ops = append(ops, lifecycle.Disarm(id, dossier.DutyRetention))
	case now.Before(until.EndOfDay()):
		ops = append(ops, lifecycle.Arm(id, dossier.DutyRetention, until.EndOfDay()))
	default:
		ops = append(ops, lifecycle.Disarm(id, dossier.DutyRetention), lifecycle.Flag(id, until, now))
	}
	return p.Dossiers.Write(ctx, ops...)
}
