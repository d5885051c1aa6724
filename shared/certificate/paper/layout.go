package paper

import (
	"strconv"
	"strings"

	"portal/shared/certificate/arabic"
)

// layout turns a document into blocks: it knows the words and how they look.
type layout struct {
	doc   Document
	fonts faces
	theme theme
}

// Leading of the body, the small print and the goods, in millimetres.
const (
	pitch      = 4.7
	smallPitch = 3.9
	goodsPitch = 4.1
	gutter     = 6.0
)

// arabicScale evens out the scripts: Arabic letters are small for their size.
const arabicScale = 1.1

func (l layout) body() style   { return style{face: l.fonts.regular, size: 9, color: ink} }
func (l layout) strong() style { return style{face: l.fonts.semibold, size: 9.5, color: ink} }
func (l layout) label() style  { return style{face: l.fonts.regular, size: 7, color: grey} }
func (l layout) small() style  { return style{face: l.fonts.regular, size: 7.5, color: grey} }

func (l layout) heading() style {
	return style{face: l.fonts.semibold, size: 9.5, color: l.theme.accent}
}

// figures is for identifiers; letters that the mono font lacks get the sans.
func (l layout) figures(text string, size float64) style {
	s := style{face: l.fonts.mono, size: size, color: ink}
	if !s.face.covers(text) {
		s.face = l.fonts.semibold
	}
	return s
}

func (d Document) language() string {
	if d.Language == "en" {
		return "en"
	}
	return "fr"
}

// main and arab are the two texts of a key.
func (l layout) main(key string) string { return l.doc.Text(l.doc.language(), "paper."+key) }
func (l layout) arab(key string) string { return l.doc.Text("ar", "paper."+key) }

// kinded gives the key for this kind of paper: « title » becomes « title.coc ».
func (l layout) kinded(key string) string {
	return key + "." + strings.ToLower(string(l.doc.Kind))
}

// fill puts the document's names into a text of the catalogue.
func (l layout) fill(text string) string {
	return strings.NewReplacer(
		"{dossier}", l.doc.DossierNumber,
		"{bureau}", l.doc.Bureau.Name,
	).Replace(text)
}

func orDash(text string) string {
	if strings.TrimSpace(text) == "" {
		return "—"
	}
	return text
}

// pair sets the same words in both languages, one at each end of the width.
func (l layout) pair(s style, key string, x, width float64) []cell {
	french, arab := cell{x: x, width: width}, cell{x: x, width: width}
	french.add(s, s.single(l.main(key), arabic.LeftToRight))
	s.tracking = 0
	s.size *= arabicScale
	arab.add(s, s.single(l.arab(key), arabic.RightToLeft))
	return []cell{french, arab}
}

// section is a heading in both languages over a rule.
func (l layout) section(key string) block {
	strips := row(l.pair(l.heading(), key, margin, bodyWidth), pitch, 0, 1.3)
	underline(strips, margin, bodyWidth, 0.25, l.theme.accent)
	return block{strips: strips, withNext: true}
}

// field is a label in both languages with its value beneath.
type field struct {
	key, value string
	figures    bool
}

// fields lays fields out in equal columns.
func (l layout) fields(fields []field, columns int) []strip {
	width := (bodyWidth - float64(columns-1)*gutter) / float64(columns)
	var strips []strip
	for len(fields) > 0 {
		now := fields[:min(columns, len(fields))]
		fields = fields[len(now):]
		var labels, values []cell
		for i, f := range now {
			x := margin + float64(i)*(width+gutter)
			labels = append(labels, l.pair(l.label(), f.key, x, width)...)
			values = append(values, l.value(f, x, width))
		}
		strips = append(strips, row(labels, smallPitch, 0, 0.3)...)
		strips = append(strips, row(values, goodsPitch, 0, 1.8)...)
	}
	return strips
}

func (l layout) value(f field, x, width float64) cell {
	c := cell{x: x, width: width}
	s := l.body()
	if f.figures && f.value != "" {
		s = l.figures(f.value, 8.5)
	}
	c.add(s, s.wrap(orDash(f.value), width, arabic.FirstStrong)...)
	return c
}

// party fills a column: the company's name, its address.
func (l layout) party(p Party, c cell) cell {
	c.add(l.strong(), l.strong().wrap(orDash(p.Name), c.width, arabic.FirstStrong)...)
	for _, text := range []string{p.Address, p.Country} {
		if text != "" {
			c.add(l.small().dark(), l.small().wrap(text, c.width, arabic.FirstStrong)...)
		}
	}
	return c
}

func (s style) dark() style {
	s.color = ink.mix(grey, 0.5)
	return s
}

