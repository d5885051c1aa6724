package mail

import (
	"context"
	"errors"
	"time"

	"portal/infra"
	"portal/shared/step"
)

const (
	// sweepAfter leaves deliver its time: a letter younger than this is being sent.
	sweepAfter = 2 * time.Minute
	// sweepMost bounds one run; the next goes on.
	sweepMost = 500
)

// redeliver sends what deliver missed: its ring was lost, or the mail service
// was away. It fails when something still could not be sent, so that somebody
// hears of it.
func redeliver(p infra.Ports) step.Step {
	r := room{p}
	return step.Scheduled(step.Declaration{
		Name:    "mail/redeliver",
		Summary: "Send the letters still in the outbox",
		Grants: deliverGrants.And(step.Grants{People: step.TableGrants{
			Index: map[string][]string{"pending": {mailPrefix}},
		}}),
		Timeout: 5 * time.Minute,
	}, step.Schedule{Every: 5 * time.Minute}, func(ctx context.Context) (Delivery, error) {
		var d Delivery
		page, err := r.People.Query(ctx, infra.Query{
			Index: "pending", PK: Outbox, To: sortTime(r.Clock.Now().Add(-sweepAfter)) + "~", Limit: sweepMost,
		})
		if err != nil {
			return d, err
		}
		var failures []error
		for _, row := range page.Rows {
			failures = append(failures, r.handle(ctx, row.Key, &d))
		}
		return d, errors.Join(failures...)
	})
}
