package control

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"portal/shared/problem"
)

// columns of the list as CSV, in the order in which it is written.
var columns = []string{
	"hs", "control", "name_fr", "name_ar", "name_en", "family", "norms",
	"threshold_quantity", "threshold_unit", "threshold_value",
}

// needed are the columns that a file cannot be without.
var needed = []string{"hs", "control", "name_fr"}

// normSeparator parts the norms of one entry.
const normSeparator = "|"

// byteOrderMark makes spreadsheets read the file as UTF-8.
const byteOrderMark = "\ufeff"

// CSV writes the list as text that a spreadsheet opens and ParseCSV reads
// back: UTF-8, semicolons (RFC 4180 otherwise), a row of column names.
func (l List) CSV() []byte {
	var out bytes.Buffer
	out.WriteString(byteOrderMark)
	w := csv.NewWriter(&out)
	w.Comma = ';'
	w.UseCRLF = true
	_ = w.Write(columns) // into memory: cannot fail
	for _, e := range l.entries {
		row := []string{e.HS, string(e.Control), e.Names.French, e.Names.Arabic, e.Names.English, e.Family, strings.Join(e.Norms, normSeparator), "", "", ""}
		if t := e.Threshold; t != nil {
			row[7], row[8], row[9] = amount(t.Quantity), t.Unit, amount(t.Value)
		}
		_ = w.Write(row)
	}
	w.Flush()
	return out.Bytes()
}

func amount(n float64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// ParseCSV makes a list of CSV: commas or semicolons, columns in any order by
// their names, decimal comma or point. It names every fault at once, at
// /csv/<line>/<column>, lines counted from 1 with that of the columns' names.
func ParseCSV(e Edition, text string) (List, []problem.Fault) {
	text = strings.TrimPrefix(text, byteOrderMark)
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma, reader.FieldsPerRecord, reader.ReuseRecord = delimiter(text), -1, true
	header, err := reader.Read()
	if err != nil {
		return List{}, []problem.Fault{{Pointer: "/csv", Code: "csv"}}
	}
	sheet := sheet{at: map[string]int{}}
	if faults := sheet.name(header); len(faults) > 0 {
		return List{}, faults
	}
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if len(sheet.entries) >= MostEntries {
			return List{}, []problem.Fault{{Pointer: "/csv", Code: "too_many", Params: map[string]any{"max": MostEntries}}}
		}
		sheet.read(lineOf(reader, err), cells, err)
	}
	if len(sheet.entries) == 0 && len(sheet.faults) > 0 {
		return List{}, sheet.faults
	}
	list, faults := NewList(e, sheet.entries)
	faults = append(sheet.faults, sheet.moved(faults)...)
	if len(faults) > 0 {
		slices.SortStableFunc(faults, func(a, b problem.Fault) int { return lineAt(a) - lineAt(b) })
		return List{}, slices.CompactFunc(faults, func(a, b problem.Fault) bool { return a.Pointer == b.Pointer })
	}
	return list, nil
}

// lineOf is where the record that was just read begins.
func lineOf(reader *csv.Reader, err error) int {
	var wrong *csv.ParseError
	if errors.As(err, &wrong) {
		return wrong.StartLine
	}
	line, _ := reader.FieldPos(0)
	return line
}

// delimiter is the one that the first row has more of.
func delimiter(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	if strings.Count(first, ";") >= strings.Count(first, ",") {
		return ';'
	}
	return ','
}

// sheet is a table of CSV being read.
type sheet struct {
	at      map[string]int // column by name
	entries []Entry
	lines   []int // of each entry
	faults  []problem.Fault
}

