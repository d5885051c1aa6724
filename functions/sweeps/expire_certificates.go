package sweeps

import (
	"context"
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
	People: step.TableGrants{Read: []string{"person#"}},
}.And(mail.SendGrants)

// expireCertificates marks certificates whose last day is over, and tells
// their holders. The letter goes first: a crash between sends it again under
// the same id, none is lost.
func expireCertificates(p infra.Ports) step.Step {
	return step.Scheduled(step.Declaration{
		Name:    "sweeps/expire_certificates",
		Summary: "Marks certificates expired and tells their holders",
		Grants:  sweepGrants,
		Timeout: 5 * time.Minute,
	}, step.Schedule{Daily: "00:15"}, func(ctx context.Context) (Report, error) {
		today := calendar.DateIn(p.Clock.Now())
		return each(ctx, p.Dossiers, certificates.DutyExpire, today, func(number string) error {
			return expire(ctx, p, number, today)
		})
	})
}

func expire(ctx context.Context, p infra.Ports, number string, today calendar.Date) error {
	e, err := certificates.Load(ctx, p.Dossiers, number)
	if err != nil {
		return err
	}
	if e.Status != certificate.Valid || e.StatusAt(today) != certificate.Expired {
		return infra.ErrConditionFailed // the index was late: it was renewed, replaced or done
	}
	values := map[string]string{"number": number, "date": e.Expires.String()}
	content := letters.Content{Values: values, Action: p.Settings.BaseURL + "/conformite"}
	if err := tellHolder(ctx, p, e.Recipient, "certificate_expired", number+"-expired", content); err != nil {
		return err
	}
	e.Status = certificate.Expired
	return p.Dossiers.Write(ctx, certificates.EntryPut(e))
}

func tellHolder(ctx context.Context, p infra.Ports, person, kind, id string, content letters.Content) error {
	row, err := p.People.Get(ctx, infra.Key{PK: people.PersonPK(person), SK: "person"})
	if err != nil {
		return err
	}
	var to people.Person
	if err := row.Decode(&to); err != nil {
		return err
	}
	return mail.Send(ctx, p, to, kind, id, content)
}
