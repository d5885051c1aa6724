package sweeps

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portal/functions/certificates"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/letters"
	"portal/shared/step"
)

// remindRenewals reminds holders before a certificate expires: each reminder
// at most once, recorded before it is sent.
func remindRenewals(p infra.Ports) step.Step {
	return step.Scheduled(step.Declaration{
		Name:    "sweeps/remind_renewals",
		Summary: "Reminds holders of certificates about to expire",
		Grants:  sweepGrants,
		Timeout: 5 * time.Minute,
	}, step.Schedule{Daily: "06:00"}, func(ctx context.Context) (Report, error) {
		today := calendar.DateIn(p.Clock.Now())
		return each(ctx, p.Dossiers, certificates.DutyRemind, today, func(number string, _ infra.Row) error {
			return remind(ctx, p, number, today)
		})
	})
}

// remind records a reminder on the certificate as it was read, so that one
// renewed, replaced or revoked meanwhile is not reminded of its old last day.
func remind(ctx context.Context, p infra.Ports, number string, today calendar.Date) error {
	e, err := certificates.Load(ctx, p.Dossiers, number)
	if err != nil {
		return err
	}
	m, err := certificates.LoadReminder(ctx, p.Dossiers, number)
	if errors.Is(err, infra.ErrNotFound) {
		return infra.ErrConditionFailed // the index was late: the certificate is over
	}
	if err != nil {
		return err
	}
	plan := certificate.NextReminder(certificate.DefaultPolicy().Reminders(e.Kind()), m.Expires, today, m.Done)
	if e.StatusAt(today) != certificate.Valid {
		plan = certificate.Plan{} // over: nothing is left to remind of
	}
	m.Done = append(m.Done, plan.Skip...)
	if plan.Due {
		m.Done = append(m.Done, plan.Send)
	}
	if err := p.Dossiers.Write(ctx, certificates.ReminderPut(m, plan.Next), e.Unchanged()); err != nil || !plan.Due {
		return err
	}
	left := today.DaysUntil(m.Expires)
	return certificates.TellHolder(ctx, p, e, reminderKind(e, left), fmt.Sprintf("reminder-%d", plan.Send), letters.Content{
		Values: map[string]string{"number": number, "date": mail.Day(m.Expires), "days": fmt.Sprint(left)},
		Action: certificates.AgainAddress(p.Settings, e),
	})
}

// reminderKind is the letter of a kind of certificate. It tells the last day
// from the days before it: « aujourd'hui » is no number of days.
func reminderKind(e certificates.Entry, left int) string {
	switch {
	case e.IsStatement() && left == 0:
		return "statement_reminder_today"
	case e.IsStatement():
		return "statement_reminder"
	case left == 0:
		return "certificate_reminder_today"
	}
	return "certificate_reminder"
}
