package certificates

import (
	"context"
	"fmt"
	"strings"

	"portal/functions/mail"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/letters"
	"portal/shared/people"
	"portal/shared/step"
)

// TellGrants is what Tell and TellHolder touch.
var TellGrants = step.Grants{
	Dossiers: step.TableGrants{Read: []string{"certificate#"}, Write: []string{"certificate#"}},
}.And(mail.AudienceGrants).And(mail.SendGrants)

// Tell sends the notice that a change of a certificate left at a revision, to
// holder and bureau, then drops it; there being none is no error. Whoever wrote
// the notice calls it at once; what that misses, a sweep finds on the next day.
func Tell(ctx context.Context, p infra.Ports, number string, n int64) error {
	row, err := p.Dossiers.Get(ctx, noticeKey(number, n))
	if notFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	var notice Notice
	if err := row.Decode(&notice); err != nil {
		return err
	}
	e, err := Load(ctx, p.Dossiers, number)
	if err != nil {
		return err
	}
	if err := tell(ctx, p, e, notice); err != nil {
		return err
	}
	return p.Dossiers.Write(ctx, infra.Delete{Key: noticeKey(number, n)})
}

func tell(ctx context.Context, p infra.Ports, e Entry, n Notice) error {
	if n.Action == ActionExpire && e.StatusAt(calendar.DateIn(p.Clock.Now())) == certificate.Valid {
		return nil // renewed before anybody could be told
	}
	_, id, _ := strings.Cut(n.Kind, "_")
	content := letters.Content{Values: n.Values, Action: actionAddress(p.Settings, e, n)}
	if err := TellHolder(ctx, p, e, n.Kind, id, content); err != nil {
		return err
	}
	if n.Bureau == "" {
		return nil
	}
	supervisors, err := mail.Audience(ctx, p, e.Body, people.Supervisor, "")
	if err != nil {
		return err
	}
	for _, to := range supervisors {
		if err := mail.Send(ctx, p, to, n.Bureau, letterID(e, id+"-"+to.ID), letters.Content{Values: n.Values}); err != nil {
			return err
		}
	}
	return nil
}

// actionAddress is what a holder does about a change: follow a certificate to
// its successor, renew a statement, or ask anew; "" for nothing.
func actionAddress(s infra.Settings, e Entry, n Notice) string {
	switch {
	case n.Action == ActionReplace:
		return s.BaseURL + "/c/" + n.Values["replaced_by"]
	case n.Action == ActionExpire:
		return AgainAddress(s, e)
	}
	return ""
}

// AgainAddress is where a holder renews a statement, or asks anew for what a
// CoC was for: a CoC is never extended.
func AgainAddress(s infra.Settings, e Entry) string {
	switch {
	case e.IsStatement():
		return s.BaseURL + "/conformite/renouveler/" + e.Number.String()
	case e.Dossier != "":
		return s.BaseURL + "/conformite/" + e.Dossier
	}
	return s.BaseURL + "/conformite"
}

// TellHolder tells those who file for a certificate's holder, first the one who
// deposited its dossier. A holder without a private space here hears nothing.
// what makes the letter's id, stable over retries, one for each edition.
func TellHolder(ctx context.Context, p infra.Ports, e Entry, kind, what string, content letters.Content) error {
	if e.Holder == "" {
		return nil
	}
	audience, err := mail.Audience(ctx, p, e.Holder, people.Declarant, e.Recipient)
	if err != nil {
		return err
	}
	for i, to := range audience {
		id := letterID(e, what)
		if i > 0 {
			id += "-" + to.ID
		}
		if err := mail.Send(ctx, p, to, kind, id, content); err != nil {
			return err
		}
	}
	return nil
}

// letterID tells the letters of one edition from those of the next.
func letterID(e Entry, what string) string {
	if e.Edition == 0 {
		return e.Number.String() + "-" + what
	}
	return fmt.Sprintf("%s-%d-%s", e.Number, e.Edition, what)
}
