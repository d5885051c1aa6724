package identifiers

import (
	"strings"
	"unicode"
)

// compact drops the white space and invisible marks that people and documents
// put into identifiers (no-break spaces, direction marks around Latin text in
// Arabic), turns typographic dashes into hyphens and letters into capitals.
// Only ASCII letters: ı or ſ must not become I or S.
func compact(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Cf, r):
			return -1
		case unicode.Is(unicode.Pd, r) || r == '\u2212':
			return '-'
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		}
		return r
	}, text)
}

// digitsOnly checks that a compact text is exactly so many digits.
func digitsOnly(text string, length int, badLength, badDigit Code) error {
	if got := count(text); got != length {
		return refuseLength(badLength, length, got)
	}
	return onlyDigits(text, badDigit)
}

// digitsBetween checks that a compact text is between least and most digits.
func digitsBetween(text string, least, most int, badLength, badDigit Code) error {
	if got := count(text); got < least || got > most {
		return refuseCount(badLength, least, most, got)
	}
	return onlyDigits(text, badDigit)
}

func onlyDigits(text string, bad Code) error {
	position := 0
	for _, r := range text {
		position++
		if r < '0' || r > '9' {
			return refuseAt(bad, position)
		}
	}
	return nil
}

func count(text string) int { return len([]rune(text)) }

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' }

func allZeros(digits string) bool { return strings.Trim(digits, "0") == "" }

// mod97 is the remainder by 97 of a number of any length.
func mod97(digits string) int {
	rest := 0
	for _, d := range []byte(digits) {
		rest = (rest*10 + int(d-'0')) % 97
	}
	return rest
}

// key97 is the two-digit key, 01 to 97, that makes digits followed by it a
// multiple of 97. The key 00, 98 and 99 would be multiples too, or alias 01 and
// 02: they are never issued.
func key97(digits string) string {
	key := 97 - mod97(digits+"00")
	return string([]byte{'0' + byte(key/10), '0' + byte(key%10)})
}
