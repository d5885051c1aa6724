package arabic

import (
	"slices"

	"golang.org/x/text/unicode/bidi"
)

// The rules named below are those of Unicode Standard Annex 9. Explicit
// embeddings and isolates are removed before, so that a paragraph is one
// sequence with at most the levels base, base+1 and base+2.
// (golang.org/x/text/unicode/bidi has the classes, but tells only whether a run
// is odd or even, which does not suffice to order numbers.)

func class(r rune) bidi.Class {
	properties, _ := bidi.LookupRune(r)
	switch c := properties.Class(); c {
	case bidi.B, bidi.S:
		return bidi.WS
	case bidi.BN:
		return bidi.ON
	default:
		return c
	}
}

func classify(runes []rune) []bidi.Class {
	classes := make([]bidi.Class, len(runes))
	for i, r := range runes {
		classes[i] = class(r)
	}
	return classes
}

func baseLevel(classes []bidi.Class, direction Direction) uint8 {
	switch direction {
	case LeftToRight:
		return 0
	case RightToLeft:
		return 1
	}
	for _, c := range classes {
		switch c {
		case bidi.L:
			return 0
		case bidi.R, bidi.AL:
			return 1
		}
	}
	return 0
}

func resolve(runes []rune, original []bidi.Class, base uint8) []uint8 {
	embedding := bidi.L
	if base == 1 {
		embedding = bidi.R
	}
	classes := slices.Clone(original)
	resolveWeak(classes, embedding)
	resolveBrackets(runes, original, classes, embedding)
	resolveNeutral(classes, embedding)
	levels := make([]uint8, len(classes))
	for i, c := range classes {
		levels[i] = implicitLevel(c, base)
	}
	return levels
}

// resolveWeak applies W1 to W7. One pass suffices for W1 to W3 and one for
// each rule that looks ahead.
func resolveWeak(classes []bidi.Class, embedding bidi.Class) {
	previous, strong := embedding, embedding
	for i, c := range classes {
		if c == bidi.NSM { // W1
			c = previous
		}
		previous = c
		switch c {
		case bidi.L, bidi.R, bidi.AL:
			strong = c
		case bidi.EN:
			if strong == bidi.AL { // W2
				c = bidi.AN
			}
		}
		classes[i] = c
	}
	for i, c := range classes {
		if c == bidi.AL { // W3
			classes[i] = bidi.R
		}
	}
	joinSeparators(classes)
	joinTerminators(classes)
	strong = embedding
	for i, c := range classes {
		switch c {
		case bidi.ES, bidi.ET, bidi.CS: // W6
			classes[i] = bidi.ON
		case bidi.L, bidi.R:
			strong = c
		case bidi.EN:
			if strong == bidi.L { // W7
				classes[i] = bidi.L
			}
		}
	}
}

// joinSeparators applies W4: one separator between two numbers of a kind.
func joinSeparators(classes []bidi.Class) {
	for i := 1; i+1 < len(classes); i++ {
		before, after := classes[i-1], classes[i+1]
		if before != after {
			continue
		}
		switch {
		case before == bidi.EN && (classes[i] == bidi.ES || classes[i] == bidi.CS),
			before == bidi.AN && classes[i] == bidi.CS:
			classes[i] = before
		}
	}
}

// joinTerminators applies W5: signs next to a European number belong to it.
func joinTerminators(classes []bidi.Class) {
	for i := 0; i < len(classes); {
		if classes[i] != bidi.ET {
			i++
			continue
		}
		end := i
		for end < len(classes) && classes[end] == bidi.ET {
			end++
		}
		if (i > 0 && classes[i-1] == bidi.EN) || (end < len(classes) && classes[end] == bidi.EN) {
			fill(classes[i:end], bidi.EN)
		}
		i = end
	}
}

// resolveNeutral applies N1 and N2.
func resolveNeutral(classes []bidi.Class, embedding bidi.Class) {
	for i := 0; i < len(classes); {
		if direction(classes[i]) != bidi.ON {
			i++
			continue
		}
		end := i
		for end < len(classes) && direction(classes[end]) == bidi.ON {
			end++
		}
		before, after := embedding, embedding
		if i > 0 {
			before = direction(classes[i-1])
		}
		if end < len(classes) {
			after = direction(classes[end])
		}
		if before != after {
			before = embedding
		}
		fill(classes[i:end], before)
		i = end
	}
}

// direction is L or R, numbers counting as R; ON for the rest.
func direction(c bidi.Class) bidi.Class {
	switch c {
	case bidi.L:
		return bidi.L
	case bidi.R, bidi.AL, bidi.EN, bidi.AN:
		return bidi.R
	}
	return bidi.ON
}

// implicitLevel applies I1 and I2.
func implicitLevel(c bidi.Class, base uint8) uint8 {
	switch {
	case c == bidi.L:
		return base + base%2
	case c == bidi.R:
		return base + 1 - base%2
	default:
		return base + 2 - base%2
	}
}

// reorder applies L2: from the highest level down to 1, it reverses every
// stretch at that level or above.
func reorder(line []rune, levels []uint8) {
	for level := uint8(3); level >= 1; level-- {
		for i := 0; i < len(line); {
			if levels[i] < level {
				i++
				continue
			}
			end := i
			for end < len(line) && levels[end] >= level {
				end++
			}
			slices.Reverse(line[i:end])
			slices.Reverse(levels[i:end])
			i = end
		}
	}
}

func fill(classes []bidi.Class, c bidi.Class) {
	for i := range classes {
		classes[i] = c
	}
}
