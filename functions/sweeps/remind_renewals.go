package sweeps

import (
	"context"
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
		return each(ctx, p.Dossiers, certificates.DutyRemind, today, func(number string) error {
			return remind(ctx, p, number, today)
		})
	})
}

func remind(ctx context.Context, p infra.Ports, number string, today calendar.Date) error {
	e, err := certificates.Load(ctx, p.Dossiers, number)
	if err != nil {
		return err
	}
	row, err := p.Dossiers.Get(ctx, infra.Key{PK: certificates.PK(number), SK: certificates.SKReminder})
	if err != nil {
		return err
	}
	var m certificates.Reminder
	if err := row.Decode(&m); err != nil {
		return err
	}
	plan := certificate.NextReminder(certificate.DefaultPolicy().Reminders(e.Kind()), m.Expires, today, m.Done)
	if e.StatusAt(today) != certificate.Valid {
		// Replaced, revoked, used up or over: nothing is left to remind of.
		plan = certificate.Plan{}
	}
	m.Done = append(m.Done, plan.Skip...)
	if plan.Due {
		m.Done = append(m.Done, plan.Send)
	}
	if err := p.Dossiers.Write(ctx, certificates.ReminderPut(m, plan.Next)); err != nil || !plan.Due {
		return err
	}
	left := today.DaysUntil(m.Expires)
	return tellHolder(ctx, p, e, reminderKind(left), fmt.Sprintf("%s-reminder-%d", number, plan.Send), letters.Content{
		Values: map[string]string{"number": number, "date": mail.Day(m.Expires), "days": fmt.Sprint(left)},
		Action: p.Settings.BaseURL + "/conformite",
	})
}

// reminderKind tells the last day from the days before it: « aujourd'hui » is
// no number of days.
func reminderKind(left int) string {
	if left == 0 {
		return "certificate_reminder_today"
	}
	return "certificate_reminder"
}
