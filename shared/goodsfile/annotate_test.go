package goodsfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"portal/shared/i18n"
	"portal/shared/xlsx"
)

func annotatedFile(t testing.TB, data []byte, lang string) []byte {
	t.Helper()
	out, err := readShipped(data).Annotated(data, lang)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestARefusedCSVComesBackWithItsErrorsBesideItsRows(t *testing.T) {
	data := append(csvWith(',', "fr", goodRow()), []byte("\n\n"+strings.Join(with("origin", "??")[:9], ",")+"\n8210000090,,,,FR,,=2+2,H87,,,x\n")...)
	data = bytes.ReplaceAll(data, []byte(`Ningbo Co., Ltd`), []byte(`Ningbo Co. Ltd`))
	data = bytes.ReplaceAll(data, []byte(`15499,50`), []byte(`15499.50`))
	data = bytes.ReplaceAll(data, []byte(`"`), nil)
	want := utf8Mark + strings.Join([]string{
		"Code SH,Désignation,Marque,Modèle ou référence,Pays d'origine,Fabricant,Quantité,Unité,Valeur,Norme,,Erreurs",
		"8210.00.00.90,Couteaux,Atlas,MX-450,CN,Ningbo Co. Ltd,1200,H87,15499.50,NM 10.8,,",
		"", "",
		"8210.00.00.90,Couteaux,Atlas,MX-450,??,Ningbo Co. Ltd,1200,H87,15499.50,,,Pays d'origine : Choisissez une des valeurs proposées.",
		"8210000090,,,,FR,,'=2+2,H87,,,x,\"Désignation : Ce champ est obligatoire. | Quantité : Indiquez un nombre, par exemple 1234,50. | Valeur : Ce champ est obligatoire. | " +
			"K : Cette cellule est hors des colonnes du modèle : effacez-la, ou mettez entre guillemets le texte qui contient le séparateur.\"",
		"",
	}, "\r\n")
	if got := string(annotatedFile(t, data, "fr")); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestARefusedWorkbookComesBackWithItsErrorsBesideItsRows(t *testing.T) {
	zeros := "00000"
	data := xlsxOf(t, func(f *excelize.File) {
		for cell, value := range map[string]any{"B2": "=1+1", "D2": 450, "E4": "??", "G4": -1.5, "I4": nil, "D4": 45000} {
			if err := f.SetCellValue("Marchandises", cell, value); err != nil {
				t.Fatal(err)
			}
		}
		for cell, format := range map[string]string{"D2": zeros, "D4": "dd/mm/yyyy"} {
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStyle("Marchandises", cell, cell, style); err != nil {
				t.Fatal(err)
			}
		}
	}, texts(goodRow()), nil, texts(goodRow()))
	f, err := excelize.OpenReader(bytes.NewReader(annotatedFile(t, data, "en")))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Marchandises")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 4 || rows[0][10] != "Errors" || len(rows[1]) != 10 || rows[1][1] != "=1+1" || rows[1][3] != "00450" || rows[2] != nil || rows[3][3] != "15/03/2023" || rows[3][6] != "-1.5" {
		t.Errorf("%q", rows)
	}
	want := "Model or reference: The spreadsheet made a date of it: format the cell as text or number, then type it again.\n" +
		"Country of origin: Choose one of the values offered.\nQuantity: The value must be more than 0.\nValue: This field is required."
	if len(rows) == 4 && rows[3][10] != want {
		t.Errorf("%q", rows[3][10])
	}
	for cell, want := range map[string]xlsx.Style{
		"A1": xlsx.Heading, "A2": xlsx.PlainText, "D4": xlsx.WrongText, "E4": xlsx.WrongText, "F4": xlsx.PlainText, "G4": xlsx.Wrong, "I4": xlsx.Wrong, "K4": xlsx.Remark,
	} {
		if got, err := f.GetCellStyle("Marchandises", cell); err != nil || got != int(want) {
			t.Errorf("%s has the style %d (%v), want %d", cell, got, err, want)
		}
	}
	if kind, err := f.GetCellType("Marchandises", "G2"); err != nil || kind != excelize.CellTypeInlineString {
		t.Errorf("a number typed as a text is now of type %v (%v)", kind, err)
	}
	if formula, _ := f.GetCellFormula("Marchandises", "B2"); formula != "" {
		t.Errorf("a text became the formula %q", formula)
	}
}

func TestAnAnnotatedFileIsReadAsTheFileWas(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		delimiter := rapid.SampledFrom(delimiters).Draw(rt, "delimiter")
		var rows [][]string
		for range rapid.IntRange(1, 4).Draw(rt, "lines") {
			row := goodRow()
			for i, field := range fields {
				if rapid.IntRange(0, 4).Draw(rt, "odd") == 0 {
					row[i] = rapid.OneOf(cellTexts(field), rapid.StringMatching(`['=+\-@]{1,2}[a-z0-9"|;, \n]{0,5}`)).Draw(rt, field)
				}
			}
			if rapid.IntRange(0, 5).Draw(rt, "more") == 0 {
				row = append(row, "", "beyond")
			}
			rows = append(rows, row)
		}
		if rapid.IntRange(0, 5).Draw(rt, "headless") == 0 {
			rows = append([][]string{with("hs", "Code SH")}, rows...)
		}
		data := csvWith(delimiter, "fr", rows...)
		if rapid.Bool().Draw(rt, "workbook") {
			cells := make([][]any, len(rows))
			for i, row := range rows {
				cells[i] = texts(row)
			}
			data = xlsxOf(t, nil, cells...)
		}
		first := readShipped(data)
		if first.top == 0 {
			return
		}
		lang := rapid.SampledFrom(i18n.Langs).Draw(rt, "language")
		once, err := first.Annotated(data, lang)
		if err != nil {
			rt.Fatal(err)
		}
		second := readShipped(once)
		if codes(first.Faults) != codes(second.Faults) || !reflect.DeepEqual(first.Lines, second.Lines) {
			rt.Fatalf("%q\nwas  %s %+v\nnow  %s %+v", rows, codes(first.Faults), first.Lines, codes(second.Faults), second.Lines)
		}
		twice, err := second.Annotated(once, lang)
		if err != nil || first.Kind == CSV && !bytes.Equal(once, twice) {
			rt.Fatalf("annotated again it is another file (%v)\n%q\n%q", err, once, twice)
		}
	})
}

