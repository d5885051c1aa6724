package paper

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// pen draws on the pages of one PDF.
type pen struct {
	pdf *fpdf.Fpdf
}

func newPen(d Document, f faces, title string) pen {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCompression(true)
	pdf.SetCatalogSort(true)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCreationDate(d.Issued)
	pdf.SetModificationDate(d.Issued)
	pdf.SetProducer("Portal", false)
	pdf.SetCreator("Portal", false)
	pdf.SetTitle(title, true)
	pdf.SetAuthor(plain(d.Bureau.Name), true)
	pdf.SetLang(d.language() + "-MA")
	for _, f := range []*face{f.regular, f.semibold, f.mono} {
		pdf.AddUTF8FontFromBytes(f.family, f.style, []byte(f.font))
	}
	return pen{pdf: pdf}
}

// emptyNames is what the PDF writer puts into the catalogue of every file: a
// list of embedded files, without any. Readers that look for active content,
// the portal's own among them, refuse a file for it.
const emptyNames = "/Names <<\n/EmbeddedFiles << /Names [\n  \n] >>\n>>\n"

// output writes the file, emptyNames blanked out so that no offset changes.
func (p pen) output(w io.Writer) error {
	var file bytes.Buffer
	if err := p.pdf.Output(&file); err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	content := file.Bytes()
	if at := bytes.LastIndex(content, []byte(emptyNames)); at >= 0 {
		copy(content[at:], bytes.Repeat([]byte(" "), len(emptyNames)-1))
	}
	if _, err := w.Write(content); err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	return nil
}

// text draws a line with its baseline at y. Arabic is drawn, and so stored, in
// visual order and presentation forms: readers of PDF expect that and turn it
// back when they copy or search.
func (p pen) text(x, y float64, l line, s style) {
	if l.visual == "" {
		return
	}
	p.pdf.SetFont(s.face.family, s.face.style, s.size)
	p.pdf.SetTextColor(s.color[0], s.color[1], s.color[2])
	if s.tracking != 0 {
		p.raw("%.3f Tc", s.tracking)
		defer p.raw("0 Tc")
	}
	p.pdf.Text(x, y, l.visual)
}

func (p pen) raw(format string, args ...any) {
	p.pdf.RawWriteStr(fmt.Sprintf(format, args...))
}

func (p pen) fill(b box) {
	p.pdf.SetFillColor(b.color[0], b.color[1], b.color[2])
	p.pdf.Rect(b.x, b.y, b.width, b.height, "F")
}

func (p pen) strip(s strip, y float64) { p.strips([]placed{{strip: s, y: y}}) }

// strips draws the body of a page: all that is painted first, since letters
// reach below their strip.
func (p pen) strips(page []placed) {
	for _, s := range page {
		for _, b := range s.boxes {
			b.y += s.y
			p.fill(b)
		}
	}
	for _, s := range page {
		for _, r := range s.runs {
			p.text(r.x, s.y+r.y, r.line, r.style)
		}
	}
}

// path collects the operators of one path, in points from the page's bottom
// left corner (ISO 32000-1, 8.5).
type path struct {
	strings.Builder
}

func (p *path) move(x, y float64) { p.point(x, y, "m") }

func (p *path) to(x, y float64) { p.point(x, y, "l") }

func (p *path) point(x, y float64, operator string) {
	fmt.Fprintf(p, "%.2f %.2f %s ", x/point, (pageHeight-y)/point, operator)
}

func (p *path) rectangle(x, y, width, height float64) {
	fmt.Fprintf(p, "%.3f %.3f %.3f %.3f re ", x/point, (pageHeight-y-height)/point, width/point, height/point)
}

// fillPath paints a path at once, so that touching shapes show no seam.
func (p pen) fillPath(shape *path, c color) {
	p.raw("q %s rg %sf Q", c.operands(), shape)
}

func (p pen) strokePath(shape *path, width float64, c color) {
	p.raw("q %s RG %.3f w 1 j %sS Q", c.operands(), width/point, shape)
}

func (c color) operands() string {
	return fmt.Sprintf("%.3f %.3f %.3f", float64(c[0])/255, float64(c[1])/255, float64(c[2])/255)
}

// date is day/month/year, as in French; empty for no date.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("02/01/2006")
}
