package goodsfile

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// Bounds of what is a number at all, those of the forms: what is longer,
// larger or smaller has no place in a store.
const (
	mostDigits = 38
	largest    = 1e100
	smallest   = 1e-100
)

// parseNumber reads a number as people write it: 1234.5, 1 234,5 (with any
// space), 1.234,5, 1,234.5, -5. A single comma or point is the decimal one,
// whatever follows it; but in a file whose delimiter is the comma, which
// English spreadsheets write, 1,234 may be meant as a thousand and something:
// it is not guessed. The code is "" when it is a number.
func parseNumber(text string, commaDelimited bool) (number float64, code string) {
	digits := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r):
			return -1
		case r == '\u2212':
			return '-'
		}
		return r
	}, text)
	digits = strings.TrimSpace(digits)
	sign := ""
	if rest, signed := strings.CutPrefix(digits, "-"); signed {
		sign, digits = "-", strings.TrimSpace(rest)
	} else {
		digits = strings.TrimPrefix(digits, "+")
	}
	whole, fraction, code := splitNumber(digits, commaDelimited)
	if code != "" {
		return 0, code
	}
	if len(whole)+len(fraction) > mostDigits {
		return 0, notANumber
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return plainNumber(sign + whole)
}

// plainNumber reads a number as programs write it.
func plainNumber(text string) (float64, string) {
	f, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil, math.IsNaN(f), math.Abs(f) >= largest, f != 0 && math.Abs(f) <= smallest:
		return 0, notANumber
	case f == 0:
		return 0, "" // not its negative twin
	}
	return f, ""
}

// splitNumber takes a number apart at its decimal sign and puts its groups of
// thousands together.
func splitNumber(text string, commaDelimited bool) (whole, fraction, code string) {
	commas, points := strings.Count(text, ","), strings.Count(text, ".")
	decimal := strings.LastIndexAny(text, ",.")
	switch {
	case commas+points == 0:
		decimal = len(text)
	case commas > 1 && points > 1:
		return "", "", notANumber
	case commas > 1 && points == 0, points > 1 && commas == 0: // 1,234,567
		decimal = len(text)
	case commas == 1 && points == 0 && commaDelimited && thousands(text, ','):
		return "", "", twoNumbers
	case strings.Count(text, text[decimal:decimal+1]) > 1: // 1.234,567.8
		return "", "", notANumber
	}
	whole = text[:decimal]
	if decimal < len(text) {
		fraction = text[decimal+1:]
		if fraction == "" || !allDigits(fraction) {
			return "", "", notANumber
		}
	}
	for _, separator := range []byte{' ', ',', '.', '\''} {
		if strings.IndexByte(whole, separator) < 0 {
			continue
		}
		if !thousands(whole, separator) {
			return "", "", notANumber
		}
		whole = strings.ReplaceAll(whole, string(separator), "")
	}
	if whole == "" && fraction != "" {
		whole = "0" // ,5
	}
	if whole == "" || !allDigits(whole) {
		return "", "", notANumber
	}
	return whole, fraction, ""
}

// thousands tells whether a text is digits grouped by this sign alone: one to
// three, then three and three. A zero in front begins no group.
func thousands(text string, separator byte) bool {
	groups := strings.Split(text, string(separator))
	for i, group := range groups {
		if !allDigits(group) || i > 0 && len(group) != 3 || i == 0 && (len(group) < 1 || len(group) > 3 || group[0] == '0') {
			return false
		}
	}
	return len(groups) > 1
}

func allDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }
