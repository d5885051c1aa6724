//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	papers "portal/shared/certificate/paper"
	"portal/shared/i18n"
	"portal/shared/password"
)

// build measures what an edit costs until the Lambda binary is there again: of
// one step, and of what every package of the portal imports. The edit is an
// overlay: the source stays as it is.
func (b *benchRun) build(t *testing.T) {
	out := filepath.Join(t.TempDir(), "bootstrap")
	benchBuild(t, "", out, "./functions")
	table := benchTable{}
	table.row("build of the Lambda binary", "s")
	var nothing, step, every []time.Duration
	for n := range 2 {
		nothing = append(nothing, benchBuild(t, "", out, "./functions"))
		step = append(step, benchBuild(t, benchEdit(t, "functions/conformity/take_charge.go", n), out, "./functions"))
		every = append(every, benchBuild(t, benchEdit(t, "shared/step/step.go", n), out, "./functions"))
	}
	seconds := func(d time.Duration) string { return fmt.Sprintf("%.1f", d.Seconds()) }
	table.row("again, nothing edited", seconds(benchMedian(nothing)))
	table.row("after an edit of one step", seconds(benchMedian(step)))
	table.row("after an edit of what every step imports", seconds(benchMedian(every)))
	table.note("%s, %d processors, medians of 2", runtime.Version(), runtime.NumCPU())
	table.print(os.Stdout, "Build")
}

// benchEdit is an overlay in which a file has another function.
func benchEdit(t *testing.T, file string, n int) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", file))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	edited, overlay := filepath.Join(dir, "edited.go"), filepath.Join(dir, "overlay.json")
	source = fmt.Appendf(source, "\n// BenchEdit is this edit.\nfunc BenchEdit() string { return %q }\n", fmt.Sprint(n, time.Now().UnixNano()))
	said, err := json.Marshal(map[string]map[string]string{"Replace": {path: edited}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{edited: source, overlay: said} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return overlay
}

// costs tells what two dear things cost, for the choice of a Lambda's memory.
func (b *benchRun) costs(t *testing.T) {
	doc := benchPaper()
	var size int
	render := func() {
		var out bytes.Buffer
		if err := papers.Render(&out, doc); err != nil {
			t.Fatal(err)
		}
		size = out.Len()
	}
	salt := make([]byte, password.SaltLength)
	hash := func() {
		if _, err := password.Hash("caravane lanterne 1912 olive", salt); err != nil {
			t.Fatal(err)
		}
	}
	first := benchOnce(render)
	table := benchTable{}
	table.row("cost", "CPU ms", "KB allocated")
	table.row("a certificate of 12 lines, the first of a process", benchMillis(first.cpu[0]), fmt.Sprint(first.bytes[0]/1024))
	for _, c := range []struct {
		name string
		do   func()
	}{{"a certificate of 12 lines", render}, {"argon2id of a password", hash}} {
		var all benchCost
		for range 15 {
			one := benchOnce(c.do)
			all.cpu, all.bytes = append(all.cpu, one.cpu...), append(all.bytes, one.bytes...)
		}
		table.row(c.name, benchMillis(benchMedian(all.cpu)), fmt.Sprint(benchMedian(all.bytes)/1024))
	}
	table.note("the certificate is %d bytes of PDF; argon2id at m = %d KiB, t = %d, p = %d", size, password.Current().Memory, password.Current().Passes, password.Current().Threads)
	table.print(os.Stdout, "Dear things")
}

func benchOnce(do func()) benchCost {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := benchCPU()
	do()
	spent := benchCPU() - start
	runtime.ReadMemStats(&after)
	return benchCost{cpu: []time.Duration{spent}, bytes: []int64{int64(after.TotalAlloc - before.TotalAlloc)}}
}

func benchPaper() papers.Document {
	issued := time.Date(2026, 11, 21, 15, 4, 5, 0, time.UTC)
	d := papers.Document{
		Kind: papers.COC, Language: i18n.Default, Text: func(lang, key string) string { return i18n.Text(lang, key, nil) },
		Number: "COC-2026-1088-3O", DossierNumber: "BV-2026-1088", Route: "A", Issued: issued, Expires: issued.AddDate(0, 3, 0),
		Answer: "Conforme", Bureau: papers.Bureau{Code: "BV", Name: "Bureau Veritas"}, Agent: "Omar Tazi",
		Importer:     papers.Party{Name: "Atlas Équipements SARL", Address: "12, boulevard Zerktouni, Casablanca", Country: "Maroc"},
		Exporter:     papers.Party{Name: "Ningbo Home Ltd", Address: "88 Beilun Road, Ningbo", Country: "Chine"},
		Manufacturer: papers.Party{Name: "Yuyao Appliance Works", Address: "5 Simen Street, Yuyao", Country: "Chine"},
		Invoice:      papers.Invoice{Number: "PI-2026-0417", Date: issued.AddDate(0, 0, -5), Currency: "USD", Value: "48250.50"},
		Shipment:     papers.Shipment{Mode: "Maritime", PortOfLoading: "Ningbo", PortOfDischarge: "Tanger Med", Incoterm: "FOB"},
		CheckURL:     benchSite + "/c/COC-2026-1088-3O", Assistance: []string{"05 20 47 31 00"},
	}
	for n := range 12 {
		d.Lines = append(d.Lines, papers.Line{
			N: n + 1, HS: "8516.10.00.90", Designation: strings.Repeat("Appareil de cuisson ", 1+n%3), Brand: "Maisonia", Reference: fmt.Sprintf("MS-%03d", n),
			Origin: "Chine", Quantity: "125", Unit: "pièce", Norm: "NM EN 60335-1", Verdict: papers.Conforming,
		})
	}
	return d
}
