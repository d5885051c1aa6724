package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"portal/demo/client"
	"portal/shared/goodsfile"
)

// goodsRow is a right row of the goods file.
func goodsRow(n int) []string {
	return []string{
		fmt.Sprintf("8516.%02d.00.90", 10+n%8*10), fmt.Sprintf("Appareil %d", n+1), "Maisonia", fmt.Sprintf("MS-%05d", n), "CN",
		"Yuyao Appliance Works", fmt.Sprint(100 + n), "C62", "1850,25", "NM EN 60335-1",
	}
}

func goodsHeadings() []string {
	var headings []string
	for _, field := range goodsfile.Fields() {
		headings = append(headings, goodsfile.Heading("fr", field))
	}
	return headings
}

// goodsCSV is a file of so many right lines; edit may spoil a row.
func goodsCSV(lines int, edit ...func(n int, row []string)) []byte {
	var b strings.Builder
	b.WriteString(strings.Join(goodsHeadings(), ";") + "\r\n")
	for n := range lines {
		row := goodsRow(n)
		for _, spoil := range edit {
			spoil(n, row)
		}
		b.WriteString(strings.Join(row, ";") + "\r\n")
	}
	return []byte(b.String())
}

// goodsXLSX is a workbook of so many right lines, as another library writes it.
func goodsXLSX(t judge, lines int) []byte {
	t.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatalf("%v", err)
	}
	for n := range lines + 1 {
		row := goodsHeadings()
		if n > 0 {
			row = goodsRow(n - 1)
		}
		cells := make([]any, len(row))
		for i, text := range row {
			cells[i] = text
		}
		if err := w.SetRow(fmt.Sprintf("A%d", n+1), cells); err != nil {
			t.Fatalf("%v", err)
		}
	}
	var out bytes.Buffer
	if err := w.Flush(); err != nil {
		t.Fatalf("%v", err)
	}
	if err := f.Write(&out); err != nil {
		t.Fatalf("%v", err)
	}
	return out.Bytes()
}

// requestsGoodsUpload asks for a form to upload a goods file.
func (b *browser) requestsGoodsUpload(id string, format goodsfile.Kind, size int) (upload string, form client.Form) {
	b.h.t.Helper()
	var granted struct {
		Upload string      `json:"upload"`
		Form   client.Form `json:"form"`
		Max    int64       `json:"max_bytes"`
	}
	b.wants(http.StatusCreated, http.MethodPost, at(id)+"/goods-uploads", map[string]any{"format": format, "size": size}).into(&granted)
	if granted.Max != goodsfile.MaxBytes {
		b.h.t.Errorf("at most %d bytes", granted.Max)
	}
	return granted.Upload, granted.Form
}

func (b *browser) uploadsGoods(id string, format goodsfile.Kind, data []byte) string {
	b.h.t.Helper()
	upload, form := b.requestsGoodsUpload(id, format, len(data))
	if answer := b.posts(form, format.ContentType(), data); answer.Status >= 300 {
		b.h.t.Fatalf("upload: %d %s", answer.Status, answer.Body)
	}
	return upload
}

// importsGoods uploads a file and asks for its import.
func (b *browser) importsGoods(id string, format goodsfile.Kind, data []byte, options ...client.Option) reply {
	b.h.t.Helper()
	options = append([]client.Option{client.IfMatch(b.looks(id).tag())}, options...)
	return b.ask(http.MethodPost, at(id)+"/goods-imports", map[string]string{"upload": b.uploadsGoods(id, format, data)}, options...)
}

type goodsPage struct {
	Lines []struct {
		N           int     `json:"n"`
		HS          string  `json:"hs"`
		Designation string  `json:"designation"`
		Reference   string  `json:"reference"`
		Quantity    float64 `json:"quantity"`
		Value       float64 `json:"value"`
	} `json:"lines"`
	Total int `json:"total"`
}

