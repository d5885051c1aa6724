package sweeps

import (
	"context"
	"time"

	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/step"
)

// tellNotices tells what a step or a sweep changed of a certificate and then
// could not tell: the mail was refused, or it died. It runs before the sweeps
// that leave notices of their own, each of which it finds a day later.
func tellNotices(p infra.Ports) step.Step {
	return step.Scheduled(step.Declaration{
		Name:    "sweeps/tell_notices",
		Summary: "Tells again what could not be told of certificates",
		Grants:  sweepGrants,
		Timeout: 5 * time.Minute,
	}, step.Schedule{Daily: "00:10"}, func(ctx context.Context) (Report, error) {
		today := calendar.DateIn(p.Clock.Now())
		return each(ctx, p.Dossiers, certificates.DutyTell, today, func(number string, row infra.Row) error {
			n, err := certificates.HoldNotice(ctx, p.Dossiers, row.Key, today.AddDays(1))
			if err != nil {
				return err
			}
			return certificates.Tell(ctx, p, number, n)
		})
	})
}
