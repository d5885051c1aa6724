package arabic

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestLettersTakeTheFormTheirNeighboursAskFor(t *testing.T) {
	cases := []struct {
		name, word string
		want       string // in reading order
	}{
		{"one letter alone keeps its isolated form", "ب", "\u0628"},
		{"a word of three joining letters has initial, medial and final", "بلد", "\uFE91\uFEE0\uFEAA"},
		{"certificate: final teh marbuta after an isolated-looking dal", "شهادة", "\uFEB7\uFEEC\uFE8E\u062F\u0629"},
		{"conformity: the article's lam-alef is absent, alef breaks the word", "المطابقة", "\u0627\uFEDF\uFEE4\uFEC4\uFE8E\uFE91\uFED8\uFE94"},
		{"lam and alef become one form, isolated", "لا", "\uFEFB"},
		{"lam and alef become one form, joined to what precedes", "بلا", "\uFE91\uFEFC"},
		{"lam and alef with hamza above", "الأول", "\u0627\uFEF7\u0648\u0644"},
		{"lam and alef with hamza below, after a joining letter", "للإرسال", "\uFEDF\uFEFA\u0631\uFEB3\uFE8E\u0644"},
		{"lam and alef with madda", "الآن", "\u0627\uFEF5\u0646"},
		{"a mark does not separate letters", "مُدّة", "\uFEE3\u064F\uFEAA\u0651\u0629"},
		{"a mark between lam and alef follows their ligature", "لَا", "\uFEFB\u064E"},
		{"hamza joins neither side", "جزء من", "\uFE9F\uFEB0\u0621 \uFEE3\uFEE6"},
		{"yeh with hamza joins both sides", "هيئة", "\uFEEB\uFEF4\uFE8C\uFE94"},
		{"a space ends the word", "من من", "\uFEE3\uFEE6 \uFEE3\uFEE6"},
		{"tatweel joins", "بـ", "\uFE91\u0640"},
		{"a non-joiner separates and disappears", "ب\u200Cب", "\u0628\u0628"},
		{"a joiner asks for the joined form and disappears", "ه\u200D", "\uFEEB"},
		{"Moroccan gaf joins", "ڭڭ", "\uFBD5\uFBD4"},
		{"peh, gaf and Persian yeh join", "پگی", "\uFB58\uFB95\uFBFD"},
		{"alef with combining hamza is composed first", "ا\u0654", "\u0623"},
		{"Latin and digits stay as they are", "ICE 001", "ICE 001"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := string(Shape(c.word, RightToLeft).Runes)
			if got != c.want {
				t.Errorf("Shape(%q) = %+q, want %+q", c.word, got, c.want)
			}
		})
	}
}

