package identifiers

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCheckCharactersOfTheStandard(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"the example of ISO/IEC 7064, clause 8.2", "ISO79", "3W"},
		{"nothing: the congruence to 1 alone", "", "01"},
		{"zero", "0", "01"},
		{"one: 1 − 36² mod 1271", "1", "YN"},
		{"a certificate", "COC20261088", "3O"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := checkCharacters(c.text)
			if !ok || got != c.want {
				t.Errorf("check characters %q, want %q", got, c.want)
			}
			if !protected(c.text + c.want) {
				t.Error("the text with its check characters is not accepted")
			}
		})
	}
	if _, ok := checkCharacters("iso79"); ok {
		t.Error("lower case is no character of the system")
	}
}

// There are 36² = 1296 pairs for 1271 remainders, so that some numbers have two
// congruent pairs: only the one the standard generates is accepted.
func TestTheOtherCongruentPairIsRefused(t *testing.T) {
	refused := 0
	for running := range uint64(300) {
		number, err := NewCertificateNumber(COC, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC), running+1)
		if err != nil {
			t.Fatal(err)
		}
		payload, check := number.String()[:len(number.String())-2], number.String()[len(number.String())-2:]
		other := strings.IndexByte(checkAlphabet, check[0])*checkRadix + strings.IndexByte(checkAlphabet, check[1]) + checkModulus
		if other >= checkRadix*checkRadix {
			continue
		}
		wrong := payload + string(checkAlphabet[other/checkRadix]) + string(checkAlphabet[other%checkRadix])
		if !protected(strings.ReplaceAll(wrong, "-", "")) {
			t.Fatalf("%s is not congruent to %s", wrong, number)
		}
		if _, err := ParseCertificateNumber(wrong); err == nil {
			t.Errorf("%s is accepted beside %s", wrong, number)
		}
		refused++
	}
	if refused == 0 {
		t.Error("no number of the 300 has a second pair: the test proves nothing")
	}
}

func TestEveryMistypedCharacterIsDetected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := anyCertificateNumber(t)
		right := number.String()
		i := rapid.IntRange(0, len(right)-1).Draw(t, "place")
		for _, c := range []byte(checkAlphabet + "-/.$") {
			if c != right[i] {
				wrong := right[:i] + string(c) + right[i+1:]
				if read, err := ParseCertificateNumber(wrong); err == nil {
					t.Fatalf("%s, mistyped as %s, is read as %v", right, wrong, read)
				}
			}
		}
	})
}

func TestEveryTranspositionOfNeighboursIsDetected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		right := anyCertificateNumber(t).String()
		for i := range len(right) - 1 {
			if right[i] == right[i+1] {
				continue
			}
			wrong := right[:i] + string(right[i+1]) + string(right[i]) + right[i+2:]
			if read, err := ParseCertificateNumber(wrong); err == nil {
				t.Fatalf("%s, transposed as %s, is read as %v", right, wrong, read)
			}
		}
	})
}

// The system itself, on any text, not only on the form of our numbers.
func TestTheSystemDetectsWhatTheStandardPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[0-9A-Z]{0,40}`).Draw(t, "text")
		check, _ := checkCharacters(text)
		right := []byte(text + check)
		if !protected(string(right)) {
			t.Fatalf("%s is not accepted", right)
		}

		i := rapid.IntRange(0, len(right)-1).Draw(t, "i")
		c := checkAlphabet[rapid.IntRange(0, checkRadix-1).Draw(t, "c")]
		if wrong := string(right[:i]) + string(c) + string(right[i+1:]); c != right[i] && protected(wrong) {
			t.Fatalf("%s is accepted for %s", wrong, right)
		}
		if j := i + 1; j < len(right) && right[i] != right[j] {
			right[i], right[j] = right[j], right[i]
			if protected(string(right)) {
				t.Fatalf("%s is accepted after a transposition", right)
			}
		}
	})
}

func TestStraySpacesAndLowerCaseDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := anyCertificateNumber(t)
		var typed strings.Builder
		for _, c := range strings.ToLower(number.String()) {
			typed.WriteString(rapid.SampledFrom([]string{"", "", " ", "\u00a0"}).Draw(t, "space"))
			typed.WriteRune(c)
		}
		if read, err := ParseCertificateNumber(typed.String()); err != nil || read != number {
			t.Fatalf("%q is read as %v, %v", typed.String(), read, err)
		}
	})
}

func anyCertificateNumber(t *rapid.T) CertificateNumber {
	kind := rapid.SampledFrom(CertificateKinds()).Draw(t, "kind")
	year := rapid.IntRange(2000, 2999).Draw(t, "year")
	running := rapid.Uint64Range(1, maxRunning).Draw(t, "running")
	number, err := NewCertificateNumber(kind, time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC), running)
	if err != nil {
		t.Fatal(err)
	}
	return number
}

// protected is the standard's definition, against which its recursive method is
// held: the polynomial of the text with its check characters is congruent to 1.
func protected(text string) bool {
	rest := 0
	for i := range len(text) {
		value := strings.IndexByte(checkAlphabet, text[i])
		if value < 0 {
			return false
		}
		rest = (rest*checkRadix + value) % checkModulus
	}
	return rest == 1
}
