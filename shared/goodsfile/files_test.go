package goodsfile

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
)

// goodRow is a row that is right, in the order of the columns.
func goodRow() []string {
	return []string{"8210.00.00.90", "Couteaux", "Atlas", "MX-450", "CN", "Ningbo Co., Ltd", "1200", "H87", "15499,50", "NM 10.8"}
}

// with is a good row with one cell changed.
func with(field, text string) []string {
	row := goodRow()
	row[place(field)] = text
	return row
}

func place(field string) int {
	for i, f := range fields {
		if f == field {
			return i
		}
	}
	return -1
}

// csvOf is a CSV file, headings in French first.
func csvOf(rows ...[]string) []byte { return csvWith(';', "fr", rows...) }

func csvWith(delimiter rune, lang string, rows ...[]string) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.Comma, w.UseCRLF = delimiter, true
	_ = w.Write(headingsIn(lang))
	_ = w.WriteAll(rows)
	return out.Bytes()
}

func windows1252(t testing.TB, text []byte) []byte {
	t.Helper()
	out, err := charmap.Windows1252.NewEncoder().Bytes(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// xlsxOf is a workbook as another library writes it, with headings in French:
// texts as texts, other values as what they are. edit may finish it.
func xlsxOf(t testing.TB, edit func(f *excelize.File), rows ...[]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	if err := f.SetSheetName("Sheet1", "Marchandises"); err != nil {
		t.Fatal(err)
	}
	headings := headingsIn("fr")
	if err := f.SetSheetRow("Marchandises", "A1", &headings); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if err := f.SetSheetRow("Marchandises", fmt.Sprintf("A%d", i+2), &row); err != nil {
			t.Fatal(err)
		}
	}
	if edit != nil {
		edit(f)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func texts(row []string) []any {
	cells := make([]any, len(row))
	for i, text := range row {
		cells[i] = text
	}
	return cells
}

// codes writes faults as E3 choice, in their order.
func codes(faults []Fault) string {
	var said []string
	for _, f := range faults {
		at := f.Column
		if f.Row > 0 {
			at += fmt.Sprint(f.Row)
		}
		if f.Column == "" && f.Field != "" {
			at += f.Field
		}
		said = append(said, strings.TrimSpace(at+" "+f.Code))
	}
	return strings.Join(said, ", ")
}

// readShipped reads goods that are shipped.
func readShipped(data []byte) Reading { return Read(data, true) }

// mustRead is a file without faults.
func mustRead(t testing.TB, data []byte) Reading {
	t.Helper()
	r := readShipped(data)
	if len(r.Faults) > 0 {
		t.Fatalf("faults: %s", codes(r.Faults))
	}
	return r
}

// manyLines is a workbook of so many right lines.
func manyLines(t testing.TB, lines int) []byte {
	t.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SetRow("A1", texts(headingsIn("fr"))); err != nil {
		t.Fatal(err)
	}
	for n := range lines {
		row := []any{
			"8210000090", fmt.Sprintf("Désignation n° %d de la facture proforma", n), "Atlas", fmt.Sprintf("REF-%05d", n), "CN",
			"Ningbo Kitchen Co., Ltd", float64(n) + 0.5, "H87", float64(n+1) * 12.25, "NM EN 60335-1",
		}
		if err := w.SetRow(fmt.Sprintf("A%d", n+2), row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
