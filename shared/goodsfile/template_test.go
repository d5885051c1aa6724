package goodsfile

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"portal/shared/conformity"
	"portal/shared/i18n"
	"portal/shared/reference"
)

var update = flag.Bool("update", false, "write the golden files")

func TestAnEmptyTemplateSaysThatItIsEmpty(t *testing.T) {
	for _, lang := range i18n.Langs {
		for _, kind := range []Kind{CSV, XLSX} {
			data, err := Template(kind, lang)
			if err != nil {
				t.Fatal(err)
			}
			if r := readShipped(data); r.Kind != kind || codes(r.Faults) != fileNoLines {
				t.Errorf("%s %s: %s %s", lang, kind, r.Kind, codes(r.Faults))
			}
			again, err := Template(kind, lang)
			if err != nil || !bytes.Equal(data, again) {
				t.Errorf("%s %s is another each time (%v)", lang, kind, err)
			}
		}
	}
	if _, err := Template("ods", "fr"); err == nil {
		t.Error("there is a template in ODS")
	}
}

func TestAFilledTemplateIsRead(t *testing.T) {
	for _, lang := range i18n.Langs {
		data, err := Template(XLSX, lang)
		if err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		sheet := f.GetSheetList()[0]
		row := []any{"0101210000", "Couteaux", "Atlas", "MX-450", "CN", "Ningbo Co., Ltd", 1200, "H87", 15499.5, "NM 10.8"}
		if err := f.SetSheetRow(sheet, "A2", &row); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := f.Write(&out); err != nil {
			t.Fatal(err)
		}
		want := goodLine()
		want.HS = "0101210000"
		if got := mustRead(t, out.Bytes()); !reflect.DeepEqual(got.Lines, []conformity.Line{want}) {
			t.Errorf("%s: %+v", lang, got.Lines)
		}
	}
}

func TestTheTemplateHelpsToFillIt(t *testing.T) {
	data, err := Template(XLSX, "fr")
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := f.GetSheetList(), []string{"Marchandises", "Guide d'injection en masse", "Listes"}; !reflect.DeepEqual(got, want) {
		t.Fatalf("sheets %q", got)
	}
	for i, field := range fields {
		letter := string(rune('A' + i))
		id, err := f.GetColStyle("Marchandises", letter)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		if text := style.NumFmt == 49; text == isNumber(field) {
			t.Errorf("column %s (%s) has the number format %d", letter, field, style.NumFmt)
		}
	}
	choices, err := f.GetDataValidations("Marchandises")
	if err != nil || len(choices) != 2 {
		t.Fatalf("%d choices, %v", len(choices), err)
	}
	lists, err := f.GetRows("Listes")
	if err != nil {
		t.Fatal(err)
	}
	if n := reference.Countries().Len(); len(lists) != n+1 || lists[n][0] != "ZW" || choices[0].Formula1 != "'Listes'!$A$2:$A$250" || choices[0].Sqref != "E2:E10001" {
		t.Errorf("countries: %d rows, %+v", len(lists), choices[0])
	}
	if n := reference.Units().Len(); lists[n][3] != "YRD" || choices[1].Formula1 != "'Listes'!$D$2:$D$65" || choices[1].Sqref != "H2:H10001" {
		t.Errorf("units: %q, %+v", lists[n], choices[1])
	}
}

func TestTheGuideSaysEverything(t *testing.T) {
	for _, lang := range i18n.Langs {
		g := GuideIn(lang)
		var b strings.Builder
		b.WriteString(g.Title + "\n\n" + strings.Join(g.Rules, "\n") + "\n\n" + strings.Join(g.Labels[:], " | ") + "\n")
		for _, c := range g.Columns {
			b.WriteString(strings.Join([]string{c.Column, c.Heading, c.Needed, c.Rule, c.Example}, " | ") + "\n")
		}
		golden(t, "guide."+lang+".txt", b.String())
	}
}

// TestTheExamplesOfTheGuideAreRight imports them.
func TestTheExamplesOfTheGuideAreRight(t *testing.T) {
	for _, lang := range i18n.Langs {
		var row []string
		for _, c := range GuideIn(lang).Columns {
			code, _, _ := strings.Cut(c.Example, " – ")
			row = append(row, code)
		}
		line := mustRead(t, csvWith(';', lang, row)).Lines[0]
		if line.Quantity != 1200 || line.Value != 15499.5 || line.Origin != "CN" {
			t.Errorf("%+v", line)
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is now:\n%s", name, got)
	}
}
