package sweeps

import (
	"context"
	"time"

	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/step"
)

// lapseRegistrations marks SoR and SoL expired after their year, and tells
// their holders, who may still renew them for a while, and their bureaux.
func lapseRegistrations(p infra.Ports) step.Step {
	return step.Scheduled(step.Declaration{
		Name:    "sweeps/lapse_registrations",
		Summary: "Marks statements of registration and of licence expired and tells their holders",
		Grants:  sweepGrants,
		Timeout: 5 * time.Minute,
	}, step.Schedule{Daily: "00:20"}, func(ctx context.Context) (Report, error) {
		return expireDue(ctx, p, certificates.DutyLapse)
	})
}
