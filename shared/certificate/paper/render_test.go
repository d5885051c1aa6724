package paper

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"portal/shared/pdf"
)

var update = flag.Bool("update", false, "write the golden files anew")

func printed(t testing.TB, d Document) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := Render(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func samples() map[string]Document {
	english := certificate(1)
	english.Language, english.Answer = "en", "Conforming"
	licence := registration(2)
	licence.Kind, licence.Number, licence.Route = SOL, "SOL-2026-000012-Q8", "C"
	licence.Holder, licence.HolderID = "Brightway Electric Appliance Factory", "91442000MA4UN12X5K"
	renewed, revised := licence, certificate(1)
	renewed.Renewals = 2
	revised.Replaces = "COC-2026-004198-2F"
	coded := letter(1)
	coded.CheckURL = "https://portail.example.ma/verification/BV-2026-1088"
	return map[string]Document{
		"certificate": certificate(12), "certificate-english": english,
		"registration": registration(5), "licence": licence, "licence-renewed": renewed, "certificate-revised": revised,
		"report": report(4), "letter": letter(3), "letter-with-code": coded,
	}
}

func TestWhatAPaperSays(t *testing.T) {
	for name, d := range samples() {
		t.Run(name, func(t *testing.T) {
			file := printed(t, d)
			got := transcript(t, file)
			golden := filepath.Join("testdata", name+".golden.txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the paper says\n%s\nwant\n%s", got, want)
			}
			passes(t, file)
			begins(t, file)
		})
	}
}

// begins holds every text to begin between the margins.
func begins(t *testing.T, file []byte) {
	t.Helper()
	for i, page := range read(t, file) {
		for _, d := range page {
			x, y := d.x*point, pageHeight-d.y*point
			if x < margin-0.1 || x > pageWidth-margin-1 || y < 0 || y > pageHeight-6 {
				t.Errorf("page %d: %q begins at %.1f, %.1f", i+1, d.text, x, y)
			}
		}
	}
}

// passes holds a paper to what the portal asks of uploaded documents: people
// join papers to their next dossiers.
func passes(t *testing.T, file []byte) {
	t.Helper()
	info, err := pdf.Check(file)
	if err != nil {
		t.Error(err)
	}
	if bytes.Contains(file, []byte("EmbeddedFiles")) {
		t.Error("the file has a list of embedded files")
	}
	if want := len(pageStreams(t, file)); info.Pages != want {
		t.Errorf("%d pages, want %d", info.Pages, want)
	}
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	for name, d := range map[string]Document{"certificate": certificate(5), "letter": letter(2)} {
		want := printed(t, d)
		var group sync.WaitGroup
		for range 2 {
			group.Go(func() {
				var again bytes.Buffer
				if err := Render(&again, d); err != nil || !bytes.Equal(again.Bytes(), want) {
					t.Errorf("%s: printed at once it differs (%v)", name, err)
				}
			})
		}
		group.Wait()
	}
}

func TestTheDateOfTheFileIsTheDateOfIssue(t *testing.T) {
	file := printed(t, certificate(1))
	for _, want := range []string{"/CreationDate (D:20261121150405)", "/ModDate (D:20261121150405)", "/Producer (Portal)", "/Lang (fr-MA)"} {
		if !bytes.Contains(file, []byte(want)) {
			t.Errorf("the file lacks %s", want)
		}
	}
}

func TestAnyTextCanBePrinted(t *testing.T) {
	const many = 150
	strange := []string{
		strings.Repeat("W", many), strings.Repeat("م", many), strings.Repeat("a-b/", many), strings.Repeat(" ", many) + "x",
		strings.Repeat("\u0301", many), strings.Repeat("(", many), "鋼板 😀 ㎏ ﬁn", "\xff\xfe\xe0", "a\u202Eb\u2066c", "\u200F\u200D\u0000\r\n\t",
		"\\) Tj ET (", "{bureau} {dossier}", "é", "e\u0301",
	}
	d := certificate(len(strange))
	for i, s := range strange {
		d.Lines[i] = Line{HS: s, Designation: s, Brand: s, Reference: s, Origin: s, Quantity: s, Unit: s, Norm: s, Verdict: NonConforming, Remark: s}
	}
	for i := 0; i < len(strange); i += 3 {
		a, b, c := strange[i], strange[(i+1)%len(strange)], strange[(i+2)%len(strange)]
		d.Kind = []Kind{COC, Letter}[i%2]
		d.Number, d.DossierNumber, d.Route = a, b, c
		d.Answer, d.Agent, d.Bureau = b, c, Bureau{Code: a, Name: b}
		d.Importer, d.Exporter, d.Manufacturer = Party{Name: a, Address: b, Country: c}, Party{Name: c}, Party{Name: b}
		d.Invoice, d.Shipment = Invoice{Number: c, Currency: a, Value: b}, Shipment{Mode: c, PortOfLoading: a}
		d.Assistance = strange[i:]
		passes(t, printed(t, d))
	}
}

