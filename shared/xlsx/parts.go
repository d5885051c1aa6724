package xlsx

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

const (
	declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainSpace   = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
	relSpace    = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	packSpace   = `http://schemas.openxmlformats.org/package/2006/`
	mainType    = `application/vnd.openxmlformats-officedocument.spreadsheetml.`
)

// begin writes what stands before the rows; the first sheet is the one shown.
func (s *SheetWriter) begin(first bool) {
	s.put(declaration, `<worksheet xmlns="`, mainSpace, `"><sheetViews><sheetView`)
	if s.layout.RightToLeft {
		s.put(` rightToLeft="1"`)
	}
	if first {
		s.put(` tabSelected="1"`)
	}
	s.put(` workbookViewId="0">`)
	if s.layout.Frozen > 0 {
		at := strconv.Itoa(s.layout.Frozen + 1)
		s.put(`<pane ySplit="`, strconv.Itoa(s.layout.Frozen), `" topLeftCell="A`, at, `" activePane="bottomLeft" state="frozen"/>`,
			`<selection pane="bottomLeft" activeCell="A`, at, `" sqref="A`, at, `"/>`)
	}
	s.put(`</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>`)
	s.columns()
	s.put(`<sheetData>`)
}

func (s *SheetWriter) columns() {
	n := max(len(s.layout.Widths), len(s.layout.Styles))
	if n == 0 {
		return
	}
	s.put(`<cols>`)
	for i := range n {
		width, style := 0.0, Plain
		if i < len(s.layout.Widths) {
			width = s.layout.Widths[i]
		}
		if width <= 0 {
			width = 9.14
		}
		if i < len(s.layout.Styles) {
			style = s.layout.Styles[i]
		}
		s.put(fmt.Sprintf(`<col min="%d" max="%d" width="%g" style="%d" customWidth="1"/>`, i+1, i+1, width, style))
	}
	s.put(`</cols>`)
}

// end writes what stands after the rows.
func (s *SheetWriter) end() {
	s.put(`</sheetData>`)
	if len(s.layout.Choices) > 0 {
		s.put(`<dataValidations count="`, strconv.Itoa(len(s.layout.Choices)), `">`)
		for _, c := range s.layout.Choices {
			s.put(`<dataValidation type="list" allowBlank="1" showErrorMessage="0" sqref="`, ref(c.Column, c.From), ":", ref(c.Column, c.To), `"><formula1>`)
			letter := "$" + Column(c.SheetColumn) + "$"
			s.put(markup.Replace(fmt.Sprintf("'%s'!%s%d:%s%d", strings.ReplaceAll(c.Sheet, "'", "''"), letter, c.SheetFromRow, letter, c.SheetUntilRow)))
			s.put(`</formula1></dataValidation>`)
		}
		s.put(`</dataValidations>`)
	}
	s.put(`</worksheet>`)
}

// markup escapes a formula: some programs read it without undoing the escapes
// of apostrophes that encoding/xml writes.
var markup = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

type fixedPart struct{ name, text string }

// fixedParts are the parts beside the sheets.
func (w *Writer) fixedParts() []fixedPart {
	var sheets, relations, types strings.Builder
	for i, name := range w.names {
		var escapedName strings.Builder
		_ = xml.EscapeText(&escapedName, []byte(name))
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, escapedName.String(), i+1, i+1)
		fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, relSpace, i+1)
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, i+1, mainType)
	}
	fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/>`, len(w.names)+1, relSpace)
	return []fixedPart{
		{"xl/workbook.xml", declaration + `<workbook xmlns="` + mainSpace + `" xmlns:r="` + relSpace + `"><sheets>` + sheets.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", declaration + `<Relationships xmlns="` + packSpace + `relationships">` + relations.String() + `</Relationships>`},
		{"xl/styles.xml", styleSheet},
		{"_rels/.rels", declaration + `<Relationships xmlns="` + packSpace + `relationships"><Relationship Id="rId1" Type="` + relSpace + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"[Content_Types].xml", declaration + `<Types xmlns="` + packSpace + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + mainType + `sheet.main+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="` + mainType + `styles+xml"/>` + types.String() + `</Types>`},
	}
}

// styleSheet has one cellXfs entry per Style, in their order. Number format 49
// is text (18.8.30); the first two fills are what programs expect them to be.
const styleSheet = declaration + `<styleSheet xmlns="` + mainSpace + `">` +
	`<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/><numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm"/></numFmts>` +
	`<fonts count="4"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font>` +
	`<font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/></font><font><sz val="11"/><color rgb="FFB00020"/><name val="Calibri"/></font></fonts>` +
	`<fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>` +
	`<fill><patternFill patternType="solid"><fgColor rgb="FF1F6F54"/><bgColor indexed="64"/></patternFill></fill>` +
	`<fill><patternFill patternType="solid"><fgColor rgb="FFFFC7CE"/><bgColor indexed="64"/></patternFill></fill></fills>` +
	`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
	`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
	`<cellXfs count="10">` +
	`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
	`<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="0" fontId="2" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>` +
	`<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>` +
	`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
	`<xf numFmtId="0" fontId="0" fillId="3" borderId="0" xfId="0" applyFill="1"/>` +
	`<xf numFmtId="49" fontId="0" fillId="3" borderId="0" xfId="0" applyNumberFormat="1" applyFill="1"/>` +
	`<xf numFmtId="0" fontId="3" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>` +
	`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
	`</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
