package goodsfile

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"portal/shared/conformity"
	"portal/shared/i18n"
)

func goodLine() conformity.Line {
	return conformity.Line{
		HS: "8210000090", Designation: "Couteaux", Brand: "Atlas", Reference: "MX-450", Origin: "CN",
		Manufacturer: "Ningbo Co., Ltd", Quantity: 1200, Unit: "H87", Value: 15499.5, Norm: "NM 10.8",
	}
}

func utf16le(text []byte) []byte {
	out := []byte("\xFF\xFE")
	for _, u := range utf16.Encode([]rune(string(text))) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

func TestTheSameLinesAreReadFromEveryWayToWriteThem(t *testing.T) {
	row := with("designation", "Pièces d'œuvre – « été »")
	want := goodLine()
	want.Designation = "Pièces d'œuvre – « été »"
	for name, data := range map[string][]byte{
		"semicolons":               csvOf(row),
		"commas":                   csvWith(',', "fr", row),
		"tabs":                     csvWith('\t', "fr", row),
		"a byte order mark":        append([]byte(utf8Mark), csvOf(row)...),
		"Windows-1252":             windows1252(t, csvOf(row)),
		"UTF-16, as Unicode text":  utf16le(csvWith('\t', "fr", row)),
		"line feeds":               bytes.ReplaceAll(csvOf(row), []byte("\r\n"), []byte("\n")),
		"carriage returns":         bytes.ReplaceAll(csvOf(row), []byte("\r\n"), []byte("\r")),
		"no final line break":      bytes.TrimSpace(csvOf(row)),
		"a hint of the delimiter":  append([]byte("sep=;\r\n"), csvOf(row)...),
		"headings in Arabic":       csvWith(';', "ar", row),
		"headings in English":      csvWith(';', "en", row),
		"headings in capitals":     bytes.Replace(csvOf(row), headingLine("fr"), bytes.ToUpper(headingLine("fr")), 1),
		"headings without accents": bytes.Replace(csvOf(row), []byte("Quantité"), []byte(" quantite* "), 1),
		"a workbook of texts":      xlsxOf(t, nil, texts(row)),
	} {
		t.Run(name, func(t *testing.T) {
			if got := mustRead(t, data); !reflect.DeepEqual(got.Lines, []conformity.Line{want}) {
				t.Errorf("%+v", got.Lines)
			}
		})
	}
}

func headingLine(lang string) []byte { return []byte(strings.Join(headingsIn(lang), ";")) }

func TestProductsThatAreRegisteredHaveNoQuantity(t *testing.T) {
	row := goodRow()
	row[place("quantity")], row[place("unit")], row[place("value")] = "", "", ""
	if got := codes(readShipped(csvOf(row)).Faults); got != "G2 required, H2 required, I2 required" {
		t.Errorf("shipped: %s", got)
	}
	want := goodLine()
	want.Quantity, want.Unit, want.Value = 0, "", 0
	if r := Read(csvOf(row), false); len(r.Faults) > 0 || !reflect.DeepEqual(r.Lines, []conformity.Line{want}) {
		t.Errorf("registered: %s %+v", codes(r.Faults), r.Lines)
	}
	if got := codes(Read(csvOf(with("quantity", "0"), with("unit", "?"), with("origin", "")), false).Faults); got != "G2 not_above, H3 choice, E4 required" {
		t.Errorf("registered: %s", got)
	}
}

func TestColumnsMayStandInAnotherOrder(t *testing.T) {
	row, headings := goodRow(), headingsIn("fr")
	row[0], row[9], headings[0], headings[9] = row[9], row[0], headings[9], headings[0]
	data := []byte(strings.Join(headings, ";") + "\n" + strings.Join(row, ";"))
	if got := mustRead(t, data); !reflect.DeepEqual(got.Lines, []conformity.Line{goodLine()}) {
		t.Errorf("%+v", got.Lines)
	}
}

// TestACellIsJudgedAsItStands puts one text into one column of a CSV file
// whose delimiter is the semicolon.
func TestACellIsJudgedAsItStands(t *testing.T) {
	long := func(n int) string { return strings.Repeat("é", n) }
	for _, c := range []struct{ field, text, code string }{
		{"hs", "", "required"}, {"hs", "8210000090", ""}, {"hs", "8210 00 00 90", ""}, {"hs", "0101.21.00.00", ""},
		{"hs", "821000009", "hs_zero"}, {"hs", "8,21E+09", "hs_rounded"}, {"hs", "8.21e9", "hs_rounded"}, {"hs", "82100000901", "hs"}, {"hs", "8210.00", "hs"}, {"hs", "couteaux", "hs"},
		{"designation", "", "required"}, {"designation", long(500), ""}, {"designation", long(501), "too_long"}, {"designation", "=1+1", ""}, {"designation", "#N/A", "cell_error"}, {"designation", "#1", ""},
		{"brand", "", ""}, {"brand", long(100), ""}, {"brand", long(101), "too_long"}, {"brand", "#NOM?", "cell_error"},
		{"reference", "", ""}, {"reference", long(101), "too_long"},
		{"origin", "", "required"}, {"origin", "cn", ""}, {"origin", "Chine", ""}, {"origin", "الصين", ""}, {"origin", "CHINA", ""}, {"origin", "etats unis", ""}, {"origin", "Cote d’Ivoire", ""}, {"origin", "XX", "choice"}, {"origin", "Chine populaire", "choice"}, {"origin", "...", "choice"},
		{"manufacturer", "", ""}, {"manufacturer", long(201), "too_long"},
		{"quantity", "", "required"}, {"quantity", "0", "not_above"}, {"quantity", "-1", "not_above"}, {"quantity", "0,001", ""}, {"quantity", "1000000000000", ""}, {"quantity", "1000000000000,01", "too_large"}, {"quantity", "douze", "number"}, {"quantity", "12 kg", "number"}, {"quantity", "1e3", "number"}, {"quantity", "1,234", ""},
		{"unit", "", "required"}, {"unit", "h87", ""}, {"unit", "Pièce", ""}, {"unit", "pièces", ""}, {"unit", "kg", ""}, {"unit", "Kgs", ""}, {"unit", "m²", ""}, {"unit", "قطعة", ""}, {"unit", "gal", "choice"}, {"unit", "j", "choice"}, {"unit", "boîte", "choice"}, {"unit", "%", "choice"},
		{"value", "", "required"}, {"value", "0", "not_above"}, {"value", "-0", "not_above"}, {"value", "0,01", ""}, {"value", "1 234 567,89", ""}, {"value", "1\u00a0234,5", ""}, {"value", "1\u202f234,5", ""}, {"value", "MAD 5", "number"}, {"value", "1000000000001", "too_large"},
		{"norm", "", ""}, {"norm", long(101), "too_long"},
	} {
		want := ""
		if c.code != "" {
			want = string(rune('A'+place(c.field))) + "2 " + c.code
		}
		r := readShipped(csvOf(with(c.field, c.text)))
		if got := codes(r.Faults); got != want {
			t.Errorf("%s %q: %q, want %q", c.field, c.text, got, want)
		}
		if c.code == "" != (len(r.Lines) == 1) {
			t.Errorf("%s %q: %d lines", c.field, c.text, len(r.Lines))
		}
	}
}

func TestNamesBecomeCodes(t *testing.T) {
	row := goodRow()
	row[place("origin")], row[place("unit")], row[place("hs")] = "états-unis", "kilogrammes", "0101 21 00 00"
	line := mustRead(t, csvOf(row)).Lines[0]
	if line.Origin != "US" || line.Unit != "KGM" || line.HS != "0101210000" {
		t.Errorf("%+v", line)
	}
}

// TestWhatSpreadsheetsDoToCellsIsUndoneOrTold looks at cells that are no texts.
func TestWhatSpreadsheetsDoToCellsIsUndoneOrTold(t *testing.T) {
	for name, c := range map[string]struct {
		field  string
		value  any
		format string
		code   string
		check  func(conformity.Line) bool
	}{
		"a code that became a number":       {"hs", 8210000090, "", "", func(l conformity.Line) bool { return l.HS == "8210000090" }},
		"a code that lost its zero":         {"hs", 101210000, "", "hs_zero", nil},
		"a code with zeros from its format": {"hs", 101210000, "0000000000", "", func(l conformity.Line) bool { return l.HS == "0101210000" }},
		"a code with points from it":        {"hs", 8210000090, `0000"."00"."00"."00`, "", func(l conformity.Line) bool { return l.HS == "8210000090" }},
		"a code with decimals":              {"hs", 8210000090.5, "", "hs", nil},
		"a reference that became a number":  {"reference", 450, "", "", func(l conformity.Line) bool { return l.Reference == "450" }},
		"a reference with zeros":            {"reference", 450, "00000", "", func(l conformity.Line) bool { return l.Reference == "00450" }},
		"a reference that became a date":    {"reference", 45000, "dd/mm/yyyy", "cell_date", nil},
		"a quantity that became a date":     {"quantity", 45000, "d-mmm", "cell_date", nil},
		"a quantity shown rounded":          {"quantity", 12.345, "0", "", func(l conformity.Line) bool { return l.Quantity == 12.345 }},
		"a quantity typed as a text":        {"quantity", "1 234,5", "", "", func(l conformity.Line) bool { return l.Quantity == 1234.5 }},
		"a quantity that is true":           {"quantity", true, "", "number", nil},
		"a quantity of nothing":             {"quantity", 0, "", "not_above", nil},
		"a value below zero":                {"value", -0.5, "", "not_above", nil},
		"a value of a percentage":           {"value", 0.5, "0%", "", func(l conformity.Line) bool { return l.Value == 0.5 }},
		"a brand that is true":              {"brand", true, "", "", func(l conformity.Line) bool { return l.Brand == "TRUE" }},
		"a tiny quantity":                   {"quantity", 1e-300, "", "number", nil},
	} {
		t.Run(name, func(t *testing.T) {
			cell := string(rune('A'+place(c.field))) + "2"
			data := xlsxOf(t, func(f *excelize.File) {
				if err := f.SetCellValue("Marchandises", cell, c.value); err != nil {
					t.Fatal(err)
				}
				if c.format == "" {
					return
				}
				style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &c.format})
				if err != nil {
					t.Fatal(err)
				}
				if err := f.SetCellStyle("Marchandises", cell, cell, style); err != nil {
					t.Fatal(err)
				}
			}, texts(goodRow()))
			r := readShipped(data)
			want := ""
			if c.code != "" {
				want = cell + " " + c.code
			}
			if got := codes(r.Faults); got != want {
				t.Errorf("%q, want %q", got, want)
			}
			if c.check != nil && (len(r.Lines) != 1 || !c.check(r.Lines[0])) {
				t.Errorf("%+v", r.Lines)
			}
		})
	}
}