func TestUnknownSignsAreReplacedAndEquivalentOnesSpelt(t *testing.T) {
	d := certificate(1)
	d.Lines[0].Designation = "鋼板 25 ㎏ ﬁn e\u0301t\u0335e"
	got := transcript(t, printed(t, d))
	if want := "�� 25 kg fin éte"; !strings.Contains(got, want) {
		t.Errorf("the paper does not say %q:\n%s", want, got)
	}
}

func TestPapersWithoutSomethingLeaveItOut(t *testing.T) {
	full, bare := printed(t, certificate(1)), certificate(1)
	bare.Expires, bare.CheckURL, bare.Invoice, bare.Shipment = time.Time{}, "", Invoice{}, Shipment{}
	without := transcript(t, printed(t, bare))
	for _, text := range []string{"Valable jusqu’au", "Vérifier ce document", "Facture et expédition"} {
		if !strings.Contains(transcript(t, full), text) {
			t.Errorf("the full paper does not say %q", text)
		}
		if strings.Contains(without, text) {
			t.Errorf("the bare paper says %q", text)
		}
	}
}

func TestTheCodeLeadsToTheCheck(t *testing.T) {
	d := certificate(1)
	file := printed(t, d)
	code, err := qrModules(d.CheckURL)
	if err != nil {
		t.Fatal(err)
	}
	size := code.Bounds().Dx()
	for row, columns := range modules(pageStreams(t, file)[0], size) {
		for column, dark := range columns {
			red, _, _, _ := code.At(column, row).RGBA()
			if dark != (red == 0) {
				t.Fatalf("module %d of row %d is drawn wrongly", column, row)
			}
		}
	}
	if !bytes.Contains(file, []byte("/URI ("+d.CheckURL+")")) {
		t.Error("the code is no link")
	}
}

func TestDocumentsThatCannotBePrintedAreRefused(t *testing.T) {
	cases := map[string]func(*Document){
		"an unknown kind":    func(d *Document) { d.Kind = "CIA" },
		"no catalogue":       func(d *Document) { d.Text = nil },
		"no number":          func(d *Document) { d.Number = "" },
		"no date":            func(d *Document) { d.Issued = time.Time{} },
		"a line not judged":  func(d *Document) { d.Lines[0].Verdict = "" },
		"an unknown verdict": func(d *Document) { d.Lines[0].Verdict = "perfect" },
	}
	for name, spoil := range cases {
		d := certificate(1)
		spoil(&d)
		if err := Render(io.Discard, d); !errors.Is(err, ErrDocument) {
			t.Errorf("with %s the error is %v", name, err)
		}
	}
	d := certificate(1)
	d.CheckURL = "https://example.ma/" + strings.Repeat("x", 4000)
	if err := Render(io.Discard, d); err == nil {
		t.Error("an address too long for a code is accepted")
	}
}

func TestErrorsOfTheWriterAreReturned(t *testing.T) {
	if err := Render(full{}, certificate(1)); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("the error is %v", err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestTheCatalogueHasExactlyTheTextsThatPapersUse(t *testing.T) {
	used := map[string]bool{}
	for _, kind := range []Kind{COC, SOR, SOL, NCR, Letter} {
		d := certificate(0)
		d.Kind = kind
		d.Text = func(lang, key string) string {
			used[key] = true
			if text(lang, key) == "" {
				t.Errorf("no text for %s in %q", key, lang)
			}
			return text(lang, key)
		}
		d.Holder, d.HolderID, d.Replaces, d.Renewals = "Atlas", "001", "SOR-2026-1-DT", 1
		d.Lines = lines(4)
		for i, verdict := range []Verdict{NotSubject, Conforming, Reserved, NonConforming} {
			d.Lines[i].Verdict, d.Lines[i].Remark = verdict, "Texte"
		}
		printed(t, d)
	}
	for lang, texts := range catalogue() {
		for key := range texts {
			if !used[key] {
				t.Errorf("%s: %s is used by no paper", lang, key)
			}
		}
		if !maps.EqualFunc(texts, catalogue()["fr"], func(string, string) bool { return true }) {
			t.Errorf("%s has other keys than French", lang)
		}
	}
}

func TestCostGrowsWithTheLines(t *testing.T) {
	cost := func(lines int) uint64 {
		d := certificate(lines)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		printed(t, d)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	fixed := cost(1)
	short, long := cost(30)-fixed, cost(240)-fixed
	if long > 24*short { // eight times the lines: a cost growing with their square would be 64
		t.Errorf("30 lines allocate %d bytes, 240 lines %d", short, long)
	}
}

func BenchmarkRender(b *testing.B) {
	for _, n := range []int{12, 1000, 10000} {
		d := certificate(n)
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := Render(io.Discard, d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
