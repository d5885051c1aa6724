package paper

import (
	"testing"

	"portal/shared/certificate/arabic"
)

func TestTheFontsDrawWhatPapersNeed(t *testing.T) {
	fonts, err := loadFaces()
	if err != nil {
		t.Fatal(err)
	}
	const latin = "AZaz09éèêëàâçîïôœùûüÿÉÈÀÇŒ’«»–—…·²³°€×≤≥µ№\u202F\u00A0ßñłžΩαЖя"
	for _, f := range []*face{fonts.regular, fonts.semibold} {
		if !f.covers(latin) {
			t.Errorf("%s%s lacks a sign of %q", f.family, f.style, latin)
		}
		if !f.has(replacement) {
			t.Errorf("%s%s has no replacement sign", f.family, f.style)
		}
		for letter := rune(0x621); letter <= 0x6D3; letter++ {
			if letter == 0x0677 || !f.has(letter) {
				continue
			}
			// alone, first, last and within a word
			word := string(letter) + " ب" + string(letter) + "ب " + string(letter) + "ب ب" + string(letter)
			for _, r := range arabic.Shape(word, arabic.RightToLeft).Runes {
				if f.glyph(r) == replacement {
					t.Errorf("%s%s has no form U+%04X of U+%04X", f.family, f.style, r, letter)
				}
			}
		}
	}
	if !fonts.mono.covers("COC-2026-004217-7K 8516.50.00.00 21/11/2026 1\u202F284,75 USD ·") {
		t.Error("the mono font lacks a sign of identifiers")
	}
}

func TestEveryTextOfTheCatalogueCanBeDrawn(t *testing.T) {
	fonts, err := loadFaces()
	if err != nil {
		t.Fatal(err)
	}
	for lang, texts := range catalogue() {
		for key, text := range texts {
			for _, r := range arabic.Shape(text, arabic.FirstStrong).Runes {
				if !fonts.regular.has(r) || !fonts.semibold.has(r) {
					t.Errorf("%s %s: U+%04X is in no font", lang, key, r)
				}
			}
		}
	}
}

func TestTheFontsStaySmall(t *testing.T) {
	if size := len(sansRegular) + len(sansSemibold) + len(monoMedium); size > 300_000 {
		t.Errorf("the fonts take %d bytes of every Lambda", size)
	}
}

func TestWhatIsNoFontIsRefused(t *testing.T) {
	for _, font := range []string{"", "OTTO", sansRegular[:200], sansRegular[:len(sansRegular)/2]} {
		if _, err := measure([]byte(font)); err == nil {
			t.Errorf("%d bytes are taken for a font", len(font))
		}
	}
}

func TestAdvancesAreThoseOfTheFont(t *testing.T) {
	fonts, err := loadFaces()
	if err != nil {
		t.Fatal(err)
	}
	for r, want := range map[rune]uint16{'0': 600, ' ': 236, ',': 272, '\u064E': 0, '\uFEB3': 749} {
		if got := fonts.regular.advances[r]; got != want {
			t.Errorf("U+%04X is %d wide, want %d", r, got, want)
		}
	}
}

func TestNumbersAreWrittenAsInFrench(t *testing.T) {
	for plain, want := range map[string]string{
		"": "", "0": "0", "999": "999", "1000": "1\u202F000", "1284650.75": "1\u202F284\u202F650,75", "-1000": "-1\u202F000",
		"12.5.6": "12.5.6", "12,5": "12,5", "1e3": "1e3", ".5": ".5", "5.": "5.", "environ 12": "environ 12",
	} {
		if got := number(plain); got != want {
			t.Errorf("number(%q) = %q, want %q", plain, got, want)
		}
	}
}
