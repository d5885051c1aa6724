package forms

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"
)

// author draws bodies from a form's own schema: as it wants them, or with faults
// of every kind strewn in at any depth.
type author struct {
	*rapid.T
	defs    map[string]*document
	careful bool
}

// body writes a body for a form.
func body(t *rapid.T, form *document) string {
	return author{t, form.Defs, rapid.IntRange(0, 3).Draw(t, "care") == 0}.value(form)
}

// slips tells whether to do wrong this time, one time in so many.
func (a author) slips(times int, how string) bool {
	return !a.careful && rapid.IntRange(1, times).Draw(a.T, how) == 1
}

func (a author) value(d *document) string {
	if a.slips(16, "stray") {
		return garbage(a.T, 3)
	}
	if d.Ref != "" {
		return a.value(a.defs[strings.TrimPrefix(d.Ref, "#/$defs/")])
	}
	if d.Const != nil {
		return string(d.Const)
	}
	if len(d.Enum) > 0 {
		return string(rapid.SampledFrom(d.Enum).Draw(a.T, "choice"))
	}
	kind := "object"
	if len(d.Type) > 0 {
		kind = rapid.SampledFrom(d.Type).Draw(a.T, "type")
	}
	switch kind {
	case "object":
		return a.object(d)
	case "array":
		return a.array(d)
	case "string":
		return quote(a.T, a.text(d))
	case "number", "integer":
		return a.number(d)
	case "boolean":
		return rapid.SampledFrom([]string{"true", "false"}).Draw(a.T, "boolean")
	}
	return "null"
}

func (a author) object(d *document) string {
	var members []string
	for _, name := range slices.Sorted(maps.Keys(d.Properties)) {
		if !a.slips(10, "left out") {
			members = append(members, quote(a.T, name)+":"+a.value(d.Properties[name]))
		}
	}
	if a.slips(20, "unknown") {
		members = append(members, quote(a.T, rapid.SampledFrom([]string{"", "constructor", "__proto__", "a/b~c", "Name"}).Draw(a.T, "name"))+":"+garbage(a.T, 2))
	}
	if len(members) > 0 && a.slips(20, "twice") {
		members = append(members, rapid.SampledFrom(members).Draw(a.T, "same"))
		if len(d.Properties) > 0 {
			name := rapid.SampledFrom(slices.Sorted(maps.Keys(d.Properties))).Draw(a.T, "other")
			members = append(members, quote(a.T, name)+":"+garbage(a.T, 1))
		}
	}
	return "{" + strings.Join(rapid.Permutation(members).Draw(a.T, "order"), rapid.SampledFrom([]string{",", " ,\n\t"}).Draw(a.T, "comma")) + "}"
}

