package identifiers

import "time"

// DossierNumber is the number of a conformity dossier, allotted at deposit: the
// bureau's code, the year and a running number, BV-2026-1088.
type DossierNumber struct{ series series }

var dossierCodes = seriesCodes{BadDossierForm, BadDossierBureau, BadDossierYear, BadDossierRunning}

// NewDossierNumber is the number of a dossier deposited at that instant with a
// bureau (2 to 4 letters); the year is the one in Casablanca. Errors:
// BadDossierBureau, BadDossierYear, BadDossierRunning.
func NewDossierNumber(bureau string, at time.Time, running uint64) (DossierNumber, error) {
	s, err := newSeries(bureau, at, running, dossierCodes)
	return DossierNumber{s}, err
}

// ParseDossierNumber reads a dossier's number. Errors: BadDossierForm,
// BadDossierBureau, BadDossierYear, BadDossierRunning.
func ParseDossierNumber(text string) (DossierNumber, error) {
	s, err := parseSeries(text, dossierCodes)
	return DossierNumber{s}, err
}

// Bureau is the code of the bureau the dossier was deposited with.
func (d DossierNumber) Bureau() string { return d.series.office }

// Year is the year of the deposit.
func (d DossierNumber) Year() int { return d.series.year }

// Running is the running number, from 1.
func (d DossierNumber) Running() uint64 { return d.series.running }

// IsZero tells whether there is no number.
func (d DossierNumber) IsZero() bool { return d == DossierNumber{} }

// String is bureau-year-number.
func (d DossierNumber) String() string { return d.series.String() }

// MarshalText writes the same text as String.
func (d DossierNumber) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads with ParseDossierNumber.
func (d *DossierNumber) UnmarshalText(text []byte) error {
	return unmarshal(d, text, ParseDossierNumber)
}
