package export

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/shared/xlsx"
)

var columns = []Column{{"Numéro", Text, 20}, {"Déposé le", Instant, 18}, {"Échéance", Day, 12}, {"Lignes", Whole, 8}}

var rows = [][]string{
	{"BV-2026-1", "2026-08-24T23:30:00Z", "2026-08-31", "12"},
	{`=HYPERLINK("http://x")`, "", "", "-3"},
	{"Société « A »; \"B\"\nC", "2026-03-01T10:00:00Z", "2026-03-02", "0"}, // in Ramadan
}

func written(t testing.TB, f Format) []byte {
	t.Helper()
	var out bytes.Buffer
	w := Sheet{Name: "Demandes", Columns: columns}.New(f, &out)
	for _, row := range rows {
		if err := w.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestTheTextIsAsFrenchSpreadsheetsReadIt(t *testing.T) {
	want := "\ufeff" + strings.Join([]string{
		`"Numéro";"Déposé le";"Échéance";"Lignes"`,
		`"BV-2026-1";2026-08-25 00:30;2026-08-31;12`,
		`"'=HYPERLINK(""http://x"")";;;-3`,
		"\"Société « A »; \"\"B\"\"\nC\";2026-03-01 10:00;2026-03-02;0", "",
	}, "\r\n")
	if got := string(written(t, CSV)); got != want {
		t.Errorf("%q\nwant %q", got, want)
	}
}

func TestTheWorkbookHoldsTextsNumbersAndDates(t *testing.T) {
	book, err := xlsx.Open(written(t, XLSX), xlsx.Limits{Unpacked: 1 << 20, Strings: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	var got []xlsx.Row
	if err := book.Rows(0, func(r xlsx.Row) error { r.Cells = slices.Clone(r.Cells); got = append(got, r); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || got[2].Cells[0].Text != rows[1][0] || got[2].Cells[0].Kind != xlsx.Text {
		t.Fatalf("%+v", got)
	}
	day := func(c xlsx.Cell) time.Time {
		n, err := strconv.ParseFloat(c.Text, 64)
		if err != nil {
			t.Errorf("%+v: %v", c, err)
		}
		return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Add(time.Duration(n * 24 * float64(time.Hour))).Round(time.Second)
	}
	if at := day(got[1].Cells[1]); at != time.Date(2026, 8, 25, 0, 30, 0, 0, time.UTC) {
		t.Errorf("deposited %v", at)
	}
	if due := day(got[1].Cells[2]); due != time.Date(2026, 8, 31, 0, 0, 0, 0, time.UTC) {
		t.Errorf("due %v", due)
	}
	if n := got[2].Cells[1]; n.Kind != xlsx.Number || n.Text != "-3" || n.Column != 4 {
		t.Errorf("lines %v", n)
	}
}

func TestWhatIsNoCellOfItsColumnIsAnError(t *testing.T) {
	for _, row := range [][]string{{"a"}, {"a", "yesterday", "", ""}, {"a", "", "", "", ""}} {
		for _, f := range []Format{CSV, XLSX} {
			if err := (Sheet{Columns: columns}).New(f, &bytes.Buffer{}).Row(row); err == nil {
				t.Errorf("%s: %q is written", f, row)
			}
		}
	}
}

// What people type comes back as they typed it but for what would make a
// formula, whichever sign a program takes for the separator.
func TestNoTextBecomesAFormulaOrAnotherCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typed := rapid.StringOf(rapid.SampledFrom([]rune("ab=+-@\t\r\n ;,\"'＝é\x00\u00a0"))).Draw(t, "typed")
		var out bytes.Buffer
		if err := (Sheet{Columns: []Column{{"h", Text, 0}}}).New(CSV, &out).Row([]string{typed}); err != nil {
			t.Fatal(err)
		}
		for _, separator := range ";,\t" {
			r := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), byteOrderMark)))
			r.Comma = separator
			read, err := r.ReadAll()
			if err != nil || len(read) != 2 || len(read[1]) != 1 {
				t.Fatalf("%q: %q %v", typed, read, err)
			}
			cell := read[1][0]
			if strings.ContainsAny(first(strings.TrimLeft(cell, " \u00a0")), "=+-@\t\r\n＝") {
				t.Fatalf("%q is read as %q", typed, cell)
			}
			plain := strings.ReplaceAll(strings.ReplaceAll(typed, "\x00", ""), "\r\n", "\n")
			if strings.TrimPrefix(cell, "'") != strings.TrimPrefix(plain, "'") {
				t.Fatalf("%q is read as %q", typed, cell)
			}
		}
	})
}

// BenchmarkALongFile writes as many rows as one file holds.
func BenchmarkALongFile(b *testing.B) {
	wide := append(append(append([]Column{}, columns...), columns...), columns...)
	row := append(append(append([]string{}, rows[0]...), rows[0]...), rows[0]...)
	for _, f := range []Format{CSV, XLSX} {
		b.Run(string(f), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var out bytes.Buffer
				w := Sheet{Name: "Demandes", Columns: wide}.New(f, &out)
				for range 100_000 {
					if err := w.Row(row); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(out.Len())/(1<<20), "MB")
			}
		})
	}
}
