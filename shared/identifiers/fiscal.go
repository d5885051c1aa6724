package identifiers

// IF is the identifiant fiscal of a taxpayer: 1 to 8 digits.
type IF struct{ digits string }

// ParseIF reads an identifiant fiscal. Errors: BadIFLength, BadIFDigits.
func ParseIF(text string) (IF, error) {
	digits := compact(text)
	if err := digitsBetween(digits, 1, 8, BadIFLength, BadIFDigits); err != nil {
		return IF{}, err
	}
	return IF{digits}, nil
}

// IsZero tells whether there is no identifiant fiscal.
func (i IF) IsZero() bool { return i == IF{} }

// String is the digits as given.
func (i IF) String() string { return i.digits }

// MarshalText writes the same text as String.
func (i IF) MarshalText() ([]byte, error) { return []byte(i.digits), nil }

// UnmarshalText reads with ParseIF.
func (i *IF) UnmarshalText(text []byte) error { return unmarshal(i, text, ParseIF) }
