package forms

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// keywords writes a value for each keyword that forms may use; sub writes a
// schema below it.
var keywords = map[string]func(t *rapid.T, sub func() string) string{
	"type": sampled(`"object"`, `"array"`, `"string"`, `"number"`, `"integer"`, `"boolean"`, `"null"`,
		`["string","null"]`, `["integer","object"]`, `["array","number"]`),
	"const":  sampled("null", "1", "1.0", `"a"`, `[1,2]`, `{"a1":1.50}`),
	"enum":   sampled(`["a"]`, `[1,"1",null]`, `[0.5,true,""]`, `[{"":0,"a1":[]},"\""]`, `[false,1e3]`),
	"format": sampled(`"date"`, `"email"`),
	"$ref":   sampled(`"#/$defs/code"`, `"#/$defs/list"`),
	"properties": func(_ *rapid.T, sub func() string) string {
		return `{"0":` + sub() + `,"a1":` + sub() + `,"é2":` + sub() + `}`
	},
	"required":             sampled(`["a1","x\"y3"]`, `["0"]`, `[]`),
	"dependentRequired":    sampled(`{"0":["a1"],"a1":["é2","0"]}`),
	"additionalProperties": sampled("true", "false"),
	"minProperties":        sampled("0", "1", "3"),
	"items":                func(_ *rapid.T, sub func() string) string { return sub() },
	"minItems":             sampled("0", "1", "3"),
	"maxItems":             sampled("0", "1", "3"),
	"uniqueItems":          sampled("true", "false"),
	"minLength":            sampled("0", "1", "3"),
	"maxLength":            sampled("0", "1", "3"),
	"pattern":              sampled(`"^[a-z0-9]*$"`, `"\\S"`),
	"minimum":              sampled("0", "1.5", "-1e3"),
	"maximum":              sampled("0", "1.5", "10000", "0.1"),
	"exclusiveMinimum":     sampled("0", "1.5", "10000", "0.1"),
	"allOf":                func(_ *rapid.T, sub func() string) string { return "[" + sub() + "," + sub() + "]" },
	"if":                   func(_ *rapid.T, sub func() string) string { return sub() },
	"then":                 func(_ *rapid.T, sub func() string) string { return sub() },
	"else":                 func(_ *rapid.T, sub func() string) string { return sub() },
}

func sampled(values ...string) func(*rapid.T, func() string) string {
	return func(t *rapid.T, _ func() string) string { return rapid.SampledFrom(values).Draw(t, "value") }
}

// sketch draws a schema with any keywords.
func sketch(t *rapid.T, depth int) string {
	if depth == 0 {
		return rapid.SampledFrom([]string{"true", "false", "{}", `{"type":"integer"}`, `{"$ref":"#/$defs/code"}`}).Draw(t, "leaf")
	}
	drawn := rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(keywords))), 0, 6, rapid.ID[string]).Draw(t, "keywords")
	members := make([]string, len(drawn))
	for i, name := range drawn {
		members[i] = fmt.Sprintf("%q:%s", name, keywords[name](t, func() string { return sketch(t, depth-1) }))
	}
	return "{" + strings.Join(members, ",") + "}"
}

// Forms to come may use the keywords in other ways than those there are.
func TestAnySchemaOfOurKeywordsJudgesAsJSONSchemaDoes(t *testing.T) {
	valid, invalid := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		root := sketch(rt, 3)
		raw := []byte(`{"$defs":{"code":{"type":["string","number"],"minLength":1},"list":{"items":{"$ref":"#/$defs/code"}}},"allOf":[` + root + `]}`)
		ours, err := compile(raw)
		if err != nil {
			rt.Fatalf("%s: %v", raw, err)
		}
		oracle := newOracle(t, raw)
		for range 20 {
			if agree(rt, string(raw), ours, oracle, []byte(garbage(rt, 3))) {
				valid++
			} else {
				invalid++
			}
		}
	})
	if valid == 0 || invalid == 0 {
		t.Errorf("of the values tried, %d were right and %d wrong", valid, invalid)
	}
}

// What a form says and the server does not know is never passed over.
func TestASchemaOfUnknownWordsIsRefused(t *testing.T) {
	for raw, want := range map[string]string{
		`{"type":"object"}`: "",
		`true`:              "",
		`{"oneOf":[]}`:      `unknown field "oneOf"`,
		`{"properties":{"a":{"items":{"maxItem":1}}}}`: `unknown field "maxItem"`,
		`{"$defs":{"a":{"x-lists":"ports"}}}`:          `unknown field "x-lists"`,
		`{"type":"text"}`:                              `no type is called "text"`,
		`{"format":"uri"}`:                             `no format is called "uri"`,
		`{"pattern":"("}`:                              "missing closing )",
		`{"$ref":"#/$defs/a"}`:                         `"#/$defs/a" refers to nothing`,
		`{"$ref":"other.json"}`:                        `"other.json" refers to nothing`,
		`{"additionalProperties":{}}`:                  "additionalProperties",
		`{"properties":{` + manyFields(65) + `}}`:      "65 fields",
		`{`: "unexpected end",
	} {
		_, err := compile([]byte(raw))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%.60s: %v, want %q", raw, err, want)
		}
	}
	if _, err := compile([]byte(`{"properties":{` + manyFields(64) + `}}`)); err != nil {
		t.Error(err)
	}
}

func manyFields(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"f%d":true`, i)
	}
	return strings.Join(list, ",")
}

func TestEveryFormIsReady(t *testing.T) {
	if len(Names()) < 29 {
		t.Errorf("only %d forms", len(Names()))
	}
	for _, name := range Names() {
		if _, err := compiled()[name](); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Check("conformity/nothing", []byte(`{}`), new(any)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a form that is not: %v", err)
	}
}