func TestALineIsDrawnInVisualOrder(t *testing.T) {
	cases := []struct {
		name      string
		text      string
		direction Direction
		want      string // with unshaped letters, as drawn from left to right
	}{
		{"Latin text is untouched", "Route A (nouvelle)", FirstStrong, "Route A (nouvelle)"},
		{"an Arabic word is turned round", "ود", RightToLeft, "دو"},
		{"a number keeps its order inside Arabic", "رد 2026 رد", RightToLeft, "در 2026 در"},
		{"a date keeps its order inside Arabic", "دار 21/11/2026", RightToLeft, "21/11/2026 راد"},
		{"a reference keeps its order inside Arabic", "رد COC-2026-0042 رد", RightToLeft, "در COC-2026-0042 در"},
		{"Arabic digits keep their order", "رد ١٢٣", RightToLeft, "١٢٣ در"},
		{"an Arabic word inside French stays in its place", "mot رد fin", LeftToRight, "mot در fin"},
		{"numbers between Arabic words inside French follow Arabic order", "a رد 12 دار b", LeftToRight, "a راد 12 در b"},
		{"brackets face the reading direction", "رد (دار)", RightToLeft, "(راد) در"},
		{"brackets round Latin in Arabic stay with it", "رد (ISO)", RightToLeft, "(ISO) در"},
		{"French quotation marks face the reading direction", "«رد»", RightToLeft, "«در»"},
		{"the final stop of an Arabic sentence is on its left", "رد.", RightToLeft, ".در"},
		{"the first strong letter decides", "12 رد", FirstStrong, "در 12"},
		{"a percent sign after an Arabic number follows the Arabic order (W2, W5)", "رد 15%", RightToLeft, "%15 در"},
		{"a sum keeps its order inside Hebrew", "\u05D0 1+2", RightToLeft, "1+2 \u05D0"},
		{"Arabic decimals stay whole", "رد ١,٢", RightToLeft, "١,٢ در"},
		{"trailing spaces go to the end of the line", "رد ", RightToLeft, " در"},
		{"a mark of direction acts and disappears", "12\u200F", FirstStrong, "12"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			text := Shape(c.text, c.direction)
			got := unjoin(text.Visual(0, len(text.Runes)))
			if got != c.want {
				t.Errorf("visual order of %q is %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestTextWithoutRightToLeftLettersPassesThrough(t *testing.T) {
	for _, s := range []string{"", "Tôles d'acier, 12 × 3 mm", "Ελληνικά", "Сталь", "鋼板"} {
		text := Shape(s, FirstStrong)
		if got := string(text.Visual(0, len(text.Runes))); got != s || text.RightToLeft() {
			t.Errorf("%q is drawn %q", s, got)
		}
	}
}

func TestALineOfAParagraphIsOrderedAlone(t *testing.T) {
	text := Shape("رد 12 دار", RightToLeft)
	if got, want := unjoin(text.Visual(0, 5)), "12 در"; got != want {
		t.Errorf("the first line is drawn %q, want %q", got, want)
	}
	if got, want := unjoin(text.Visual(6, len(text.Runes))), "راد"; got != want {
		t.Errorf("the second line is drawn %q, want %q", got, want)
	}
}

func TestEveryFormBelongsToOneLetter(t *testing.T) {
	owner := map[rune]rune{}
	claim := func(form, letter rune) {
		if form == 0 {
			return
		}
		if other, taken := owner[form]; taken {
			t.Errorf("U+%04X is a form of U+%04X and of U+%04X", form, other, letter)
		}
		owner[form] = letter
	}
	for letter, f := range letters {
		claim(f.final, letter)
		claim(f.initial, letter)
		claim(f.medial, letter)
		if (f.initial == 0) != (f.medial == 0) {
			t.Errorf("U+%04X has only one of initial and medial", letter)
		}
	}
	for alef, l := range lamAlef {
		claim(l.isolated, alef)
		claim(l.final, alef)
	}
}

func FuzzShape(f *testing.F) {
	for _, s := range []string{"", "شهادة المطابقة", "لَا (COC-2026) ١٢٣", "a\u202Eb", "\xff\xfe", "ـ\u200D\u064B", strings.Repeat("(", 80)} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(2))
	}
	f.Fuzz(func(t *testing.T, s string, direction uint8) {
		text := Shape(s, Direction(direction%3))
		if len(text.Runes) > 3*utf8.RuneCountInString(s) { // NFC expands a rune to three at most
			t.Fatalf("%q grew to %d runes", s, len(text.Runes))
		}
		logical := slices.Clone(text.Runes)
		visual := text.Visual(0, len(text.Runes))
		if len(visual) != len(logical) {
			t.Fatalf("%q: %d runes are drawn, want %d", s, len(visual), len(logical))
		}
		if !slices.Equal(logical, text.Runes) {
			t.Fatalf("%q: drawing changed the text", s)
		}
		for i := range logical {
			logical[i], visual[i] = unmirror(logical[i]), unmirror(visual[i])
		}
		slices.Sort(logical)
		slices.Sort(visual)
		if !slices.Equal(logical, visual) {
			t.Fatalf("%q: other runes are drawn than read", s)
		}
		for _, r := range visual {
			if isJoiner(r) || isDirectionMark(r) || r < ' ' {
				t.Fatalf("%q: U+%04X is drawn", s, r)
			}
		}
	})
}

// unmirror maps both signs of a mirrored pair to one of them.
func unmirror(r rune) rune { return min(r, mirror(r)) }

// unjoin writes presentation forms as the letters they are forms of.
func unjoin(line []rune) string {
	letterOf := map[rune]rune{}
	for letter, f := range letters {
		letterOf[f.final], letterOf[f.initial], letterOf[f.medial] = letter, letter, letter
	}
	var out strings.Builder
	for _, r := range line {
		if letter, ok := letterOf[r]; ok && r != 0 {
			r = letter
		}
		out.WriteRune(r)
	}
	return out.String()
}
