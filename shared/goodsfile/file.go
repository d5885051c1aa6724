package goodsfile

import (
	"bytes"
	"errors"

	"portal/shared/xlsx"
)

// file is a table of cells, whatever the format.
type file struct {
	kind      Kind
	sheet     string
	delimiter rune                        // of CSV
	each      func(func(row) error) error // rows that are there, in order; errDamaged, errUnpacked
}

// row is a row of a file. Its cells belong to the file until the next.
type row struct {
	n      int    // from 1, as the spreadsheet shows it
	cells  []cell // from the first column
	beyond int    // first column with something in it that is beyond mostColumns; else 0
}

// cell is what a cell holds: in CSV always a text.
type cell struct {
	text   string
	kind   xlsx.Kind
	format xlsx.Format
}

// What may be met in the middle of a file.
var (
	errDamaged  = errors.New("goodsfile: damaged")
	errUnpacked = errors.New("goodsfile: unpacks to more than a file of goods holds")
)

// limits allow four times what ten thousand lines of the longest texts need.
var limits = xlsx.Limits{Unpacked: 128 << 20, Strings: 32 << 20}

// open tells the format by the bytes, as names and media types lie. The code
// is "" when the file can be read.
func open(data []byte) (file, string) {
	switch {
	case len(data) > MaxBytes:
		return file{}, fileTooLarge
	case len(data) == 0:
		return file{}, fileEmpty
	case bytes.HasPrefix(data, []byte("PK")), bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0")):
		return openXLSX(data)
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return file{}, fileType // which may be all letters
	}
	return openCSV(data)
}

func openXLSX(data []byte) (file, string) {
	book, err := xlsx.Open(data, limits)
	switch {
	case errors.Is(err, xlsx.ErrNotWorkbook):
		return file{}, fileType
	case errors.Is(err, xlsx.ErrOldFormat):
		return file{}, fileOldFormat
	case errors.Is(err, xlsx.ErrEncrypted):
		return file{}, fileEncrypted
	case errors.Is(err, xlsx.ErrMacros):
		return file{}, fileMacros
	case errors.Is(err, xlsx.ErrTooLarge):
		return file{}, fileTooLarge
	case err != nil:
		return file{}, fileDamaged
	}
	at := goodsSheet(book.Sheets())
	f := file{kind: XLSX, sheet: book.Sheets()[at].Name}
	f.each = func(visit func(row) error) error { return eachRow(book, at, visit) }
	return f, ""
}

// goodsSheet is the sheet with the goods: the one that is named as in the
// template, else the first that is not hidden.
func goodsSheet(sheets []xlsx.Sheet) int {
	first := -1
	for i, s := range sheets {
		if goodsSheetNames()[fold(s.Name)] {
			return i
		}
		if first < 0 && !s.Hidden {
			first = i
		}
	}
	return max(first, 0)
}

func eachRow(book *xlsx.Book, sheet int, visit func(row) error) error {
	var cells []cell
	err := book.Rows(sheet, func(r xlsx.Row) error {
		cells = cells[:0]
		beyond := 0
		for _, c := range r.Cells {
			if c.Column > mostColumns {
				beyond = c.Column
				break
			}
			for len(cells) < c.Column-1 {
				cells = append(cells, cell{})
			}
			cells = append(cells, cell{text: c.Text, kind: c.Kind, format: c.Format})
		}
		return visit(row{n: r.N, cells: cells, beyond: beyond})
	})
	switch {
	case errors.Is(err, xlsx.ErrTooLarge):
		return errUnpacked
	case errors.Is(err, xlsx.ErrDamaged), errors.Is(err, xlsx.ErrEncrypted):
		return errDamaged
	}
	return err
}
