package sweeps

import (
	"context"
	"time"

	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/step"
)

// sweepGrants is what the sweeps over certificates touch.
var sweepGrants = certificates.TellGrants.And(step.Grants{
	Dossiers: step.TableGrants{Index: map[string][]string{"due": {"due#"}}},
})

// expireCertificates marks CoC whose last day is over, and tells their holders
// and bureaux. Marking leaves a notice that the marker holds for a day: of two
// sweeps one tells, and none is left untold (see tell_notices).
func expireCertificates(p infra.Ports) step.Step {
	return step.Scheduled(step.Declaration{
		Name:    "sweeps/expire_certificates",
		Summary: "Marks certificates expired and tells their holders",
		Grants:  sweepGrants,
		Timeout: 5 * time.Minute,
	}, step.Schedule{Daily: "00:15"}, func(ctx context.Context) (Report, error) {
		return expireDue(ctx, p, certificates.DutyExpire)
	})
}

// expireDue marks and tells what is due under one duty.
func expireDue(ctx context.Context, p infra.Ports, duty string) (Report, error) {
	now := p.Clock.Now()
	today := calendar.DateIn(now)
	return each(ctx, p.Dossiers, duty, today, func(number string, _ infra.Row) error {
		e, err := certificates.Load(ctx, p.Dossiers, number)
		if err != nil {
			return err
		}
		if e.Status != certificate.Valid || e.StatusAt(today) != certificate.Expired {
			return infra.ErrConditionFailed // the index was late: it was renewed, replaced, revoked or marked
		}
		if err := p.Dossiers.Write(ctx, certificates.Expire(e, now)...); err != nil {
			return err
		}
		return certificates.Tell(ctx, p, number, e.Rev+1)
	})
}
