package password

import (
	"embed"
	"strings"
	"sync"
	"unicode"
)

// The lists' sources and licences are in words/SOURCES.md.
//
//go:embed words/*.txt
var lists embed.FS

// longestWord bounds what is looked up.
const longestWord = 40

// dictionary maps every word to its rank within its own list, from 1. Built
// when first needed: steps without passwords do not pay for it.
var dictionary = sync.OnceValue(func() map[string]int {
	ranks := make(map[string]int, 21_100)
	for _, list := range []string{"passwords", "moroccan", "names", "french", "english"} {
		data, err := lists.ReadFile("words/" + list + ".txt")
		if err != nil {
			continue // unreachable: embedded, and a test counts the words
		}
		rank := 0
		for word := range strings.Lines(string(data)) {
			rank++
			ranks[strings.TrimSuffix(word, "\n")] = rank
		}
	}
	return ranks
})

// ownWords are the parts of somebody's own data, alone, joined and as they
// stand, the first that an attacker tries.
func ownWords(own []string) map[string]int {
	ranks := map[string]int{}
	add := func(word string) {
		if n := len([]rune(word)); n >= 3 && n <= longestWord && ranks[word] == 0 {
			ranks[word] = len(ranks) + 1
		}
	}
	for _, datum := range own {
		folded := string(read(Normalize(datum)).folded)
		parts := strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		parts = parts[:min(len(parts), 8)]
		for from := range parts {
			for to := from + 1; to <= len(parts); to++ {
				for _, separator := range []string{"", " ", "-", ".", "_"} {
					add(strings.Join(parts[from:to], separator))
				}
			}
		}
		add(folded)
	}
	return ranks
}

// substitutes are the letters that people write otherwise. Some signs stand
// for two letters, hence two tables.
var substitutes = [2]map[rune]rune{
	{'4': 'a', '@': 'a', '8': 'b', '(': 'c', '3': 'e', '€': 'e', '6': 'g', '9': 'g', '1': 'i', '!': 'i', '|': 'i', '0': 'o', '$': 's', '5': 's', '7': 't', '+': 't', '2': 'z'},
	{'4': 'a', '@': 'a', '8': 'b', '(': 'c', '3': 'e', '€': 'e', '6': 'g', '9': 'q', '1': 'l', '!': 'l', '|': 'l', '0': 'o', '$': 's', '5': 's', '7': 'l', '+': 't', '2': 'z'},
}

// words finds dictionary words: as they are, reversed, and with substitutes.
func (t text) words(own map[string]int) []match {
	var found []match
	look := func(runes []rune, place func(i, j int) match) {
		for i := range runes {
			for j := i; j < min(len(runes), i+longestWord); j++ {
				rank := rankOf(string(runes[i:j+1]), own)
				if rank == 0 {
					continue
				}
				m := place(i, j)
				m.guesses = float64(rank) * t.variations(m.i, m.j) * max(m.guesses, 1)
				found = append(found, m)
			}
		}
	}
	n := len(t.folded)
	look(t.folded, func(i, j int) match { return match{i: i, j: j} })
	backwards := make([]rune, n)
	for i, r := range t.folded {
		backwards[n-1-i] = r
	}
	look(backwards, func(i, j int) match { return match{n - 1 - j, n - 1 - i, 2} })
	for _, table := range substitutes {
		plain, any := substitute(t.folded, table)
		if any {
			look(plain, func(i, j int) match { return match{i, j, 2} })
		}
	}
	return found
}

func rankOf(word string, own map[string]int) int {
	rank := dictionary()[word]
	if mine := own[word]; mine > 0 && (rank == 0 || mine < rank) {
		return mine
	}
	return rank
}

func substitute(runes []rune, table map[rune]rune) (plain []rune, any bool) {
	plain = make([]rune, len(runes))
	for i, r := range runes {
		plain[i] = r
		if letter, ok := table[r]; ok {
			plain[i], any = letter, true
		}
	}
	return plain, any
}

// variations counts the ways to write a word with its capitals and accents:
// the usual ones double the guesses, the others are combinations.
func (t text) variations(i, j int) float64 {
	upper, lower, accents := 0, 0, 1.0
	for k := i; k <= j; k++ {
		switch r := t.typed[k]; {
		case unicode.IsUpper(r):
			upper++
		case unicode.IsLower(r):
			lower++
		}
		if unicode.ToLower(t.typed[k]) != t.folded[k] {
			accents = 2
		}
	}
	switch {
	case upper == 0:
		return accents
	case lower == 0, upper == 1 && (unicode.IsUpper(t.typed[i]) || unicode.IsUpper(t.typed[j])):
		return 2 * accents
	}
	combinations := 0.0
	for k := 1; k <= min(upper, lower); k++ {
		combinations += choose(upper+lower, k)
	}
	return combinations * accents
}

func choose(n, k int) float64 {
	c := 1.0
	for i := 1; i <= k; i++ {
		c = c * float64(n-k+i) / float64(i)
	}
	return c
}
