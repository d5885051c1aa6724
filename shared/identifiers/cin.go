package identifiers

// CIN is the number of a carte nationale d'identité: 1 or 2 letters and 1 to 7
// digits. No key is known, so only its form is checked.
type CIN struct{ text string }

// ParseCIN reads a number of identity card. Errors: BadCINForm, BadCINLetters, BadCINDigits.
func ParseCIN(text string) (CIN, error) {
	cin := compact(text)
	letters := 0
	for letters < len(cin) && isLetter(cin[letters]) {
		letters++
	}
	if letters < 1 || letters > 2 {
		return CIN{}, refuseCount(BadCINLetters, 1, 2, letters)
	}
	position := letters
	for _, r := range cin[letters:] {
		position++
		if r < '0' || r > '9' {
			return CIN{}, refuseAt(BadCINForm, position)
		}
	}
	if digits := position - letters; digits < 1 || digits > 7 {
		return CIN{}, refuseCount(BadCINDigits, 1, 7, digits)
	}
	return CIN{cin}, nil
}

// IsZero tells whether there is no number.
func (c CIN) IsZero() bool { return c == CIN{} }

// String is the letters, in capitals, and the digits: AE180358.
func (c CIN) String() string { return c.text }

// MarshalText writes the same text as String.
func (c CIN) MarshalText() ([]byte, error) { return []byte(c.text), nil }

// UnmarshalText reads with ParseCIN.
func (c *CIN) UnmarshalText(text []byte) error { return unmarshal(c, text, ParseCIN) }
