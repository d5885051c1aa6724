package paper

// The page is A4; lengths are millimetres from its top left corner.
const (
	pageWidth  = 210.0
	pageHeight = 297.0
	margin     = 18.0
	bodyWidth  = pageWidth - 2*margin
	bodyTop    = 25.0 // of the pages after the first
	bodyBottom = 275.0
)

// run is a line of text in its place: x from the page's left, y of the
// baseline from its strip's top.
type run struct {
	x, y  float64
	line  line
	style style
}

// box is a filled rectangle, painted under the text.
type box struct {
	x, y, width, height float64
	color               color
}

// strip is a slice of the page as wide as it. It is never divided.
type strip struct {
	height float64
	runs   []run
	boxes  []box
}

// block is a stack of strips that stays on one page when it fits on one.
type block struct {
	strips []strip
	// head is repeated above the part of the block's series (same head) that
	// stands on each page.
	head *block
	// withNext keeps the block on the page of the next one's first strips.
	withNext bool
}

func (b block) height() float64 {
	height := 0.0
	for _, s := range b.strips {
		height += s.height
	}
	return height
}

// placed is a strip on its page.
type placed struct {
	strip
	y float64
}

// pager puts blocks on pages one after the other.
type pager struct {
	pages [][]placed
	y     float64
	head  *block // the one that stands on this page
}

// paginate places blocks from top on the first page and from bodyTop on those
// that follow. Every strip is placed once, in order; heads once a page.
func paginate(blocks []block, top float64) [][]placed {
	p := &pager{pages: make([][]placed, 1), y: top}
	for i, b := range blocks {
		needed := p.lead(b)
		for j := i; blocks[j].withNext && j+1 < len(blocks); j++ {
			needed += p.lead(blocks[j+1])
		}
		if p.y+needed > bodyBottom {
			p.turn()
		}
		p.place(b)
	}
	return p.pages
}

// lead is the height of what must stand together at the beginning of b: all of
// it if one page has room for that.
func (p *pager) lead(b block) float64 {
	if needed := p.need(b); needed <= bodyBottom-bodyTop {
		return needed
	}
	return p.need(block{strips: b.strips[:1], head: b.head})
}

// need is the height of b and of its head where that must be drawn.
func (p *pager) need(b block) float64 {
	if b.head != nil && b.head != p.head {
		return b.head.height() + b.height()
	}
	return b.height()
}

// turn goes on to the next page, unless nothing more would fit there.
func (p *pager) turn() {
	if p.y <= bodyTop {
		return
	}
	p.pages = append(p.pages, nil)
	p.y, p.head = bodyTop, nil
}

func (p *pager) place(b block) {
	for i := range b.strips {
		next := block{strips: b.strips[i : i+1], head: b.head}
		if p.y+p.need(next) > bodyBottom {
			p.turn()
		}
		if b.head != nil && b.head != p.head {
			for _, s := range b.head.strips {
				p.put(s)
			}
			p.head = b.head
		}
		p.put(b.strips[i])
	}
}

func (p *pager) put(s strip) {
	last := len(p.pages) - 1
	p.pages[last] = append(p.pages[last], placed{strip: s, y: p.y})
	p.y += s.height
}

// cell is a column of lines in a row of cells.
type cell struct {
	x, width float64
	lines    []set
	right    bool // figures: aligned right
}

// set is a line with its style.
type set struct {
	line  line
	style style
}

func (c *cell) add(s style, lines ...line) {
	for _, l := range lines {
		c.lines = append(c.lines, set{line: l, style: s})
	}
}

// row lays cells side by side: strips of one text line each, pitch mm high,
// with above and below added to the first and the last.
func row(cells []cell, pitch, above, below float64) []strip {
	count := 1
	for _, c := range cells {
		count = max(count, len(c.lines))
	}
	strips := make([]strip, count)
	for i := range strips {
		top := 0.0
		strips[i].height = pitch
		if i == 0 {
			top = above
			strips[i].height += above
		}
		if i == count-1 {
			strips[i].height += below
		}
		for _, c := range cells {
			if i < len(c.lines) {
				strips[i].runs = append(strips[i].runs, c.run(c.lines[i], top+0.72*pitch))
			}
		}
	}
	return strips
}

// run places a line in its cell. What reads from right to left begins at the
// right.
func (c cell) run(l set, y float64) run {
	x := c.x
	if c.right || l.line.rtl {
		x += c.width - l.line.width
	}
	return run{x: x, y: y, line: l.line, style: l.style}
}

// gap is empty height.
func gap(height float64) block { return block{strips: []strip{{height: height}}} }

// underline draws a rule at the foot of the last strip.
func underline(strips []strip, x, width, thickness float64, c color) {
	last := &strips[len(strips)-1]
	last.boxes = append(last.boxes, box{x: x, y: last.height - thickness, width: width, height: thickness, color: c})
}

// backdrop paints behind all the strips.
func backdrop(strips []strip, x, width float64, c color) {
	for i := range strips {
		strips[i].boxes = append([]box{{x: x, width: width, height: strips[i].height, color: c}}, strips[i].boxes...)
	}
}