func (a author) array(d *document) string {
	n := rapid.IntRange(least(d.MinItems), 3).Draw(a.T, "items")
	if a.slips(10, "none") {
		n = 0
	}
	var items []string
	for range n {
		items = append(items, a.value(d.Items))
	}
	if n > 0 && a.slips(10, "again") {
		copies := 1
		if d.MaxItems != nil && (*d.MaxItems <= 1000 || a.slips(20, "very many")) {
			copies = max(0, *d.MaxItems-n+rapid.IntRange(0, 1).Draw(a.T, "over"))
		}
		items = append(items, slices.Repeat(items[:1], copies)...)
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// drawText draws texts that fit, and texts about as long as the bounds.
func (a author) text(d *document) string {
	switch {
	case a.slips(10, "any"):
		return rapid.String().Draw(a.T, "any")
	case a.slips(10, "length"):
		length := rapid.SampledFrom([]int{0, least(d.MinLength), min(most(d.MaxLength), 5000)}).Draw(a.T, "bound")
		return strings.Repeat(rapid.SampledFrom([]string{"a", "é", "🙂", " ", "\""}).Draw(a.T, "letter"), max(0, length+rapid.IntRange(-1, 1).Draw(a.T, "over")))
	case a.careful && d.Format == "date":
		return "2028-02-29"
	case a.careful && d.Format == "email":
		return "samira@example.ma"
	case d.Format == "date":
		return rapid.SampledFrom([]string{"2026-02-28", "2026-02-29", "2028-02-29", "2026-2-28", "0000-01-01", "9999-12-31", "2026-13-01", "", "2026-01-01T00:00:00Z"}).Draw(a.T, "date")
	case d.Format == "email":
		return rapid.SampledFrom(addresses).Draw(a.T, "address")
	case d.Pattern != "":
		return rapid.StringMatching(d.Pattern).Draw(a.T, "match")
	}
	return rapid.StringN(max(1, least(d.MinLength)), min(most(d.MaxLength), 100), -1).Draw(a.T, "words")
}

var oddNumbers = []string{
	"0", "-0", "0.0", "-0.0", "0e5", "1", "1.0", "10e-1", "1E0", "1.5", "-1", "-1.25", "1e3", "1e-3", "12.50", "2.675", "0.1",
	"10000", "10000.0", "10001", "9999.999999", "1000000000000", "1000000000000.0", "1000000000000.00000001", "999999999999.99999999",
	"1e12", "1.0000000000001e12", "3145728", "3145729", "9007199254740993", "9007199254740993.0", "1e20", "1e99", "1e100", "1e101", "1e400", "-1e400",
	"1e-99", "1e-101", "1e-400", "0.00000000000000000000000000000000000001", "1.00000000000000000000000000000000001",
	"111111111111111111111111111111111111111", "1e999999999",
}

func (a author) number(d *document) string {
	switch {
	case a.slips(4, "odd"):
		return rapid.SampledFrom(oddNumbers).Draw(a.T, "odd")
	case a.slips(4, "fraction"):
		return strconv.FormatFloat(rapid.Float64Range(-10, 1e6).Draw(a.T, "float"), 'f', -1, 64)
	case a.slips(4, "bound"):
		for _, bound := range []json.Number{d.Minimum, d.Maximum, d.ExclusiveMinimum} {
			if bound != "" && rapid.Bool().Draw(a.T, "at the bound") {
				return bound.String() + rapid.SampledFrom([]string{"", ".0", ".5", "e0", ".00000000000000001"}).Draw(a.T, "past it")
			}
		}
	}
	least, most := 1, 10000
	if n, err := d.Minimum.Int64(); err == nil {
		least = int(n)
	}
	if n, err := d.Maximum.Int64(); err == nil && int(n) < most {
		most = int(n)
	}
	return strconv.Itoa(rapid.IntRange(least, max(least, most)).Draw(a.T, "integer"))
}

// garbage is any JSON at all.
func garbage(t *rapid.T, depth int) string {
	most := 6
	if depth == 0 {
		most = 4
	}
	switch rapid.IntRange(0, most).Draw(t, "garbage") {
	case 0:
		return rapid.SampledFrom([]string{"null", "true", "false"}).Draw(t, "word")
	case 1, 2:
		return rapid.SampledFrom(oddNumbers).Draw(t, "odd")
	case 3:
		return rapid.SampledFrom([]string{`""`, `" "`, `"\ud800"`, `"\u0000"`, "\"\xff\"", "\"\xfe\"", `"a"`, `"\u0061"`, `"reserved"`, `"1"`}).Draw(t, "odd text")
	case 4:
		return quote(t, rapid.String().Draw(t, "text"))
	case 5:
		items := make([]string, rapid.IntRange(0, 4).Draw(t, "items"))
		for i := range items {
			items[i] = garbage(t, depth-1)
		}
		return "[" + strings.Join(items, ",") + "]"
	}
	members := make([]string, rapid.IntRange(0, 4).Draw(t, "members"))
	for i := range members {
		members[i] = quote(t, fmt.Sprintf("%s%d", rapid.SampledFrom([]string{"", "a", "é", "x\"y"}).Draw(t, "name"), rapid.SampledFrom([]int{i, i, i, 0, 1}).Draw(t, "number"))) + ":" + garbage(t, depth-1)
	}
	return "{" + strings.Join(members, " , ") + "}"
}

// quote writes a text as JSON, now as it is, now in escapes.
func quote(t *rapid.T, s string) string {
	if rapid.IntRange(0, 9).Draw(t, "escaped") > 0 {
		quoted, _ := json.Marshal(s)
		return string(quoted)
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r > 0xffff {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
