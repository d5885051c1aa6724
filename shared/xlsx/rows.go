package xlsx

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// Kind is what a cell holds.
type Kind int

// The kinds of cells. A formula is what it last gave.
const (
	Text Kind = iota
	Number
	Bool
	Failed // an error of a formula: #N/A, #REF!
	Day    // a date as text (ISO 8601), which the strict variant allows
)

// Cell is one cell that holds something.
type Cell struct {
	Column int    // from 1
	Kind   Kind   // how to read Text
	Text   string // of a number, as stored: 1500, 8.21E9; of a Bool, TRUE or FALSE
	Format Format // of a Number
}

// Row is a row with its cells that hold something, from left to right.
type Row struct {
	N     int // from 1, as the spreadsheet shows it
	Cells []Cell
}

// Sheet is what a workbook says of one of its sheets.
type Sheet struct {
	Name   string
	Hidden bool
}

// Sheets lists the tables of a workbook in their order; charts are left out.
func (b *Book) Sheets() []Sheet {
	sheets := make([]Sheet, len(b.sheets))
	for i, s := range b.sheets {
		sheets[i] = Sheet{s.name, s.hidden}
	}
	return sheets
}

// Rows reads a sheet (by its place in Sheets) row by row, leaving out those
// without a value. The row is the callee's until it returns; an error of its
// ends the reading and is returned. Errors: ErrDamaged, ErrTooLarge.
func (b *Book) Rows(sheet int, visit func(Row) error) error {
	if sheet < 0 || sheet >= len(b.sheets) {
		return ErrDamaged
	}
	if err := b.loadStrings(); err != nil {
		return err
	}
	return b.decode(b.sheets[sheet].part, b.limits.Unpacked, func(d *xml.Decoder) error {
		return (&rowReader{Decoder: d, book: b, visit: visit}).read()
	})
}

// rowReader is on its way through the XML of a sheet.
type rowReader struct {
	*xml.Decoder
	book  *Book
	visit func(Row) error
	row   Row
	text  strings.Builder
}

func (r *rowReader) read() error {
	for {
		token, err := r.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local == "row" {
				if err := r.readRow(e); err != nil {
					return err
				}
			}
		case xml.EndElement:
			if e.Name.Local == "sheetData" {
				return nil
			}
		}
	}
}

// readRow reads one row element. Rows and cells without a name follow the one
// before them; they never go back.
func (r *rowReader) readRow(e xml.StartElement) error {
	n := r.row.N + 1
	if named := attr(e, "r"); named != "" {
		at, err := strconv.Atoi(named)
		if err != nil || at < n {
			return ErrDamaged
		}
		n = at
	}
	if n > MaxRows {
		return ErrDamaged
	}
	r.row.N, r.row.Cells = n, r.row.Cells[:0]
	column := 0
	for {
		token, err := r.Token()
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.EndElement: // of the row: readCell takes those of cells
			if len(r.row.Cells) == 0 {
				return nil
			}
			if err := r.visit(r.row); err != nil {
				return &stopped{err}
			}
			return nil
		case xml.StartElement:
			if e.Name.Local != "c" {
				if err := r.Skip(); err != nil {
					return err
				}
				continue
			}
			if column, err = r.readCell(e, column+1); err != nil {
				return err
			}
		}
	}
}

// readCell reads one c element, which is in this column unless it says
// otherwise, and adds it to the row if it holds something.
func (r *rowReader) readCell(e xml.StartElement, column int) (int, error) {
	var style, kind string
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "r":
			at, row, ok := parseRef(a.Value)
			if !ok || at < column || row != r.row.N {
				return 0, ErrDamaged
			}
			column = at
		case "s":
			style = a.Value
		case "t":
			kind = a.Value
		}
	}
	if column > MaxColumns {
		return 0, ErrDamaged
	}
	r.text.Reset()
	for {
		token, err := r.Token()
		if err != nil {
			return 0, err
		}
		switch e := token.(type) {
		case xml.EndElement:
			return column, r.add(column, kind, style)
		case xml.StartElement:
			switch e.Name.Local {
			case "v":
				err = r.characters()
			case "is":
				err = richText(r.Decoder, &r.text)
			default:
				err = r.Skip()
			}
			if err != nil {
				return 0, err
			}
		}
	}
}

// characters adds the text up to the end of the element.
func (r *rowReader) characters() error {
	for {
		token, err := r.Token()
		if err != nil {
			return err
		}
		switch e := token.(type) {
		case xml.CharData:
			r.text.Write(e)
		case xml.EndElement:
			return nil
		case xml.StartElement:
			return ErrDamaged
		}
	}
}

func (r *rowReader) add(column int, kind, style string) error {
	if r.text.Len() == 0 {
		return nil
	}
	c := Cell{Column: column, Text: r.text.String()}
	switch kind {
	case "s":
		at, err := strconv.Atoi(c.Text)
		if err != nil || at < 0 || at >= len(r.book.shared) {
			return ErrDamaged
		}
		c.Text = r.book.shared[at]
	case "inlineStr", "str":
		c.Text = unescape(c.Text)
	case "b":
		c.Kind = Bool
		if c.Text = "FALSE"; r.text.String() == "1" || r.text.String() == "true" {
			c.Text = "TRUE"
		}
	case "e":
		c.Kind = Failed
	case "d":
		c.Kind = Day
	case "", "n":
		c.Kind, c.Format = Number, r.book.format(style)
		c.Text = strings.TrimSpace(c.Text)
	default:
		return ErrDamaged
	}
	if c.Text != "" {
		r.row.Cells = append(r.row.Cells, c)
	}
	return nil
}
