package products

import (
	"fmt"

	"portal/shared/calendar"
	"portal/shared/i18n"
	m "portal/shared/markup"
)

// words draws parts of the page in a language.
type words string

func (lang words) text(key string) m.Node { return m.Text(i18n.Text(string(lang), key, nil)) }

func (lang words) says(key string) m.Node { return m.El("p", m.Attr("class", "says"), lang.text(key)) }

// apart is a figure with its unit, whose direction is its own.
func apart(s string) m.Node { return m.El("bdi", m.Text(s)) }

// code is what is read from left to right in every language.
func code(s string) m.Node { return m.El("bdi", m.Attr("dir", "ltr"), m.Text(s)) }

func draw(lang string, s shown) []byte {
	t := words(lang)
	answer, found := m.Group(), m.Group()
	if s.Answer != nil {
		answer = t.answer(*s.Answer)
	}
	if s.Found != nil {
		found = t.found(*s.Found)
	}
	return m.Sheet{
		Lang: lang, Title: i18n.Text(lang, "control.title", nil), Style: style(), In: s.In,
		Main: m.Group(m.El("h1", t.text("control.title")), t.says("control.intro"), t.form(s), answer, found),
		Foot: m.El("p", t.text("control.footer"), m.Text(" "),
			m.El("a", m.Attr("href", "/api/products/control-lists/current/csv"), t.text("control.download"))),
	}.Bytes()
}

func (lang words) form(s shown) m.Node {
	units := m.Each(s.Units, func(u unit) m.Node {
		return m.El("option", m.Attr("value", u.Code), m.When(u.Code == s.Asked.Unit, m.Is("selected")), m.Text(u.Name))
	})
	return m.El("form", m.Attr("method", "get"), m.Attr("action", "/soumis"),
		m.El("input", m.Attr("type", "hidden"), m.Attr("name", "lang"), m.Attr("value", string(lang))),
		lang.field("q", "control.field.product", m.Group(
			m.El("input", named("q"), m.Attr("value", s.Asked.Text), m.Attr("maxlength", "100"), m.Is("required"),
				m.When(s.Wrong["q"] != "", m.Attr("aria-invalid", "true"))),
			wrong(s.Wrong["q"]),
		), s.Wrong["hs"]),
		m.El("div", m.Attr("class", "pair"),
			lang.field("quantity", "form.line.quantity", figure("quantity", s.Asked.Quantity), s.Wrong["quantity"]),
			lang.field("unit", "form.line.unit", m.El("select", named("unit"), m.El("option", m.Attr("value", "")), units), s.Wrong["unit"]),
			lang.field("value", "control.field.value", figure("value", s.Asked.Value), s.Wrong["value"]),
		),
		m.El("p", m.El("button", lang.text("control.ask"))),
	)
}

func (lang words) field(name, label string, input m.Node, fault string) m.Node {
	return m.El("p", m.El("label", m.Attr("for", name), lang.text(label)), input, wrong(fault))
}

func named(name string) m.Node { return m.Group(m.Attr("id", name), m.Attr("name", name)) }

func figure(name, value string) m.Node {
	return m.El("input", named(name), m.Attr("value", value), m.Attr("inputmode", "decimal"), m.Attr("maxlength", "20"))
}

func wrong(fault string) m.Node {
	return m.When(fault != "", m.El("strong", m.Attr("class", "wrong"), m.Text(fault)))
}

func (lang words) answer(a Answer) m.Node {
	facts := m.Group(lang.fact("form.line.hs", code(a.HS)))
	if a.Entry != nil {
		facts = m.Group(facts, lang.entry(*a.Entry))
	}
	return m.El("section", m.Attr("aria-live", "polite"),
		m.El("p", m.Attr("class", "status "+string(a.Outcome)), m.El("span", m.Text(a.OutcomeLabel))),
		m.Each(a.Explanation, func(s string) m.Node { return m.El("p", m.Attr("class", "says"), m.Text(s)) }),
		m.El("dl", facts),
		lang.edition(a.List),
	)
}

func (lang words) fact(key string, value m.Node) m.Node {
	return m.Group(m.El("dt", lang.text(key)), m.El("dd", value))
}

func (lang words) entry(e EntryView) m.Node {
	return m.Group(
		lang.fact("control.field.entry", m.Group(code(e.HS), m.Text(" — "+e.Name))),
		m.When(e.FamilyLabel != "", lang.fact("control.field.family", m.Text(e.FamilyLabel))),
		m.When(len(e.Norms) > 0, lang.fact("control.field.norms", norms(e))),
		m.When(e.Threshold != nil, lang.fact("control.field.threshold", threshold(e))),
	)
}

func norms(e EntryView) m.Node {
	list := m.Group()
	for i, norm := range e.Norms {
		list = m.Group(list, m.When(i > 0, m.Text(" · ")), code(norm))
	}
	return list
}

func threshold(e EntryView) m.Node {
	if e.Threshold == nil {
		return m.Group()
	}
	return apart(e.Threshold.Label)
}

func (lang words) found(f searchResult) m.Node {
	products := lang.says("control.none_found")
	if len(f.Products) > 0 {
		products = m.Group(lang.says("control.found_says"), m.El("div", m.Attr("class", "scroll"), m.El("table",
			m.El("thead", m.El("tr", m.Each([]string{"form.line.hs", "control.field.name", "control.field.control", "control.field.norms", "control.field.threshold"}, lang.column))),
			m.El("tbody", m.Each(f.Products, product)),
		)))
	}
	return m.El("section",
		m.El("h2", lang.text("control.found"), m.Text(fmt.Sprintf(" (%d)", f.Total))),
		products, lang.edition(f.List),
	)
}

func (lang words) column(key string) m.Node {
	return m.El("th", m.Attr("scope", "col"), lang.text(key))
}

func product(e EntryView) m.Node {
	return m.El("tr", m.El("td", code(e.HS)), m.El("td", m.Text(e.Name)), m.El("td", m.Text(e.ControlLabel)), m.El("td", norms(e)), m.El("td", threshold(e)))
}

func (lang words) edition(e EditionView) m.Node {
	return m.El("p", m.Attr("class", "edition"),
		lang.text("control.edition"), m.Text(" "), code(e.Version), m.Text(" · "), lang.text("control.field.in_force"), m.Text(" "), code(shownDay(e.InForce)),
		m.When(e.Sample, m.Text(" · "), m.El("strong", lang.text("control.sample"))),
	)
}

// shownDay is a day as people here write it: 21/11/2026.
func shownDay(d calendar.Date) string {
	return fmt.Sprintf("%02d/%02d/%d", d.Day(), d.Month(), d.Year())
}
