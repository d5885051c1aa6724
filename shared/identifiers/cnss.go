package identifiers

// CNSS is the number of affiliation to the Caisse nationale de sécurité
// sociale: 7 digits.
type CNSS struct{ digits string }

// ParseCNSS reads a number of affiliation. Errors: BadCNSSLength, BadCNSSDigits.
func ParseCNSS(text string) (CNSS, error) {
	digits := compact(text)
	if err := digitsOnly(digits, 7, BadCNSSLength, BadCNSSDigits); err != nil {
		return CNSS{}, err
	}
	return CNSS{digits}, nil
}

// IsZero tells whether there is no number.
func (c CNSS) IsZero() bool { return c == CNSS{} }

// String is the 7 digits.
func (c CNSS) String() string { return c.digits }

// MarshalText writes the same text as String.
func (c CNSS) MarshalText() ([]byte, error) { return []byte(c.digits), nil }

// UnmarshalText reads with ParseCNSS.
func (c *CNSS) UnmarshalText(text []byte) error { return unmarshal(c, text, ParseCNSS) }