func TestEveryBadCellIsNamedAtOnceWhereTheSpreadsheetShowsIt(t *testing.T) {
	data := csvOf(goodRow(), nil, with("designation", "sur\ndeux lignes"), with("origin", "??"),
		[]string{"", "", "", ";;", "", "", "", "", "", "", "", "note"}, []string{" ", "", "", ""}, with("quantity", "x"))
	want := "E5 choice, A6 required, B6 required, E6 required, G6 required, H6 required, I6 required, L6 cell_outside, G8 number"
	r := readShipped(data)
	if got := codes(r.Faults); got != want || r.Lines != nil {
		t.Errorf("CSV: %s\nwant %s, %d lines", got, want, len(r.Lines))
	}
	for _, f := range r.Faults {
		if f.Sheet != "" {
			t.Errorf("a CSV file has the sheet %q", f.Sheet)
		}
	}
	r = readShipped(xlsxOf(t, func(f *excelize.File) {
		for cell, text := range map[string]string{"E5": "??", "A6": "8210000090", "CZ6": "far", "G8": "x"} {
			if err := f.SetCellStr("Marchandises", cell, text); err != nil {
				t.Fatal(err)
			}
		}
	}, texts(goodRow()), nil, texts(goodRow()), texts(goodRow()), nil, nil, texts(goodRow())))
	want = "E5 choice, B6 required, E6 required, G6 required, H6 required, I6 required, CZ6 cell_outside, G8 number"
	if got := codes(r.Faults); got != want {
		t.Errorf("XLSX: %s\nwant %s", got, want)
	}
	for _, f := range r.Faults {
		if f.Sheet != "Marchandises" {
			t.Errorf("the sheet is %q", f.Sheet)
		}
	}
}

