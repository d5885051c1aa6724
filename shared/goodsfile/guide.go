package goodsfile

import (
	"portal/shared/i18n"
	"portal/shared/reference"
	"portal/shared/xlsx"
)

// Guide is the « Guide d'injection en masse », in words: the page beside the
// template and the sheet within it.
type Guide struct {
	Title   string
	Rules   []string  // of the file as a whole
	Labels  [5]string // of what is said of each column
	Columns []GuideColumn
}

// GuideColumn says how to fill in a column.
type GuideColumn struct {
	Column  string // letters
	Field   string // of the form
	Heading string
	Need    Need
	Needed  string // Need in words
	Rule    string
	Example string
	List    string // the reference list of its codes; "" when it has none
}

// rules are the texts about the file, in their order.
var rules = []string{"formats", "headings", "numbers", "rows", "all_or_nothing", "again"}

// examples of a column are the same in every language, but for names.
var examples = map[string]string{
	"hs": "8210.00.00.90", "brand": "Atlas", "reference": "MX-450", "origin": "CN", "manufacturer": "Ningbo Kitchen Co., Ltd",
	"quantity": "1 200", "unit": "H87", "value": "15 499,50", "norm": "NM EN 60335-1",
}

// GuideIn is the guide in a language.
func GuideIn(lang string) Guide {
	text := func(key string, params map[string]any) string { return i18n.Text(lang, "goods_file."+key, params) }
	g := Guide{
		Title: text("guide", nil),
		Labels: [5]string{
			text("column", nil), text("heading", nil), text("need", nil), text("rule", nil), text("example", nil),
		},
	}
	for _, rule := range rules {
		g.Rules = append(g.Rules, text("rule."+rule, map[string]any{"lines": MaxLines, "megabytes": MaxBytes >> 20}))
	}
	for i, field := range fields {
		b := lineBounds()[field]
		c := GuideColumn{
			Column: xlsx.Column(i + 1), Field: field, Heading: Heading(lang, field), Need: b.need, Needed: text(string(b.need), nil),
			Rule: text("about."+field, map[string]any{"max": b.MaxLength}), Example: examples[field], List: b.List,
		}
		if field == "designation" {
			c.Example = text("example.designation", nil)
		}
		switch b.List {
		case "countries":
			c.Example += " – " + reference.Countries().Name(c.Example, lang)
		case "units":
			c.Example += " – " + reference.Units().Name(c.Example, lang)
		}
		g.Columns = append(g.Columns, c)
	}
	return g
}