// register is in whose name the paper stands and which others it follows; of
// what follows none and is in nobody's name, nothing.
func (l layout) register() []block {
	var fields []field
	add := func(f field) {
		if f.value != "" {
			fields = append(fields, f)
		}
	}
	add(field{key: "holder", value: l.doc.Holder})
	add(field{key: "holder_id", value: l.doc.HolderID, figures: true})
	add(field{key: "replaces", value: l.doc.Replaces, figures: true})
	if l.doc.Renewals > 0 {
		add(field{key: "renewal", value: strconv.Itoa(l.doc.Renewals), figures: true})
	}
	if len(fields) == 0 {
		return nil
	}
	return []block{l.section("section.register"), gap(1.6), {strips: l.fields(fields, 3)}, gap(2)}
}

func (l layout) parties() []block {
	columns := l.thirds()
	var heads, bodies []cell
	for i, p := range []struct {
		key   string
		party Party
	}{{"importer", l.doc.Importer}, {"exporter", l.doc.Exporter}, {"manufacturer", l.doc.Manufacturer}} {
		heads = append(heads, l.pair(l.label(), p.key, columns[i].x, columns[i].width)...)
		bodies = append(bodies, l.party(p.party, columns[i]))
	}
	return []block{
		l.section("section.parties"), gap(1.6),
		{strips: append(row(heads, smallPitch, 0, 0.6), row(bodies, goodsPitch, 0, 0)...)},
		gap(4),
	}
}

// thirds are three empty columns.
func (l layout) thirds() [3]cell {
	var columns [3]cell
	width := (bodyWidth - 2*gutter) / 3
	for i := range columns {
		columns[i] = cell{x: margin + float64(i)*(width+gutter), width: width}
	}
	return columns
}

func (l layout) shipment() []block {
	if !l.doc.shipped() {
		return nil
	}
	invoice, way := l.doc.Invoice, l.doc.Shipment
	value := strings.TrimSpace(number(invoice.Value) + " " + invoice.Currency)
	strips := l.fields([]field{
		{key: "invoice.number", value: invoice.Number, figures: true},
		{key: "invoice.date", value: date(invoice.Date), figures: true},
		{key: "invoice.value", value: value, figures: true},
		{key: "shipment.incoterm", value: way.Incoterm},
		{key: "shipment.mode", value: way.Mode},
		{key: "shipment.loading", value: way.PortOfLoading},
		{key: "shipment.discharge", value: way.PortOfDischarge},
	}, 4)
	return []block{l.section("section.shipment"), gap(1.6), {strips: strips}, gap(2)}
}

// statement is what the paper attests, in both languages side by side.
func (l layout) statement() block {
	const inset, middle, french = 4.5, 8.0, 0.53 // share of the width: Arabic takes less
	latin, arab := l.body(), l.body()
	latin.size, arab.size = 8.8, 9.8
	width := bodyWidth - 2*inset - middle
	left := cell{x: margin + inset, width: width * french}
	left.add(latin, latin.wrap(l.fill(l.main(l.kinded("statement"))), left.width, arabic.LeftToRight)...)
	right := cell{x: left.x + left.width + middle, width: width - left.width}
	right.add(arab, arab.wrap(l.fill(l.arab(l.kinded("statement"))), right.width, arabic.RightToLeft)...)
	strips := row([]cell{left, right}, 4.5, 2.2, 2.2)
	bar(strips, margin, l.theme.accent)
	backdrop(strips, margin, bodyWidth, l.theme.accent.tint())
	return block{strips: strips}
}

// bar paints a thick rule along the left of all the strips.
func bar(strips []strip, x float64, c color) {
	const thickness = 1.1
	for i := range strips {
		strips[i].boxes = append(strips[i].boxes, box{x: x, width: thickness, height: strips[i].height, color: c})
	}
}

// signature names who answers, beside what the paper is worth.
func (l layout) signature() block {
	columns := l.thirds()
	who := columns[0]
	heads := l.pair(l.label(), "issued_by", who.x, who.width)
	who.add(l.strong(), line{}) // the label's
	who.add(l.strong(), l.strong().wrap(orDash(l.doc.Agent), who.width, arabic.FirstStrong)...)
	bureau := l.doc.Bureau.Name
	if l.doc.Bureau.Code != "" {
		bureau = strings.TrimSpace(bureau + " (" + l.doc.Bureau.Code + ")")
	}
	who.add(l.body(), l.body().wrap(orDash(bureau), who.width, arabic.FirstStrong)...)
	french, arab := columns[1], columns[2]
	s := l.small()
	french.add(s, s.wrap(l.main(l.kinded("note")), french.width, arabic.LeftToRight)...)
	s.size *= arabicScale
	arab.add(s, s.wrap(l.arab(l.kinded("note")), arab.width, arabic.RightToLeft)...)

	strips := row(append(heads, who, french, arab), goodsPitch, 2.2, 0)
	strips[0].boxes = append(strips[0].boxes, box{x: margin, width: bodyWidth, height: 0.25, color: l.theme.accent})
	return block{strips: strips}
}
