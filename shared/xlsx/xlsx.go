// Package xlsx reads and writes workbooks of Office Open XML (ISO/IEC 29500,
// ECMA-376: what spreadsheets save as .xlsx), as far as tables of text and
// numbers go: sheets, rows, shared and inline strings, numbers with the few
// things that their formats tell, widths, frozen rows, choices in a cell.
//
// It reads what strangers send: row by row, within Limits, following no
// reference out of the file and computing no formula (the values a spreadsheet
// stored beside them are read). Why it is ours: docs/dependencies.md.
package xlsx

import (
	"errors"
	"strconv"
)

// What is wrong with a file that was to be a workbook.
var (
	ErrNotWorkbook = errors.New("xlsx: no workbook of Office Open XML")
	ErrOldFormat   = errors.New("xlsx: the older binary format, or none of ours")
	ErrEncrypted   = errors.New("xlsx: encrypted or protected by a password")
	ErrMacros      = errors.New("xlsx: holds macros")
	ErrDamaged     = errors.New("xlsx: damaged")
	ErrTooLarge    = errors.New("xlsx: unpacks to more than is allowed")
)

// ContentType is the media type of a workbook without macros.
const ContentType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Bounds of a sheet, in every spreadsheet program.
const (
	MaxRows     = 1_048_576
	MaxColumns  = 16_384
	mostText    = 32_767 // characters of a cell
	mostNameLen = 31     // characters of a sheet's name
)

// Column is the letters of a column's number: 1 is A, 28 is AB. "" below 1.
func Column(n int) string {
	var letters [8]byte
	at := len(letters)
	for ; n > 0 && at > 0; n = (n - 1) / 26 {
		at--
		letters[at] = byte('A' + (n-1)%26)
	}
	return string(letters[at:])
}

// ref is the name of a cell: C7.
func ref(column, row int) string { return Column(column) + strconv.Itoa(row) }

// parseRef reads the name of a cell. ok is false for anything else, names
// beyond the bounds of a sheet included.
func parseRef(text string) (column, row int, ok bool) {
	i := 0
	for ; i < len(text) && i < 3 && text[i] >= 'A' && text[i] <= 'Z'; i++ {
		column = column*26 + int(text[i]-'A') + 1
	}
	if i == 0 || column > MaxColumns || i == len(text) || len(text)-i > 7 {
		return 0, 0, false
	}
	for ; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			return 0, 0, false
		}
		row = row*10 + int(text[i]-'0')
	}
	return column, row, row >= 1 && row <= MaxRows
}
