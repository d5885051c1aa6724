package paper

import (
	"sort"
	"strings"
	"unicode"

	"portal/shared/certificate/arabic"
)

// millimetre per typographic point.
const point = 25.4 / 72

// style is how a run of text looks.
type style struct {
	face     *face
	size     float64 // points
	color    color
	tracking float64 // points added after each letter; never on Arabic, whose letters join
}

// line is one line of text, ready to draw from left to right.
type line struct {
	visual string
	width  float64
	rtl    bool // its paragraph reads from right to left
}

func (s style) advance(r rune) float64 {
	return (float64(s.face.advances[r])/1000*s.size + s.tracking) * point
}

// wrap sets text in lines at most width mm wide. Line breaks in the text are
// kept, words wider than a line are divided.
func (s style) wrap(text string, width float64, direction arabic.Direction) []line {
	var lines []line
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		shaped := arabic.Shape(s.face.drawable(paragraph), direction)
		for i, r := range shaped.Runes {
			shaped.Runes[i] = s.face.glyph(r)
		}
		for _, span := range s.divide(shaped.Runes, width) {
			lines = append(lines, s.line(shaped, span))
		}
	}
	return lines
}

// single sets text in one line; it may be wider than any page.
func (s style) single(text string, direction arabic.Direction) line {
	const unlimited = 1e9
	return s.wrap(strings.ReplaceAll(text, "\n", " "), unlimited, direction)[0]
}

// fit sets text in one line of at most width mm: smaller if need be, at the
// smallest cut short.
func (s style) fit(text string, width float64, direction arabic.Direction) (line, style) {
	const smallest = 0.62
	l := s.single(text, direction)
	if l.width <= width {
		return l, s
	}
	s.size *= max(smallest, width/l.width*0.999)
	if l = s.single(text, direction); l.width <= width {
		return l, s
	}
	runes := []rune(text)
	cut := sort.Search(len(runes), func(n int) bool {
		return s.single(string(runes[:n])+"…", direction).width > width
	})
	return s.single(string(runes[:max(0, cut-1)])+"…", direction), s
}

type span struct{ start, end int }

func (s style) line(text arabic.Text, at span) line {
	l := line{visual: string(text.Visual(at.start, at.end)), rtl: text.RightToLeft()}
	for _, r := range text.Runes[at.start:at.end] {
		l.width += s.advance(r)
	}
	return l
}

// divide breaks a paragraph at spaces, and inside a word that alone is wider
// than a line: after punctuation if there is some, else anywhere. It gives at
// least one span; spaces at the ends of lines are in none.
func (s style) divide(runes []rune, width float64) []span {
	var spans []span
	start, used := 0, 0.0
	space, inner := -1, -1 // last places to break: at a space, after punctuation
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		if r == ' ' {
			if i == start { // never begins a line
				start++
				continue
			}
			space = i
		}
		used += s.advance(r)
		if used <= width || r == ' ' || i == start {
			if breaksAfter(r) {
				inner = i + 1
			}
			continue
		}
		end, next := i, i
		switch {
		case space > start:
			end, next = space, space+1
		case inner > start:
			end, next = inner, inner
		}
		spans = append(spans, span{start, trimSpaces(runes, start, end)})
		start, used, space, inner = next, 0, -1, -1
		i = next - 1
	}
	return append(spans, span{start, trimSpaces(runes, start, len(runes))})
}

func trimSpaces(runes []rune, start, end int) int {
	for end > start && runes[end-1] == ' ' {
		end--
	}
	return end
}

func breaksAfter(r rune) bool {
	return strings.ContainsRune("-/_.,;:|+&)", r) || unicode.Is(unicode.Pd, r)
}
