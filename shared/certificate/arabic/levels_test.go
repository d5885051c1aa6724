package arabic

import (
	"slices"
	"testing"

	"golang.org/x/text/unicode/bidi"
	"pgregory.net/rapid"
)

// The directions of golang.org/x/text, which is tested against Unicode's own
// cases, are the reference. No brackets: its exported API never pairs them.

func TestLevelsOfEveryShortSequenceOfClassesAgreeWithTheReference(t *testing.T) {
	classes := []rune("aא1د٣+$, !\u0301") // L R EN AL AN ES ET CS WS ON NSM
	var walk func(prefix []rune, left int)
	walk = func(prefix []rune, left int) {
		if len(prefix) > 0 {
			checkLevels(t, prefix, FirstStrong)
			checkLevels(t, prefix, RightToLeft)
		}
		if left == 0 || t.Failed() {
			return
		}
		for _, r := range classes {
			walk(append(prefix[:len(prefix):len(prefix)], r), left-1)
		}
	}
	walk(nil, 4)
}

func TestLevelsOfLongTextsAgreeWithTheReference(t *testing.T) {
	alphabet := []rune("ab دب 12٣٤ +-.,/:%$«»! \u0301\u064E\u05D0")
	rapid.Check(t, func(t *rapid.T) {
		runes := rapid.SliceOfN(rapid.SampledFrom(alphabet), 5, 40).Draw(t, "runes")
		direction := rapid.SampledFrom([]Direction{FirstStrong, RightToLeft}).Draw(t, "direction")
		checkLevels(t, runes, direction)
	})
}

type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

func checkLevels(t reporter, runes []rune, direction Direction) {
	t.Helper()
	want, ok := reference(string(runes), direction == RightToLeft)
	if !ok {
		t.Errorf("the reference refuses %q", string(runes))
		return
	}
	classes := classify(runes)
	base := baseLevel(classes, direction)
	got := resolve(runes, classes, base)
	// The reference answers for a whole line: trailing spaces are at the base level.
	for i := len(runes) - 1; i >= 0 && runes[i] == ' '; i-- {
		got[i] = base
	}
	for i := range runes {
		if got[i]%2 != want[i] {
			t.Errorf("%q (base %d): levels %v, want parities %v", string(runes), base, got, want)
			return
		}
	}
}

// reference gives 0 or 1, left or right, for each rune.
func reference(s string, rightToLeft bool) ([]uint8, bool) {
	var paragraph bidi.Paragraph
	var options []bidi.Option
	if rightToLeft {
		options = append(options, bidi.DefaultDirection(bidi.RightToLeft))
	}
	if _, err := paragraph.SetString(s, options...); err != nil {
		return nil, false
	}
	ordering, err := paragraph.Order()
	if err != nil {
		return nil, false
	}
	var parities []uint8
	for i := range ordering.NumRuns() {
		run := ordering.Run(i)
		for range []rune(run.String()) {
			parities = append(parities, uint8(run.Direction()))
		}
	}
	return parities, len(parities) == len([]rune(s))
}

// The patterns are those of rule N0: e is a letter of the embedding direction,
// o one of the other, n a neutral.
func TestPairedBracketsTakeOneDirection(t *testing.T) {
	cases := []struct{ pattern, want string }{
		{"o(e)o", "oeeeo"},
		{"o(oe)", "oeoee"},
		{"e(o)e", "eeoee"},
		{"o(o)e", "ooooe"},
		{"o(on)o", "ooonoo"},
		{"e(o)o", "eeoeo"},
		{"e(o[o]n)e", "eeoooonee"},
		{"e(n)o", "ennno"},
		{"o(o]", "onon"},
		{"o[o)o]", "ooonoo"},
		{"o(1)", "oo1o"}, // after o the number goes with it
	}
	for _, c := range cases {
		for _, embedding := range []bidi.Class{bidi.L, bidi.R} {
			checkBrackets(t, c.pattern, c.want, embedding)
		}
	}
}

func checkBrackets(t *testing.T, pattern, want string, embedding bidi.Class) {
	t.Helper()
	letters := map[rune]rune{'e': 'a', 'o': 'د', 'n': '!'}
	other := bidi.R
	if embedding == bidi.R {
		letters['e'], letters['o'] = letters['o'], letters['e']
		other = bidi.L
	}
	runes := []rune(pattern)
	for i, r := range runes {
		if letter, ok := letters[r]; ok {
			runes[i] = letter
		}
	}
	original := classify(runes)
	classes := slices.Clone(original)
	resolveWeak(classes, embedding)
	weak := slices.Clone(classes)
	resolveBrackets(runes, original, classes, embedding)
	for i, r := range []rune(want) {
		wanted := weak[i]
		switch r {
		case 'e':
			wanted = embedding
		case 'o':
			wanted = other
		}
		if classes[i] != wanted {
			t.Errorf("%s in embedding %v: %v at %d, want %v", pattern, embedding, classes, i, wanted)
		}
	}
}
