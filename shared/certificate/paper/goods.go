package paper

import (
	"strconv"
	"strings"

	"portal/shared/certificate/arabic"
)

// column is one of the goods table.
type column struct {
	key      string
	x, width float64
	right    bool
}

const columnGap = 3.5

// The columns fill the body; widths include the gap on their right.
const (
	widthN           = 10.0
	widthHS          = 27.5
	widthDesignation = 55.0
	widthOrigin      = 17.0
	widthQuantity    = 18.5
	widthNorm        = 24.5
	widthVerdict     = bodyWidth - widthN - widthHS - widthDesignation - widthOrigin - widthQuantity - widthNorm
)

func goodsColumns() []column {
	columns := []column{
		{key: "n", width: widthN},
		{key: "hs", width: widthHS},
		{key: "designation", width: widthDesignation},
		{key: "origin", width: widthOrigin},
		{key: "quantity", width: widthQuantity, right: true},
		{key: "norm", width: widthNorm},
		{key: "verdict", width: widthVerdict},
	}
	x := margin
	for i := range columns {
		columns[i].x, x = x, x+columns[i].width
		columns[i].width -= columnGap
	}
	return columns
}

// goods is the table: a head in both languages, repeated on each page, and a
// row a line. What follows stays with the last row.
func (l layout) goods() []block {
	columns := goodsColumns()
	head := l.goodsHead(columns)
	blocks := make([]block, 0, len(l.doc.Lines)+3)
	blocks = append(blocks, l.section(l.kinded("section.goods")))
	for _, line := range l.doc.Lines {
		blocks = append(blocks, block{strips: l.goodsRow(columns, line), head: head})
	}
	blocks[len(blocks)-1].withNext = true
	count := cell{x: margin, width: bodyWidth, right: true}
	s := l.small()
	text := strings.ReplaceAll(l.main("count"), "{count}", number(strconv.Itoa(len(l.doc.Lines))))
	count.add(s, s.single(text, arabic.LeftToRight))
	return append(blocks, block{strips: row([]cell{count}, goodsPitch, 0.5, 0), withNext: true})
}

func (l layout) goodsHead(columns []column) *block {
	s := style{face: l.fonts.semibold, size: 7, color: l.theme.band}
	arab := s
	arab.size = 7.8
	var cells []cell
	for _, c := range columns {
		head := cell{x: c.x, width: c.width, right: c.right}
		text, small := s.fit(l.main("column."+c.key), c.width, arabic.LeftToRight)
		head.add(small, text)
		translated, small := arab.fit(l.arab("column."+c.key), c.width, arabic.RightToLeft)
		translated.rtl = false // beneath the other, not across from it
		head.add(small, translated)
		cells = append(cells, head)
	}
	strips := row(cells, 3.7, 1.4, 1.4)
	backdrop(strips, margin, bodyWidth, l.theme.accent.mix(white, 0.9))
	underline(strips, margin, bodyWidth, 0.35, l.theme.accent)
	return &block{strips: strips}
}

func (l layout) goodsRow(columns []column, line Line) []strip {
	body := style{face: l.fonts.regular, size: 8.2, color: ink}
	name := body
	name.face = l.fonts.semibold
	faint := style{face: l.fonts.regular, size: 7.2, color: grey}
	verdict := style{face: l.fonts.semibold, size: 7.8, color: line.Verdict.color()}

	cells := make([]cell, len(columns))
	put := func(column int, s style, text string) {
		c := columns[column]
		cells[column].add(s, s.wrap(text, c.width, arabic.FirstStrong)...)
	}
	for i, c := range columns {
		cells[i] = cell{x: c.x, width: c.width, right: c.right}
	}
	put(0, faint, strconv.Itoa(line.N))
	put(1, l.figures(line.HS, 7.4), orDash(line.HS))
	put(2, name, orDash(line.Designation))
	if detail := l.detail(line); detail != "" {
		put(2, faint, detail)
	}
	put(3, body, orDash(line.Origin))
	put(4, body, orDash(number(line.Quantity)))
	if line.Unit != "" {
		put(4, faint, line.Unit)
	}
	put(5, body, orDash(line.Norm))
	put(6, verdict, l.main("verdict."+string(line.Verdict)))

	strips := row(cells, goodsPitch, 1.5, 1.5)
	if line.Remark != "" {
		strips = append(strips, l.remark(columns[2].x, line)...)
	}
	underline(strips, margin, bodyWidth, 0.15, hair)
	return strips
}

// detail is the brand and the reference, labelled.
func (l layout) detail(line Line) string {
	var parts []string
	if line.Brand != "" {
		parts = append(parts, l.main("brand")+" "+line.Brand)
	}
	if line.Reference != "" {
		parts = append(parts, l.main("reference")+" "+line.Reference)
	}
	return strings.Join(parts, " · ")
}

// remark is the reserve or the reason, set across the columns from x: nobody
// should overlook it.
func (l layout) remark(x float64, line Line) []strip {
	const inset = 3.6
	key := "remark"
	switch line.Verdict {
	case Reserved:
		key = "reserve"
	case NonConforming:
		key = "reason"
	}
	accent := line.Verdict.color()
	label := style{face: l.fonts.semibold, size: 7, color: accent}
	text := style{face: l.fonts.regular, size: 8.4, color: ink}
	width := margin + bodyWidth - x
	head := l.pair(label, key, x+inset, width-2*inset)
	body := cell{x: x + inset, width: width - 2*inset}
	body.add(text, text.wrap(line.Remark, body.width, arabic.FirstStrong)...)

	strips := append(row(head, smallPitch, 1.2, 0), row([]cell{body}, goodsPitch, 0, 1.4)...)
	bar(strips, x, accent)
	backdrop(strips, x, width, accent.tint())
	return append(strips, strip{height: 1.8})
}
