package xlsx

import (
	"bytes"
	"math"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// written is a workbook of one sheet.
func written(t testing.TB, layout Layout, rows ...[]Entry) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out)
	s := w.Sheet("Marchandises", layout)
	for _, row := range rows {
		s.Row(row...)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// readAll is every row of a sheet.
func readAll(t testing.TB, data []byte, sheet int) []Row {
	t.Helper()
	book, err := Open(data, wide)
	if err != nil {
		t.Fatal(err)
	}
	var rows []Row
	err = book.Rows(sheet, func(r Row) error {
		r.Cells = append([]Cell(nil), r.Cells...)
		rows = append(rows, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestAnotherLibraryReadsWhatIsWritten(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out)
	s := w.Sheet("L'État: des/lieux", Layout{
		Widths: []float64{20, 0, 12}, Styles: []Style{PlainText, Plain, PlainText}, Frozen: 1, RightToLeft: true,
		Choices: []Choice{{Column: 3, From: 2, To: 10_001, Sheet: "Listes d'ici", SheetColumn: 1, SheetFromRow: 2, SheetUntilRow: 3}},
	})
	s.Row(Words("Code SH", Heading), Words("Quantité", Heading), Words("Unité", Heading))
	s.RowAt(3, Words("0101210000", PlainText), Figure(12.5, Plain), Words("=1+1", Plain))
	s.Row(Words("a\r\nb\x01 <&> _x0041_ \"é\" قطعة", Wrapped), Entry{}, Words("  wide  ", Wrong))
	lists := w.Sheet("Listes d'ici", Layout{})
	lists.Row(Words("code", Strong))
	lists.Row(Words("H87", Plain))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	first := f.GetSheetList()[0]
	if want := []string{"L'État- des-lieux", "Listes d'ici"}; !reflect.DeepEqual(f.GetSheetList(), want) {
		t.Errorf("sheets %q", f.GetSheetList())
	}
	rows, err := f.GetRows(first)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Code SH", "Quantité", "Unité"}, nil, {"0101210000", "12.5", "=1+1"},
		{"a\r\nb\x01 <&> _x0041_ \"é\" قطعة", "", "  wide  "},
	}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("%q", rows)
	}
	if formula, _ := f.GetCellFormula(first, "C3"); formula != "" {
		t.Errorf("a text became the formula %q", formula)
	}
	validations, err := f.GetDataValidations(first)
	if err != nil || len(validations) != 1 || validations[0].Formula1 != "'Listes d''ici'!$A$2:$A$3" || validations[0].ShowErrorMessage {
		t.Errorf("choices %+v %v", validations[0], err)
	}
	if view, err := f.GetSheetView(first, 0); err != nil || !*view.RightToLeft {
		t.Errorf("view %+v %v", view, err)
	}
	if panes, err := f.GetPanes(first); err != nil || panes.YSplit != 1 || !panes.Freeze {
		t.Errorf("panes %+v %v", panes, err)
	}
	if id, err := f.GetColStyle(first, "A"); err != nil || id != int(PlainText) {
		t.Errorf("style of column A: %d %v", id, err)
	}
	style, err := f.GetStyle(int(WrongText))
	if err != nil || style.NumFmt != 49 || style.Fill.Type != "pattern" || style.Fill.Pattern != 1 {
		t.Errorf("style for wrong texts: %+v %v", style, err)
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var want []Row
		var rows [][]Entry
		for n := range rapid.IntRange(0, 5).Draw(rt, "rows") {
			row := Row{N: n + 1}
			var entries []Entry
			for column := range rapid.IntRange(0, 5).Draw(rt, "cells") {
				if rapid.Bool().Draw(rt, "number") {
					number := rapid.Float64().Draw(rt, "value")
					entries = append(entries, Figure(number, Style(column)))
					row.Cells = append(row.Cells, Cell{Column: column + 1, Kind: Number, Text: strconv.FormatFloat(number, 'g', -1, 64)})
					continue
				}
				text := strings.ToValidUTF8(rapid.OneOf(rapid.String(), rapid.StringMatching(`_x00[0-9a-f]{2}_|_x005F_x0041_`)).Draw(rt, "text"), "?")
				entries = append(entries, Words(text, Style(column)))
				if text != "" {
					row.Cells = append(row.Cells, Cell{Column: column + 1, Text: text})
				}
			}
			rows = append(rows, entries)
			if len(row.Cells) > 0 {
				want = append(want, row)
			}
		}
		if got := readAll(t, written(t, Layout{}, rows...), 0); !reflect.DeepEqual(got, want) {
			rt.Fatalf("got  %+v\nwant %+v", got, want)
		}
	})
}

func TestTheSameCallsWriteTheSameBytes(t *testing.T) {
	row := []Entry{Words("un", Plain), Figure(2, Plain)}
	if !bytes.Equal(written(t, Layout{}, row), written(t, Layout{}, row)) {
		t.Error("two workbooks with the same content differ")
	}
}

func TestNumbersThatAreNoneLeaveTheCellEmpty(t *testing.T) {
	rows := readAll(t, written(t, Layout{}, []Entry{Figure(math.NaN(), Plain), Figure(math.Inf(1), Wrong), Figure(0, Plain)}), 0)
	if len(rows) != 1 || len(rows[0].Cells) != 1 || rows[0].Cells[0].Column != 3 {
		t.Errorf("%+v", rows)
	}
}

func TestNamesOfSheetsAreMadeToFit(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out)
	long := strings.Repeat("é", 40)
	for _, name := range []string{"", "a/b", "A-B", long, long, "'q'"} {
		w.Sheet(name, Layout{})
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	book, err := Open(out.Bytes(), wide)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range book.Sheets() {
		got = append(got, s.Name)
	}
	want := []string{"1", "a-b", "A-B 3", strings.Repeat("é", 31), strings.Repeat("é", 29) + " 5", "q"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q", got)
	}
}

func TestAFailingStreamIsToldAtTheEnd(t *testing.T) {
	w := NewWriter(full{})
	s := w.Sheet("x", Layout{})
	for range 10_000 {
		s.Row(Words("a text that fills buffers", Plain))
	}
	if err := w.Close(); err == nil {
		t.Error("nothing was written and nobody was told")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
