// Package markup writes HTML pages from Go: texts and attribute values are
// always escaped, there is no other way to write them. It does what pages
// without a script need; html/template would keep the linker from dropping
// anything, and double every Lambda.
package markup

import (
	"html"
	"strings"
)

// Node is a part of a page: an element, an attribute of the element it is given
// to, a text, or several of them.
type Node interface{ write(*strings.Builder) }

type (
	text      string
	verbatim  string
	group     []Node
	attribute struct {
		name, value string
		bare        bool
	}
	element struct {
		name  string
		parts []Node
	}
)

// Text is a text.
func Text(s string) Node { return text(s) }

// Attr is an attribute. The value of one that browsers follow (href, action)
// must begin with something of our own.
func Attr(name, value string) Node { return attribute{name: name, value: value} }

// Is is an attribute without a value.
func Is(name string) Node { return attribute{name: name, bare: true} }

// El is an element with its attributes, children and texts, in any order.
func El(name string, parts ...Node) Node { return element{name, parts} }

// Group is parts one after the other.
func Group(parts ...Node) Node { return group(parts) }

// Each is a part for every item of a list.
func Each[T any](list []T, one func(T) Node) Node {
	parts := make(group, len(list))
	for i, item := range list {
		parts[i] = one(item)
	}
	return parts
}

// When is parts, or nothing.
func When(yes bool, parts ...Node) Node {
	if !yes {
		return group(nil)
	}
	return group(parts)
}

// Style is a style sheet, as written by us.
func Style(css string) Node { return El("style", verbatim(css)) }

// Page is a whole page, right to left in Arabic.
func Page(lang string, parts ...Node) []byte {
	direction := "ltr"
	if lang == "ar" {
		direction = "rtl"
	}
	var b strings.Builder
	b.WriteString("<!doctype html>\n")
	El("html", Attr("lang", lang), Attr("dir", direction), group(parts)).write(&b)
	b.WriteByte('\n')
	return []byte(b.String())
}

func (t text) write(b *strings.Builder) { b.WriteString(html.EscapeString(string(t))) }

func (v verbatim) write(b *strings.Builder) { b.WriteString(string(v)) }

func (g group) write(b *strings.Builder) {
	for _, n := range g {
		if _, is := n.(attribute); !is {
			n.write(b)
		}
	}
}

func (a attribute) write(b *strings.Builder) {
	if a.bare {
		b.WriteString(" " + a.name)
		return
	}
	b.WriteString(" " + a.name + `="` + html.EscapeString(a.value) + `"`)
}

func (e element) write(b *strings.Builder) {
	b.WriteString("<" + e.name)
	group(e.parts).attributes(b)
	b.WriteByte('>')
	group(e.parts).write(b)
	if !void[e.name] {
		b.WriteString("</" + e.name + ">")
	}
}

// attributes writes those of the element that the group is given to.
func (g group) attributes(b *strings.Builder) {
	for _, n := range g {
		switch n := n.(type) {
		case attribute:
			n.write(b)
		case group:
			n.attributes(b)
		}
	}
}

// void are the elements without an end (HTML, section 13.1.2).
var void = map[string]bool{"br": true, "input": true, "link": true, "meta": true}
