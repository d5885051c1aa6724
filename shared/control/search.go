package control

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Search finds entries by what people type: the beginning of an HS code, which
// also finds the wider entries it falls under, or words, each of which must be
// somewhere in the names or norms, whatever the case and accents. It gives the
// first entries in the order of their HS codes, and how many there are in all.
func (l List) Search(text string, most int) (found []Entry, total int) {
	if digits := digitsOf(text); len(digits) >= 2 && strings.Trim(digits, "0123456789") == "" {
		return l.under(digits, most)
	}
	words := strings.Fields(fold(text))
	if len(words) == 0 || l.folded == nil {
		return nil, 0
	}
	for i, said := range l.folded() {
		if hasAll(said, words) {
			if total++; total <= most {
				found = append(found, l.entries[i])
			}
		}
	}
	return found, total
}

func hasAll(text string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// under are the entries that cover the codes beginning so, the widest first,
// and then those of codes that begin so.
func (l List) under(digits string, most int) (found []Entry, total int) {
	for n := LeastDigits; n < len(digits) && n <= MostDigits; n++ {
		if at, listed := l.find(digits[:n]); listed {
			found = append(found, l.entries[at])
		}
	}
	from, _ := l.find(digits)
	for from < len(l.entries) && strings.HasPrefix(l.entries[from].HS, digits) {
		found = append(found, l.entries[from])
		from++
	}
	return found[:min(most, len(found))], len(found)
}

func foldAll(entries []Entry) []string {
	all := make([]string, len(entries))
	for i, e := range entries {
		all[i] = fold(strings.Join(append([]string{e.Names.French, e.Names.Arabic, e.Names.English}, e.Norms...), "\n"))
	}
	return all
}

// fold is a text without case, accents, Arabic vowel signs and lengthening, with
// the letters that are written one for another made one.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), r == 'ـ':
			return -1
		case r == 'ى':
			return 'ي'
		case r == 'ة':
			return 'ه'
		case r == '’':
			return '\''
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(text))
}
