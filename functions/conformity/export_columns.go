package conformity

import (
	"strconv"
	"time"

	"portal/shared/conformity"
	"portal/shared/export"
	"portal/shared/i18n"
)

// columns are those of the list on the screen, and what helps to sort it.
func columns(lang, list string) []export.Column {
	var shown []export.Column
	for _, c := range exportColumns {
		if list != ownList || !c.bureauOnly {
			shown = append(shown, export.Column{Heading: i18n.Text(lang, "export.column."+c.name, nil), Kind: c.kind, Width: c.width})
		}
	}
	return shown
}

// cells are a dossier's, in the order of the columns.
func cells(lang, list string, d *conformity.Dossier) []string {
	var row []string
	for _, c := range exportColumns {
		if list != ownList || !c.bureauOnly {
			row = append(row, c.cell(lang, d))
		}
	}
	return row
}

type exportColumn struct {
	name       string
	kind       export.Kind
	width      float64
	bureauOnly bool // what a bureau says of its own people
	cell       func(lang string, d *conformity.Dossier) string
}

var exportColumns = []exportColumn{
	{name: "number", width: 18, cell: func(_ string, d *conformity.Dossier) string { return d.Number }},
	{name: "deposited", kind: export.Instant, width: 17, cell: func(_ string, d *conformity.Dossier) string { return instantCell(d.Deposited) }},
	{name: "object", width: 10, cell: labelled("export.object.", func(d *conformity.Dossier) string { return d.Object })},
	{name: "type", width: 16, cell: labelled("export.type.", func(d *conformity.Dossier) string { return d.Type })},
	{name: "route", width: 8, cell: func(_ string, d *conformity.Dossier) string { return d.Route }},
	{name: "exporter", width: 32, cell: func(_ string, d *conformity.Dossier) string { return d.Exporter }},
	{name: "bureau", width: 8, cell: func(_ string, d *conformity.Dossier) string { return d.Bureau }},
	{name: "status", width: 26, cell: labelled("status.", func(d *conformity.Dossier) string { return string(d.Status) })},
	{name: "response", width: 32, cell: labelled("response.", func(d *conformity.Dossier) string { return string(d.Response) })},
	{name: "agent", width: 24, bureauOnly: true, cell: func(_ string, d *conformity.Dossier) string { return d.AgentName }},
	{name: "due", kind: export.Day, width: 12, cell: func(_ string, d *conformity.Dossier) string { return d.Due }},
	{name: "lines", kind: export.Whole, width: 8, cell: func(_ string, d *conformity.Dossier) string { return strconv.Itoa(d.Lines) }},
	{name: "statement", width: 20, cell: func(_ string, d *conformity.Dossier) string { return d.Statement }},
	{name: "certificate", width: 20, cell: func(_ string, d *conformity.Dossier) string { return d.Certificate }},
	{name: "changed", kind: export.Instant, width: 17, cell: func(_ string, d *conformity.Dossier) string { return instantCell(d.Changed) }},
}

// labelled words a code from a family of the catalogue.
func labelled(family string, code func(*conformity.Dossier) string) func(string, *conformity.Dossier) string {
	return func(lang string, d *conformity.Dossier) string {
		if c := code(d); c != "" {
			return i18n.Text(lang, family+c, nil)
		}
		return ""
	}
}

func instantCell(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
