package paper

import "strings"

// number writes a plain decimal number as in French: groups of three, decimal
// comma. Anything else stays as it is.
func number(plain string) string {
	const thinSpace = "\u202F"
	digits, decimals, point := strings.Cut(strings.TrimPrefix(plain, "-"), ".")
	if !isDigits(digits) || (point && !isDigits(decimals)) {
		return plain
	}
	var out strings.Builder
	if strings.HasPrefix(plain, "-") {
		out.WriteString("-")
	}
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out.WriteString(thinSpace)
		}
		out.WriteRune(d)
	}
	if point {
		out.WriteString("," + decimals)
	}
	return out.String()
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
