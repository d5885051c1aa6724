package certificates

import (
	"fmt"
	"strconv"

	"portal/shared/calendar"
	"portal/shared/i18n"
	m "portal/shared/markup"
)

// words draws parts of the page in a language.
type words string

func (lang words) text(key string) m.Node { return m.Text(i18n.Text(string(lang), key, nil)) }

// draw is the page of a certificate, or of a number that is none's.
func draw(lang string, public Public, found bool) []byte {
	t := words(lang)
	says := m.Group(status("unknown", t.text("check.unknown")), m.El("p", m.Attr("class", "says"), t.text("check.says.unknown")))
	if found {
		says = t.certificate(public)
	}
	return m.Sheet{
		Lang: lang, Title: i18n.Text(lang, "check.title", nil), Style: style(),
		In:   func(lang string) string { return "?lang=" + lang },
		Head: m.El("meta", m.Attr("name", "robots"), m.Attr("content", "noindex")),
		Main: m.Group(m.El("h1", t.text("check.title")), says),
		Foot: m.El("p", t.text("check.footer")),
	}.Bytes()
}

func status(name string, label m.Node) m.Node {
	return m.El("p", m.Attr("class", "status "+name), m.El("span", label))
}

// apart is a code or a name, whose direction is its own.
func apart(s string) m.Node { return m.El("bdi", m.Text(s)) }

func (lang words) certificate(p Public) m.Node {
	goods := "check.goods"
	if p.Status == nonConforming {
		goods = "check.goods_refused"
	}
	return m.Group(
		status(p.Status, m.Text(p.StatusLabel)),
		m.El("p", m.Attr("class", "says"), lang.text(says(p))),
		m.El("dl",
			lang.fact("check.number", apart(p.Number)),
			lang.fact("check.kind", lang.text("certificate.kind."+p.Kind)),
			lang.fact("check.bureau", m.Text(p.Bureau)),
			m.When(p.Route != "", lang.fact("form.object.route", m.Text(p.Route))),
			lang.fact("check.issued", apart(shownDay(calendar.DateIn(p.Issued)))),
			lang.day("check.renewed", p.Renewed),
			lang.day("check.expires", p.Expires),
			m.When(p.ReplacedBy != "", lang.fact("check.replaced_by", m.El("a", m.Attr("href", "/c/"+p.ReplacedBy), apart(p.ReplacedBy)))),
		),
		m.El("h2", lang.text(goods), m.Text(fmt.Sprintf(" (%d)", p.Lines))),
		m.El("div", m.Attr("class", "scroll"), m.El("table",
			m.El("thead", m.El("tr", m.Each([]string{"form.verdict.line", "form.line.hs", "form.line.designation", "form.line.origin", "form.line.quantity"}, lang.column))),
			m.El("tbody", m.Each(p.Goods, line)),
		)),
	)
}

func (lang words) fact(key string, value m.Node) m.Node {
	return m.Group(m.El("dt", lang.text(key)), m.El("dd", value))
}

// day is a fact that is a date (ISO 8601), or nothing.
func (lang words) day(key, iso string) m.Node {
	day := shownText(iso)
	return m.When(day != "", lang.fact(key, apart(day)))
}

func (lang words) column(key string) m.Node {
	return m.El("th", m.Attr("scope", "col"), lang.text(key))
}

func line(g Goods) m.Node {
	also := func(s string) m.Node { return m.When(s != "", m.Text(" · "), apart(s)) }
	return m.El("tr",
		m.El("td", m.Text(strconv.Itoa(g.N))),
		m.El("td", apart(g.HS)),
		m.El("td", apart(g.Designation), also(g.Brand), also(g.Reference)),
		m.El("td", m.Text(g.Origin)),
		m.El("td", apart(fmt.Sprint(g.Quantity)), m.Text(" "+g.Unit)),
	)
}