func TestTenThousandLinesAreImportedAndDeposited(t *testing.T) {
	if racing {
		t.Skip("runs whole without the race detector")
	}
	t.Parallel()
	drafted.snapshot(t)
	const lines = goodsfile.MaxLines
	for n, format := range []goodsfile.Kind{goodsfile.CSV, goodsfile.XLSX} {
		t.Run(string(format), func(t *testing.T) {
			h := drafted.open(t, transports[n])
			b, id := h.as(yasmine), h.marks["draft1"]
			data := goodsCSV(lines)
			if format == goodsfile.XLSX {
				data = goodsXLSX(t, lines)
			}
			p := b.importsGoods(id, format, data).paper()
			if p.Lines != lines || len(p.Missing) > 0 {
				t.Fatalf("%d lines, missing %v", p.Lines, p.Missing)
			}
			var page goodsPage
			b.reads(at(id)+"/goods?page=100", &page)
			if last := page.Lines[99]; page.Total != lines || last.N != lines || last.HS != "8516800090" || last.Reference != "MS-09999" || last.Quantity != 10099 || last.Value != 1850.25 {
				t.Errorf("%d lines, the last %+v", page.Total, last)
			}
			if left := h.files("incoming"); len(left) > 0 {
				t.Errorf("%d files are kept of it", len(left))
			}
			if got := b.does(id, "deposits", noBody); got.Status != "submitted" || got.Lines != lines {
				t.Errorf("deposited: %s with %d lines", got.Status, got.Lines)
			}
			h.isWhole(id)
		})
	}
}

func TestARefusedFileNamesEveryCellAndChangesNothing(t *testing.T) {
	t.Parallel()
	drafted.onEach(t, func(t *testing.T, h *harness) {
		h.tick = 0
		b, id := h.as(yasmine), h.marks["draft1"]
		before := h.dump()
		bad := goodsCSV(40, func(n int, row []string) {
			switch n {
			case 0:
				row[0] = "851610"
			case 7:
				row[4], row[6] = "Atlantide", "-1"
			case 39:
				row[1] = ""
			}
		})
		answer := b.importsGoods(id, goodsfile.CSV, bad, client.Header("Accept-Language", "fr"))
		p := answer.refused(http.StatusUnprocessableEntity, "import_refused")
		want := []string{"/upload/A2 hs", "/upload/B41 required", "/upload/E9 choice", "/upload/G9 not_above"}
		if got := faults(p); !slices.Equal(got, want) {
			t.Errorf("%q", got)
		}
		var said struct {
			Total  int `json:"total_errors"`
			Errors []struct {
				Message string
				Params  map[string]any
			}
			Report struct {
				URL     string
				Expires time.Time
			}
		}
		if err := json.Unmarshal(answer.Body, &said); err != nil {
			t.Fatal(err)
		}
		if e := said.Errors[1]; said.Total != 4 || e.Params["row"] != 9. || e.Params["column"] != "E" || e.Params["heading"] != "Pays d'origine" || e.Params["field"] != "origin" || e.Message == "" {
			t.Errorf("%d in all, of them %+v", said.Total, e)
		}
		if changed := differs(before, h.dump(), "incoming/"); len(changed) > 0 {
			t.Errorf("left behind: %q", changed)
		}
		if kept := h.files("incoming"); len(kept) != 1 {
			t.Errorf("%d files under incoming, want the report alone", len(kept))
		}
		if want := h.portal.Clock().Now().Add(time.Hour); !said.Report.Expires.Equal(want) {
			t.Errorf("the report can be had until %v, want %v", said.Report.Expires, want)
		}
		report := h.visitor().wants(http.StatusOK, http.MethodGet, said.Report.URL, nil)
		if !strings.Contains(report.Header.Get("Content-Disposition"), "marchandises-erreurs.csv") || !strings.Contains(string(report.Body), "Pays d'origine : ") {
			t.Errorf("the report: %v\n%s", report.Header, report.Body)
		}

		// Corrected in place, the report itself is imported.
		text := strings.NewReplacer("851610;", "8516.10.00.90;", "Atlantide", "Chine", ";-1;", ";12;", "8516.80.00.90;;", "8516.80.00.90;Appareil 40;").Replace(string(report.Body))
		if got := b.importsGoods(id, goodsfile.CSV, []byte(text)).paper(); got.Lines != 40 || len(got.Missing) > 0 {
			t.Errorf("%d lines, missing %v", got.Lines, got.Missing)
		}
		h.sleep(h.portal.Clock().Now().Add(2 * time.Hour))
		if again := h.visitor().ask(http.MethodGet, said.Report.URL, nil); again.Status < 400 {
			t.Errorf("two hours later the report is still given: %d", again.Status)
		}
	})
}

