// Package goodsfile reads goods lines from a file that a spreadsheet saved, CSV
// or XLSX (the conformity specification, form step 4: goods added in bulk), and
// names every bad cell at once. It draws the template and the guide that go
// with it, and gives a refused file back with its errors beside the rows.
//
// A cell is judged as the same field typed into the form conformity/goods:
// bounds come from that form, codes from the reference lists. What a file adds
// is only what spreadsheets do to what people type: numbers in the ways of
// their language, codes as numbers, names where a code is asked for.
package goodsfile

import (
	"encoding/json"
	"slices"
	"strconv"
	"sync"

	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/i18n"
	"portal/shared/xlsx"
)

// Bounds of a file.
const (
	MaxBytes    = 5 << 20
	MaxLines    = 10_000
	mostColumns = 64 // the file has ten; people write notes beside them
)

// Kind is the format of a file.
type Kind string

// The formats.
const (
	CSV  Kind = "csv"
	XLSX Kind = "xlsx"
)

// ContentType is the media type to send and to store a file with.
func (k Kind) ContentType() string {
	if k == XLSX {
		return xlsx.ContentType
	}
	return "text/csv"
}

var fields = []string{"hs", "designation", "brand", "reference", "origin", "manufacturer", "quantity", "unit", "value", "norm"}

// Fields lists the columns of the file in their order, by the names that the
// form conformity/goods gives them.
func Fields() []string { return slices.Clone(fields) }

// Heading is a column's heading in a language: the label of its field.
func Heading(lang, field string) string { return i18n.Text(lang, "form.line."+field, nil) }

// Fault is one bad cell, or something wrong with the file as a whole (Row 0).
// It never carries what was in the cell.
type Fault struct {
	Sheet  string         // its name in the file; "" in CSV
	Row    int            // from 1, as the spreadsheet shows it
	Column string         // letters, as the spreadsheet shows them; "" of a row or a file
	Field  string         // of the form; "" where the column is none of them
	Code   string         // stable, catalogue key fault.<code>
	Params map[string]any // of the text
}

// Place is where the cell is, as spreadsheets write it: E7; 7 of a row as a
// whole, "" of a file.
func (f Fault) Place() string {
	if f.Row == 0 {
		return ""
	}
	return f.Column + strconv.Itoa(f.Row)
}

// Message says what is wrong, in a language.
func (f Fault) Message(lang string) string {
	params := f.Params
	if f.Code == headingMissing {
		params = map[string]any{"heading": Heading(lang, f.Field)}
	}
	return i18n.Text(lang, "fault."+f.Code, params)
}

// The codes of faults that only files have, keys of the catalogue of messages;
// the others are those of the form.
const (
	fileEmpty      = "sheet_empty"
	fileNoLines    = "sheet_no_lines"
	fileTooLarge   = "sheet_too_large"
	fileType       = "sheet_type"
	fileOldFormat  = "sheet_old_format"
	fileEncrypted  = "sheet_encrypted"
	fileMacros     = "sheet_macros"
	fileDamaged    = "sheet_damaged"
	fileManyRows   = "sheet_too_many_rows" // max
	fileNoHeadings = "sheet_no_headings"
	headingMissing = "heading_missing" // heading
	headingUnknown = "heading_unknown"
	headingDoubled = "heading_doubled"
	cellOutside    = "cell_outside"
	cellDate       = "cell_date"
	cellError      = "cell_error"
	notANumber     = "number"
	twoNumbers     = "number_ambiguous"
	hsWithoutZero  = "hs_zero"
	hsRounded      = "hs_rounded"
)

// Codes lists every code of a fault, so that a catalogue can be held complete.
func Codes() []string {
	return []string{
		fileEmpty, fileNoLines, fileTooLarge, fileType, fileOldFormat, fileEncrypted, fileMacros, fileDamaged, fileManyRows, fileNoHeadings,
		headingMissing, headingUnknown, headingDoubled, cellOutside, cellDate, cellError, notANumber, twoNumbers, hsWithoutZero, hsRounded,
		"required", "too_long", "hs", "choice", "not_above", "too_small", "too_large",
	}
}

// Reading is what a file holds: all its lines, or what is wrong.
type Reading struct {
	Kind   Kind              // "" when it is no table, and Annotated has nothing to write beside
	Lines  []conformity.Line // none when there are faults
	Faults []Fault           // every bad cell, row by row

	columns []string // field of each column, "" for none
	top     int      // row of the headings; 0 when there is none
	width   int      // columns with something in them
}

// bounds are what the form says of a field.
type bounds struct {
	MaxLength        int      `json:"maxLength"`
	Minimum          *float64 `json:"minimum"`
	ExclusiveMinimum *float64 `json:"exclusiveMinimum"`
	Maximum          *float64 `json:"maximum"`
	List             string   `json:"x-list"`
	need             Need
}

// Need is whether a column must be filled in.
type Need string

// The needs, labels under goods_file.<need>.
const (
	Required Need = "required"
	Shipped  Need = "required_shipped" // in a request for goods that are shipped, not in one that registers products
	Optional Need = "optional"
)

// shippedFields are what goods that are shipped need besides the form's own
// (conformity.Facts.Unmeasured).
var shippedFields = []string{"quantity", "unit", "value"}

// lineBounds reads the form conformity/goods: a field is declared once.
var lineBounds = sync.OnceValue(func() map[string]bounds {
	var form struct {
		Properties struct {
			Lines struct {
				Items struct {
					Required   []string          `json:"required"`
					Properties map[string]bounds `json:"properties"`
				} `json:"items"`
			} `json:"lines"`
		} `json:"properties"`
	}
	raw, err := forms.Raw(conformity.FormName("goods"))
	if err != nil || json.Unmarshal(raw, &form) != nil {
		return nil // unreachable: the form is compiled in and a test reads it
	}
	line := form.Properties.Lines.Items
	for name, field := range line.Properties {
		switch {
		case slices.Contains(line.Required, name):
			field.need = Required
		case slices.Contains(shippedFields, name):
			field.need = Shipped
		default:
			field.need = Optional
		}
		line.Properties[name] = field
	}
	return line.Properties
})
