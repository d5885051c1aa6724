package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/letters"
	"portal/shared/people"
	"portal/shared/step"
)

// SendGrants is what Send needs.
var SendGrants = step.Grants{People: step.TableGrants{Read: []string{"suppressed#"}}, Mail: true}

// Send sends a letter to a person, in their language. id is stable over
// retries of the same letter. The value {name} is filled in. An address that
// bounced or complained gets nothing, which is no error: there is nothing the
// sender could do.
func Send(ctx context.Context, ports infra.Ports, person people.Person, kind, id string, c letters.Content) error {
	err := post(ctx, ports, person, kind, id, c)
	if errors.Is(err, infra.ErrSuppressed) {
		return nil
	}
	return err
}

// post is Send that says infra.ErrSuppressed.
func post(ctx context.Context, ports infra.Ports, person people.Person, kind, id string, c letters.Content) error {
	_, err := ports.People.Get(ctx, suppressedKey(person.Email))
	if err == nil {
		return infra.ErrSuppressed
	}
	if !errors.Is(err, infra.ErrNotFound) {
		return fmt.Errorf("mail %s: %w", kind, err)
	}
	values := map[string]string{"name": person.Name}
	for name, value := range c.Values {
		values[name] = value
	}
	c.Values = values
	s := ports.Settings
	l, err := letters.Render(kind, person.Lang, c, letters.Portal{URL: s.BaseURL, Phone: s.Assistance.Phone, Address: s.Assistance.Address})
	if err != nil {
		return err
	}
	return ports.Mail.Send(ctx, infra.Letter{
		ID: id, Kind: kind, From: s.Sender, To: person.Email,
		Subject: l.Subject, Text: l.Text, HTML: l.HTML, Lang: person.Lang,
	})
}

// content is what a notice says.
func content(ctx context.Context, ports infra.Ports, n Notice) (letters.Content, error) {
	c := letters.Content{Values: map[string]string{"when": When(n.At)}}
	for name, value := range n.Values {
		c.Values[name] = value
	}
	if n.Opens != "" {
		token, err := registry.Token(ctx, ports.MAC, n.Link)
		if err != nil {
			return letters.Content{}, err
		}
		c.Action = registry.Address(ports.Settings, n.Opens, token)
	}
	return c, nil
}

// Day is a day as letters show it: 21/11/2026.
func Day(d calendar.Date) string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%02d/%02d/%d", d.Day(), d.Month(), d.Year())
}

// DayOf is Day of a date in ISO form; what is none stays as it is.
func DayOf(iso string) string {
	d, err := calendar.ParseDate(iso)
	if err != nil {
		return iso
	}
	return Day(d)
}

// When is an instant as letters show it: day and time in Casablanca.
func When(at time.Time) string { return at.In(calendar.Casablanca()).Format("02/01/2006 15:04") }

// AudienceGrants is what Audience needs.
var AudienceGrants = step.Grants{People: step.TableGrants{Read: []string{"person#", "organisation#"}}}

// Audience is who should hear what concerns an organisation: the person it
// concerns most, while they have the role there; else everybody who has it.
// Somebody who left hears nothing more.
func Audience(ctx context.Context, ports infra.Ports, organisation string, role people.Role, first string) ([]people.Person, error) {
	if first != "" {
		person, err := registry.Person(ctx, ports.People, first)
		if err != nil && !errors.Is(err, infra.ErrNotFound) {
			return nil, err
		}
		if err == nil && holds(person, organisation, role) {
			return []people.Person{person}, nil
		}
	}
	q := infra.Query{PK: people.OrganisationPK(organisation), Prefix: "member#", Limit: infra.MaxPage}
	var audience []people.Person
	for {
		page, err := ports.People.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, row := range page.Rows {
			person, err := registry.Person(ctx, ports.People, strings.TrimPrefix(row.SK, "member#"))
			if errors.Is(err, infra.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			if holds(person, organisation, role) {
				audience = append(audience, person)
			}
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return audience, nil
		}
	}
}

func holds(p people.Person, organisation string, role people.Role) bool {
	return people.Caller{Memberships: p.Memberships}.HasIn(organisation, role)
}
