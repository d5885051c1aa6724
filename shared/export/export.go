// Package export writes lists as files that spreadsheets open: comma-separated
// text as the French ones read it, and workbooks. What a person typed stays
// text: no cell of it is ever a formula.
package export

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"portal/shared/calendar"
	"portal/shared/xlsx"
)

// Format is a kind of file.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// ContentType is the media type of files of this format.
func (f Format) ContentType() string {
	if f == XLSX {
		return xlsx.ContentType
	}
	return "text/csv; charset=utf-8"
}

// Kind is what the cells of a column hold.
type Kind int

// The kinds of columns, and how their cells are given: text as it is, whole
// numbers in decimal, days as 2026-11-21, instants as RFC 3339 in any zone;
// "" is an empty cell of any of them.
const (
	Text Kind = iota
	Whole
	Day
	Instant
)

// Column is one column of a list.
type Column struct {
	Heading string
	Kind    Kind
	Width   float64 // characters
}

// Sheet is a list to be written: its columns, its rows as they come.
type Sheet struct {
	Name        string
	Columns     []Column
	RightToLeft bool
}

// Writer writes a file, row by row.
type Writer interface {
	// Row writes a row: a cell for each column.
	Row(cells []string) error
	// Close ends the file.
	Close() error
}

// New begins a file.
func (s Sheet) New(f Format, out *bytes.Buffer) Writer {
	if f == XLSX {
		return s.workbook(out)
	}
	out.WriteString(byteOrderMark)
	w := &csvWriter{out: out, columns: s.Columns}
	for _, c := range s.Columns {
		w.quote(c.Heading)
	}
	w.endRow()
	return w
}

// byteOrderMark tells spreadsheets that a text is UTF-8.
const byteOrderMark = "\ufeff"

// csvWriter writes RFC 4180 with semicolons, as spreadsheets of countries with
// a decimal comma expect. Every text is quoted, so that a program which takes
// another sign for the separator makes no cell of a part of one.
type csvWriter struct {
	out     *bytes.Buffer
	columns []Column
	cells   int
}

func (w *csvWriter) Row(cells []string) error {
	if len(cells) != len(w.columns) {
		return fmt.Errorf("export: %d cells in %d columns", len(cells), len(w.columns))
	}
	for i, cell := range cells {
		switch w.columns[i].Kind {
		case Text:
			w.quote(harmless(cell))
			continue
		case Instant:
			t, err := instant(cell)
			if err != nil {
				return err
			}
			if cell = ""; !t.IsZero() {
				cell = t.Format("2006-01-02 15:04")
			}
		}
		w.separate()
		w.out.WriteString(cell)
	}
	w.endRow()
	return nil
}

func (w *csvWriter) Close() error { return nil }

func (w *csvWriter) quote(text string) {
	w.separate()
	w.out.WriteByte('"')
	w.out.WriteString(strings.ReplaceAll(text, `"`, `""`))
	w.out.WriteByte('"')
}

func (w *csvWriter) separate() {
	if w.cells++; w.cells > 1 {
		w.out.WriteByte(';')
	}
}

func (w *csvWriter) endRow() {
	w.out.WriteString("\r\n")
	w.cells = 0
}

// harmless keeps a spreadsheet from taking a text for a formula (OWASP, "CSV
// Injection"): an apostrophe before what begins one, which is shown but does
// nothing. Signs that only look like these are taken for them by some.
func harmless(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return -1
		}
		return r
	}, text)
	if strings.ContainsAny(first(strings.TrimLeft(text, " \u00a0")), "=+-@\t\r\n＝＋－＠−") {
		return "'" + text
	}
	return text
}

func first(text string) string {
	for _, r := range text {
		return string(r)
	}
	return ""
}

// bookWriter writes one sheet of a workbook.
type bookWriter struct {
	book    *xlsx.Writer
	sheet   *xlsx.SheetWriter
	columns []Column
}

func (s Sheet) workbook(out *bytes.Buffer) Writer {
	layout := xlsx.Layout{Frozen: 1, RightToLeft: s.RightToLeft}
	headings := make([]xlsx.Entry, len(s.Columns))
	for i, c := range s.Columns {
		layout.Widths = append(layout.Widths, c.Width)
		headings[i] = xlsx.Words(c.Heading, xlsx.Heading)
	}
	w := &bookWriter{book: xlsx.NewWriter(out), columns: s.Columns}
	w.sheet = w.book.Sheet(s.Name, layout)
	w.sheet.Row(headings...)
	return w
}

func (w *bookWriter) Row(cells []string) error {
	if len(cells) != len(w.columns) {
		return fmt.Errorf("export: %d cells in %d columns", len(cells), len(w.columns))
	}
	row := make([]xlsx.Entry, len(cells))
	for i, cell := range cells {
		var err error
		if row[i], err = entry(cell, w.columns[i].Kind); err != nil {
			return err
		}
	}
	w.sheet.Row(row...)
	return nil
}

func (w *bookWriter) Close() error { return w.book.Close() }

func entry(cell string, kind Kind) (xlsx.Entry, error) {
	switch {
	case cell == "":
		return xlsx.Entry{}, nil
	case kind == Whole:
		n, err := strconv.ParseInt(cell, 10, 64)
		return xlsx.Figure(float64(n), xlsx.Plain), err
	case kind == Day:
		d, err := calendar.ParseDate(cell)
		return xlsx.When(time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC), xlsx.Dated), err
	case kind == Instant:
		t, err := instant(cell)
		return xlsx.When(t, xlsx.Timed), err
	}
	return xlsx.Words(cell, xlsx.PlainText), nil
}

// instant is an instant as clocks in Casablanca tell it.
func instant(cell string) (time.Time, error) {
	if cell == "" {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, cell)
	return t.In(calendar.Casablanca()), err
}
