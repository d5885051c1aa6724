package i18n

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

func TestEveryTextIsInEveryLanguageWithTheSamePlaceholders(t *testing.T) {
	for _, key := range Keys(Default) {
		want := placeholder.FindAllString(Text(Default, key, nil), -1)
		slices.Sort(want)
		want = slices.Compact(want)
		for _, lang := range Langs {
			if !Has(lang, key) {
				t.Errorf("%s is not in %s", key, lang)
				continue
			}
			text := Text(lang, key, nil)
			got := placeholder.FindAllString(text, -1)
			slices.Sort(got)
			if got = slices.Compact(got); !slices.Equal(got, want) {
				t.Errorf("%s in %s has the placeholders %v, want %v", key, lang, got, want)
			}
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s is empty in %s", key, lang)
			}
		}
	}
	for _, lang := range Langs {
		for _, key := range Keys(lang) {
			if !Has(Default, key) {
				t.Errorf("%s is in %s only", key, lang)
			}
		}
	}
}

func TestArabicTextsAreArabic(t *testing.T) {
	arabic := regexp.MustCompile(`\p{Arabic}`)
	for _, key := range Keys("ar") {
		text := placeholder.ReplaceAllString(Text("ar", key, nil), "")
		if regexp.MustCompile(`[A-Za-z]{4,}`).MatchString(text) && !arabic.MatchString(text) {
			t.Errorf("%s: %q", key, text)
		}
	}
}

func TestPlaceholdersAreFilledAndValuesAreNotReadAgain(t *testing.T) {
	got := Text("fr", "fault.too_long", map[string]any{"max": "{max}"})
	if strings.Count(got, "{max}") != 1 {
		t.Errorf("%q", got)
	}
}

func TestAnUnknownKeyIsItsOwnText(t *testing.T) {
	if got := Text("ar", "no.such.key", nil); got != "no.such.key" {
		t.Errorf("%q", got)
	}
}

func TestTheLanguageIsTheOneTheReaderPrefersAmongOurs(t *testing.T) {
	for _, tc := range []struct{ header, want string }{
		{"", "fr"}, {"en", "en"}, {"ar-MA, fr;q=0.8", "ar"}, {"de, en;q=0.7, fr;q=0.9", "fr"},
		{"de", "fr"}, {"EN-gb;q=0.5, ar;q=0.4", "en"}, {"en;q=0, ar;q=0.1", "ar"}, {";;;,q=1", "fr"}, {"en;q=x, ar", "ar"},
		{"*", "fr"},
	} {
		if got := Negotiate(tc.header); got != tc.want {
			t.Errorf("%q: %s, want %s", tc.header, got, tc.want)
		}
	}
}

func FuzzNegotiate(f *testing.F) {
	f.Add("ar-MA, fr;q=0.8")
	f.Fuzz(func(t *testing.T, header string) {
		if !slices.Contains(Langs, Negotiate(header)) {
			t.Error("a language we do not speak")
		}
	})
}
