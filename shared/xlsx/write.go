package xlsx

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Style is how a written cell looks.
type Style int

// The styles. Those named Text hold what is typed into them as it is typed:
// codes keep their leading zeros, references do not become dates.
const (
	Plain     Style = iota
	PlainText       //
	Heading         // white on green
	Strong          // bold
	Wrapped         // in several lines where it is too long
	Wrong           // on red
	WrongText       // on red
	Remark          // red letters, in several lines
	Dated           // a date
	Timed           // a date with its hour and minute
)

// Entry is a cell to write. The zero Entry is an empty cell.
type Entry struct {
	text   string
	number float64
	isText bool
	filled bool
	style  Style
}

// Words is a cell of text. It is never a formula, whatever it begins with.
func Words(text string, style Style) Entry {
	return Entry{text: text, isText: true, filled: text != "", style: style}
}

// Figure is a cell with a number, empty when it is none (NaN, infinite).
func Figure(number float64, style Style) Entry {
	return Entry{number: number, filled: !math.IsNaN(number) && !math.IsInf(number, 0), style: style}
}

// Layout is how a sheet is laid out.
type Layout struct {
	Widths      []float64 // of columns from the first, in characters; 0 is the usual width
	Styles      []Style   // of the cells that are still to be filled in, by column
	Frozen      int       // rows at the top that stay in view
	RightToLeft bool
	Choices     []Choice
}

// Choice offers the values of a column of another sheet in the cells of a
// column. It helps and imposes nothing: other values may be typed.
type Choice struct {
	Column   int // from 1
	From, To int // rows, from 1

	Sheet                       string
	SheetColumn                 int
	SheetFromRow, SheetUntilRow int
}

// Writer writes a workbook, sheet after sheet, without keeping it in memory.
// The same calls give the same bytes. Its first error stays, and Close tells.
type Writer struct {
	archive *zip.Writer
	names   []string
	open    *SheetWriter
	err     error
}

// NewWriter begins a workbook.
func NewWriter(w io.Writer) *Writer { return &Writer{archive: zip.NewWriter(w)} }

// SheetWriter writes the rows of the sheet that its Writer is at.
type SheetWriter struct {
	out    *bufio.Writer
	layout Layout
	row    int
}

// Sheet ends the sheet before and begins another. The name is shortened, and
// changed where spreadsheets would not take it.
func (w *Writer) Sheet(name string, layout Layout) *SheetWriter {
	w.end()
	w.names = append(w.names, w.fit(name))
	w.open = &SheetWriter{out: bufio.NewWriter(w.part(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(w.names)))), layout: layout}
	w.open.begin(len(w.names) == 1)
	return w.open
}

// Row writes the next row.
func (s *SheetWriter) Row(cells ...Entry) { s.RowAt(s.row+1, cells...) }

// RowAt writes row n (from 1), which must be below those already written;
// otherwise it is the next.
func (s *SheetWriter) RowAt(n int, cells ...Entry) {
	s.row = max(n, s.row+1)
	row := strconv.Itoa(s.row)
	s.put(`<row r="`, row, `">`)
	for i, c := range cells {
		if !c.filled && c.style == Plain {
			continue
		}
		s.put(`<c r="`, Column(i+1), row, `"`)
		if c.style != Plain {
			s.put(` s="`, strconv.Itoa(int(c.style)), `"`)
		}
		switch {
		case !c.filled:
			s.put(`/>`)
		case c.isText:
			s.put(` t="inlineStr"><is><t xml:space="preserve">`)
			s.text(c.text)
			s.put(`</t></is></c>`)
		default:
			s.put(`><v>`, strconv.FormatFloat(c.number, 'g', -1, 64), `</v></c>`)
		}
	}
	s.put(`</row>`)
}

// Close ends the workbook. It does not close what was written to.
func (w *Writer) Close() error {
	w.end()
	if len(w.names) == 0 {
		w.Sheet("1", Layout{})
		w.end()
	}
	for _, part := range w.fixedParts() {
		_, err := io.WriteString(w.part(part.name), part.text)
		w.keep(err)
	}
	w.keep(w.archive.Close())
	return w.err
}

func (w *Writer) end() {
	if w.open != nil {
		w.open.end()
		w.keep(w.open.out.Flush())
		w.open = nil
	}
}

func (w *Writer) keep(err error) {
	if w.err == nil && err != nil {
		w.err = fmt.Errorf("xlsx: write: %w", err)
	}
}

// part begins a part. Its time is none, so that the bytes do not depend on it.
func (w *Writer) part(name string) io.Writer {
	out, err := w.archive.Create(name)
	if err != nil {
		w.keep(err)
		return io.Discard
	}
	return out
}

// fit makes a name that spreadsheets take (18.2.19 bounds its length; the
// programs refuse the signs of references) and that no other sheet has.
func (w *Writer) fit(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return '-'
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = strings.Trim(cut(name, mostNameLen), "' ")
	if name == "" {
		name = strconv.Itoa(len(w.names) + 1)
	}
	for _, other := range w.names {
		if strings.EqualFold(other, name) {
			suffix := " " + strconv.Itoa(len(w.names)+1)
			return cut(name, mostNameLen-len(suffix)) + suffix
		}
	}
	return name
}

// cut shortens a text to so many UTF-16 units.
func cut(text string, most int) string {
	units := 0
	for i, r := range text {
		if units++; r > 0xFFFF {
			units++
		}
		if units > most {
			return text[:i]
		}
	}
	return text
}

// put writes XML; the error of a bufio.Writer stays until it is flushed.
func (s *SheetWriter) put(texts ...string) {
	for _, t := range texts {
		_, _ = s.out.WriteString(t)
	}
}

// text writes what a cell says. What XML has no place for is escaped as
// ST_Xstring, and so is what already looks like that.
func (s *SheetWriter) text(text string) {
	text = cut(text, mostText)
	plain := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		_, looksEscaped := escaped(text[i:])
		if looksEscaped || r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
			_ = xml.EscapeText(s.out, []byte(text[plain:i]))
			fmt.Fprintf(s.out, "_x%04X_", r)
			plain = i + size
		}
		i += size
	}
	_ = xml.EscapeText(s.out, []byte(text[plain:]))
}
