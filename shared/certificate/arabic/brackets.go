package arabic

import (
	"slices"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// mirrored holds the signs of everyday text that face the other way when read
// from right to left (BidiMirroring.txt); paired brackets that are not listed
// are mirrored too.
var mirrored = map[rune]rune{
	'<': '>', '>': '<', '«': '»', '»': '«', '‹': '›', '›': '‹', '≤': '≥', '≥': '≤',
}

func mirror(r rune) rune {
	if other, ok := mirrored[r]; ok {
		return other
	}
	if properties, _ := bidi.LookupRune(r); properties.IsBracket() {
		return counterpart(r)
	}
	return r
}

func counterpart(bracket rune) rune {
	r, _ := utf8.DecodeRuneInString(bidi.ReverseString(string(bracket)))
	return r
}

type pair struct{ open, close int }

// resolveBrackets applies N0: both brackets of a pair take one direction, from
// what they enclose or else from what precedes them.
func resolveBrackets(runes []rune, original, classes []bidi.Class, embedding bidi.Class) {
	for _, p := range pairs(runes, classes) {
		inside := enclosed(classes[p.open+1:p.close], embedding)
		if inside == bidi.ON {
			continue
		}
		if inside != embedding && preceding(classes[:p.open], embedding) != inside {
			inside = embedding
		}
		for _, i := range []int{p.open, p.close} {
			classes[i] = inside
			for j := i + 1; j < len(original) && original[j] == bidi.NSM; j++ {
				classes[j] = inside
			}
		}
	}
}

// pairs finds bracket pairs as BD16 does, giving up (no pair at all) when they
// are nested deeper than it allows.
func pairs(runes []rune, classes []bidi.Class) []pair {
	const deepest = 63
	type opening struct {
		closer rune
		at     int
	}
	var stack []opening
	var found []pair
	for i, r := range runes {
		if classes[i] != bidi.ON {
			continue
		}
		properties, _ := bidi.LookupRune(r)
		switch {
		case !properties.IsBracket():
		case properties.IsOpeningBracket():
			if len(stack) == deepest {
				return nil
			}
			stack = append(stack, opening{closer: canonical(counterpart(r)), at: i})
		default:
			for top := len(stack) - 1; top >= 0; top-- {
				if stack[top].closer == canonical(r) {
					found = append(found, pair{open: stack[top].at, close: i})
					stack = stack[:top]
					break
				}
			}
		}
	}
	slices.SortFunc(found, func(a, b pair) int { return a.open - b.open })
	return found
}

// canonical makes the two angle brackets that Unicode holds equal equal.
func canonical(closer rune) rune {
	if closer == '\u232A' {
		return '\u3009'
	}
	return closer
}

// enclosed is the embedding direction if it occurs, else the other if that
// does, else ON.
func enclosed(classes []bidi.Class, embedding bidi.Class) bidi.Class {
	found := bidi.ON
	for _, c := range classes {
		switch d := direction(c); d {
		case bidi.ON:
		case embedding:
			return embedding
		default:
			found = d
		}
	}
	return found
}

func preceding(classes []bidi.Class, embedding bidi.Class) bidi.Class {
	for i := len(classes) - 1; i >= 0; i-- {
		if d := direction(classes[i]); d != bidi.ON {
			return d
		}
	}
	return embedding
}
