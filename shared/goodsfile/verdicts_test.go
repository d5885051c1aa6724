package goodsfile

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"portal/shared/conformity"
	"portal/shared/problem"
)

func TestTheColumnsAreTheFieldsOfTheForm(t *testing.T) {
	want := slices.Sorted(maps.Keys(lineBounds()))
	if got := slices.Sorted(slices.Values(Fields())); !slices.Equal(got, want) {
		t.Errorf("columns %v, the form has %v", got, want)
	}
	var line map[string]any
	raw, err := json.Marshal(goodLine())
	if err != nil || json.Unmarshal(raw, &line) != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(line)); !slices.Equal(got, want) {
		t.Errorf("a line has %v, the form has %v", got, want)
	}
	for field, b := range lineBounds() {
		if isNumber(field) == (b.Maximum == nil) || !isNumber(field) && b.MaxLength == 0 {
			t.Errorf("%s has the bounds %+v", field, b)
		}
	}
}

// cellTexts are texts of which some are right.
func cellTexts(field string) *rapid.Generator[string] {
	words := rapid.StringMatching(`[A-Za-zéàق]{1,12}( [a-z0-9]{1,8}){0,2}`)
	long := rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat("é", rapid.SampledFrom([]int{100, 101, 200, 201, 500, 501}).Draw(t, "length"))
	})
	switch field {
	case "hs":
		return rapid.OneOf(rapid.StringMatching(`[0-9]{10}|[0-9]{4}\.[0-9]{2}\.[0-9]{2}\.[0-9]{2}`), rapid.StringMatching(`[0-9.]{0,13}|[A-Za-z]{1,13}`))
	case "origin":
		return rapid.SampledFrom([]string{"CN", "FR", "MA", "XX", "ZZ", "C", "", "12"})
	case "unit":
		return rapid.SampledFrom([]string{"H87", "KGM", "EA", "ZZZ", "", "1"})
	case "quantity", "value":
		return rapid.Custom(func(t *rapid.T) string {
			return plain(float64(rapid.SampledFrom([]int64{0, 1, 15, -1, 1250, 1e12 * 100, 1e12*100 + 1, -100}).Draw(t, "hundredths")) / 100)
		})
	}
	return rapid.OneOf(words, long, rapid.Just(""))
}

// TestAFileIsJudgedAsTheFormIs gives random lines to the form and, as a file,
// to Read: the same cells are wrong, for the same reasons. A few reasons are
// told more plainly of a file, where a field is not typed but read.
func TestAFileIsJudgedAsTheFormIs(t *testing.T) {
	plainer := map[string]string{hsWithoutZero: "hs", hsRounded: "hs"}
	rapid.Check(t, func(rt *rapid.T) {
		shipped := rapid.Bool().Draw(rt, "shipped")
		var lines []conformity.Line
		var rows [][]string
		for range rapid.IntRange(1, 4).Draw(rt, "lines") {
			row := make([]string, len(fields))
			for i, field := range fields {
				row[i] = cellTexts(field).Draw(rt, field)
			}
			rows, lines = append(rows, row), append(lines, typed(row))
		}
		var form, file []string
		for _, f := range formFaults(lines, shipped) {
			index, field, _ := strings.Cut(strings.TrimPrefix(f.Pointer, "/goods/lines/"), "/")
			code, typed := f.Code, rows[index[0]-'0'][place(field)]
			switch {
			case typed == "":
				code = "required" // the form calls an empty code one of a wrong format
			case field == "origin" || field == "unit":
				code = "choice" // and an unknown one too, depending on its length
			case isNumber(field) && code == "required":
				code = "not_above" // and does not send a zero
			}
			form = append(form, fmt.Sprintf("%s %s %s %v", index, field, code, f.Params["max"]))
		}
		r := Read(csvOf(rows...), shipped)
		for _, f := range r.Faults {
			code := f.Code
			if same, ok := plainer[code]; ok {
				code = same
			}
			if !shipped && code == "not_above" && rows[f.Row-2][place(f.Field)] == "0" {
				continue // a zero is not sent, and not missed either
			}
			file = append(file, fmt.Sprintf("%d %s %s %v", f.Row-2, f.Field, code, f.Params["max"]))
		}
		slices.Sort(form)
		slices.Sort(file)
		if !slices.Equal(form, file) {
			rt.Fatalf("%q\nform %q\nfile %q", rows, form, file)
		}
		if len(r.Faults) == 0 && len(r.Lines) != len(lines) {
			rt.Fatalf("%d of %d lines", len(r.Lines), len(lines))
		}
	})
}

// formFaults is what the form and the rules of the procedure say of lines.
func formFaults(lines []conformity.Line, shipped bool) []problem.Fault {
	facts := conformity.FactsOf(lines)
	said := map[string]bool{}
	var faults []problem.Fault
	for _, f := range facts.Faults {
		if !said[f.Pointer] {
			said[f.Pointer] = true
			faults = append(faults, f)
		}
	}
	for _, f := range facts.Unmeasured {
		if shipped && !said[f.Pointer] {
			faults = append(faults, f)
		}
	}
	return faults
}

// typed is a line as the form would send these texts.
func typed(row []string) conformity.Line {
	number := func(field string) float64 {
		f, _ := parseNumber(row[place(field)], false)
		return f
	}
	return conformity.Line{
		HS: row[0], Designation: row[1], Brand: row[2], Reference: row[3], Origin: row[4], Manufacturer: row[5],
		Quantity: number("quantity"), Unit: row[7], Value: number("value"), Norm: row[9],
	}
}

// TestWhatIsReadPassesTheForm sends every line that Read lets through to the
// form, whatever the file.
func TestWhatIsReadPassesTheForm(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		row := make([]string, len(fields))
		for i, field := range fields {
			row[i] = rapid.OneOf(cellTexts(field), rapid.Just(goodRow()[i]), rapid.String()).Draw(rt, field)
		}
		shipped := rapid.Bool().Draw(rt, "shipped")
		r := Read(csvWith(rapid.SampledFrom(delimiters).Draw(rt, "delimiter"), "fr", row), shipped)
		if len(r.Lines) == 0 {
			return
		}
		if faults := formFaults(r.Lines, shipped); len(faults) > 0 {
			rt.Fatalf("%q is read as %+v, which the form refuses: %v", row, r.Lines, faults)
		}
	})
}
