package letters

import (
	"html"
	"strings"

	"portal/shared/i18n"
)

// The styles are inline: many mail readers drop everything else. Colours are
// the portal's, all of contrast 7:1 or more.
const (
	styleBody   = "margin:0;padding:0;background:#f4f7fa;color:#10202f;font-family:'Segoe UI',Tahoma,Arial,sans-serif;font-size:16px;line-height:1.5"
	styleHeader = "background:#0b2a45;color:#ffffff;padding:16px 24px;font-size:18px;font-weight:bold"
	styleMain   = "max-width:600px;margin:0 auto;background:#ffffff;padding:24px"
	styleButton = "display:inline-block;background:#0b2a45;color:#ffffff;padding:12px 24px;border-radius:8px;text-decoration:none;font-weight:bold"
	styleTable  = "border-collapse:collapse;width:100%;margin:0 0 16px"
	styleCell   = "border:1px solid #b8c4cf;padding:8px;vertical-align:top;text-align:start"
	styleFooter = "max-width:600px;margin:0 auto;padding:16px 24px;font-size:14px;color:#33475b"
	styleP      = "margin:0 0 16px"
)

type page struct{ strings.Builder }

// tag writes an element around trusted inner HTML.
func (p *page) tag(name, style, inner string) {
	p.WriteString("<" + name)
	if style != "" {
		p.WriteString(` style="` + style + `"`)
	}
	p.WriteString(">" + inner + "</" + name + ">\n")
}

// html is the mail as a page of its own, without images, scripts or anything
// to fetch.
func (l letter) html() string {
	direction := "ltr"
	if l.lang == "ar" {
		direction = "rtl"
	}
	var p page
	p.WriteString(`<!doctype html>` + "\n" + `<html lang="` + l.lang + `" dir="` + direction + `">` + "\n")
	p.WriteString(`<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>` + html.EscapeString(l.subject()) + "</title></head>\n")
	p.WriteString(`<body style="` + styleBody + `">` + "\n")
	p.tag("div", styleHeader, html.EscapeString(l.common("brand")))
	p.tag("main", styleMain, "\n"+l.body())
	lines, values := l.frame()
	var footer page
	for _, line := range lines {
		footer.tag("p", "margin:0 0 8px", linked(line, values))
	}
	p.tag("div", styleFooter, "\n"+footer.String())
	p.WriteString("</body>\n</html>\n")
	return p.String()
}

func (l letter) body() string {
	var p page
	p.tag("h1", "margin:0 0 16px;font-size:20px;line-height:1.3", html.EscapeString(l.subject()))
	l.prose(&p, "text")
	if l.Action != "" {
		p.tag("p", styleP, `<a href="`+html.EscapeString(l.Action)+`" style="`+styleButton+`">`+html.EscapeString(l.raw("action"))+`</a>`)
		p.tag("p", styleP+";font-size:14px", html.EscapeString(l.common("address_instead"))+`<br><bdi style="word-break:break-all">`+html.EscapeString(l.Action)+`</bdi>`)
	}
	if l.Table != nil {
		l.table(&p)
	}
	if len(l.Links) > 0 {
		var list page
		for _, link := range l.Links {
			list.tag("li", "margin:0 0 8px", anchor(link.URL, link.Label))
		}
		p.tag("ul", "margin:0 0 16px;padding-inline-start:24px", "\n"+list.String())
	}
	l.prose(&p, "after")
	return p.String()
}

func (l letter) prose(p *page, name string) {
	for _, paragraph := range l.paragraphs(name) {
		filled := fill(html.EscapeString(paragraph), l.Values, isolatedHTML)
		p.tag("p", styleP, strings.ReplaceAll(filled, "\n", "<br>"))
	}
}

func isolatedHTML(value string) string {
	return "<bdi>" + html.EscapeString(strings.ToValidUTF8(value, "")) + "</bdi>"
}

func (l letter) table(p *page) {
	var t page
	if l.Table.Caption != "" {
		t.tag("caption", "text-align:start;font-weight:bold;padding:0 0 8px", html.EscapeString(i18n.Text(l.lang, l.Table.Caption, nil)))
	}
	var head page
	for _, heading := range l.Table.Headings {
		head.WriteString(`<th scope="col" style="` + styleCell + `">` + html.EscapeString(i18n.Text(l.lang, heading, nil)) + "</th>\n")
	}
	t.tag("tr", "", "\n"+head.String())
	for _, row := range l.Table.Rows {
		var cells page
		for _, cell := range row {
			cells.tag("td", styleCell, isolatedHTML(cell))
		}
		t.tag("tr", "", "\n"+cells.String())
	}
	p.tag("table", styleTable, "\n"+t.String())
}

// linked fills in a line of the frame; web addresses become links.
func linked(line string, values map[string]string) string {
	return fill(html.EscapeString(line), values, func(value string) string {
		if strings.HasPrefix(value, "https://") || strings.HasPrefix(value, "http://") {
			return anchor(value, value)
		}
		return isolatedHTML(value)
	})
}

func anchor(url, label string) string {
	return `<a href="` + html.EscapeString(url) + `" style="color:#0b2a45"><bdi>` + html.EscapeString(strings.ToValidUTF8(label, "")) + `</bdi></a>`
}