func (s *sheet) name(header []string) []problem.Fault {
	var faults []problem.Fault
	for i, cell := range header {
		column := strings.ToLower(strings.TrimSpace(cell))
		switch _, twice := s.at[column]; {
		case !slices.Contains(columns, column):
			// The name was sent by the caller: its place is named instead.
			faults = append(faults, problem.Fault{Pointer: "/csv/1/" + strconv.Itoa(i+1), Code: "unknown_field"})
		case twice:
			faults = append(faults, problem.Fault{Pointer: "/csv/1/" + column, Code: "duplicate"})
		default:
			s.at[column] = i
		}
	}
	for _, column := range needed {
		if _, there := s.at[column]; !there {
			faults = append(faults, problem.Fault{Pointer: "/csv/1/" + column, Code: "required"})
		}
	}
	return faults
}

func (s *sheet) read(line int, cells []string, err error) {
	if err != nil {
		s.faults = append(s.faults, problem.Fault{Pointer: "/csv/" + strconv.Itoa(line), Code: "csv"})
		return
	}
	if !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
		return // left blank
	}
	if len(cells) != len(s.at) {
		s.faults = append(s.faults, problem.Fault{Pointer: "/csv/" + strconv.Itoa(line), Code: "cells", Params: map[string]any{"expected": len(s.at)}})
		return
	}
	cell := func(column string) string {
		at, there := s.at[column]
		if !there {
			return ""
		}
		return strings.TrimSpace(cells[at])
	}
	e := Entry{HS: cell("hs"), Control: Control(strings.ToLower(cell("control"))), Family: cell("family")}
	e.Names.French, e.Names.Arabic, e.Names.English = cell("name_fr"), cell("name_ar"), cell("name_en")
	if norms := cell("norms"); norms != "" {
		e.Norms = strings.Split(norms, normSeparator)
	}
	e.Threshold = &Threshold{Quantity: s.number(line, "threshold_quantity", cell), Unit: cell("threshold_unit"), Value: s.number(line, "threshold_value", cell)}
	s.entries, s.lines = append(s.entries, e), append(s.lines, line)
}

func (s *sheet) number(line int, column string, cell func(string) string) float64 {
	text := cell(column)
	if text == "" {
		return 0
	}
	n, ok := ParseAmount(text)
	if !ok {
		s.faults = append(s.faults, problem.Fault{Pointer: "/csv/" + strconv.Itoa(line) + "/" + column, Code: "amount"})
		return 1 // so that the cell is not also said to be missing
	}
	return n
}

// ParseAmount reads a quantity or a value as people write it: digits, spaces
// between thousands, a decimal comma or point. It must be above 0 and at most
// MostAmount.
func ParseAmount(text string) (float64, bool) {
	text = strings.ReplaceAll(strings.Join(strings.Fields(text), ""), ",", ".")
	if text == "" || len(text) > 20 || strings.Trim(text, "0123456789.") != "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && n > 0 && n <= MostAmount
}

// moved puts faults of entries where their cells are.
func (s *sheet) moved(faults []problem.Fault) []problem.Fault {
	moved := make([]problem.Fault, 0, len(faults))
	for _, f := range faults {
		index, field, _ := strings.Cut(strings.TrimPrefix(f.Pointer, "/entries/"), "/")
		i, err := strconv.Atoi(index)
		if err != nil {
			f.Pointer = "/csv" // of the whole
		} else {
			f.Pointer = "/csv/" + strconv.Itoa(s.lines[i]) + "/" + columnOf(field)
		}
		moved = append(moved, f)
	}
	return moved
}

// columnOf is the column of an entry's field.
func columnOf(field string) string {
	switch name, part, _ := strings.Cut(field, "/"); {
	case name == "names":
		return "name_" + part
	case name == "norms":
		return "norms"
	case name == "threshold" && part != "":
		return "threshold_" + part
	case name == "threshold":
		return "threshold_value"
	}
	return field
}

// lineAt is the line that a fault is on, for their order.
func lineAt(f problem.Fault) int {
	line, _, _ := strings.Cut(strings.TrimPrefix(f.Pointer, "/csv/"), "/")
	n, _ := strconv.Atoi(line)
	return n
}
