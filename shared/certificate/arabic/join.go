package arabic

import "unicode"

// join replaces letters by the form their neighbours ask for. Marks written
// over a letter do not separate it from the next one; a mark between lam and
// alef follows their ligature. The joiners have done their work and are left
// out.
func join(source []rune) []rune {
	shaped := make([]rune, 0, len(source))
	for i := 0; i < len(source); i++ {
		r := source[i]
		if isJoiner(r) {
			continue
		}
		if alef, ok := alefAfter(source, i); ok {
			form := lamAlef[source[alef]]
			if joinsBefore(source, i) {
				shaped = append(shaped, form.final)
			} else {
				shaped = append(shaped, form.isolated)
			}
			shaped = append(shaped, source[i+1:alef]...)
			i = alef
			continue
		}
		shaped = append(shaped, contextual(source, i))
	}
	return shaped
}

func contextual(source []rune, i int) rune {
	letter, ok := letters[source[i]]
	if !ok {
		return source[i]
	}
	before := letter.joinsPrevious() && joinsBefore(source, i)
	after := letter.joinsNext() && joinsAfter(source, i)
	switch {
	case before && after:
		return letter.medial
	case before:
		return letter.final
	case after:
		return letter.initial
	}
	return source[i]
}

// alefAfter returns the place of the alef that forms a ligature with the lam
// at i, passing over marks but not over joiners.
func alefAfter(source []rune, i int) (int, bool) {
	if source[i] != lam {
		return 0, false
	}
	for j := i + 1; j < len(source); j++ {
		if isMark(source[j]) {
			continue
		}
		_, ok := lamAlef[source[j]]
		return j, ok
	}
	return 0, false
}

// joinsBefore reports whether what precedes i reaches out to it.
func joinsBefore(source []rune, i int) bool {
	for j := i - 1; j >= 0; j-- {
		if !isMark(source[j]) {
			return causesJoining(source[j]) || letters[source[j]].joinsNext()
		}
	}
	return false
}

// joinsAfter reports whether what follows i reaches back to it.
func joinsAfter(source []rune, i int) bool {
	for j := i + 1; j < len(source); j++ {
		if !isMark(source[j]) {
			return causesJoining(source[j]) || letters[source[j]].joinsPrevious()
		}
	}
	return false
}

func causesJoining(r rune) bool { return r == tatweel || r == zeroWidthJoiner }

// isMark reports whether joining looks through r (joining type T).
func isMark(r rune) bool { return r >= 0x300 && unicode.Is(unicode.Mn, r) }
