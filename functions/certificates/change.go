package certificates

import (
	"errors"
	"time"

	"portal/functions/mail"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/identifiers"
)

// ErrEnded is the answer to a renewal of what was replaced, revoked or used up
// meanwhile.
var ErrEnded = errors.New("certificates: replaced, revoked or used up for good")

// Replace is what the issue of a certificate that revises old writes beside its
// own Issue: old says by which it is replaced, holder and bureau are left a
// notice (see Tell), the claim on old is released. What was revoked or used up
// meanwhile stays so and only names its successor. Refused when old is no
// longer at its revision: load it again.
func Replace(old Entry, by identifiers.CertificateNumber, act Act) []infra.Op {
	e := old
	e.ReplacedBy = by
	details := map[string]string{"replaced_by": by.String()}
	if old.Ended() {
		return append(change(old, e, ActionReplace, act, details, nil), Release(old.Number))
	}
	e.Status = certificate.Replaced
	told := &Notice{Kind: "certificate_replaced", Bureau: "certificate_replaced_bureau", Values: map[string]string{"replaced_by": by.String()}}
	return append(change(old, e, ActionReplace, act, details, told), Release(old.Number))
}

// Renewal is what a renewal changes of a statement; its number and goods stay.
type Renewal struct {
	Expires       calendar.Date // certificate.Policy.Renewed says which
	Dossier       string
	DossierNumber identifiers.DossierNumber
	Recipient     string
}

// Renew is what renewing a statement writes: the next edition (old.Edition + 1,
// see PaperKey), valid again if it had expired, its reminders begun anew, the
// claim on it released. ErrEnded when it was replaced or revoked meanwhile. Refused
// when old is no longer at its revision.
func Renew(old Entry, r Renewal, act Act) ([]infra.Op, error) {
	if old.Ended() {
		return nil, ErrEnded
	}
	e := old
	e.Status, e.Expires, e.Renewed, e.Edition = certificate.Valid, r.Expires, act.At, old.Edition+1
	e.Dossier, e.DossierNumber, e.Recipient = r.Dossier, r.DossierNumber, r.Recipient
	details := map[string]string{"expires": r.Expires.String(), "expired": old.Expires.String()}
	ops := append(change(old, e, ActionRenew, act, details, nil), Release(old.Number))
	if next, any := firstReminder(e, calendar.DateIn(act.At)); any {
		ops = append(ops, reminderPut(Reminder{Number: e.Number, Expires: e.Expires}, next))
	}
	return ops, nil
}

// change is what every change of a certificate writes: the entry if it is still
// at its revision, the event, the end of the reminders unless it is valid, and
// the notice to be told, if any.
func change(old, e Entry, action Action, act Act, details map[string]string, told *Notice) []infra.Op {
	rev := old.Rev + 1
	ops := []infra.Op{EntryPut(e), eventPut(e.Number, rev, Event{Action: action, From: old.Status, To: e.Status, Act: act, Details: details})}
	if e.Status != certificate.Valid {
		ops = append(ops, remindersEnd(e.Number))
	}
	if told == nil {
		return ops
	}
	n := *told
	n.Action, n.N, n.Values = action, rev, map[string]string{"number": e.Number.String(), "date": mail.Day(e.Expires)}
	for name, value := range told.Values {
		n.Values[name] = value
	}
	return append(ops, NoticePut(e.Number.String(), n, calendar.DateIn(act.At).AddDays(1)))
}

// Expire is what a sweep writes when the last day of a certificate is over.
func Expire(old Entry, at time.Time) []infra.Op {
	e := old
	e.Status = certificate.Expired
	told := &Notice{Kind: "certificate_expired", Bureau: "certificate_expired_bureau"}
	if e.IsStatement() {
		_, until := certificate.DefaultPolicy().Renewable(e.Kind(), e.Expires)
		told = &Notice{Kind: "statement_lapsed", Bureau: "statement_lapsed_bureau", Values: map[string]string{"until": mail.Day(until)}}
	}
	return change(old, e, ActionExpire, Act{At: at}, nil, told)
}
