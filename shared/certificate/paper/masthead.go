package paper

import (
	"github.com/boombuler/barcode"

	"portal/shared/certificate/arabic"
)

const (
	bandHeight     = 34.0
	mastheadBottom = 86.5
	qrSide         = 30.0
)

// masthead is the upper part of a certificate's or report's first page: the
// band with the title, the number, the dates, the answer and the QR code.
func (l layout) masthead(p pen, code barcode.Barcode) {
	band := l.theme.band
	p.fill(box{width: pageWidth, height: bandHeight, color: band})
	p.stars(bandHeight, 11, band, band.mix(white, 0.42))
	p.fill(box{y: bandHeight, width: pageWidth, height: 1, color: saffron})
	l.titles(p)
	width := bodyWidth
	if code != nil {
		width -= qrSide + 10
		l.qr(p, code, pageWidth-margin-qrSide, bandHeight+8)
	}
	l.identity(p, width)
}

func (l layout) titles(p pen) {
	half := bodyWidth/2 - gutter/2
	eyebrow := style{face: l.fonts.mono, size: 7.5, color: saffron, tracking: 1.1}
	title := style{face: l.fonts.semibold, size: 19, color: white}
	below := style{face: l.fonts.regular, size: 9, color: l.theme.band.mix(white, 0.78)}

	kind := string(l.doc.Kind)
	if l.doc.Route != "" {
		kind += " · " + l.main("route") + " " + l.doc.Route
	}
	put := func(s style, y float64, text string) {
		fitted, s := s.fit(text, half, arabic.LeftToRight)
		p.text(margin, y, fitted, s)
	}
	right := func(s style, y float64, text string) {
		fitted, s := s.fit(text, half, arabic.RightToLeft)
		p.text(pageWidth-margin-fitted.width, y, fitted, s)
	}
	put(eyebrow, 10.5, kind)
	put(title, 20, l.main(l.kinded("title")))
	put(below, 26.5, l.main("subtitle"))
	title.size, below.size = 22, 10.5
	right(title, 19.5, l.arab(l.kinded("title")))
	right(below, 26.5, l.arab("subtitle"))
}

// identity prints the number large, then the other facts in two rows.
func (l layout) identity(p pen, width float64) {
	big := l.figures(l.doc.Number, 17)
	big.color = l.theme.band
	y := bandHeight + 9.5
	l.labels(p, "number", margin, y, width)
	text, big := big.fit(l.doc.Number, width, arabic.LeftToRight)
	p.text(margin, y+7.6, text, big)

	facts := []field{
		{key: "dossier", value: l.doc.DossierNumber, figures: true},
		{key: "issued", value: date(l.doc.Issued), figures: true},
	}
	if !l.doc.Expires.IsZero() {
		facts = append(facts, field{key: "expires", value: date(l.doc.Expires), figures: true})
	}
	l.facts(p, facts, y+15.5, width)
	answer := field{key: "answer", value: l.doc.Answer}
	bureau := field{key: "bureau", value: l.doc.Bureau.Name}
	l.facts(p, []field{answer, bureau}, y+29, width)
}

// facts prints fields side by side over a hairline, each value in one line.
func (l layout) facts(p pen, facts []field, y, width float64) {
	const space = 5.0
	each := (width - space*float64(len(facts)-1)) / float64(len(facts))
	for i, f := range facts {
		x := margin + float64(i)*(each+space)
		p.fill(box{x: x, y: y - 4.6, width: each, height: 0.2, color: hair})
		l.labels(p, f.key, x, y, each)
		s := l.strong()
		if f.figures {
			s = l.figures(f.value, 10)
		}
		left := x
		if f.key == "answer" {
			p.fill(box{x: x, y: y + 2.75, width: 2.4, height: 2.4, color: answerColor(l.doc.Lines)})
			left += 4.2
		}
		text, s := s.fit(orDash(f.value), x+each-left, arabic.FirstStrong)
		p.text(left, y+5.2, text, s)
	}
}

// labels prints a label in both languages at the ends of a width.
func (l layout) labels(p pen, key string, x, y, width float64) {
	for _, c := range l.pair(l.label(), key, x, width) {
		r := c.run(c.lines[0], y)
		p.text(r.x, r.y, r.line, r.style)
	}
}

// qr prints the code that leads to the public check, with the number in clear
// beneath it for those who type.
func (l layout) qr(p pen, code barcode.Barcode, x, y float64) {
	p.qr(code, x, y, qrSide, ink)
	p.pdf.LinkString(x, y, qrSide, qrSide, l.doc.CheckURL)
	centred := func(s style, y float64, text string, direction arabic.Direction) {
		const overhang = 3.0
		fitted, s := s.fit(text, qrSide+2*overhang, direction)
		p.text(x+(qrSide-fitted.width)/2, y, fitted, s)
	}
	centred(l.figures(l.doc.reference(), 7.4), y+qrSide+4.2, l.doc.reference(), arabic.LeftToRight)
	centred(l.label(), y+qrSide+8, l.main("verify"), arabic.LeftToRight)
	centred(l.label(), y+qrSide+11.6, l.arab("verify"), arabic.RightToLeft)
}
