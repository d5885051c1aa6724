package mail_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"portal/functions/accounts/accounttest"
	"portal/functions/accounts/registry"
	"portal/functions/mail"
	"portal/infra"
	"portal/shared/letters"
	"portal/shared/people"
	"portal/shared/step"
)

const email = "yasmine@argan.example"

// open is a portal with an active account.
func open(t *testing.T) (*accounttest.Portal, people.Person) {
	t.Helper()
	p := accounttest.Open(t, mail.Steps)
	person := people.Person{ID: "yasmine", Status: people.Active, Name: "Yasmine", Email: "Yasmine@Argan.example", Lang: "en", Created: accounttest.Noon}
	write(p, registry.Open(person)...)
	person.Version = 1
	return p, person
}

func write(p *accounttest.Portal, ops ...infra.Op) {
	p.Helper()
	if err := p.Ports.People.Write(p.Context(), ops...); err != nil {
		p.Fatal(err)
	}
}

func run(p *accounttest.Portal, name string, input any) (mail.Delivery, error) {
	p.Helper()
	raw, err := p.Run(name, input)
	var d mail.Delivery
	if err == nil {
		if err := json.Unmarshal(raw, &d); err != nil {
			p.Fatal(err)
		}
	}
	return d, err
}

func ring(keys ...string) step.Ring { return step.Ring{Keys: keys} }

func notice(kind string) mail.Notice { return mail.Notice{Kind: kind, At: accounttest.Noon} }

func TestALetterIsSentInItsOwnersLanguageAndLeavesTheOutbox(t *testing.T) {
	p, _ := open(t)
	write(p, mail.Notify("yasmine", "01A", notice("password_changed")))
	d, err := run(p, "mail/deliver", ring("person#yasmine", "person#unknown", "dossier#x"))
	if err != nil || d != (mail.Delivery{Sent: 1}) {
		t.Errorf("%+v %v", d, err)
	}
	sent := p.Post.Take()
	if len(sent) != 1 || sent[0].To != "Yasmine@Argan.example" || sent[0].Lang != "en" || sent[0].ID != "01A" || sent[0].Kind != "password_changed" ||
		sent[0].From != p.Ports.Settings.Sender || sent[0].Subject != "Your password has changed" || !strings.Contains(sent[0].Text, "05 20 47 31 00") {
		t.Errorf("%+v", sent)
	}
	if d, err = run(p, "mail/deliver", ring("person#yasmine")); err != nil || d != (mail.Delivery{}) {
		t.Errorf("again: %+v %v", d, err)
	}
	if rows := p.Rows("person#yasmine", "mail#"); len(rows) != 0 {
		t.Errorf("left %v", rows)
	}
}

func TestALetterThatFailsIsSentLaterUnderTheSameID(t *testing.T) {
	p, _ := open(t)
	write(p, mail.Notify("yasmine", "01A", notice("password_changed")), mail.Notify("yasmine", "01B", notice("account_slowed")))
	p.Post.Break(errors.New("away"))
	if _, err := run(p, "mail/deliver", ring("person#yasmine")); err == nil || !strings.Contains(err.Error(), "letter 01A: away") || strings.Contains(strings.ToLower(err.Error()), "argan") {
		t.Errorf("%v", err)
	}
	p.Wait(time.Hour)
	if _, err := run(p, "mail/redeliver", nil); err == nil {
		t.Error("a sweep that fails says nothing")
	}
	p.Post.Break(nil)
	d, err := run(p, "mail/redeliver", nil)
	if err != nil || d != (mail.Delivery{Sent: 2}) {
		t.Errorf("%+v %v", d, err)
	}
	if sent := p.Post.Take(); len(sent) != 2 || sent[0].ID != "01A" || sent[1].ID != "01B" {
		t.Errorf("%+v", sent)
	}
}

func TestTheSweepLeavesLettersJustWritten(t *testing.T) {
	p, _ := open(t)
	write(p, mail.Notify("yasmine", "01A", notice("password_changed")))
	if d, err := run(p, "mail/redeliver", nil); err != nil || d.Sent != 0 {
		t.Errorf("%+v %v", d, err)
	}
	p.Wait(2 * time.Minute)
	if d, err := run(p, "mail/redeliver", nil); err != nil || d.Sent != 1 {
		t.Errorf("%+v %v", d, err)
	}
}

func TestALetterThatCannotBeSentIsGivenUpAfterAWeek(t *testing.T) {
	p, _ := open(t)
	write(p, mail.Notify("yasmine", "01A", notice("password_changed")))
	p.Wait(7 * 24 * time.Hour)
	if d, err := run(p, "mail/redeliver", nil); err != nil || d != (mail.Delivery{}) {
		t.Errorf("%+v %v", d, err)
	}
}

func TestALinkReplacedOrUsedIsNotSent(t *testing.T) {
	p, person := open(t)
	n := mail.Invitation(person, registry.Reset, "password_reset", accounttest.Noon)
	n.Link = "older"
	write(p, mail.Notify("yasmine", "01A", n))
	if d, err := run(p, "mail/deliver", ring("person#yasmine")); err != nil || d != (mail.Delivery{Dropped: 1}) {
		t.Errorf("%+v %v", d, err)
	}
}

