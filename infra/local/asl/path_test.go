package asl

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

func value(t testing.TB, text string) any {
	t.Helper()
	v, err := decode([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

func text(t interface {
	Helper()
	Fatal(...any)
}, v any) string {
	t.Helper()
	data, err := encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestPathsFindOnePlace(t *testing.T) {
	const data = `{"a": {"b": [10, {"c": null}], "d e": 1, "né": 2, "f-g_1": 3}}`
	for _, c := range []struct {
		path, want string // "" when there is nothing
	}{
		{"$", data},
		{"$.a.b", `[10, {"c": null}]`},
		{"$.a.b[0]", "10"},
		{"$.a.b[1].c", "null"},
		{"$['a']['d e']", "1"},
		{"$.a.né", "2"},
		{"$.a.f-g_1", "3"},
		{"$.a.b[2]", ""},
		{"$.a.b.c", ""},
		{"$.a[0]", ""},
		{"$.x", ""},
		{"$.a.b[1].c.d", ""},
	} {
		p, err := parsePath(c.path)
		if err != nil {
			t.Errorf("%s: %v", c.path, err)
			continue
		}
		got, ok := p.find(value(t, data))
		if ok != (c.want != "") || ok && text(t, got) != text(t, value(t, c.want)) {
			t.Errorf("%s finds %v %v, want %s", c.path, got, ok, c.want)
		}
	}
}

func TestPathsThatAreNoReferencePathsAreRefused(t *testing.T) {
	for _, p := range []string{
		"", "a", "a.b", "$a", "$.", "$..a", "$.a.", "$.*", "$.a[*]", "$.a[-1]", "$.a[1:2]", "$.a[0,1]", "$.a[?(@.b)]",
		"$.a[]", "$.a[", "$['a", "$['']", "$['a','b']", "$[a]", "$.a b", "$.length()", "$$.Task.Token", "$@", "$.a[99999999999]",
	} {
		if got, err := parsePath(p); err == nil {
			t.Errorf("%q was read as %v", p, got)
		}
	}
}

func TestResultsArePlaced(t *testing.T) {
	for _, c := range []struct{ root, path, want string }{
		{`{"a": 1}`, "$", `9`},
		{`{"a": 1}`, "$.b", `{"a":1,"b":9}`},
		{`{"a": 1}`, "$.a", `{"a":9}`},
		{`{"a": 1}`, "$.b.c.d", `{"a":1,"b":{"c":{"d":9}}}`},
		{`{"a": null}`, "$.a.b", `{"a":{"b":9}}`},
		{`{"a": [1, 2]}`, "$.a[1]", `{"a":[1,9]}`},
		{`{"a": [{}]}`, "$.a[0].b", `{"a":[{"b":9}]}`},
		{`null`, "$.a", `{"a":9}`},
		{`{"a": [1]}`, "$.a[1]", ""},
		{`{"a": 1}`, "$.a.b", ""},
		{`{}`, "$.a[0]", ""},
		{`"text"`, "$.a", ""},
	} {
		p, err := parsePath(c.path)
		if err != nil {
			t.Fatal(err)
		}
		root := value(t, c.root)
		got, ok := p.place(root, json.Number("9"))
		if ok != (c.want != "") || ok && text(t, got) != c.want {
			t.Errorf("9 at %s of %s is %v %v, want %s", c.path, c.root, got, ok, c.want)
		}
		if text(t, root) != text(t, value(t, c.root)) {
			t.Errorf("placing at %s changed its input to %s", c.path, text(t, root))
		}
	}
}

func TestWhatIsPlacedIsFoundAndNothingElseChanges(t *testing.T) {
	names := rapid.SampledFrom([]string{"a", "b", "c d", "é"})
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) path {
			var p path
			for _, name := range rapid.SliceOfN(names, 1, 4).Draw(t, label) {
				p.steps = append(p.steps, pathStep{name: name})
			}
			return p
		}
		written := draw("written")
		again, err := parsePath(written.String())
		if err != nil || again.String() != written.String() {
			t.Fatalf("%s reads back as %s, %v", written, again, err)
		}
		before, ok := draw("first").place(map[string]any{}, "first")
		if !ok {
			t.Fatal("an empty object has no place")
		}
		after, ok := written.place(before, "second")
		if !ok {
			return // the first value is in the way
		}
		if got, ok := written.find(after); !ok || got != "second" {
			t.Fatalf("at %s of %v there is %v", written, after, got)
		}
	})
}

func FuzzPath(f *testing.F) {
	f.Add("$.a['b c'][0].d")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePath(s)
		if err != nil {
			return
		}
		again, err := parsePath(p.String())
		if err != nil || again.String() != p.String() {
			t.Fatalf("%q: %s reads back as %s, %v", s, p, again, err)
		}
		p.find(map[string]any{"a": []any{"b"}})
	})
}
