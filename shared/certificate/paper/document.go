// Package paper prints the papers that end a conformity dossier as PDF:
// certificates (CoC, SoR, SoL), the non-conformity report (NCR) and the closing
// letter of a dossier whose goods are not subject to control (the conformity
// specification, « Certificates »).
//
// A paper shows French and Arabic side by side. It is a pure function of its
// document: the same document gives the same bytes.
package paper

import (
	"errors"
	"fmt"
	"time"
)

// Kind is what a paper is.
type Kind string

// The kinds of paper.
const (
	COC    Kind = "COC"    // certificate of conformity, for one shipment
	SOR    Kind = "SOR"    // statement of registration (route B)
	SOL    Kind = "SOL"    // statement of licence (route C)
	NCR    Kind = "NCR"    // non-conformity report
	Letter Kind = "LETTER" // closing letter of the answer « Non soumis »
)

// Verdict is the agent's finding on one line of goods.
type Verdict string

// The verdicts. Their labels are the catalogue's « paper.verdict.<verdict> ».
const (
	NotSubject    Verdict = "not_subject"
	Conforming    Verdict = "conforming"
	Reserved      Verdict = "reserved"      // Remark is the reserve
	NonConforming Verdict = "nonconforming" // Remark is the reason
)

// Document is everything a paper says. Empty texts are printed as a dash,
// dates that are zero are left out. Times are printed as they are: the caller
// gives them in Africa/Casablanca.
type Document struct {
	Kind Kind
	// Text is the catalogue: the text of a key (all begin with « paper. ») in a
	// language, "fr", "ar" or "en". Placeholders are left in it for the paper to
	// fill: {bureau}, {dossier}, {count}, {page} and {pages}.
	Text func(lang, key string) string
	// Language stands beside Arabic in headings: "en" is English, everything
	// else French.
	Language string

	Number        string // the certificate's or report's; a letter may have none
	DossierNumber string
	Route         string // A, B or C
	Issued        time.Time
	Expires       time.Time // last day of validity; zero for NCR and letter
	Answer        string    // the answer's label in Language
	Bureau        Bureau
	Agent         string

	// Holder is in whose name a statement stands, HolderID its tax identifier.
	Holder, HolderID string
	Replaces         string // number of the certificate that this one replaces
	Renewals         int    // how often it was renewed before and with this edition

	Importer, Exporter, Manufacturer Party

	Invoice  Invoice
	Shipment Shipment
	Lines    []Line

	// CheckURL is the public page that tells whether the paper is valid; it is
	// printed as a QR code. Without it the paper has none.
	CheckURL string
	// Assistance is printed at the foot of each page, one entry a line.
	Assistance []string
}

// Bureau is the inspection bureau that answers.
type Bureau struct {
	Code, Name string
}

// Party is a company named by the dossier.
type Party struct {
	Name, Address, Country string
}

// Invoice is the commercial invoice of a shipment.
type Invoice struct {
	Number   string
	Date     time.Time
	Currency string // ISO 4217
	Value    string // FOB, a plain decimal number such as 1250000.50
}

// Shipment tells how the goods travel.
type Shipment struct {
	Mode, PortOfLoading, PortOfDischarge, Incoterm string
}

// Line is one line of goods.
type Line struct {
	N           int    // place in the dossier, from 1
	HS          string // as shown: 0000.00.00.00
	Designation string
	Brand       string
	Reference   string
	Origin      string // country
	Quantity    string // a plain decimal number
	Unit        string
	Norm        string
	Verdict     Verdict
	Remark      string // the reserve or the reason
}

// ErrDocument is wrapped by the errors of documents that cannot be printed.
var ErrDocument = errors.New("paper: incomplete document")

func (d Document) check() error {
	switch d.Kind {
	case COC, SOR, SOL, NCR, Letter:
	default:
		return fmt.Errorf("%w: kind %q is unknown", ErrDocument, d.Kind)
	}
	switch {
	case d.Text == nil:
		return fmt.Errorf("%w: no catalogue", ErrDocument)
	case d.Number == "" && d.Kind != Letter:
		return fmt.Errorf("%w: no number", ErrDocument)
	case d.Issued.IsZero():
		return fmt.Errorf("%w: no date of issue", ErrDocument)
	}
	for _, line := range d.Lines {
		switch line.Verdict {
		case NotSubject, Conforming, Reserved, NonConforming:
		default:
			return fmt.Errorf("%w: line %d: verdict %q is unknown", ErrDocument, line.N, line.Verdict)
		}
	}
	return nil
}

// reference is what tells this paper from every other.
func (d Document) reference() string {
	if d.Number != "" {
		return d.Number
	}
	return d.DossierNumber
}

// shipped reports whether the paper is about one shipment; registrations and
// licences are not.
func (d Document) shipped() bool {
	return d.Invoice != (Invoice{}) || d.Shipment != (Shipment{})
}
