// Package arabic prepares text for a renderer that draws one glyph per code
// point from left to right and knows neither joining nor direction, as PDF
// writers do: letters are replaced by their presentation forms and lines are
// put in visual order (Unicode Standard Annex 9).
//
// Text without right-to-left letters passes through untouched and cheaply.
package arabic

import (
	"unicode"

	"golang.org/x/text/unicode/bidi"
	"golang.org/x/text/unicode/norm"
)

// Direction is the base direction of a paragraph.
type Direction uint8

// The base directions. FirstStrong follows the first letter that has a
// direction (rules P2 and P3) and is left to right when there is none.
const (
	FirstStrong Direction = iota
	LeftToRight
	RightToLeft
)

// Text is one shaped paragraph in logical order. Its zero value is empty.
type Text struct {
	// Runes are the shaped code points, in the order they are read.
	Runes []rune

	levels []uint8 // nil when nothing reads from right to left
	base   uint8
}

// Shape prepares one paragraph. Line and paragraph separators inside it count
// as spaces, other control and formatting characters disappear (direction
// marks after having had their effect), and everything else is kept: a
// paragraph never becomes longer than its normalised form (NFC).
func Shape(paragraph string, direction Direction) Text {
	source := clean(norm.NFC.String(paragraph))
	if direction != RightToLeft && !hasRightToLeft(source) {
		return Text{Runes: source}
	}
	runes := join(source)
	classes := classify(runes)
	text := Text{base: baseLevel(classes, direction)}
	levels := resolve(runes, classes, text.base)
	for i, r := range runes {
		if isDirectionMark(r) {
			continue
		}
		text.Runes = append(text.Runes, r)
		text.levels = append(text.levels, levels[i])
	}
	return text
}

// RightToLeft reports whether the paragraph reads from right to left.
func (t Text) RightToLeft() bool { return t.base%2 == 1 }

// Visual returns Runes[start:end] as one line in the order they are drawn from
// left to right, brackets mirrored where the direction asks it (rules L1, L2
// and L4).
func (t Text) Visual(start, end int) []rune {
	line := append([]rune(nil), t.Runes[start:end]...)
	if t.levels == nil {
		return line
	}
	levels := append([]uint8(nil), t.levels[start:end]...)
	for i := len(line) - 1; i >= 0 && unicode.IsSpace(line[i]); i-- {
		levels[i] = t.base
	}
	for i, r := range line {
		if levels[i]%2 == 1 {
			line[i] = mirror(r)
		}
	}
	reorder(line, levels)
	return line
}

func clean(s string) []rune {
	runes := make([]rune, 0, len(s))
	for _, r := range s {
		switch {
		case r == '\t', r == '\n', r == '\r', r == '\u2028', r == '\u2029':
			runes = append(runes, ' ')
		case isJoiner(r), isDirectionMark(r):
			runes = append(runes, r)
		case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r):
		default:
			runes = append(runes, r)
		}
	}
	return runes
}

func hasRightToLeft(runes []rune) bool {
	for _, r := range runes {
		if r < 0x590 {
			continue
		}
		switch class(r) {
		case bidi.R, bidi.AL, bidi.AN:
			return true
		}
		if isDirectionMark(r) || isJoiner(r) {
			return true
		}
	}
	return false
}

const (
	zeroWidthNonJoiner = 0x200C
	zeroWidthJoiner    = 0x200D
	leftToRightMark    = 0x200E
	rightToLeftMark    = 0x200F
	arabicLetterMark   = 0x061C
	tatweel            = 0x0640
	lam                = 0x0644
)

func isJoiner(r rune) bool { return r == zeroWidthNonJoiner || r == zeroWidthJoiner }

func isDirectionMark(r rune) bool {
	return r == leftToRightMark || r == rightToLeftMark || r == arabicLetterMark
}
