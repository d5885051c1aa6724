package password

import (
	"math"
	"slices"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Strength is how well a password withstands guessing, in five levels from
// « très faible » to « très fort ».
type Strength int

// The levels. Each is named by what the guesses must be to reach the next.
const (
	VeryWeak   Strength = iota // up to 10^6: refused
	Weak                       // up to 10^8
	Medium                     // up to 10^10
	Strong                     // up to 10^12
	VeryStrong                 // more
)

// Strengths are the stable names of the levels; their labels are in the
// catalogue under password.strength.<name>.
var Strengths = [...]string{"very_weak", "weak", "medium", "strong", "very_strong"}

func (s Strength) String() string { return Strengths[s] }

// The guesses that separate the levels. A website that slows guessing down
// withstands 10^6 of them; a stolen table of argon2id hashes, about 10^10.
// (Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security
// 2016, section 5, has the first; one level less is not enough for accounts
// that sign customs procedures.)
var levels = [...]float64{1e6, 1e8, 1e10, 1e12}

// Rate estimates the strength of a password for somebody whose own data an
// attacker would try first.
func Rate(password string, own ...string) Strength {
	guesses := Guesses(password, own...)
	for level, below := range levels {
		if guesses < below {
			return Strength(level)
		}
	}
	return VeryStrong
}

// Guesses estimates how many passwords an attacker tries before this one, who
// knows the habits of people: common passwords, words and names (French,
// English, Moroccan), their owner's data, keyboard runs, dates, repetitions,
// sequences, and the usual substitutions. The method is zxcvbn's (Wheeler,
// 2016): find what each part looks like, and the cheapest way to put the
// parts together. +Inf is possible for very long ones.
func Guesses(password string, own ...string) float64 {
	text := read(Normalize(password))
	return cheapest(len(text.folded), text.matches(ownWords(own)))
}

// match is a part of a password, from rune i to rune j inclusive, that an
// attacker finds within so many guesses.
type match struct {
	i, j    int
	guesses float64
}

// text is a password rune by rune: as typed, and folded to plain lower case.
type text struct{ typed, folded []rune }

func read(password string) text {
	t := text{typed: []rune(password)}
	t.folded = make([]rune, len(t.typed))
	for i, r := range t.typed {
		t.folded[i] = fold(r)
	}
	return t
}

// fold keeps one rune for one: lower case, without accent.
func fold(r rune) rune {
	if r < unicode.MaxASCII {
		return unicode.ToLower(r)
	}
	for _, base := range norm.NFD.String(string(r)) {
		return unicode.ToLower(base)
	}
	return r
}

func (t text) matches(own map[string]int) []match {
	return slices.Concat(t.words(own), t.keyboardRuns(), t.sequences(), t.dates(), t.repeats(own))
}

// cheapest is the least number of guesses over every way to cover n runes with
// matches that do not overlap, the gaps being brute force. A way of l parts
// costs l! times the product of their guesses (their order is unknown) plus
// 10^4 to the l−1 (shorter ways are tried first): Wheeler, section 3.3.
func cheapest(n int, matches []match) float64 {
	if n == 0 {
		return 1
	}
	ending := make([][]match, n)
	for _, m := range matches {
		m.guesses = max(m.guesses, least(m.j-m.i+1, n))
		ending[m.j] = append(ending[m.j], m)
	}
	best := make([]ways, n)
	for k := range n {
		best[k] = ways{}
		for _, m := range ending[k] {
			best[k].extend(best, m, false)
		}
		for i := range k + 1 {
			best[k].extend(best, match{i, k, bruteForce(k - i + 1)}, true)
		}
	}
	guesses := math.Inf(1)
	for _, w := range best[n-1] {
		guesses = min(guesses, w.guesses)
	}
	return guesses
}

// ways holds, per number of parts, the cheapest way to cover a prefix.
type ways map[int]way

type way struct {
	product, guesses float64
	brute            bool // its last part is brute force
}

func (w ways) extend(best []ways, m match, brute bool) {
	if m.i == 0 {
		w.offer(1, m.guesses, brute)
		return
	}
	for parts, before := range best[m.i-1] {
		if brute && before.brute {
			continue // two brute forces in a row are one longer
		}
		w.offer(parts+1, before.product*m.guesses, brute)
	}
}

func (w ways) offer(parts int, product float64, brute bool) {
	guesses := factorial(parts)*product + math.Pow(1e4, float64(parts-1))
	for other, known := range w {
		if other <= parts && known.guesses <= guesses {
			return
		}
	}
	w[parts] = way{product, guesses, brute}
}

// bruteForce is ten guesses a rune: digits and lower case come first.
func bruteForce(runes int) float64 {
	return max(math.Pow(10, float64(runes)), least(runes, runes+1)+1)
}

// least keeps a part from costing less than brute force would for its length
// when it is not the whole password.
func least(runes, whole int) float64 {
	switch {
	case runes == whole:
		return 1
	case runes == 1:
		return 10
	}
	return 50
}

func factorial(n int) float64 {
	f := 1.0
	for i := 2; i <= n; i++ {
		f *= float64(i)
	}
	return f
}