func TestAFileMayBeAddedToTheLinesThatAreThere(t *testing.T) {
	t.Parallel()
	drafted.onEach(t, func(t *testing.T, h *harness) {
		b, id := h.as(yasmine), h.marks["draft1"]
		add := func(lines int) reply {
			upload := b.uploadsGoods(id, goodsfile.CSV, goodsCSV(lines))
			return b.ask(http.MethodPost, at(id)+"/goods-imports", map[string]string{"upload": upload, "mode": "append"}, client.IfMatch(b.looks(id).tag()))
		}
		if got := add(3).paper(); got.Lines != 5 {
			t.Errorf("two and three lines are %d", got.Lines)
		}
		var page goodsPage
		if b.reads(at(id)+"/goods", &page); page.Lines[1].Reference != "MS-101" || page.Lines[2].Reference != "MS-00000" {
			t.Errorf("%+v", page.Lines)
		}
		if got := faults(add(goodsfile.MaxLines-4).refused(http.StatusUnprocessableEntity, "invalid")); !slices.Equal(got, []string{"/upload too_many_lines"}) {
			t.Errorf("%q", got)
		}
	})
}

func TestProductsToRegisterAreImportedWithoutQuantities(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		b := h.as(yasmine)
		bare := goodsCSV(2, func(_ int, row []string) { row[6], row[7], row[8] = "", "", "" })
		p := b.saves(b.opens(), "form/object", statement("sor"))
		if got := b.importsGoods(p.ID, goodsfile.CSV, bare).paper(); got.Lines != 2 {
			t.Errorf("%d lines", got.Lines)
		}
		p = b.saves(b.opens(), "form/object", object("BV"))
		refused := b.importsGoods(p.ID, goodsfile.CSV, bare).refused(http.StatusUnprocessableEntity, "import_refused")
		if got := faults(refused); len(got) != 6 || got[0] != "/upload/G2 required" {
			t.Errorf("%q", got)
		}
	})
}

func TestOnlyItsDeclarantsImportIntoADraft(t *testing.T) {
	t.Parallel()
	everywhere.onEach(t, func(t *testing.T, h *harness) {
		upload := map[string]any{"format": "csv", "size": 10}
		for _, c := range []struct {
			who, status string
			code        int
			problem     string
		}{
			{hamza, "draft", 404, "not_found"}, {salma, "draft", 403, "forbidden"}, {omar, "in_processing", 403, "forbidden"},
			{yasmine, "submitted", 409, "not_allowed_in_status"}, {yasmine, "closed", 409, "not_allowed_in_status"},
		} {
			id := h.marks[c.status]
			before := h.dump()
			h.as(c.who).ask(http.MethodPost, at(id)+"/goods-uploads", upload).refused(c.code, c.problem)
			h.as(c.who).ask(http.MethodPost, at(id)+"/goods-imports", imported, client.IfMatch("*")).refused(c.code, c.problem)
			if changed := differs(before, h.dump()); len(changed) > 0 {
				t.Errorf("%s, %s: left behind: %q", c.who, c.status, changed)
			}
		}
		id := h.marks["draft"]
		h.visitor().ask(http.MethodPost, at(id)+"/goods-imports", imported, client.IfMatch("*")).refused(401, "unauthenticated")
		h.as(yasmine).ask(http.MethodPost, at(id)+"/goods-imports", imported).refused(428, "precondition_required")
		h.as(yasmine).ask(http.MethodPost, at(id)+"/goods-imports", imported, client.IfMatch(`"1"`)).refused(412, "stale")
		other := map[string]any{"upload": h.as(hamza).uploadsGoods(h.as(hamza).opens().ID, goodsfile.CSV, goodsCSV(1))}
		p := h.as(yasmine).ask(http.MethodPost, at(id)+"/goods-imports", other, client.IfMatch("*")).refused(422, "import_refused")
		if got := faults(p); !slices.Equal(got, []string{"/upload upload_not_found"}) {
			t.Errorf("another's upload: %q", got)
		}
	})
}

func TestAGoodsFileThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	drafted.onEach(t, func(t *testing.T, h *harness) {
		h.tick = 0
		b, id := h.as(yasmine), h.marks["draft1"]
		before := h.dump()
		for code, data := range map[string][]byte{
			"sheet_type":          goodPDF(),
			"sheet_old_format":    append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 1000)...),
			"sheet_no_lines":      goodsCSV(0),
			"sheet_too_many_rows": goodsCSV(goodsfile.MaxLines + 1),
		} {
			p := b.importsGoods(id, goodsfile.CSV, data).refused(http.StatusUnprocessableEntity, "import_refused")
			if got := faults(p); !slices.Equal(got, []string{"/upload " + code}) || p.Errors[0].Message == "" {
				t.Errorf("%s: %q", code, got)
			}
		}
		if changed := differs(before, h.dump(), "incoming/"); len(changed) > 0 {
			t.Errorf("left behind: %q", changed)
		}
	})
}

func TestTheStoreRefusesGoodsFilesThatAreTooLarge(t *testing.T) {
	t.Parallel()
	drafted.onEach(t, func(t *testing.T, h *harness) {
		b, id := h.as(yasmine), h.marks["draft1"]
		for _, format := range []goodsfile.Kind{goodsfile.CSV, goodsfile.XLSX} {
			_, form := b.requestsGoodsUpload(id, format, 1000)
			if p := b.posts(form, format.ContentType(), make([]byte, 6<<20)); p.Status != 413 || p.Problem().Code != "file_too_large" {
				t.Errorf("6 MB of %s: %d %s", format, p.Status, p.Body)
			}
			form.Fields["Content-Type"] = "application/pdf"
			if p := b.posts(form, "application/pdf", []byte("x")); p.Status != 415 || p.Problem().Code != "file_type_refused" {
				t.Errorf("a PDF for %s: %d %s", format, p.Status, p.Body)
			}
		}
		p := b.ask(http.MethodPost, at(id)+"/goods-uploads", map[string]any{"format": "ods", "size": 6 << 20}).refused(422, "invalid")
		if got := faults(p); !slices.Equal(got, []string{"/format choice", "/size too_large"}) {
			t.Errorf("%q", got)
		}
		if left := h.files("incoming"); len(left) > 0 {
			t.Errorf("%d files under incoming", len(left))
		}
	})
}

func TestAnybodyReadsTheGuideAndFillsInTheTemplate(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		var guide struct {
			Title     string
			Rules     []string
			Columns   []struct{ Column, Field, Heading, Need, Rule, Example, List string }
			MaxLines  int `json:"max_lines"`
			Templates []struct{ Format, URL string }
		}
		h.visitor().reads("/api/conformity/goods-guide", &guide)
		if guide.Title != "Guide d'injection en masse" || len(guide.Rules) < 5 || len(guide.Columns) != 10 || guide.MaxLines != 10_000 || len(guide.Templates) != 2 {
			t.Errorf("%+v", guide)
		}
		if c := guide.Columns[4]; c.Column != "E" || c.Heading != "Pays d'origine" || c.Need != "required" || c.List != "countries" {
			t.Errorf("%+v", c)
		}
		for _, template := range guide.Templates {
			file := h.visitor().wants(http.StatusOK, http.MethodGet, template.URL, nil)
			if !strings.Contains(file.Header.Get("Content-Disposition"), "modele-marchandises."+template.Format) || file.Header.Get("Content-Type") != goodsfile.Kind(template.Format).ContentType() {
				t.Errorf("%s: %v", template.Format, file.Header)
			}
			want, err := goodsfile.Template(goodsfile.Kind(template.Format), "fr")
			if err != nil || !bytes.Equal(file.Body, want) {
				t.Errorf("%s: %d bytes, want %d (%v)", template.Format, len(file.Body), len(want), err)
			}
		}
		english := h.visitor().wants(http.StatusOK, http.MethodGet, "/api/conformity/goods-template?format=csv", nil, client.Header("Accept-Language", "en"))
		if !strings.Contains(string(english.Body), "Country of origin") {
			t.Errorf("%s", english.Body)
		}
		h.visitor().ask(http.MethodGet, "/api/conformity/goods-template?format=ods", nil).refused(422, "invalid")
	})
}
