package forms

import (
	"encoding/json"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"portal/shared/problem"
)

// Every form gives every body the verdict of a complete implementation: the
// same faults, at the same places, with the same bounds.
func TestFormsJudgeAsJSONSchemaDoes(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form, err := compiled()[name]()
			if err != nil {
				t.Fatal(err)
			}
			written, err := Raw(name)
			if err != nil {
				t.Fatal(err)
			}
			var doc document
			if err := json.Unmarshal(written, &doc); err != nil {
				t.Fatal(err)
			}
			oracle := oracleOf(t, name)
			valid, invalid := 0, 0
			rapid.Check(t, func(t *rapid.T) {
				if agree(t, name, form, oracle, []byte(body(t, &doc))) {
					valid++
				} else {
					invalid++
				}
			})
			if valid == 0 || invalid == 0 {
				t.Errorf("of the bodies tried, %d were right and %d wrong", valid, invalid)
			}
		})
	}
}

// FuzzForms finds bodies that authors of bodies do not think of.
func FuzzForms(f *testing.F) {
	f.Add(0, []byte(`{"verdicts":[{"line":1,"verdict":"reserved"}]}`))
	f.Add(1, []byte(` {"name" : "a\ud800", "lang":null, "x":[{}, 1e400]}  `))
	f.Add(2, []byte("{\"code\":\"\xff\"}"))
	f.Add(3, []byte(`[[[[{"a":[}]`))
	f.Fuzz(func(t *testing.T, n int, body []byte) {
		name := Names()[(n%len(Names())+len(Names()))%len(Names())]
		form, err := compiled()[name]()
		if err != nil {
			t.Fatal(err)
		}
		agree(t, name, form, oracleOf(t, name), body)
	})
}

// Readers of JSON differ in which of two fields they take. Here it is the last,
// for what is checked, what is read and what is kept.
func TestOfTwoFieldsTheLastCounts(t *testing.T) {
	for body, want := range map[string]string{
		`{"reason":"a","reason":"b"}`:             `[] {"reason":"b"}`,
		`{"reason":1,"re\u0061son":"b"}`:          `[] {"reason":"b"}`,
		`{"reason":"b","reason":1}`:               `[{/reason type map[expected:string]}] `,
		`{"reason":"b","reason":"","x":{}}`:       `[{ unknown_field map[]} {/reason required map[]}] `,
		`{"reason":"b","reason":"","reason":"c"}`: `[] {"reason":"c"}`,
	} {
		var kept json.RawMessage
		faults, err := Check("conformity/cancellation", []byte(body), &kept)
		if got := fmt.Sprintf("%v %s", faults, kept); got != want || err != nil {
			t.Errorf("%s: %s %v", body, got, err)
		}
	}
}

func TestABodyIsReadOnlyWhenItsShapeIsRight(t *testing.T) {
	for body, want := range map[string]string{
		`{"size":12}`:      "12 [] <nil>",
		`{"size":1.2e1}`:   "12 [] <nil>",
		`{"size":3145729}`: "3145729 [{/size too_large map[max:3145728]}] <nil>",
		`{"size":1e20}`:    "0 [{ type map[]} {/size too_large map[max:3145728]}] <nil>",
		`{"size":"12"}`:    "0 [{/size type map[expected:integer]}] <nil>",
		`{"size":12}x`:     "0 [] problem not_json",
		``:                 "0 [] problem not_json",
	} {
		var v struct{ Size int }
		faults, err := Check("conformity/upload", []byte(body), &v)
		if got := fmt.Sprint(v.Size, faults, err); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	if err := Decode("conformity/upload", []byte(`{"size":0}`), &struct{ Size int }{}); !problem.Is(err, "invalid") {
		t.Errorf("%v", err)
	}
	if _, err := Check("conformity/upload", []byte(`{"size":1}`), new(string)); err == nil {
		t.Error("a struct that does not take the form is no error")
	}
}
