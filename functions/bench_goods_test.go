//go:build linux

package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"portal/infra/local"
	"portal/shared/goodsfile"
)

// goods measures what reading and judging ten thousand lines of a goods file
// costs, against merely reading the same file with a library; and what their
// import takes from request to answer.
func (b *benchRun) goods(t *testing.T) {
	const lines, rounds = goodsfile.MaxLines, 9
	workbook, text := goodsXLSX(t, lines), goodsCSV(lines)
	table := benchTable{}
	table.row("10,000 lines", "read and judged, ms", "read, ms", "ratio", "from…to", "allocated, MB", "MB")
	compare := func(name string, data []byte, floor func([]byte) error) float64 {
		judge := func(data []byte) error {
			if r := goodsfile.Read(data, true); len(r.Lines) != lines {
				return fmt.Errorf("%d lines", len(r.Lines))
			}
			return nil
		}
		var ours, least []time.Duration
		var allocated, leastAllocated uint64
		for round := range rounds + 1 {
			order := []func(){
				func() { ours, allocated = benchRead(t, ours, judge, data) },
				func() { least, leastAllocated = benchRead(t, least, floor, data) },
			}
			if round%2 == 1 {
				slices.Reverse(order)
			}
			order[0]()
			order[1]()
		}
		ratios := benchRatios(ours[1:], least[1:]) // the first ones warm up
		table.row(name, benchMillis(benchMedian(ours[1:])), benchMillis(benchMedian(least[1:])), benchRatio(benchMedian(ratios)),
			benchRatio(benchQuantile(ratios, .25))+"…"+benchRatio(benchQuantile(ratios, .75)),
			fmt.Sprintf("%.1f", float64(allocated)/(1<<20)), fmt.Sprintf("%.1f", float64(leastAllocated)/(1<<20)))
		return benchMedian(ratios)
	}
	xlsx := compare("XLSX, against excelize's rows", workbook, benchExcelize)
	compare("CSV, against encoding/csv", text, benchRecords)
	kept := benchKept(func() any { return goodsfile.Read(workbook, true) })
	table.note("the lines of the workbook keep %.1f MB", kept/(1<<20))
	for _, format := range []goodsfile.Kind{goodsfile.XLSX, goodsfile.CSV} {
		data := workbook
		if format == goodsfile.CSV {
			data = text
		}
		table.note("imported over HTTP, from request to answer: %s, %s ms", format, benchMillis(benchImport(t, format, data)))
	}
	table.print(os.Stdout, "Goods files")
	b.promise("reading and judging 10,000 lines of XLSX, against reading them", xlsx, 1.5)
	b.promise("what is kept of them, of 64 MB", kept/(64<<20), 1)
}

func benchRead(t *testing.T, spent []time.Duration, read func([]byte) error, data []byte) ([]time.Duration, uint64) {
	t.Helper()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	if err := read(data); err != nil {
		t.Fatal(err)
	}
	spent = append(spent, time.Since(start))
	runtime.ReadMemStats(&after)
	return spent, after.TotalAlloc - before.TotalAlloc
}

// benchExcelize streams the rows of the first sheet.
func benchExcelize(data []byte) error {
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		return err
	}
	rows, err := f.Rows(f.GetSheetList()[0])
	if err != nil {
		return err
	}
	for rows.Next() {
		if _, err := rows.Columns(); err != nil {
			return err
		}
	}
	return errors.Join(rows.Close(), f.Close())
}

func benchRecords(data []byte) error {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.ReuseRecord = ';', true
	for {
		if _, err := r.Read(); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
	}
}

// benchKept is how many bytes stay alive with what make gives.
func benchKept(make func() any) float64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	made := make()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(made)
	return float64(after.HeapAlloc) - float64(before.HeapAlloc)
}

// benchImport is how long import_goods takes on a portal in memory.
func benchImport(t *testing.T, format goodsfile.Kind, data []byte) time.Duration {
	t.Helper()
	store := benchSeeded(t, benchMemory(t), local.Options{NoSync: true})
	mux := http.NewServeMux()
	mux.Handle("/files", store.Files())
	mux.Handle("/", benchAPI(benchPorts(store)))
	life := &benchLife{benchTroupe: benchCast(t, store, benchSite, benchInside{mux}), now: store.Clock().Now()}
	var spent time.Duration
	life.after = func(_ string, d time.Duration) { spent = d }
	if err := life.create(); err != nil {
		t.Fatal(err)
	}
	upload, err := life.uploadGoods(format, data)
	if err != nil {
		t.Fatal(err)
	}
	if err := life.move(life.declarant, "import_goods", "/goods-imports", map[string]string{"upload": upload}); err != nil {
		t.Fatal(err)
	}
	return spent
}

// uploadGoods puts a goods file in the store.
func (l *benchLife) uploadGoods(format goodsfile.Kind, data []byte) (string, error) {
	return l.uploadAs(l.declarant, "conformity/request_goods_upload", "/goods-uploads", map[string]any{"format": format, "size": len(data)}, format.ContentType(), data)
}

// importGoods replaces the draft's goods by those of a small file, and looks
// at what is offered beside it.
func (l *benchLife) importGoods() error {
	for step, path := range map[string]string{"show_goods_guide": "goods-guide", "show_goods_template": "goods-template"} {
		if _, err := l.does(l.declarant, "conformity/"+step, http.MethodGet, "/api/conformity/"+path, nil); err != nil {
			return err
		}
	}
	upload, err := l.uploadGoods(goodsfile.CSV, goodsCSV(12))
	if err != nil {
		return err
	}
	return l.move(l.declarant, "import_goods", "/goods-imports", map[string]string{"upload": upload})
}
