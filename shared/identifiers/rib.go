package identifiers

// RIB is the relevé d'identité bancaire: 24 digits, of which 3 are the bank, 3
// the locality, 16 the account and 2 the key.
type RIB struct{ digits string }

const ribLength = 24

// ParseRIB reads a RIB. Errors: BadRIBLength, BadRIBDigits, BadRIBDegenerate and, unless
// told otherwise by StrictCheckDigits, BadRIBKey.
func ParseRIB(text string, given ...Option) (RIB, error) {
	digits := compact(text)
	if err := digitsOnly(digits, ribLength, BadRIBLength, BadRIBDigits); err != nil {
		return RIB{}, err
	}
	if allZeros(digits[:22]) {
		return RIB{}, refuse(BadRIBDegenerate)
	}
	rib := RIB{digits}
	if apply(given).strictCheckDigits && !rib.KeyValid() {
		return RIB{}, refuse(BadRIBKey)
	}
	return rib, nil
}

// CompleteRIB is the RIB that begins with these 22 digits, bank, locality and
// account, with the key that belongs to them. Errors: as ParseRIB.
func CompleteRIB(first22 string) (RIB, error) {
	digits := compact(first22)
	if err := digitsOnly(digits, ribLength-2, BadRIBLength, BadRIBDigits); err != nil {
		return RIB{}, err
	}
	return ParseRIB(digits + key97(digits))
}

// KeyValid tells whether the key, 01 to 97, makes the whole number a multiple
// of 97. False when there is no RIB.
func (r RIB) KeyValid() bool {
	return !r.IsZero() && r.digits[22:] == key97(r.digits[:22])
}

// Bank is the 3 digits of the bank.
func (r RIB) Bank() string { return part(r.digits, 0, 3) }

// Locality is the 3 digits of the locality.
func (r RIB) Locality() string { return part(r.digits, 3, 6) }

// Account is the 16 digits of the account.
func (r RIB) Account() string { return part(r.digits, 6, 22) }

// IsZero tells whether there is no RIB.
func (r RIB) IsZero() bool { return r == RIB{} }

// String is the 24 digits.
func (r RIB) String() string { return r.digits }

// Display is the way banks print it: bank, locality, account and key apart.
func (r RIB) Display() string {
	if r.IsZero() {
		return ""
	}
	return r.Bank() + " " + r.Locality() + " " + r.Account() + " " + r.digits[22:]
}

// MarshalText writes the same text as String.
func (r RIB) MarshalText() ([]byte, error) { return []byte(r.digits), nil }

// UnmarshalText checks the form alone (see the package).
func (r *RIB) UnmarshalText(text []byte) error {
	return unmarshal(r, text, func(s string) (RIB, error) { return ParseRIB(s, StrictCheckDigits(false)) })
}
