package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

var errFull = errors.New("the disk is full")

func TestCellsOfAnotherLibraryAreReadAsTheyAreShown(t *testing.T) {
	f := excelize.NewFile()
	put := func(cell string, value any) {
		t.Helper()
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
	}
	style := func(cell, code string) {
		t.Helper()
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle("Sheet1", cell, cell, id); err != nil {
			t.Fatal(err)
		}
	}
	put("A2", " text ")
	put("B2", 101210000)
	style("B2", "0000000000")
	put("C2", 45000)
	style("C2", "dd/mm/yyyy")
	put("D2", true)
	put("E2", 0.1)
	style("E2", `#,##0.00" dh"`)
	put("F2", 8210000090)
	style("F2", `0000"."00\.00.00`)
	put("G2", 8210000090)
	style("G2", `0000"."00\.00\.00`)
	put("XFD7", "far")
	if err := f.SetCellFormula("Sheet1", "A4", "1+1"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellRichText("Sheet1", "B4", []excelize.RichTextRun{{Text: "Écran "}, {Text: "LED", Font: &excelize.Font{Bold: true}}}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	want := []Row{
		{2, []Cell{
			{1, Text, " text ", Format{}}, {2, Number, "101210000", Format{Zeros: 10}}, {3, Number, "45000", Format{Date: true}},
			{4, Bool, "TRUE", Format{}}, {5, Number, "0.1", Format{}}, {6, Number, "8210000090", Format{}}, {7, Number, "8210000090", Format{Zeros: 10}},
		}},
		{4, []Cell{{2, Text, "Écran LED", Format{}}}}, // a formula never computed has no value
		{7, []Cell{{16384, Text, "far", Format{}}}},
	}
	if got := readAll(t, out.Bytes(), 0); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// packed is a package of these parts around a sheet's XML.
func packed(t testing.TB, sheet string, more map[string]string) []byte {
	t.Helper()
	parts := map[string]string{
		"_rels/.rels":                `<Relationships><Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/XL/Workbook.xml"/></Relationships>`,
		"xl/workbook.xml":            `<workbook xmlns:q="r"><sheets><sheet name="Un" q:id="s1"/><sheet name="Deux" state="hidden" q:id="s2"/><sheet name="Chart" q:id="c"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="s1" Type="x/worksheet" Target="w\s.xml"/><Relationship Id="s2" Type="x/worksheet" Target="./w/s.xml"/><Relationship Id="c" Type="x/chartsheet" Target="w/s.xml"/><Relationship Id="t" Type="x/sharedStrings" Target="t.xml"/><Relationship Id="z" Type="x/styles" Target="z.xml"/></Relationships>`,
		"xl/w/s.xml":                 sheet,
		"xl/t.xml":                   `<sst><si><t>zero</t></si><si><r><t>o</t></r><rPh><t>no</t></rPh><r><t>ne</t></r></si></sst>`,
		"xl/z.xml":                   `<styleSheet><numFmts><numFmt numFmtId="170" formatCode="[hh]:mm"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>`,
	}
	for name, text := range more {
		parts[name] = text
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range parts {
		if text == "" {
			continue
		}
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestEveryWayToWriteACellIsRead(t *testing.T) {
	sheet := `<x:worksheet xmlns:x="m"><x:sheetData>
		<x:row><x:c><x:v>1</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row>
		<x:row r="4"><x:c r="C4" s="1"><x:f>NOW()</x:f><x:v>45000.5</x:v></x:c><x:c t="inlineStr"><x:is><x:t>a_x000D_b&#x44;</x:t></x:is></x:c><x:c r="E4"/></x:row>
		<x:row r="5"/><x:row><x:c t="e"><x:v>#N/A</x:v></x:c><x:c t="d"><x:v>2026-11-21</x:v></x:c><x:c t="str"><x:v>done</x:v></x:c><x:c t="b"><x:v>0</x:v></x:c><x:c s="2"><x:v>1.5</x:v></x:c><x:c s="99"><x:v> 2 </x:v></x:c></x:row>
		</x:sheetData><x:after>no</x:after></x:worksheet>`
	want := []Row{
		{1, []Cell{{1, Number, "1", Format{}}, {2, Text, "one", Format{}}}},
		{4, []Cell{{3, Number, "45000.5", Format{Date: true}}, {4, Text, "a\rbD", Format{}}}},
		{6, []Cell{{1, Failed, "#N/A", Format{}}, {2, Day, "2026-11-21", Format{}}, {3, Text, "done", Format{}}, {4, Bool, "FALSE", Format{}}, {5, Number, "1.5", Format{Date: true}}, {6, Number, "2", Format{}}}},
	}
	data := packed(t, sheet, nil)
	if got := readAll(t, data, 0); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	book, err := Open(data, wide)
	if err != nil {
		t.Fatal(err)
	}
	if got := book.Sheets(); !reflect.DeepEqual(got, []Sheet{{"Un", false}, {"Deux", true}}) {
		t.Errorf("%+v", got)
	}
}

func TestWhatIsNoSoundWorkbookIsRefused(t *testing.T) {
	sheet := func(rows string) []byte {
		return packed(t, "<worksheet><sheetData>"+rows+"</sheetData></worksheet>", nil)
	}
	good := sheet(`<row r="1"><c r="A1"><v>1</v></c></row>`)
	encrypted := func() []byte {
		f := excelize.NewFile()
		var out bytes.Buffer
		if err := f.Write(&out, excelize.Options{Password: "secret"}); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	broken := bytes.Replace(good, []byte("PK\x01\x02"), []byte("PK\x09\x09"), 1)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":                        {nil, ErrNotWorkbook},
		"a text":                         {[]byte("Code SH;Désignation"), ErrNotWorkbook},
		"a PDF":                          {[]byte("%PDF-1.7"), ErrNotWorkbook},
		"an encrypted workbook":          {encrypted(), ErrEncrypted},
		"an old workbook":                {append(bytes.Clone(compoundFile), make([]byte, 600)...), ErrOldFormat},
		"a workbook with macros":         {packed(t, "<a/>", map[string]string{"xl/vbaProject.bin": "x"}), ErrMacros},
		"an archive of something else":   {packed(t, "<a/>", map[string]string{"_rels/.rels": ""}), ErrNotWorkbook},
		"a binary workbook":              {packed(t, "<a/>", map[string]string{"_rels/.rels": `<R><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.bin"/></R>`, "xl/workbook.bin": "x"}), ErrNotWorkbook},
		"a workbook without sheets":      {packed(t, "<a/>", map[string]string{"xl/workbook.xml": "<workbook/>"}), ErrNotWorkbook},
		"an archive cut short":           {good[:len(good)/2], ErrNotWorkbook},
		"an archive without a directory": {broken, ErrNotWorkbook},
		"XML that is none":               {packed(t, "<worksheet><sheetData><row>", nil), ErrDamaged},
		"relations that are no XML":      {packed(t, "<a/>", map[string]string{"xl/_rels/workbook.xml.rels": "<R"}), ErrDamaged},
		"styles that are no XML":         {packed(t, "<a/>", map[string]string{"xl/z.xml": "<styleSheet"}), ErrDamaged},
		"strings that are no XML":        {packed(t, "<a/>", map[string]string{"xl/t.xml": "<sst"}), ErrDamaged},
		"rows that go back":              {sheet(`<row r="2"><c><v>1</v></c></row><row r="1"/>`), ErrDamaged},
		"rows beyond the last":           {sheet(`<row r="1048577"/>`), ErrDamaged},
		"cells that go back":             {sheet(`<row><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>`), ErrDamaged},
		"a cell of another row":          {sheet(`<row><c r="B2"><v>1</v></c></row>`), ErrDamaged},
		"a cell that has no such name":   {sheet(`<row><c r="A0"/></row>`), ErrDamaged},
		"a cell beyond the last column":  {sheet(`<row><c r="XFE1"/></row>`), ErrDamaged},
		"a text that is not there":       {sheet(`<row><c t="s"><v>2</v></c></row>`), ErrDamaged},
		"a negative text":                {sheet(`<row><c t="s"><v>-1</v></c></row>`), ErrDamaged},
		"a cell of an unknown kind":      {sheet(`<row><c t="x"><v>2</v></c></row>`), ErrDamaged},
		"an element within a value":      {sheet(`<row><c><v>2<b/></v></c></row>`), ErrDamaged},
		"entities of its own":            {packed(t, `<!DOCTYPE a [<!ENTITY b "bbb">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>`, nil), ErrDamaged},
		"another encoding":               {packed(t, `<?xml version="1.0" encoding="UTF-7"?><worksheet/>`, nil), ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			if err := readFirst(c.data, wide); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if err := readFirst(good, wide); err != nil {
		t.Errorf("a sound workbook: %v", err)
	}
}

func readFirst(data []byte, limits Limits) error {
	book, err := Open(data, limits)
	if err != nil {
		return err
	}
	return book.Rows(0, func(Row) error { return nil })
}

func TestABombIsNotUnpacked(t *testing.T) {
	row := `<row><c t="inlineStr"><is><t>` + strings.Repeat("0", 1000) + `</t></is></c></row>`
	bomb := packed(t, "<worksheet><sheetData>"+strings.Repeat(row, 50_000)+"</sheetData></worksheet>", nil)
	if len(bomb) > 1<<20 {
		t.Fatalf("the bomb itself has %d bytes", len(bomb))
	}
	if err := readFirst(bomb, Limits{Unpacked: 8 << 20, Strings: 1 << 20}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a sheet of 50 MB: %v", err)
	}
	texts := packed(t, "<worksheet/>", map[string]string{"xl/t.xml": "<sst>" + strings.Repeat("<si><t>"+strings.Repeat("0", 1000)+"</t></si>", 5_000) + "</sst>"})
	if err := readFirst(texts, Limits{Unpacked: 8 << 20, Strings: 1 << 20}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("strings of 5 MB: %v", err)
	}
	parts := map[string]string{}
	for n := range mostParts {
		parts[fmt.Sprintf("p%d", n)] = "x"
	}
	if err := readFirst(packed(t, "<worksheet/>", parts), wide); !errors.Is(err, ErrTooLarge) {
		t.Errorf("an archive of many parts: %v", err)
	}
}

func TestReadingStopsWhenTheCallerSaysSo(t *testing.T) {
	data := packed(t, `<worksheet><sheetData><row><c><v>1</v></c></row><row><c><v>1</v></c></row></sheetData></worksheet>`, nil)
	book, err := Open(data, wide)
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	err = book.Rows(0, func(Row) error { rows++; return errFull })
	if !errors.Is(err, errFull) || rows != 1 {
		t.Errorf("%d rows, %v", rows, err)
	}
	if err := book.Rows(1, func(Row) error { rows++; return nil }); err != nil || rows != 3 {
		t.Errorf("a second reading: %d rows, %v", rows, err)
	}
	if err := book.Rows(2, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("a sheet that is not there: %v", err)
	}
}

func TestColumnsHaveTheirLetters(t *testing.T) {
	for n, want := range map[int]string{0: "", 1: "A", 26: "Z", 27: "AA", 702: "ZZ", 703: "AAA", 16384: "XFD"} {
		if got := Column(n); got != want {
			t.Errorf("column %d is %q, want %q", n, got, want)
		}
		if column, row, ok := parseRef(want + "7"); n > 0 && (!ok || column != n || row != 7) {
			t.Errorf("%s7 is read as %d, %d, %v", want, column, row, ok)
		}
	}
	for _, bad := range []string{"", "A", "7", "a1", "A-1", "A1048577", "AAAA1", "XFE1", "A01234567", "A1B"} {
		if _, _, ok := parseRef(bad); ok {
			t.Errorf("%q is the name of a cell", bad)
		}
	}
}

func TestFormatsTellDatesAndZeros(t *testing.T) {
	for code, want := range map[string]Format{
		"General": {}, "": {}, "0": {Zeros: 1}, "0000000000": {Zeros: 10}, "0.00": {}, "#,##0": {}, "0%": {}, "@": {},
		`0000\.00\.00\.00`: {Zeros: 10}, `"SH "0000`: {Zeros: 4}, "0000 00": {Zeros: 6}, "dd/mm/yyyy": {Date: true}, "[$-40C]d mmm": {Date: true},
		"[h]:mm": {Date: true}, "h:mm AM/PM": {Date: true}, `0.00" dh"`: {}, "0.00E+00": {}, "[Red]0000": {Zeros: 4}, `0;"day"`: {Zeros: 1}, `"unclosed`: {}, "[unclosed": {}, `\`: {},
	} {
		if got := formatOf(code); got != want {
			t.Errorf("%q: %+v, want %+v", code, got, want)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(goodsLike(f, 3))
	f.Add(written(f, Layout{Frozen: 1}, []Entry{Words("a", Heading), Figure(1, Plain)}))
	f.Add(packed(f, `<worksheet><sheetData><row><c t="s"><v>1</v></c></row></sheetData></worksheet>`, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		book, err := Open(data, Limits{Unpacked: 1 << 20, Strings: 1 << 18})
		if err != nil {
			return
		}
		for i := range book.Sheets() {
			last := 0
			_ = book.Rows(i, func(r Row) error {
				if r.N <= last || len(r.Cells) == 0 {
					t.Errorf("row %d after %d with %d cells", r.N, last, len(r.Cells))
				}
				last = r.N
				return nil
			})
		}
	})
}

// FuzzSheet plays with the XML itself, which a fuzzer does not find inside an
// archive.
func FuzzSheet(f *testing.F) {
	f.Add(`<row r="4"><c r="C4" s="1"><f>NOW()</f><v>45000.5</v></c><c t="inlineStr"><is><t>a_x000D_b</t></is></c><c r="E4"/></row>`)
	f.Add(`<row><c t="s"><v>1</v></c><c t="b"><v>0</v></c></row>`)
	f.Fuzz(func(t *testing.T, rows string) {
		err := readFirst(packed(t, "<worksheet><sheetData>"+rows+"</sheetData></worksheet>", nil), wide)
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("%v", err)
		}
	})
}
