package paper

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/boombuler/barcode"
)

// Render writes the document as PDF. Errors wrap ErrDocument when the document
// cannot be printed, and are w's when writing fails.
//
// Time and memory grow in proportion to the lines of goods.
func Render(w io.Writer, d Document) error {
	if err := d.check(); err != nil {
		return err
	}
	fonts, err := loadFaces()
	if err != nil {
		return err
	}
	var code barcode.Barcode
	if d.CheckURL != "" {
		if code, err = qrModules(d.CheckURL); err != nil {
			return err
		}
	}
	l := layout{doc: d, fonts: fonts, theme: themeOf(d.Kind)}
	pages := paginate(l.blocks(), l.top())
	p := newPen(d, fonts, plain(l.main(l.kinded("title"))+" "+d.reference()))
	head, foot := l.runningHead(), l.foot()
	for i, page := range pages {
		p.pdf.AddPage()
		switch {
		case i > 0:
			p.strip(head, headTop)
		case d.Kind == Letter:
			l.letterhead(p, code)
		default:
			l.masthead(p, code)
		}
		p.strips(page)
		p.strip(foot, footTop)
		p.strip(l.pageNumber(i+1, len(pages)), footTop)
	}
	return p.output(w)
}

func (l layout) top() float64 {
	if l.doc.Kind == Letter {
		return letterheadBottom(l.doc.CheckURL != "")
	}
	return mastheadBottom
}

func (l layout) blocks() []block {
	if l.doc.Kind == Letter {
		return l.letter()
	}
	blocks := []block{l.statement(), gap(5)}
	blocks = append(blocks, l.register()...)
	blocks = append(blocks, l.parties()...)
	blocks = append(blocks, l.shipment()...)
	blocks = append(blocks, l.goods()...)
	return append(blocks,
		block{strips: []strip{{height: 4}}, withNext: true},
		l.signature())
}

// plain is s as the PDF writer can take it in metadata: valid, and within
// Unicode's first plane.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if utf8.RuneLen(r) > 3 {
			return replacement
		}
		return r
	}, strings.ToValidUTF8(s, string(replacement)))
}
