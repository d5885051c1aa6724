// Package certificate is what is true of a certificate once it is issued: how
// long it is valid, what state it is in on a given day, and which reminders of
// its expiry are due (the conformity and time specifications).
package certificate

import (
	"slices"
	"time"

	"portal/shared/calendar"
	"portal/shared/identifiers"
)

// Certificate is an issued certificate.
type Certificate struct {
	Number        identifiers.CertificateNumber   `json:"number"`
	Dossier       string                          `json:"dossier"`                       // identifier of the dossier
	DossierNumber identifiers.DossierNumber       `json:"dossier_number,omitzero"`       // of a conformity dossier
	Reference     identifiers.HandicraftReference `json:"handicraft_reference,omitzero"` // of a handicraft dossier
	Holder        string                          `json:"holder"`                        // identifier of the organisation
	Bureau        string                          `json:"bureau,omitempty"`              // code of the inspection bureau
	Route         string                          `json:"route,omitempty"`               // A, B or C for a CoC
	Issued        time.Time                       `json:"issued"`                        // UTC
	Expires       calendar.Date                   `json:"expires,omitzero"`              // last day of validity; zero: none
	Status        Status                          `json:"status"`                        // as last recorded: read it through StatusAt
	Replaces      identifiers.CertificateNumber   `json:"replaces,omitzero"`             // the certificate this one revises
	ReplacedBy    identifiers.CertificateNumber   `json:"replaced_by,omitzero"`          // the certificate that revised this one
}

// Kind is the kind of the certificate, which its number says.
func (c Certificate) Kind() identifiers.CertificateKind { return c.Number.Kind() }

// Status is the state of a certificate, as the public check shows it.
type Status string

// The statuses.
const (
	Valid    Status = "valid"
	Expired  Status = "expired"
	Replaced Status = "replaced" // by a révision
	Revoked  Status = "revoked"
	UsedUp   Status = "used_up" // a CoC is for one shipment: its clearance uses it up
)

// Statuses lists every status.
func Statuses() []Status { return []Status{Valid, Expired, Replaced, Revoked, UsedUp} }

// Known tells whether s is one of the statuses.
func (s Status) Known() bool { return slices.Contains(Statuses(), s) }

// LabelKey is the key of the status's label in the catalogue of messages.
func (s Status) LabelKey() string { return "certificate.status." + string(s) }

// StatusAt is the status on a day in Casablanca. Validity runs to the end of
// the expiry day and stops there by itself: between valid and expired the dates
// alone decide, whether or not the sweep has recorded it yet. What was done to
// a certificate (replaced, revoked, used up) has no date here and stands.
func (c Certificate) StatusAt(on calendar.Date) Status {
	if c.Expires.IsZero() || (c.Status != Valid && c.Status != Expired) {
		return c.Status
	}
	if on.After(c.Expires) {
		return Expired
	}
	return Valid
}
