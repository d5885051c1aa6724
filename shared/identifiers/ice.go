package identifiers

// ICE is the identifiant commun de l'entreprise: 15 digits, of which 9 are the
// enterprise, 4 its establishment and 2 the key.
type ICE struct{ digits string }

const iceLength = 15

// ParseICE reads an ICE. Errors: BadICELength, BadICEDigits, BadICEDegenerate and,
// unless told otherwise by StrictCheckDigits, BadICEKey.
func ParseICE(text string, given ...Option) (ICE, error) {
	digits := compact(text)
	if err := digitsOnly(digits, iceLength, BadICELength, BadICEDigits); err != nil {
		return ICE{}, err
	}
	// 000000000000097 has a right key and belongs to nobody.
	if allZeros(digits[:9]) {
		return ICE{}, refuse(BadICEDegenerate)
	}
	ice := ICE{digits}
	if apply(given).strictCheckDigits && !ice.KeyValid() {
		return ICE{}, refuse(BadICEKey)
	}
	return ice, nil
}

// CompleteICE is the ICE that begins with these 13 digits, enterprise and
// establishment, with the key that belongs to them. Errors: as ParseICE.
func CompleteICE(first13 string) (ICE, error) {
	digits := compact(first13)
	if err := digitsOnly(digits, iceLength-2, BadICELength, BadICEDigits); err != nil {
		return ICE{}, err
	}
	return ParseICE(digits + key97(digits))
}

// KeyValid tells whether the key is 97 − (the first 13 digits × 100 mod 97),
// which makes the whole number a multiple of 97. False when there is no ICE.
func (i ICE) KeyValid() bool {
	return !i.IsZero() && i.digits[13:] == key97(i.digits[:13])
}

// Enterprise is the 9 digits common to every establishment of the enterprise.
func (i ICE) Enterprise() string { return part(i.digits, 0, 9) }

// Establishment is the 4 digits of the establishment.
func (i ICE) Establishment() string { return part(i.digits, 9, 13) }

// IsZero tells whether there is no ICE.
func (i ICE) IsZero() bool { return i == ICE{} }

// String is the 15 digits.
func (i ICE) String() string { return i.digits }

// MarshalText writes the same text as String.
func (i ICE) MarshalText() ([]byte, error) { return []byte(i.digits), nil }

// UnmarshalText checks the form alone (see the package).
func (i *ICE) UnmarshalText(text []byte) error {
	return unmarshal(i, text, func(s string) (ICE, error) { return ParseICE(s, StrictCheckDigits(false)) })
}

// part is a slice of an identifier's text, empty when the identifier is absent.
func part(text string, from, to int) string {
	if text == "" {
		return ""
	}
	return text[from:to]
}
