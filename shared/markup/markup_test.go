package markup

import (
	"html"
	"strings"
	"testing"
)

func written(n Node) string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func TestElementsAreWrittenWithTheirParts(t *testing.T) {
	for want, n := range map[string]Node{
		`<p>a &lt; b</p>`:                         El("p", Text("a < b")),
		`<p class="x">a</p>`:                      El("p", Text("a"), Attr("class", "x")),
		`<input value="&#34;&gt;">`:               El("input", Attr("value", `">`)),
		`<a lang="fr" aria-current="true">fr</a>`: El("a", Attr("lang", "fr"), When(true, Attr("aria-current", "true")), Text("fr")),
		`<a lang="ar">ar</a>`:                     El("a", Attr("lang", "ar"), When(false, Attr("aria-current", "true")), Text("ar")),
		`<ul><li>1</li><li>2</li></ul>`:           El("ul", Each([]string{"1", "2"}, func(s string) Node { return El("li", Text(s)) })),
		`<input required>`:                        El("input", Is("required")),
		`<style>a > b{}</style>`:                  Style("a > b{}"),
		`<dt>a</dt><dd>b</dd>`:                    Group(El("dt", Text("a")), El("dd", Text("b"))),
		``:                                        When(false, El("p")),
	} {
		if got := written(n); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := string(Page("ar", El("body"))); got != "<!doctype html>\n<html lang=\"ar\" dir=\"rtl\"><body></body></html>\n" {
		t.Errorf("page %q", got)
	}
}

// Whatever is said stays what is said: no text or value becomes markup.
func FuzzTexts(f *testing.F) {
	f.Add(`<script>alert("1")</script>`, `" onload='x`)
	f.Add("&lt;", "\x00'")
	f.Fuzz(func(t *testing.T, said, value string) {
		page := written(El("p", Attr("title", value), Text(said)))
		inner, ok := strings.CutPrefix(page, `<p title="`)
		inner, end := strings.CutSuffix(inner, "</p>")
		first, second, both := strings.Cut(inner, `">`)
		if !ok || !end || !both || strings.ContainsAny(first+second, `<>"'`) || html.UnescapeString(first) != value || html.UnescapeString(second) != said {
			t.Fatalf("%q", page)
		}
	})
}
