package goodsfile

import (
	"bytes"
	"encoding/csv"
	"fmt"

	"portal/shared/i18n"
	"portal/shared/reference"
	"portal/shared/xlsx"
)

// utf8Mark tells spreadsheets that a CSV file is in UTF-8.
const utf8Mark = "\uFEFF"

// Template is an empty file to fill in, with headings in a language. In XLSX,
// codes are texts, countries and units are offered, and the guide and the
// lists are on sheets of their own. The same language gives the same bytes.
func Template(kind Kind, lang string) ([]byte, error) {
	switch kind {
	case CSV:
		return csvTemplate(lang)
	case XLSX:
		return xlsxTemplate(lang)
	}
	return nil, fmt.Errorf("goods file: no template in the format %q", kind)
}

func headingsIn(lang string) []string {
	texts := make([]string, len(fields))
	for i, field := range fields {
		texts[i] = Heading(lang, field)
	}
	return texts
}

func csvTemplate(lang string) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(utf8Mark)
	w := csv.NewWriter(&out)
	w.Comma, w.UseCRLF = delimiters[0], true
	if err := w.Write(headingsIn(lang)); err != nil {
		return nil, fmt.Errorf("goods template: %w", err)
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// widths of the columns, in characters.
var widths = map[string]float64{"designation": 45, "brand": 20, "reference": 24, "manufacturer": 32, "norm": 20}

const usualWidth = 15

func isNumber(field string) bool { return field == "quantity" || field == "value" }

// goodsLayout is that of the sheet with the goods.
func goodsLayout(lang string) xlsx.Layout {
	l := xlsx.Layout{Frozen: 1, RightToLeft: lang == "ar"}
	for _, field := range fields {
		width, style := widths[field], xlsx.PlainText
		if width == 0 {
			width = usualWidth
		}
		if isNumber(field) {
			style = xlsx.Plain
		}
		l.Widths, l.Styles = append(l.Widths, width), append(l.Styles, style)
	}
	return l
}

func xlsxTemplate(lang string) ([]byte, error) {
	text := func(key string) string { return i18n.Text(lang, "goods_file."+key, nil) }
	countries, units := reference.Countries().Entries(), reference.Units().Entries()
	layout := goodsLayout(lang)
	for i, field := range fields {
		choice := xlsx.Choice{Column: i + 1, From: 2, To: MaxLines + 1, Sheet: text("lists"), SheetFromRow: 2}
		switch field {
		case "origin":
			choice.SheetColumn, choice.SheetUntilRow = 1, len(countries)+1
		case "unit":
			choice.SheetColumn, choice.SheetUntilRow = 4, len(units)+1
		default:
			continue
		}
		layout.Choices = append(layout.Choices, choice)
	}
	var out bytes.Buffer
	w := xlsx.NewWriter(&out)
	put(w.Sheet(goodsSheetName(lang), layout), xlsx.Heading, headingsIn(lang)...)
	guideSheet(w, lang)
	lists := w.Sheet(text("lists"), xlsx.Layout{Widths: []float64{10, 40, 4, 10, 40}, Frozen: 1, RightToLeft: lang == "ar"})
	put(lists, xlsx.Heading, Heading(lang, "origin"), text("name"), "", Heading(lang, "unit"), text("name"))
	for i := range max(len(countries), len(units)) {
		var country, unit reference.Entry
		if i < len(countries) {
			country = countries[i]
		}
		if i < len(units) {
			unit = units[i]
		}
		put(lists, xlsx.Plain, country.Code, country.Names.In(lang), "", unit.Code, unit.Names.In(lang))
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("goods template: %w", err)
	}
	return out.Bytes(), nil
}

func put(s *xlsx.SheetWriter, style xlsx.Style, texts ...string) {
	entries := make([]xlsx.Entry, len(texts))
	for i, text := range texts {
		entries[i] = xlsx.Words(text, style)
	}
	s.Row(entries...)
}

// guideSheet is the guide as a sheet of the template.
func guideSheet(w *xlsx.Writer, lang string) {
	guide := GuideIn(lang)
	s := w.Sheet(guide.Title, xlsx.Layout{Widths: []float64{10, 26, 14, 80, 30}, RightToLeft: lang == "ar"})
	put(s, xlsx.Strong, guide.Title)
	for _, rule := range guide.Rules {
		put(s, xlsx.Plain, rule)
	}
	put(s, xlsx.Plain)
	put(s, xlsx.Heading, guide.Labels[:]...)
	for _, c := range guide.Columns {
		put(s, xlsx.Wrapped, c.Column, c.Heading, c.Needed, c.Rule, c.Example)
	}
}
