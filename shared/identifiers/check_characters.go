package identifiers

import "strings"

// ISO/IEC 7064 MOD 1271-36: the pure system of modulus 1271 and radix 36 that
// protects capitals and digits with two check characters of the same alphabet.
// It detects every substitution of one character and every transposition of
// two neighbours.
const (
	checkModulus  = 1271
	checkRadix    = 36
	checkAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// checkCharacters is the two characters that protect a text of the alphabet, by
// the recursive method of the standard's clause 8.2; false when a character is
// not of the alphabet.
func checkCharacters(text string) (string, bool) {
	rest := 0
	for i := range len(text) {
		value := strings.IndexByte(checkAlphabet, text[i])
		if value < 0 {
			return "", false
		}
		rest = (rest + value) * checkRadix % checkModulus
	}
	rest = rest * checkRadix % checkModulus // the place of the second check character
	check := (checkModulus + 1 - rest) % checkModulus
	return string([]byte{checkAlphabet[check/checkRadix], checkAlphabet[check%checkRadix]}), true
}