func TestAForgottenPasswordIsAnsweredByTheStateOfTheAccount(t *testing.T) {
	for _, s := range []struct {
		why    string
		status people.Status
		knock  string
		want   string
	}{
		{"an active account", people.Active, mail.Forgotten, "[password_reset]"},
		{"a pending account", people.Pending, mail.Forgotten, "[account_creation]"},
		{"wrong passwords on an active account", people.Active, mail.Slowed, "[account_slowed]"},
		{"wrong passwords on a pending account", people.Pending, mail.Slowed, "[]"},
		{"no account", "", mail.Forgotten, "[]"},
		{"wrong passwords on no account", "", mail.Slowed, "[]"},
	} {
		p := accounttest.Open(t, mail.Steps)
		if s.status != "" {
			write(p, registry.Open(people.Person{ID: "yasmine", Status: s.status, Name: "Yasmine", Email: email, Lang: "fr"})...)
		}
		write(p, mail.KnockOn("YASMINE@argan.example", "01A", mail.Knock{Kind: s.knock, At: accounttest.Noon}))
		p.Settle()
		if got := fmt.Sprint(accounttest.Kinds(p.Post.Take())); got != s.want {
			t.Errorf("%s: %s, want %s", s.why, got, s.want)
		}
		if rows := p.Rows("knock#"+people.Hash(email), ""); len(rows) != 0 {
			t.Errorf("%s: knocks left %v", s.why, rows)
		}
	}
}

func TestAKnockWhoseRingWasLostIsAnsweredByTheSweep(t *testing.T) {
	p, _ := open(t)
	write(p, mail.KnockOn(email, "01A", mail.Knock{Kind: mail.Forgotten, At: accounttest.Noon}))
	p.Deafen()
	p.Wait(5 * time.Minute)
	if d, err := run(p, "mail/redeliver", nil); err != nil || d != (mail.Delivery{Sent: 1}) {
		t.Errorf("%+v %v", d, err)
	}
	sent := p.Post.Take()
	if len(sent) != 1 || sent[0].ID != "01A" {
		t.Fatalf("%+v", sent)
	}
	person, used, err := registry.Follow(t.Context(), p.Ports.People, p.Token(sent[0]), registry.Reset)
	if err != nil || person.ID != "yasmine" || used == nil || person.Version != 2 {
		t.Errorf("%+v %v", person, err)
	}
}

func TestAnAddressThatBouncedOrComplainedGetsNothing(t *testing.T) {
	p, person := open(t)
	feedback := func(kind string, addresses ...string) error {
		_, err := p.Run("mail/feedback", mail.Feedback{Kind: kind, Addresses: addresses})
		return err
	}
	deliver := func() mail.Delivery {
		t.Helper()
		write(p, mail.Notify("yasmine", p.Ports.IDs.New(), mail.Notice{Kind: "password_changed", At: p.Ports.Clock.Now()}))
		d, err := run(p, "mail/deliver", ring("person#yasmine"))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if err := feedback("bounce", "other@argan.example", email); err != nil {
		t.Fatal(err)
	}
	if d := deliver(); d != (mail.Delivery{Suppressed: 1}) {
		t.Errorf("%+v", d)
	}
	if rows := p.Rows("person#yasmine", "mail#"); len(rows) != 0 {
		t.Errorf("left %v", rows)
	}
	if err := mail.Send(t.Context(), p.Ports, person, "password_changed", "02A", letters.Content{Values: map[string]string{"when": "x"}}); err != nil {
		t.Errorf("a suppressed address is an error to other rooms: %v", err)
	}
	p.Wait(90 * 24 * time.Hour)
	if d := deliver(); d != (mail.Delivery{Sent: 1}) {
		t.Errorf("after 90 days: %+v", d)
	}
	for _, kind := range []string{"complaint", "bounce"} { // a later bounce does not shorten it
		if err := feedback(kind, email); err != nil {
			t.Fatal(err)
		}
	}
	p.Wait(10 * 365 * 24 * time.Hour)
	if d := deliver(); d != (mail.Delivery{Suppressed: 1}) {
		t.Errorf("ten years after a complaint: %+v", d)
	}
	if err := feedback("applause", email); err == nil {
		t.Error("feedback of an unknown kind was taken")
	}
	for _, row := range p.Rows("suppressed#"+people.Hash(email), "") {
		if strings.Contains(string(row.Value), "argan") {
			t.Errorf("%s", row.Value)
		}
	}
	if sent := p.Post.Take(); len(sent) != 1 {
		t.Errorf("sent %v", accounttest.Kinds(sent))
	}
}

func TestTheMailServicesOwnSuppressionCountsToo(t *testing.T) {
	p, _ := open(t)
	p.Post.Break(fmt.Errorf("list of the service: %w", infra.ErrSuppressed))
	write(p, mail.Notify("yasmine", "01A", notice("password_changed")))
	if d, err := run(p, "mail/deliver", ring("person#yasmine")); err != nil || d != (mail.Delivery{Suppressed: 1}) {
		t.Errorf("%+v %v", d, err)
	}
}

func TestOtherRoomsSendLettersOfTheirOwn(t *testing.T) {
	p, person := open(t)
	narrowed := infra.Restrict(p.Ports, mail.SendGrants, "test/send")
	content := letters.Content{Values: map[string]string{"organisation": "Bureau"}}
	if err := mail.Send(t.Context(), narrowed, person, "membership_added", "dossier-7", content); err != nil {
		t.Fatal(err)
	}
	sent := p.Post.Take()
	if len(sent) != 1 || sent[0].ID != "dossier-7" || !strings.Contains(sent[0].Text, "Yasmine") || !strings.Contains(sent[0].Text, "Bureau") {
		t.Errorf("%+v", sent)
	}
	if _, filled := content.Values["name"]; filled {
		t.Error("the caller's values were changed")
	}
	if err := mail.Send(t.Context(), narrowed, person, "no_such_kind", "x", letters.Content{}); err == nil {
		t.Error("an unknown kind was sent")
	}
}
