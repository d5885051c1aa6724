package pdf

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"pgregory.net/rapid"
)

// samples are files by other programs, kept in testdata with a note on how they
// were made, and what Check says of them.
var samples = map[string]struct {
	verdict string
	info    Info
}{
	"attachment-object-streams.pdf":       {verdict: "pdf_active_content embedded_file"},
	"attachment.pdf":                      {verdict: "pdf_active_content embedded_file"},
	"cairo.pdf":                           {"ok", Info{Pages: 2, Version: "1.5"}},
	"encrypted-aes256.pdf":                {verdict: "pdf_encrypted"},
	"encrypted-object-streams.pdf":        {verdict: "pdf_encrypted"},
	"encrypted-rc4-owner-only.pdf":        {verdict: "pdf_encrypted"},
	"ghostscript.pdf":                     {"ok", Info{Pages: 2, Version: "1.4"}},
	"go-to-remote.pdf":                    {verdict: "pdf_active_content external_file"},
	"incremental-object-streams.pdf":      {"ok", Info{Pages: 2, Version: "1.5"}},
	"incremental.pdf":                     {"ok", Info{Pages: 2, Version: "1.3"}},
	"javascript-names-object-streams.pdf": {verdict: "pdf_active_content javascript"},
	"javascript-object-streams.pdf":       {verdict: "pdf_active_content javascript"},
	"javascript.pdf":                      {verdict: "pdf_active_content javascript"},
	"launch-object-streams.pdf":           {verdict: "pdf_active_content launch"},
	"launch.pdf":                          {verdict: "pdf_active_content launch"},
	"linearized-object-streams.pdf":       {"ok", Info{Pages: 2, Version: "1.5"}},
	"linearized.pdf":                      {"ok", Info{Pages: 2, Version: "1.3"}},
	"no-xref.pdf":                         {"ok", Info{Pages: 2, Version: "1.3"}},
	"object-streams.pdf":                  {"ok", Info{Pages: 2, Version: "1.5"}},
	"open-at-page.pdf":                    {"ok", Info{Pages: 2, Version: "1.5"}},
	"pypdf.pdf":                           {"ok", Info{Pages: 2, Version: "1.3"}},
	"qdf.pdf":                             {"ok", Info{Pages: 2, Version: "1.3"}},
	"reportlab.pdf":                       {"ok", Info{Pages: 2, Version: "1.3"}},
	"scan-pillow.pdf":                     {"ok", Info{Pages: 1, Version: "1.4"}},
	"signature-field.pdf":                 {"ok", Info{Pages: 2, Version: "1.7"}},
	"signed-object-streams.pdf":           {"ok", Info{Pages: 2, Version: "1.7", Signed: true}},
	"signed.pdf":                          {"ok", Info{Pages: 2, Version: "1.7", Signed: true}},
	"submit-form.pdf":                     {verdict: "pdf_active_content submit_form"},
	"weasyprint.pdf":                      {"ok", Info{Pages: 1, Version: "1.7"}},
	"wrong-startxref.pdf":                 {"ok", Info{Pages: 2, Version: "1.3"}},
}

// readSamples reads the files in testdata.
func readSamples(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.pdf")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	files := map[string][]byte{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(path)] = data
	}
	return files
}

func TestFilesByOtherPrograms(t *testing.T) {
	files := readSamples(t)
	if len(files) != len(samples) {
		t.Errorf("%d files, %d expectations", len(files), len(samples))
	}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			want, known := samples[name]
			if !known {
				t.Fatal("what is expected of it?")
			}
			expect(t, data, want.verdict)
			if info, _ := Check(data); info != want.info {
				t.Errorf("%+v, want %+v", info, want.info)
			}
		})
	}
}

// generate writes three pages with fpdf.
func generate(t testing.TB, change func(*fpdf.Fpdf)) []byte {
	t.Helper()
	p := fpdf.New("P", "mm", "A4", "")
	p.SetFont("Helvetica", "", 12)
	for range 3 {
		p.AddPage()
		p.Cell(40, 10, "Demande de certificat (JavaScript, Launch)")
	}
	change(p)
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFilesByFpdf(t *testing.T) {
	tests := map[string]struct {
		change func(*fpdf.Fpdf)
		want   string
	}{
		"plain":        {func(*fpdf.Fpdf) {}, "ok"},
		"uncompressed": {func(p *fpdf.Fpdf) { p.SetCompression(false) }, "ok"},
		"with links":   {func(p *fpdf.Fpdf) { p.LinkString(10, 10, 10, 10, "https://example.org"); p.Bookmark("a", 0, 0) }, "ok"},
		"with a script": {
			func(p *fpdf.Fpdf) { p.SetJavascript("app.alert(1)") }, "pdf_active_content javascript",
		},
		"with a password": {
			func(p *fpdf.Fpdf) { p.SetProtection(fpdf.CnProtectPrint, "", "owner") }, "pdf_encrypted",
		},
		"with an attachment": {
			func(p *fpdf.Fpdf) { p.SetAttachments([]fpdf.Attachment{{Content: []byte("x"), Filename: "a.exe"}}) },
			"pdf_active_content embedded_file",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			data := generate(t, test.change)
			expect(t, data, test.want)
			if info, err := Check(data); err == nil && info.Pages != 3 {
				t.Errorf("%d pages, want 3", info.Pages)
			}
		})
	}
}

// infections are bodies that an incremental update may add.
var infections = []string{
	"90 0 obj << /S /JavaScript /JS (app.alert(1)) >> endobj",
	"90 0 obj\r<</JS 91 0 R/S/J#61vaScript>>\rendobj 91 0 obj (app.alert(1)) endobj",
	"1 0 obj << /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS <61> >> >> endobj",
	"90 0 obj << /Type /ObjStm /N 1 /First 5 /Length 33 >>\nstream\n91 0 << /S /JavaScript /JS (x) >>\nendstream endobj",
}

func TestAnUpdateWithAScriptIsRefusedForEveryAcceptedFile(t *testing.T) {
	for name, data := range readSamples(t) {
		if samples[name].verdict != "ok" {
			continue
		}
		t.Run(strings.TrimSuffix(name, ".pdf"), func(t *testing.T) {
			expect(t, update(data, "90 0 obj << /S /GoTo >> endobj"), "ok")
			for _, infection := range infections {
				expect(t, update(data, infection), refusedScript)
			}
		})
	}
}

// A script put between any two objects of any file is found, even in the middle of
// one, as long as the file is not refused for worse.
func TestAScriptAnywhereInAFileIsRefused(t *testing.T) {
	var files [][]byte
	for name, data := range readSamples(t) {
		if samples[name].verdict == "ok" {
			files = append(files, data)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		data := rapid.SampledFrom(files).Draw(t, "file")
		at := rapid.IntRange(headerWithin, len(data)).Draw(t, "at")
		infection := rapid.SampledFrom(infections).Draw(t, "infection")
		infected := string(data[:at]) + "\n" + infection + "\n" + string(data[at:])
		if info, err := Check([]byte(infected)); err == nil {
			t.Errorf("accepted: %+v", info)
		}
	})
}
