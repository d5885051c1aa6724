package password

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// referenceYear is the year around which years in passwords are guessed; a
// few years of error change the estimate little.
const referenceYear = 2026

// keyboards are the two that Morocco types on, row by row from the top, plain
// and shifted. AZERTY's top row gives its digits shifted.
var keyboards = [][]string{
	{"1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./"},
	{"!@#$%^&*()_+", "qwertyuiop{}", "asdfghjkl:\"", "zxcvbnm<>?"},
	{"1234567890°+", "azertyuiop¨£", "qsdfghjklm%", "wxcvbn?./§"},
	{"&é\"'(-è_çà)=", "azertyuiop^$", "qsdfghjklmù", "wxcvbn,;:!"},
}

type key struct{ row, column int }

var layouts = sync.OnceValue(func() []map[rune]key {
	maps := make([]map[rune]key, len(keyboards))
	for n, rows := range keyboards {
		maps[n] = map[rune]key{}
		for row, keys := range rows {
			for column, r := range []rune(keys) {
				maps[n][r] = key{row, column}
			}
		}
	}
	return maps
})

// keyboardRuns finds keys typed one beside the other. A run of length L with t
// turns costs what zxcvbn says: the starting keys, and the neighbours at each
// turn (Wheeler, section 3.2).
func (t text) keyboardRuns() []match {
	const keys, neighbours = 47, 4.6
	var found []match
	for _, layout := range layouts() {
		for start := 0; start < len(t.folded)-2; {
			end, turns := t.run(layout, start)
			if length := end - start + 1; length >= 3 {
				guesses := 0.0
				for l := 2; l <= length; l++ {
					for turn := 1; turn <= min(turns, l-1); turn++ {
						guesses += choose(l-1, turn-1) * keys * math.Pow(neighbours, float64(turn))
					}
				}
				found = append(found, match{start, end, guesses})
			}
			start = max(end, start+1)
		}
	}
	return found
}

func (t text) run(layout map[rune]key, start int) (end, turns int) {
	var direction key
	for end = start; end+1 < len(t.folded); end++ {
		a, known := layout[t.typedOrFolded(end, layout)]
		b, next := layout[t.typedOrFolded(end+1, layout)]
		step := key{b.row - a.row, b.column - a.column}
		if !known || !next || step == (key{}) || max(abs(step.row), abs(step.column)) > 1 {
			break
		}
		if step != direction {
			turns++
			direction = step
		}
	}
	return end, turns
}

// typedOrFolded finds accented keys of AZERTY as typed, capitals as folded.
func (t text) typedOrFolded(i int, layout map[rune]key) rune {
	if _, ok := layout[t.typed[i]]; ok {
		return t.typed[i]
	}
	return t.folded[i]
}

func abs(n int) int { return max(n, -n) }

// sequences finds runes at equal distance: abcd, 97531.
func (t text) sequences() []match {
	var found []match
	for i := 0; i < len(t.folded)-2; {
		delta := t.folded[i+1] - t.folded[i]
		j := i + 1
		for j+1 < len(t.folded) && t.folded[j+1]-t.folded[j] == delta {
			j++
		}
		if j-i >= 2 && delta != 0 && delta >= -5 && delta <= 5 {
			guesses := 26.0
			switch r := t.folded[i]; {
			case strings.ContainsRune("az019", r):
				guesses = 4
			case r >= '0' && r <= '9':
				guesses = 10
			}
			if delta < 0 {
				guesses *= 2
			}
			found = append(found, match{i, j, guesses * float64(j-i+1)})
		}
		i = j
	}
	return found
}

const longestRepeat = 32

// repeats finds a part said again and again; it costs the part once for each.
func (t text) repeats(own map[string]int) []match {
	var found []match
	for i := range t.folded {
		for length := 1; length <= longestRepeat && i+2*length <= len(t.folded); length++ {
			if i > 0 && t.folded[i-1] == t.folded[i-1+length] {
				continue // the repetition begins earlier
			}
			part := t.folded[i : i+length]
			times := 1
			for next := i + times*length; next+length <= len(t.folded) && slices.Equal(t.folded[next:next+length], part); next = i + times*length {
				times++
			}
			if times < 2 || times*length < 3 {
				continue
			}
			base := text{t.typed[i : i+length], part}
			guesses := cheapest(length, base.matches(own)) * float64(times)
			found = append(found, match{i, i + times*length - 1, guesses})
		}
	}
	return found
}

// dates finds days and years: 14072019, 14/07/19, 2019-07-14, 1956.
func (t text) dates() []match {
	var found []match
	for i := range t.folded {
		for j := i + 3; j < min(len(t.folded), i+10); j++ {
			if guesses, ok := dateGuesses(string(t.folded[i : j+1])); ok {
				found = append(found, match{i, j, guesses})
			}
		}
	}
	return found
}

func dateGuesses(s string) (float64, bool) {
	if year, err := strconv.Atoi(s); err == nil && len(s) == 4 && year >= 1900 && year <= 2099 {
		return yearGuesses(year), true
	}
	for _, separator := range "/-._ " {
		if parts := strings.Split(s, string(separator)); len(parts) == 3 {
			guesses, ok := dayGuesses(parts)
			return guesses * 4, ok
		}
	}
	best, any := math.Inf(1), false
	for a := 1; a < len(s)-1; a++ {
		for b := a + 1; b < len(s); b++ {
			if guesses, ok := dayGuesses([]string{s[:a], s[a:b], s[b:]}); ok {
				best, any = min(best, guesses), true
			}
		}
	}
	return best, any
}

// dayGuesses reads day, month and year in the orders in which people write
// them; zero and false when the parts are no date.
func dayGuesses(parts []string) (float64, bool) {
	numbers := [3]int{}
	for i, part := range parts {
		if len(part) == 0 || len(part) > 4 || strings.Trim(part, "0123456789") != "" {
			return 0, false
		}
		numbers[i], _ = strconv.Atoi(part)
	}
	for _, order := range [][3]int{{0, 1, 2}, {1, 0, 2}, {2, 1, 0}} {
		day, month, year := numbers[order[0]], numbers[order[1]], numbers[order[2]]
		digits := len(parts[order[2]])
		if len(parts[order[0]]) > 2 || len(parts[order[1]]) > 2 || day < 1 || day > 31 || month < 1 || month > 12 {
			continue
		}
		switch {
		case digits == 2 && year <= 50:
			return yearGuesses(2000+year) * 365, true
		case digits == 2:
			return yearGuesses(1900+year) * 365, true
		case digits == 4 && year >= 1900 && year <= 2099:
			return yearGuesses(year) * 365, true
		}
	}
	return 0, false
}

func yearGuesses(year int) float64 { return float64(max(abs(year-referenceYear), 20)) }
