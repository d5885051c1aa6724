package sweeps

import (
	"context"
	"errors"
	"time"

	"portal/functions/certificates"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/letters"
	"portal/shared/people"
	"portal/shared/step"
)

// sweepGrants is what the two sweeps over certificates touch.
var sweepGrants = step.Grants{
	Dossiers: step.TableGrants{
		Read: []string{"certificate#"}, Write: []string{"certificate#"},
		Index: map[string][]string{"due": {"due#"}},
	},
}.And(mail.AudienceGrants).And(mail.SendGrants)

// expireCertificates marks certificates whose last day is over, and tells
// their holders and bureaux. Marking leaves a notice that the marker holds for
// a day: of two sweeps one tells, and none is left untold.
func expireCertificates(p infra.Ports) step.Step {
	return step.Scheduled(step.Declaration{
		Name:    "sweeps/expire_certificates",
		Summary: "Marks certificates expired and tells their holders",
		Grants:  sweepGrants,
		Timeout: 5 * time.Minute,
	}, step.Schedule{Daily: "00:15"}, func(ctx context.Context) (Report, error) {
		today := calendar.DateIn(p.Clock.Now())
		told, err1 := each(ctx, p.Dossiers, certificates.DutyTell, today, func(number string) error {
			return tellAgain(ctx, p, number, today)
		})
		marked, err2 := each(ctx, p.Dossiers, certificates.DutyExpire, today, func(number string) error {
			return expire(ctx, p, number, today)
		})
		return Report{Done: told.Done + marked.Done, Skipped: told.Skipped + marked.Skipped}, errors.Join(err1, err2)
	})
}

func expire(ctx context.Context, p infra.Ports, number string, today calendar.Date) error {
	e, err := certificates.Load(ctx, p.Dossiers, number)
	if err != nil {
		return err
	}
	if e.Status != certificate.Valid || e.StatusAt(today) != certificate.Expired {
		return infra.ErrConditionFailed // the index was late: it was replaced, revoked or marked
	}
	e.Status = certificate.Expired
	notice := certificates.NoticePut(number, certificates.Notice{Kind: "certificate_expired"}, today.AddDays(1))
	if err := p.Dossiers.Write(ctx, certificates.EntryPut(e), notice); err != nil {
		return err
	}
	return tellExpired(ctx, p, e)
}

// tellAgain sends what a sweep that died had held.
func tellAgain(ctx context.Context, p infra.Ports, number string, today calendar.Date) error {
	row, err := p.Dossiers.Get(ctx, infra.Key{PK: certificates.PK(number), SK: certificates.SKNotice})
	if errors.Is(err, infra.ErrNotFound) {
		return infra.ErrConditionFailed
	}
	if err != nil {
		return err
	}
	var n certificates.Notice
	if err := row.Decode(&n); err != nil {
		return err
	}
	if err := p.Dossiers.Write(ctx, certificates.NoticePut(number, n, today.AddDays(1))); err != nil {
		return err
	}
	e, err := certificates.Load(ctx, p.Dossiers, number)
	if err != nil {
		return err
	}
	return tellExpired(ctx, p, e)
}

// tellExpired tells holder and bureau, then drops the notice.
func tellExpired(ctx context.Context, p infra.Ports, e certificates.Entry) error {
	number := e.Number.String()
	values := map[string]string{"number": number, "date": mail.Day(e.Expires)}
	holder := letters.Content{Values: values, Action: p.Settings.BaseURL + "/conformite"}
	if err := tellHolder(ctx, p, e, "certificate_expired", number+"-expired", holder); err != nil {
		return err
	}
	supervisors, err := mail.Audience(ctx, p, e.Body, people.Supervisor, "")
	if err != nil {
		return err
	}
	for _, to := range supervisors {
		if err := mail.Send(ctx, p, to, "certificate_expired_bureau", number+"-expired-"+to.ID, letters.Content{Values: values}); err != nil {
			return err
		}
	}
	return p.Dossiers.Write(ctx, infra.Delete{Key: infra.Key{PK: certificates.PK(number), SK: certificates.SKNotice}})
}

// tellHolder tells those who file for a certificate's holder, first the one who
// deposited its dossier.
func tellHolder(ctx context.Context, p infra.Ports, e certificates.Entry, kind, id string, content letters.Content) error {
	audience, err := mail.Audience(ctx, p, e.Holder, people.Declarant, e.Recipient)
	if err != nil {
		return err
	}
	for i, to := range audience {
		letter := id
		if i > 0 {
			letter += "-" + to.ID
		}
		if err := mail.Send(ctx, p, to, kind, letter, content); err != nil {
			return err
		}
	}
	return nil
}
