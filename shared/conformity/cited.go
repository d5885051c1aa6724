package conformity

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/identifiers"
)

// Cited is what the register says of a certificate that a request names, on
// the day it is asked.
type Cited struct {
	Number      string
	Kind        identifiers.CertificateKind
	Status      certificate.Status // on that day
	Route       string             // of a CoC
	Bureau      string             // code of the bureau that issued it
	Holder      string             // organisation; "" when the holder has no private space here
	HolderName  string
	HolderTaxID string // ICE, or a foreign registration; may be ""
	Expires     calendar.Date
	ReplacedBy  string   // number of the certificate that revised it
	Under       string   // identifier of the dossier that revises or renews it now
	HS          []string // ten digits each, sorted: the codes of the goods it covers
	Products    string   // digest of the goods of a statement, see DigestProducts
}

// Covers tells whether the goods of a code are on the certificate.
func (c *Cited) Covers(hs identifiers.HS) bool {
	_, found := slices.BinarySearch(c.HS, hs.String())
	return found
}

// HeldBy tells whether a party of a request is the certificate's holder: the
// same tax identifier when both have one, else the same name, whatever its
// case, accents and spaces.
func (c *Cited) HeldBy(p Party) bool {
	if c.HolderTaxID != "" && p.TaxID != "" {
		return identifierOf(c.HolderTaxID) == identifierOf(p.TaxID)
	}
	return c.HolderName != "" && nameOf(c.HolderName) == nameOf(p.Name)
}

func identifierOf(s string) string { return strings.ToUpper(strings.Join(strings.Fields(s), "")) }

// nameOf is the form in which names are compared.
func nameOf(s string) string {
	if isASCII(s) { // most are, of ten thousand goods
		return strings.ToLower(strings.Join(strings.Fields(s), " "))
	}
	bare := strings.Map(func(r rune) rune {
		if r >= 0x300 && r <= 0x36f { // combining accents
			return -1
		}
		return r
	}, norm.NFD.String(s))
	return cases.Fold().String(strings.Join(strings.Fields(bare), " "))
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
