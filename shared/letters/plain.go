package letters

import (
	"strings"

	"portal/shared/i18n"
)

// plain is the mail as text, for readers that show no HTML.
func (l letter) plain() string {
	var blocks []string
	add := func(name string) {
		for _, p := range l.paragraphs(name) {
			blocks = append(blocks, fill(p, l.Values, l.isolated))
		}
	}
	add("text")
	if l.Action != "" {
		blocks = append(blocks, l.raw("action")+"\n"+l.Action)
	}
	if l.Table != nil {
		blocks = append(blocks, l.plainTable())
	}
	for _, link := range l.Links {
		blocks = append(blocks, l.isolated(link.Label)+"\n"+link.URL)
	}
	add("after")
	lines, values := l.frame()
	for i, line := range lines {
		lines[i] = fill(line, values, l.isolated)
	}
	blocks = append(blocks, "-- \n"+strings.Join(lines, "\n"))
	return strings.Join(blocks, "\n\n") + "\n"
}

// isolated keeps a value's direction from mixing with an Arabic sentence's
// (Unicode Standard Annex 9, first strong isolate).
func (l letter) isolated(value string) string {
	value = strings.ToValidUTF8(value, "")
	if l.lang != "ar" {
		return value
	}
	return "\u2068" + value + "\u2069"
}

// plainTable has one line per cell, which survives narrow screens and
// proportional fonts.
func (l letter) plainTable() string {
	var b strings.Builder
	if l.Table.Caption != "" {
		b.WriteString(i18n.Text(l.lang, l.Table.Caption, nil) + "\n")
	}
	for n, row := range l.Table.Rows {
		if n > 0 {
			b.WriteByte('\n')
		}
		for i, cell := range row {
			b.WriteString(i18n.Text(l.lang, l.Table.Headings[i], nil) + l.common("colon") + l.isolated(oneLine(cell)) + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}
