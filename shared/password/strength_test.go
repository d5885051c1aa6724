package password

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTheStrengthOfWellKnownKindsOfPasswords(t *testing.T) {
	own := []string{"Yasmine El Amrani", "y.elamrani@argan-export.ma", "Argan Export SARL"}
	for _, c := range []struct {
		why, password string
		want          Strength
	}{
		{"one letter", "aaaaaaaaaaaaaaaa", VeryWeak},
		{"a repeated word", "dragondragon", VeryWeak},
		{"a common password with a year", "password2024", VeryWeak},
		{"a common password in disguise", "P@ssw0rd1234", VeryWeak},
		{"the French one", "motdepasse123", VeryWeak},
		{"the top row of AZERTY", "azertyuiop123", VeryWeak},
		{"the top row of QWERTY, shifted", "!@#$%^&*()_+", VeryWeak},
		{"digits in order", "123456789012", VeryWeak},
		{"letters in order", "abcdefghijklmnop", VeryWeak},
		{"letters backwards", "zyxwvutsrqponm", VeryWeak},
		{"one's city and a year", "Casablanca2026", VeryWeak},
		{"a date twice", "1407201914072019", VeryWeak},
		{"one's own e-mail", "y.elamrani@argan-export.ma", VeryWeak},
		{"one's own company and a year", "ArganExport2026", VeryWeak},
		{"one's own name reversed", "inarmaleenimsay", VeryWeak},
		{"a club and one's year", "Wydad1937Raja", Medium},
		{"three common words", "bonjoursoleilmaison", Strong},
		{"four unusual words", "girafe tournevis marmelade 47", VeryStrong},
		{"twelve random characters", "x9#Kf2!vQz7m", VeryStrong},
		{"random lower case", "qzkvtwphxjbm", VeryStrong},
		{"Arabic words", "قنديلالبحرالازرق", VeryStrong},
	} {
		if got := Rate(c.password, own...); got != c.want {
			t.Errorf("%s: %q is %s (10^%.1f guesses), want %s", c.why, c.password, got, math.Log10(Guesses(c.password, own...)), c.want)
		}
	}
}

func TestOwnDataOnlyWeakens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.StringN(1, 40, -1).Draw(t, "password")
		own := rapid.SliceOfN(rapid.StringN(0, 20, -1), 0, 3).Draw(t, "own")
		if with, without := Guesses(password, own...), Guesses(password); with > without {
			t.Fatalf("%g guesses beside own data, %g without", with, without)
		}
	})
}

func TestGuessesNeverExceedBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		password := Normalize(rapid.StringN(1, 60, -1).Draw(t, "password"))
		n := len([]rune(password))
		if got := Guesses(password); got > bruteForce(n)+1 || got < 1 || math.IsNaN(got) {
			t.Fatalf("%g guesses for %d characters", got, n)
		}
	})
}

func TestRepeatingIsWorthLittle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringMatching(`[a-z0-9]{3,10}`).Draw(t, "part")
		once, thrice := Guesses(part), Guesses(strings.Repeat(part, 3))
		if thrice > 3*once+1 {
			t.Fatalf("%q costs %g, three times %g", part, once, thrice)
		}
	})
}

func TestTheDictionaryHasItsWords(t *testing.T) {
	if n := len(dictionary()); n != 21006 {
		t.Errorf("%d words", n)
	}
	for word, rank := range map[string]int{"123456": 1, "maroc": 1} {
		if got := dictionary()[word]; got != rank {
			t.Errorf("%s has rank %d, want %d", word, got, rank)
		}
	}
}

func TestEveryLevelHasAName(t *testing.T) {
	for s := VeryWeak; s <= VeryStrong; s++ {
		if s.String() == "" {
			t.Errorf("level %d has no name", s)
		}
	}
}

func BenchmarkRate(b *testing.B) {
	worst := strings.Repeat("azertyuiop1937wydad", 7)[:MaxLength]
	for name, password := range map[string]string{"usual": "girafe tournevis 47", "worst": worst, "same": strings.Repeat("a", MaxLength)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Rate(password, "Yasmine El Amrani")
			}
		})
	}
}

func FuzzRate(f *testing.F) {
	f.Add("Casablanca2026", "Ali")
	f.Add("\xff\xfe", "")
	f.Fuzz(func(t *testing.T, password, own string) {
		if len(password) > 400 || len(own) > 400 {
			t.Skip()
		}
		if s := Rate(password, own); s < VeryWeak || s > VeryStrong {
			t.Errorf("level %d", s)
		}
	})
}
