package identifiers

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"portal/shared/calendar"
)

// CertificateKind is the kind of a certificate, as its number begins.
type CertificateKind string

// The kinds of certificate.
const (
	COC CertificateKind = "COC" // certificate of conformity, one shipment
	SOR CertificateKind = "SOR" // statement of registration, a year
	SOL CertificateKind = "SOL" // statement of licence, a year
	NCR CertificateKind = "NCR" // non-conformity report
	CIA CertificateKind = "CIA" // certificat d'inspection of handicraft products
)

// CertificateKinds lists every kind.
func CertificateKinds() []CertificateKind {
	return []CertificateKind{COC, SOR, SOL, NCR, CIA}
}

func (k CertificateKind) known() bool { return slices.Contains(CertificateKinds(), k) }

// CertificateNumber is the number of a certificate: its kind, the year, a
// running number and two check characters (ISO/IEC 7064 MOD 1271-36 over kind,
// year and number), so that a number read aloud or typed from paper is either
// right or refused.
type CertificateNumber struct {
	kind    CertificateKind
	year    int
	running uint64
}

// NewCertificateNumber is the number of a certificate issued at that instant;
// the year is the one in Casablanca. Errors: BadCertificateKind, BadCertificateYear,
// BadCertificateRunning.
func NewCertificateNumber(kind CertificateKind, at time.Time, running uint64) (CertificateNumber, error) {
	n := CertificateNumber{kind, calendar.DateIn(at).Year(), running}
	if !kind.known() {
		return CertificateNumber{}, refuse(BadCertificateKind)
	}
	if err := checkYear(n.year, BadCertificateYear); err != nil {
		return CertificateNumber{}, err
	}
	if err := checkRunning(running, BadCertificateRunning); err != nil {
		return CertificateNumber{}, err
	}
	return n, nil
}

// ParseCertificateNumber reads a number. Errors: BadCertificateForm,
// BadCertificateKind, BadCertificateYear, BadCertificateRunning, and
// BadCertificateCheck when each part is possible but they do not belong together.
func ParseCertificateNumber(text string) (CertificateNumber, error) {
	parts := strings.Split(compact(text), "-")
	if len(parts) != 4 || len(parts[3]) != 2 {
		return CertificateNumber{}, refuse(BadCertificateForm)
	}
	n := CertificateNumber{kind: CertificateKind(parts[0])}
	if !n.kind.known() {
		return CertificateNumber{}, refuse(BadCertificateKind)
	}
	var err error
	if n.year, err = parseYear(parts[1], BadCertificateYear); err != nil {
		return CertificateNumber{}, err
	}
	if n.running, err = parseRunning(parts[2], BadCertificateRunning); err != nil {
		return CertificateNumber{}, err
	}
	if check, _ := checkCharacters(strings.Join(parts[:3], "")); check != parts[3] {
		return CertificateNumber{}, refuse(BadCertificateCheck)
	}
	return n, nil
}

// Kind is the kind of the certificate.
func (n CertificateNumber) Kind() CertificateKind { return n.kind }

// Year is the year of issue.
func (n CertificateNumber) Year() int { return n.year }

// Running is the running number, from 1.
func (n CertificateNumber) Running() uint64 { return n.running }

// IsZero tells whether there is no number.
func (n CertificateNumber) IsZero() bool { return n == CertificateNumber{} }

// String is kind-year-number-check: COC-2026-1088-3O.
func (n CertificateNumber) String() string {
	if n.IsZero() {
		return ""
	}
	year, running := strconv.Itoa(n.year), strconv.FormatUint(n.running, 10)
	check, _ := checkCharacters(string(n.kind) + year + running) // all of the alphabet
	return string(n.kind) + "-" + year + "-" + running + "-" + check
}

// MarshalText writes the same text as String.
func (n CertificateNumber) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

// UnmarshalText reads with ParseCertificateNumber.
func (n *CertificateNumber) UnmarshalText(text []byte) error {
	return unmarshal(n, text, ParseCertificateNumber)
}
