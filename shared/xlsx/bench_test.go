package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/xuri/excelize/v2"
)

var wide = Limits{Unpacked: 256 << 20, Strings: 64 << 20}

// goodsLike is a workbook of so many rows of ten columns, as another library
// writes it.
func goodsLike(t testing.TB, rows int) []byte {
	t.Helper()
	f := excelize.NewFile()
	for n := 1; n <= rows; n++ {
		cells := []any{
			"8210000090", fmt.Sprintf("Désignation n° %d de la facture", n), "Marque", fmt.Sprintf("REF-%05d", n), "CN",
			"Ningbo Factory Co., Ltd", float64(n) + 0.5, "H87", float64(n) * 12.25, "NM 10.8.001",
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", n), &cells); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func BenchmarkRowsOfTenThousandLines(b *testing.B) {
	data := goodsLike(b, 10_000)
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			book, err := Open(data, wide)
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			if err := book.Rows(0, func(Row) error { n++; return nil }); err != nil || n != 10_000 {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("excelize", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := excelize.OpenReader(bytes.NewReader(data))
			if err != nil {
				b.Fatal(err)
			}
			rows, err := f.Rows("Sheet1")
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for rows.Next() {
				if _, err := rows.Columns(); err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n != 10_000 {
				b.Fatal(n)
			}
		}
	})
}

func BenchmarkWriteTenThousandRows(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		w := NewWriter(io.Discard)
		s := w.Sheet("Marchandises", Layout{})
		for n := range 10_000 {
			s.Row(Words("8210000090", PlainText), Words("Désignation", Plain), Words("Marque", Plain), Figure(float64(n), Plain), Figure(12.25, Plain))
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
