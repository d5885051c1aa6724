package goodsfile

import (
	"errors"
	"slices"
	"strings"
	"sync"

	"portal/shared/conformity"
	"portal/shared/i18n"
	"portal/shared/xlsx"
)

// Read reads a file of goods lines and names everything that is wrong with it:
// with the file, or else with its headings, or else with every cell below
// them. The headings are those of the template in any language, in any order.
// Empty rows are left out. Goods that are shipped need a quantity, a unit and a
// value; products that are registered have none.
func Read(data []byte, shipped bool) Reading {
	f, code := open(data)
	if code != "" {
		return Reading{Faults: []Fault{whole(f, code)}}
	}
	r := reader{file: f, bounds: lineBounds(), shipped: shipped}
	switch err := f.each(r.row); {
	case errors.Is(err, errUnpacked):
		return Reading{Faults: []Fault{whole(f, fileTooLarge)}}
	case err != nil:
		return Reading{Faults: []Fault{whole(f, fileDamaged)}}
	case r.top == 0:
		return Reading{Faults: []Fault{whole(f, fileEmpty)}}
	case r.seen == 0 && len(r.Faults) == 0:
		r.Faults = []Fault{whole(f, fileNoLines)}
	}
	r.Kind = f.kind
	if len(r.Faults) > 0 {
		r.Lines = nil
	}
	return r.Reading
}

// whole is a fault of the file.
func whole(f file, code string) Fault {
	fault := Fault{Sheet: f.sheet, Code: code}
	switch code {
	case fileTooLarge:
		fault.Params = map[string]any{"max": MaxBytes >> 20}
	case fileManyRows:
		fault.Params = map[string]any{"max": MaxLines}
	}
	return fault
}

// reader is on its way through a file.
type reader struct {
	file
	Reading
	bounds  map[string]bounds
	shipped bool
	seen    int  // lines
	stopped bool // what follows is only measured
}

func (r *reader) row(in row) error {
	blank := in.beyond == 0
	for i := range in.cells {
		in.cells[i].text = strings.TrimSpace(in.cells[i].text)
		if in.cells[i].text == "" {
			continue
		}
		r.width = max(r.width, i+1)
		blank = blank && i < len(r.columns) && r.columns[i] == errorsColumn
	}
	switch {
	case blank, r.stopped:
	case r.top == 0:
		r.headings(in)
		r.stopped = len(r.Faults) > 0
	case r.seen == MaxLines:
		r.Faults = append(r.Faults, whole(r.file, fileManyRows))
		r.stopped = true
	default:
		r.seen++
		r.line(in)
	}
	return nil
}

// headings reads the first row that says something: which column is which.
// Rows below mean nothing when one is missing, unknown or there twice.
func (r *reader) headings(in row) {
	r.top, r.columns = in.n, make([]string, len(in.cells))
	at := map[string]bool{}
	for i, c := range in.cells {
		if c.text == "" {
			continue
		}
		r.columns[i] = fieldOf(c.text)
		switch {
		case r.columns[i] == "":
			r.fault(in.n, i, headingUnknown, nil)
		case at[r.columns[i]]:
			r.fault(in.n, i, headingDoubled, nil)
		}
		at[r.columns[i]] = true
	}
	if in.beyond > 0 {
		r.fault(in.n, in.beyond-1, headingUnknown, nil)
	}
	if !slices.ContainsFunc(fields, func(field string) bool { return at[field] }) {
		r.Faults = []Fault{whole(r.file, fileNoHeadings)}
		return
	}
	for _, field := range fields {
		if !at[field] {
			r.Faults = append(r.Faults, Fault{Sheet: r.sheet, Row: in.n, Field: field, Code: headingMissing})
		}
	}
}

// line reads one goods line; it is kept while all are right.
func (r *reader) line(in row) {
	var line conformity.Line
	for i, field := range r.columns {
		var c cell
		if i < len(in.cells) {
			c = in.cells[i]
		}
		if field == "" {
			if c.text != "" {
				r.fault(in.n, i, cellOutside, nil)
			}
			continue
		}
		if code, params := r.cell(&line, field, c); code != "" {
			r.fault(in.n, i, code, params)
		}
	}
	for i := len(r.columns); i < len(in.cells); i++ {
		if in.cells[i].text != "" {
			r.fault(in.n, i, cellOutside, nil)
		}
	}
	if in.beyond > 0 {
		r.fault(in.n, in.beyond-1, cellOutside, nil)
	}
	if len(r.Faults) == 0 {
		r.Lines = append(r.Lines, line)
	}
}

// fault notes what is wrong with a cell; column counts from 0.
func (r *reader) fault(row, column int, code string, params map[string]any) {
	f := Fault{Sheet: r.sheet, Row: row, Column: xlsx.Column(column + 1), Code: code, Params: params}
	if column < len(r.columns) && r.columns[column] != errorsColumn {
		f.Field = r.columns[column]
	}
	r.Faults = append(r.Faults, f)
}

// goodsSheetNames are the folded names of the template's sheet.
var goodsSheetNames = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for _, lang := range i18n.Langs {
		names[fold(goodsSheetName(lang))] = true
	}
	return names
})

func goodsSheetName(lang string) string { return i18n.Text(lang, "form.conformity.goods", nil) }
