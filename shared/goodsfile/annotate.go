package goodsfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"portal/shared/i18n"
	"portal/shared/xlsx"
)

// ErrNoTable says that a file is none that errors could be written beside.
var ErrNoTable = errors.New("goods file: no table")

// Annotated is the file that was read with what is wrong beside each row, in a
// language, in a last column that Read passes over: corrected, it may be sent
// as it is. Rows keep their places. CSV keeps its delimiter and comes in
// UTF-8, since Arabic has no place in Windows-1252; in XLSX the bad cells are
// on red, and formulas have become what they gave. Nothing in it is run by a
// spreadsheet. ErrNoTable when the file has no headings to write beside.
func (r Reading) Annotated(data []byte, lang string) ([]byte, error) {
	f, code := open(data)
	if code != "" || r.top == 0 {
		return nil, fmt.Errorf("%w: %s", ErrNoTable, code)
	}
	a := annotation{Reading: r, lang: lang, rows: r.faultsByRow(), said: map[wrong]string{}, at: slices.Index(r.columns, errorsColumn)}
	if a.at < 0 {
		a.at = max(r.width, len(r.columns))
	}
	var out bytes.Buffer
	write := a.csv
	if f.kind == XLSX {
		write = a.xlsx
	}
	if err := write(&out, f); err != nil {
		return nil, fmt.Errorf("annotate a goods file: %w", err)
	}
	return out.Bytes(), nil
}

// faultsByRow gives the row of headings those of the file as a whole.
func (r Reading) faultsByRow() map[int][]Fault {
	rows := map[int][]Fault{}
	for _, f := range r.Faults {
		n := f.Row
		if n == 0 {
			n = r.top
		}
		rows[n] = append(rows[n], f)
	}
	return rows
}

// annotation is a file on its way back.
type annotation struct {
	Reading
	lang string
	rows map[int][]Fault
	at   int // column of the notes, from 0
	said map[wrong]string
}

// wrong is all that the words for a bad cell depend on.
type wrong struct{ column, field, code string }

// words for a fault are made once: the same go beside thousands of rows.
func (a annotation) words(f Fault) string {
	key := wrong{f.Column, f.Field, f.Code}
	if text, ok := a.said[key]; ok {
		return text
	}
	text := f.Message(a.lang)
	if f.Column != "" {
		heading := f.Column
		if f.Field != "" {
			heading = Heading(a.lang, f.Field)
		}
		text = i18n.Text(a.lang, "goods_file.cell", map[string]any{"heading": heading, "message": text})
	}
	a.said[key] = text
	return text
}

// note is what to write beside a row.
func (a annotation) note(row int, separator string) string {
	var texts []string
	if row == a.top {
		texts = append(texts, errorsHeading(a.lang))
	}
	for _, f := range a.rows[row] {
		texts = append(texts, a.words(f))
	}
	return strings.Join(texts, separator)
}

func (a annotation) csv(out *bytes.Buffer, f file) error {
	out.WriteString(utf8Mark)
	w := csv.NewWriter(out)
	w.Comma, w.UseCRLF = f.delimiter, true
	written := 0
	err := f.each(func(in row) error {
		for ; written < in.n-1; written++ {
			if err := w.Write(nil); err != nil {
				return err
			}
		}
		written++
		cells := make([]string, max(len(in.cells), a.at+1))
		for i, c := range in.cells {
			cells[i] = guarded(strings.ReplaceAll(c.text, "\r", "\n")) // the writer would drop a return that stands alone
		}
		cells[a.at] = guarded(a.note(in.n, noteSeparator))
		return w.Write(cells)
	})
	if err != nil {
		return err
	}
	w.Flush()
	return w.Error()
}

func (a annotation) xlsx(out *bytes.Buffer, f file) error {
	w := xlsx.NewWriter(out)
	s := w.Sheet(f.sheet, a.layout())
	err := f.each(func(in row) error {
		entries := make([]xlsx.Entry, max(len(in.cells), a.at+1))
		for i, c := range in.cells {
			entries[i] = c.entry(a.style(in.n, a.field(i)))
		}
		for _, fault := range a.rows[in.n] {
			for i := range entries {
				if fault.Column == xlsx.Column(i+1) {
					entries[i] = a.marked(in, i)
				}
			}
		}
		style := xlsx.Remark
		if in.n == a.top {
			style = xlsx.Heading
		}
		entries[a.at] = xlsx.Words(a.note(in.n, "\n"), style)
		s.RowAt(in.n, entries...)
		return nil
	})
	return errors.Join(err, w.Close())
}

// marked is a cell on red, empty or not.
func (a annotation) marked(in row, column int) xlsx.Entry {
	style := xlsx.WrongText
	if isNumber(a.field(column)) {
		style = xlsx.Wrong
	}
	if column >= len(in.cells) {
		return xlsx.Words("", style)
	}
	return in.cells[column].entry(style)
}

func (a annotation) field(column int) string {
	if column < len(a.columns) {
		return a.columns[column]
	}
	return ""
}

func (a annotation) style(row int, field string) xlsx.Style {
	switch {
	case row == a.top:
		return xlsx.Heading
	case isNumber(field):
		return xlsx.Plain
	}
	return xlsx.PlainText
}

func (a annotation) layout() xlsx.Layout {
	template := goodsLayout(a.lang)
	l := xlsx.Layout{Frozen: a.top, RightToLeft: template.RightToLeft}
	for i := range a.at + 1 {
		width, style := float64(usualWidth), xlsx.PlainText
		if at := slices.Index(fields, a.field(i)); at >= 0 {
			width, style = template.Widths[at], template.Styles[at]
		}
		if i == a.at {
			width, style = 80, xlsx.Plain
		}
		l.Widths, l.Styles = append(l.Widths, width), append(l.Styles, style)
	}
	return l
}

// entry is a cell as it was shown: numbers stay numbers unless their format
// makes them a code or a day.
func (c cell) entry(style xlsx.Style) xlsx.Entry {
	if c.kind != xlsx.Number {
		return xlsx.Words(c.text, style)
	}
	number, err := strconv.ParseFloat(c.text, 64)
	switch {
	case err != nil:
		return xlsx.Words(c.text, style)
	case c.format.Date:
		return xlsx.Words(dayShown(number), style)
	}
	if text, _ := c.shown(); text != plain(number) {
		return xlsx.Words(text, style)
	}
	return xlsx.Figure(number, style)
}

// dayShown is the day that a number counts to, as people here write it:
// 21/11/2026. Spreadsheets count from 30 December 1899 (ISO/IEC 29500-1,
// 18.17.4.1; their first two months were off by one and hold no trade).
func dayShown(number float64) string {
	const last = 2_958_465 // 31 December 9999
	if number < 0 || number > last {
		return plain(number)
	}
	return time.Date(1899, time.December, 30+int(math.Floor(number)), 0, 0, 0, 0, time.UTC).Format("02/01/2006")
}
