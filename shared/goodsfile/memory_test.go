package goodsfile

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"portal/shared/xlsx"
)

// heap is what is alive, in bytes.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// longest is a file of ten thousand lines that are all as long as they may be.
// They differ, but little enough to fit into five megabytes.
func longest(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	w := xlsx.NewWriter(&out)
	s := w.Sheet("Marchandises", xlsx.Layout{})
	put(s, xlsx.Heading, headingsIn("fr")...)
	for n := range MaxLines {
		text := func(length int) string {
			return strings.Repeat("é", length-10) + fmt.Sprintf("%010d", n)
		}
		put(s, xlsx.PlainText, "8210000090", text(500), text(100), text(100), "CN", text(200), "1", "H87", "1", text(100))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if out.Len() > MaxBytes {
		t.Fatalf("the file has %d bytes", out.Len())
	}
	return out.Bytes()
}

// allWrong is a file in which nothing is right.
func allWrong() []byte {
	var out bytes.Buffer
	out.Write(csvOf())
	for range MaxLines {
		out.WriteString("x;;#N/A;#N/A;x;#N/A;x;x;x;#N/A\n")
	}
	return out.Bytes()
}

// TestReadingKeepsLittleInMemory looks at the heap when the last row has been
// read and nothing is let go yet.
func TestReadingKeepsLittleInMemory(t *testing.T) {
	const most = 64 << 20
	for name, make := range map[string]func(testing.TB) []byte{
		"ten thousand usual lines":      func(t testing.TB) []byte { return manyLines(t, MaxLines) },
		"the longest lines":             longest,
		"a hundred thousand bad cells":  func(testing.TB) []byte { return allWrong() },
		"five megabytes of separators":  func(testing.TB) []byte { return append(csvOf(), bytes.Repeat([]byte(";;;;;;;;;\n"), 500_000)...) },
		"five megabytes of quotations":  func(testing.TB) []byte { return append(csvOf(), bytes.Repeat([]byte("\"\n\";"), 1_250_000)...) },
		"ten thousand lines in one row": func(testing.TB) []byte { return append(csvOf(), `"`+strings.Repeat("x\n", 2_000_000)...) },
	} {
		t.Run(name, func(t *testing.T) {
			data := make(t)
			before := heap()
			f, code := open(data)
			if code != "" {
				t.Fatal(code)
			}
			r := reader{file: f, bounds: lineBounds(), shipped: true}
			if err := f.each(r.row); err != nil {
				t.Fatal(err)
			}
			used := heap() - before + int64(len(data))
			t.Logf("%d bytes of file, %d lines, %d faults: %.1f MB", len(data), len(r.Lines), len(r.Faults), float64(used)/(1<<20))
			if used > most {
				t.Errorf("reading keeps %d MB, %d at most", used>>20, most>>20)
			}
			runtime.KeepAlive(f)
			runtime.KeepAlive(data)
			runtime.KeepAlive(r)
		})
	}
}

func FuzzRead(f *testing.F) {
	f.Add(csvOf(goodRow()))
	f.Add(csvWith(',', "en", with("value", "1,234.5"), with("designation", "a\nb\"c")))
	f.Add([]byte("sep=;\nCode SH;Norme;Erreurs | x\n=1;'=2;\"\n\"\n\n;"))
	f.Add([]byte("\xFF\xFEC\x00o\x00d\x00e\x00 \x00S\x00H\x00"))
	f.Add([]byte("Code SH\tD\xe9signation\r821,\t\x80"))
	f.Add(xlsxOf(f, nil, texts(goodRow())))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := readShipped(data)
		if (len(r.Faults) == 0) == (len(r.Lines) == 0) {
			t.Fatalf("%d lines, %d faults", len(r.Lines), len(r.Faults))
		}
		once, err := r.Annotated(data, "fr")
		if (err == nil) != (r.Kind != "") {
			t.Fatalf("%v of kind %q", err, r.Kind)
		}
		if err != nil {
			return
		}
		if strings.Contains(codes(r.Faults), "heading") {
			return // without the right headings, even the delimiter is a guess
		}
		if again := readShipped(once); codes(again.Faults) != codes(r.Faults) {
			t.Errorf("was %s, is %s once annotated: %q", codes(r.Faults), codes(again.Faults), once)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	workbook := manyLines(b, MaxLines)
	text := csvOf()
	for n := range MaxLines {
		text = append(text, strings.Join(with("reference", fmt.Sprint(n)), ";")+"\n"...)
	}
	for name, data := range map[string][]byte{"xlsx": workbook, "csv": text} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				mustRead(b, data)
			}
		})
	}
}

func BenchmarkAnnotated(b *testing.B) {
	data := bytes.ReplaceAll(allWrong(), []byte("#N/A"), nil)
	r := readShipped(data)
	for b.Loop() {
		if _, err := r.Annotated(data, "fr"); err != nil {
			b.Fatal(err)
		}
	}
}
