package identifiers

import "strings"

// HS is a code of the Moroccan customs tariff (code SH): 10 digits, of which
// the first 6 are those of the international Harmonized System.
type HS struct{ digits string }

// ParseHS reads a code of 10 digits, with or without its points. Errors:
// BadHSLength, BadHSDigits.
func ParseHS(text string) (HS, error) {
	digits := strings.ReplaceAll(compact(text), ".", "")
	if err := digitsOnly(digits, 10, BadHSLength, BadHSDigits); err != nil {
		return HS{}, err
	}
	return HS{digits}, nil
}

// Chapter is the first 2 digits.
func (h HS) Chapter() string { return part(h.digits, 0, 2) }

// Heading is the first 4 digits.
func (h HS) Heading() string { return part(h.digits, 0, 4) }

// Subheading is the first 6 digits, the same in every country.
func (h HS) Subheading() string { return part(h.digits, 0, 6) }

// Under tells whether the code begins with those digits: a chapter, a heading,
// a subheading or a longer prefix. Nothing is under an empty prefix, and an
// absent code is under none.
func (h HS) Under(prefix string) bool {
	return prefix != "" && strings.HasPrefix(h.digits, prefix)
}

// IsZero tells whether there is no code.
func (h HS) IsZero() bool { return h == HS{} }

// String is the 10 digits.
func (h HS) String() string { return h.digits }

// Display is the code as the tariff prints it: 8210.00.00.90.
func (h HS) Display() string {
	if h.IsZero() {
		return ""
	}
	d := h.digits
	return d[:4] + "." + d[4:6] + "." + d[6:8] + "." + d[8:]
}

// MarshalText writes the same text as String.
func (h HS) MarshalText() ([]byte, error) { return []byte(h.digits), nil }

// UnmarshalText reads with ParseHS.
func (h *HS) UnmarshalText(text []byte) error { return unmarshal(h, text, ParseHS) }
