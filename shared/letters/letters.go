// Package letters renders the portal's mails from the catalogue (the mails
// specification): subject, text and HTML, in the recipient's language. A kind
// of mail is a few catalogue keys; what is particular to one is its Content.
//
//	mail.<kind>.subject   one line
//	mail.<kind>.text      paragraphs separated by an empty line
//	mail.<kind>.action    label of the button, when Content.Action is set
//	mail.<kind>.after     optional paragraphs after the button, table and links
//
// Every mail ends with the assistance block and says that it is automatic and
// must not be answered.
package letters

import (
	"fmt"
	"strings"
	"unicode"

	"portal/shared/i18n"
)

// Content is what one mail says besides its kind's texts. Values may hold what
// people typed: they are escaped in HTML, where their line breaks stay, and
// put on one line in subjects.
type Content struct {
	Values map[string]string // fill {name} placeholders
	Action string            // address of the button
	Table  *Table
	Links  []Link // after the table: certificates to download
}

// Table is a table with one row of headings.
type Table struct {
	Caption  string // catalogue key, or "" for none
	Headings []string
	Rows     [][]string
}

// Link is an address with the text that names it.
type Link struct{ Label, URL string }

// Portal is what the frame of every mail says of the portal.
type Portal struct {
	URL     string // of the portal, without a final slash
	Phone   string // of the assistance
	Address string // of the assistance on line
}

// Letter is a rendered mail.
type Letter struct{ Subject, Text, HTML string }

// maxSubject is in runes; longer ones are cut by mail readers anyway.
const maxSubject = 150

// Render puts a mail of this kind in words. An error says that the catalogue
// has no such kind, or that the content leaves a placeholder open: both are
// mistakes in the program.
func Render(kind, lang string, c Content, p Portal) (Letter, error) {
	l := letter{kind: kind, lang: i18n.Known(lang), Content: c, portal: p}
	if err := l.check(); err != nil {
		return Letter{}, err
	}
	return Letter{Subject: l.subject(), Text: l.plain(), HTML: l.html()}, nil
}

type letter struct {
	Content
	kind, lang string
	portal     Portal
}

func (l letter) check() error {
	texts := []string{"subject", "text"}
	if l.Action != "" {
		texts = append(texts, "action")
	}
	for _, name := range texts {
		if !i18n.Has(i18n.Default, l.key(name)) {
			return fmt.Errorf("letters: the catalogue has no %s", l.key(name))
		}
	}
	for _, name := range append(texts, "after") {
		if open := unfilled(l.raw(name), l.Values); open != "" {
			return fmt.Errorf("letters: %s in %s leaves {%s} open", l.key(name), l.lang, open)
		}
	}
	if l.Table != nil {
		for n, row := range l.Table.Rows {
			if len(row) != len(l.Table.Headings) {
				return fmt.Errorf("letters: %s: row %d has %d cells under %d headings", l.kind, n, len(row), len(l.Table.Headings))
			}
		}
	}
	return nil
}

func (l letter) key(name string) string { return "mail." + l.kind + "." + name }

// raw is a text of the kind with its placeholders; "" when it has none.
func (l letter) raw(name string) string {
	if !i18n.Has(l.lang, l.key(name)) && !i18n.Has(i18n.Default, l.key(name)) {
		return ""
	}
	return i18n.Text(l.lang, l.key(name), nil)
}

func (l letter) common(name string) string { return i18n.Text(l.lang, "mail."+name, nil) }

// frame is the assistance block, line by line, with its placeholders.
func (l letter) frame() (lines []string, values map[string]string) {
	return []string{l.common("assistance"), l.common("closing"), l.common("automatic")},
		map[string]string{"phone": l.portal.Phone, "address": l.portal.Address, "portal": l.portal.URL}
}

func (l letter) subject() string {
	clean := make(map[string]string, len(l.Values))
	for name, value := range l.Values {
		clean[name] = oneLine(value)
	}
	subject := []rune(oneLine(fill(l.raw("subject"), clean, func(s string) string { return s })))
	if len(subject) > maxSubject {
		subject = append(subject[:maxSubject-1], '…')
	}
	return strings.TrimSpace(string(subject))
}

// oneLine makes any text fit for a header: no control characters, no
// direction overrides, every space or line break one plain space.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069)
	}), " ")
}

// fill replaces {name} by each value, once: a value that looks like a
// placeholder stays as it is.
func fill(text string, values map[string]string, write func(string) string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, closed := strings.Cut(rest, "}")
		value, known := values[name]
		if !closed || !known {
			b.WriteByte('{')
			text = rest
			continue
		}
		b.WriteString(write(value))
		text = after
	}
}

// unfilled is the first placeholder without a value.
func unfilled(text string, values map[string]string) string {
	for {
		_, rest, found := strings.Cut(text, "{")
		if !found {
			return ""
		}
		name, after, _ := strings.Cut(rest, "}")
		if _, known := values[name]; !known {
			return name
		}
		text = after
	}
}

// paragraphs are those of a text that say something: one that is only a
// placeholder for what was not said is left out.
func (l letter) paragraphs(name string) []string {
	var out []string
	for _, p := range strings.Split(l.raw(name), "\n\n") {
		said := fill(p, l.Values, func(value string) string { return value })
		if strings.TrimSpace(said) != "" {
			out = append(out, strings.TrimSpace(p))
		}
	}
	return out
}
