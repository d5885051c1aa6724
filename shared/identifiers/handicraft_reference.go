package identifiers

import "time"

// HandicraftReference is the reference of a handicraft dossier, allotted at its
// first save: the service's code, the year and one national running number that
// is never reset, BM-2026-1088.
type HandicraftReference struct{ series series }

var handicraftCodes = seriesCodes{BadHandicraftForm, BadHandicraftService, BadHandicraftYear, BadHandicraftRunning}

// NewHandicraftReference is the reference of a dossier first saved at that
// instant for a service (2 to 4 letters); the year is the one in Casablanca.
// Errors: BadHandicraftService, BadHandicraftYear, BadHandicraftRunning.
func NewHandicraftReference(service string, at time.Time, running uint64) (HandicraftReference, error) {
	s, err := newSeries(service, at, running, handicraftCodes)
	return HandicraftReference{s}, err
}

// ParseHandicraftReference reads a dossier's reference. Errors: BadHandicraftForm,
// BadHandicraftService, BadHandicraftYear, BadHandicraftRunning.
func ParseHandicraftReference(text string) (HandicraftReference, error) {
	s, err := parseSeries(text, handicraftCodes)
	return HandicraftReference{s}, err
}

// Service is the code of the service (delegation).
func (h HandicraftReference) Service() string { return h.series.office }

// Year is the year of the first save.
func (h HandicraftReference) Year() int { return h.series.year }

// Running is the national running number, from 1.
func (h HandicraftReference) Running() uint64 { return h.series.running }

// IsZero tells whether there is no reference.
func (h HandicraftReference) IsZero() bool { return h == HandicraftReference{} }

// String is service-year-number.
func (h HandicraftReference) String() string { return h.series.String() }

// MarshalText writes the same text as String.
func (h HandicraftReference) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads with ParseHandicraftReference.
func (h *HandicraftReference) UnmarshalText(text []byte) error {
	return unmarshal(h, text, ParseHandicraftReference)
}