func TestNothingThatIsGivenBackIsAFormula(t *testing.T) {
	for _, text := range []string{"=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0"} {
		data := csvOf(with("designation", text), with("origin", "??"))
		records, err := csvReader(string(bytes.TrimPrefix(annotatedFile(t, data, "fr"), []byte(utf8Mark))), ';').ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records {
			for _, cell := range record {
				if cell != "" && strings.Contains("=+-@\t\r", cell[:1]) {
					t.Errorf("%q comes back as %q", text, cell)
				}
			}
		}
	}
	if guarded("-12,5") != "-12,5" || unguarded("'tis") != "'tis" {
		t.Error("a number or an apostrophe is not left alone")
	}
}

func TestWrongHeadingsAreToldBesideThem(t *testing.T) {
	data := bytes.Replace(csvOf(goodRow()), []byte("Norme"), []byte("Prix"), 1)
	once := annotatedFile(t, data, "fr")
	records, err := csv.NewReader(strings.NewReader(strings.ReplaceAll(string(once[3:]), ";", ","))).Read()
	if err != nil && !errors.Is(err, csv.ErrFieldCount) {
		t.Fatal(err)
	}
	if got := records[len(records)-1]; got != "Erreurs | J : Cet intitulé n'est pas dans le modèle. | La colonne « Norme » manque." {
		t.Errorf("%q", got)
	}
	mended := bytes.Replace(once, []byte("Prix"), []byte("Norme"), 1)
	mustRead(t, mended)
}

func TestAFileThatIsNoTableCannotBeAnnotated(t *testing.T) {
	for name, data := range map[string][]byte{"a PDF": []byte("%PDF\x00"), "nothing": nil, "blanks": []byte(";;;\n")} {
		r := readShipped(data)
		if _, err := r.Annotated(data, "fr"); !errors.Is(err, ErrNoTable) || r.Kind != "" {
			t.Errorf("%s: %v, %q", name, err, r.Kind)
		}
	}
}