func TestHeadingsMustBeThoseOfTheTemplate(t *testing.T) {
	replaced := func(old, with string) []byte {
		return bytes.Replace(csvOf(goodRow()), []byte(old), []byte(with), 1)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"one is missing":         {[]byte("Code SH;Désignation;Marque;Modèle ou référence;Pays d'origine;Fabricant;Quantité;Unité;Valeur\n1"), "1norm heading_missing"},
		"one is unknown":         {replaced("Norme", "Prix"), "J1 heading_unknown, 1norm heading_missing"},
		"one is there twice":     {replaced("Norme", "marque"), "J1 heading_doubled, 1norm heading_missing"},
		"one too many":           {replaced("Norme", "Norme;Poids"), "K1 heading_unknown"},
		"one far off":            {replaced("Norme", "Norme"+strings.Repeat(";", 70)+"Poids"), "CB1 heading_unknown"},
		"below empty rows":       {append([]byte("\n;;;\n"), replaced("Norme", "Prix")...), "J3 heading_unknown, 3norm heading_missing"},
		"errors are passed over": {replaced("Norme", "Norme;Erreurs"), ""},
		"a gap between":          {replaced("Norme", ";Norme"), "J2 cell_outside"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := codes(readShipped(c.data).Faults); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestAFileThatIsNoneIsRefusedWhole(t *testing.T) {
	var many bytes.Buffer
	many.Write(csvOf())
	for range MaxLines + 1 {
		many.WriteString(strings.Join(goodRow(), ";") + "\n")
	}
	var locked bytes.Buffer
	if err := excelize.NewFile().Write(&locked, excelize.Options{Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":                 {nil, fileEmpty},
		"blanks":                  {[]byte(" \r\n\r\n"), fileEmpty},
		"a byte order mark alone": {[]byte(utf8Mark), fileEmpty},
		"empty cells":             {[]byte(";;;\n;;;\n"), fileEmpty},
		"an empty workbook":       {xlsxOf(t, func(f *excelize.File) { _ = f.RemoveRow("Marchandises", 1) }), fileEmpty},
		"headings alone":          {csvOf(), fileNoLines},
		"five megabytes and one":  {make([]byte, MaxBytes+1), fileTooLarge},
		"too many lines":          {many.Bytes(), fileManyRows},
		"a PDF":                   {[]byte("%PDF-1.7\n\x00\x01"), fileType},
		"a PDF that is all text":  {[]byte("%PDF-1.4\n1 0 obj\n"), fileType},
		"a file without headings": {[]byte(strings.Join(goodRow(), ";")), fileNoHeadings},
		"an archive of others":    {[]byte("PK\x03\x04 and so on"), fileType},
		"an old workbook":         {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and so on"), fileOldFormat},
		"a workbook with a lock":  {locked.Bytes(), fileEncrypted},
		"a line of delimiters":    {[]byte(strings.Repeat(";", 1<<20)), fileDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			r := readShipped(c.data)
			if len(r.Faults) != 1 || r.Faults[0].Code != c.want || r.Faults[0].Row != 0 || r.Lines != nil {
				t.Errorf("%s with %d lines, want %s", codes(r.Faults), len(r.Lines), c.want)
			}
		})
	}
}

func TestTenThousandLinesAreRead(t *testing.T) {
	r := mustRead(t, manyLines(t, MaxLines))
	if len(r.Lines) != MaxLines || r.Lines[MaxLines-1].Reference != "REF-09999" {
		t.Errorf("%d lines, the last %+v", len(r.Lines), r.Lines[len(r.Lines)-1])
	}
	if over := readShipped(manyLines(t, MaxLines+1)); codes(over.Faults) != fileManyRows {
		t.Errorf("one more: %s", codes(over.Faults))
	}
}

func TestTheSheetOfTheTemplateIsReadWhereverItStands(t *testing.T) {
	data := xlsxOf(t, func(f *excelize.File) {
		for _, name := range []string{"Notes", "Caché"} {
			if _, err := f.NewSheet(name); err != nil {
				t.Fatal(err)
			}
			if err := f.MoveSheet(name, f.GetSheetList()[0]); err != nil {
				t.Fatal(err)
			}
		}
		f.SetActiveSheet(1)
		if err := f.SetSheetVisible("Caché", false); err != nil {
			t.Fatal(err)
		}
	}, texts(goodRow()))
	mustRead(t, data)
	renamed := xlsxOf(t, func(f *excelize.File) {
		if _, err := f.NewSheet("Autre"); err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetName("Marchandises", "Envoi de mars"); err != nil {
			t.Fatal(err)
		}
	}, texts(goodRow()))
	mustRead(t, renamed)
}

func TestEveryFaultIsWordedInEveryLanguage(t *testing.T) {
	for _, lang := range i18n.Langs {
		for _, code := range Codes() {
			if !i18n.Has(lang, "fault."+code) {
				t.Errorf("%s.json has no fault.%s", lang, code)
			}
		}
		for _, data := range [][]byte{csvOf([]string{strings.Repeat("1", 20), "", "é"}), []byte("Code SH;x;Code SH"), csvOf(with("brand", strings.Repeat("x", 101)), with("quantity", "0")), nil} {
			for _, f := range readShipped(data).Faults {
				if text := f.Message(lang); text == "" || strings.Contains(text, "{") || strings.HasPrefix(text, "fault.") {
					t.Errorf("%s: %s says %q", lang, f.Code, text)
				}
			}
		}
	}
}
