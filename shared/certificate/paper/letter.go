package paper

import (
	"strings"

	"github.com/boombuler/barcode"

	"portal/shared/certificate/arabic"
)

const (
	letterFacts      = 36.0
	letterFactsWidth = 88.0
)

// letterheadBottom is where the body begins: lower when a QR code stands there.
func letterheadBottom(coded bool) float64 {
	if coded {
		return letterFacts + 24
	}
	return letterFacts - 5
}

// letterhead is the upper part of a letter: who writes, when, about which
// dossier.
func (l layout) letterhead(p pen, code barcode.Barcode) {
	p.fill(box{width: pageWidth, height: 7, color: l.theme.band})
	p.stars(7, 7, l.theme.band, l.theme.band.mix(white, 0.42))
	p.fill(box{y: 7, width: pageWidth, height: 0.8, color: saffron})

	width := bodyWidth
	if code != nil {
		width -= qrSide + 10
		l.qr(p, code, pageWidth-margin-qrSide, 14)
	}
	title := style{face: l.fonts.semibold, size: 16, color: l.theme.band}
	french, s := title.fit(l.main("title.letter"), width/2, arabic.LeftToRight)
	p.text(margin, 22, french, s)
	title.size = 18
	arab, s := title.fit(l.arab("title.letter"), width/2, arabic.RightToLeft)
	p.text(margin+width-arab.width, 22, arab, s)
	l.facts(p, []field{
		{key: "dossier", value: l.doc.DossierNumber, figures: true},
		{key: "date", value: date(l.doc.Issued), figures: true},
	}, letterFacts, letterFactsWidth)
	l.facts(p, []field{
		{key: "answer", value: l.doc.Answer},
		{key: "bureau", value: l.doc.Bureau.Name},
	}, letterFacts+13, letterFactsWidth)
}

// letter is addressed to the importer; the goods examined follow it.
func (l layout) letter() []block {
	blocks := []block{l.addressee(), gap(4)}
	blocks = append(blocks, l.paragraphs("fr")...)
	blocks = append(blocks, l.paragraphs("ar")...)
	blocks = append(blocks, l.signature(), gap(5))
	return append(blocks, l.goods()...)
}

// addressee stands beside the facts, and is at least as high.
func (l layout) addressee() block {
	const x, height = margin + letterFactsWidth + 14, 27.0
	c := cell{x: x, width: margin + bodyWidth - x}
	importer := l.doc.Importer
	c.add(l.strong(), l.strong().wrap(orDash(importer.Name), c.width, arabic.FirstStrong)...)
	for _, text := range []string{importer.Address, importer.Country} {
		if text != "" {
			c.add(l.body(), l.body().wrap(text, c.width, arabic.FirstStrong)...)
		}
	}
	b := block{strips: row([]cell{c}, pitch, 0, 0)}
	if missing := height - b.height(); missing > 0 {
		b.strips = append(b.strips, strip{height: missing})
	}
	return b
}

// paragraphs sets the letter in one language over the whole width.
func (l layout) paragraphs(language string) []block {
	say, direction, s, pitch := l.main, arabic.LeftToRight, l.body(), 5.0
	s.size = 10
	if language == "ar" {
		say, direction, pitch = l.arab, arabic.RightToLeft, 5.8
		s.size = 11.5
	}
	var blocks []block
	put := func(s style, text string, after float64) {
		c := cell{x: margin, width: bodyWidth}
		c.add(s, s.wrap(l.fill(text), bodyWidth, direction)...)
		blocks = append(blocks, block{strips: row([]cell{c}, pitch, 0, after)})
	}
	object := s
	object.face = l.fonts.semibold
	put(object, say("letter.object"), 3)
	for paragraph := range strings.SplitSeq(say("letter.body"), "\n") {
		put(s, paragraph, 2)
	}
	return append(blocks, gap(3))
}
