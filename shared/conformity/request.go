package conformity

import (
	"encoding/json"

	"portal/shared/identifiers"
)

// Sections are the steps of the form that are one JSON object each; goods and
// attachments are the other two.
var Sections = []string{"object", "parties", "inspection"}

// FormName is the form that checks a section.
func FormName(section string) string { return "conformity/" + section }

// Form is what the declarant filled in, section by section, as sent: a draft
// may be incomplete, and what was typed is kept as it was typed.
type Form struct {
	Object     json.RawMessage `json:"object,omitempty"`
	Parties    json.RawMessage `json:"parties,omitempty"`
	Inspection json.RawMessage `json:"inspection,omitempty"`
}

// Section is a section's JSON; empty when not yet filled in.
func (f *Form) Section(name string) *json.RawMessage {
	switch name {
	case "object":
		return &f.Object
	case "parties":
		return &f.Parties
	case "inspection":
		return &f.Inspection
	}
	return nil
}

// Object is form step 1: what is asked for.
type Object struct {
	Object      string `json:"object"`                // one of CoC, SoR, SoL
	Type        string `json:"type"`                  // one of New, Revision, Renewal
	Route       string `json:"route,omitempty"`       // A, B or C of a CoC
	Bureau      string `json:"bureau"`                // a bureau's code, or automatic
	Statement   string `json:"statement,omitempty"`   // number of the SoR (route B) or SoL (route C) that names the goods
	Certificate string `json:"certificate,omitempty"` // number of the certificate to revise or renew
}

// What can be asked for; labels under object.<object>.
const (
	CoC = "coc" // certificate of conformity, for one shipment
	SoR = "sor" // statement of registration, of an importer or exporter
	SoL = "sol" // statement of licence, of a manufacturer
)

// How it can be asked for; labels under type.<type>.
const (
	New      = "new"
	Revision = "revision" // gives a certificate that replaces the one revised
	Renewal  = "renewal"  // of a statement, for another year under its number
)

// IsStatement tells whether a registration or licence is asked for, which
// names products and no shipment.
func (o Object) IsStatement() bool { return o.Object == SoR || o.Object == SoL }

// Kind is the certificate that the request gives.
func (o Object) Kind() identifiers.CertificateKind {
	switch o.Object {
	case SoR:
		return identifiers.SOR
	case SoL:
		return identifiers.SOL
	}
	return identifiers.COC
}

// ObjectFor is what gives a certificate of a kind; false when no request does.
func ObjectFor(kind identifiers.CertificateKind) (Object, bool) {
	switch kind {
	case identifiers.COC:
		return Object{Object: CoC}, true
	case identifiers.SOR:
		return Object{Object: SoR}, true
	case identifiers.SOL:
		return Object{Object: SoL}, true
	}
	return Object{}, false
}

// Rests is the kind of statement that the route rests on; false for none.
func (o Object) Rests() (identifiers.CertificateKind, bool) {
	switch {
	case o.Object != CoC:
		return "", false
	case o.Route == "B":
		return identifiers.SOR, true
	case o.Route == "C":
		return identifiers.SOL, true
	}
	return "", false
}

// AutomaticBureau lets the portal choose the bureau.
const AutomaticBureau = "automatic"

// Parties is form step 2.
type Parties struct {
	Importer     Party `json:"importer"`
	Exporter     Party `json:"exporter"`
	Manufacturer Party `json:"manufacturer"`
	Payer        Party `json:"payer"`
}

// Party is one commercial party.
type Party struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Country string `json:"country"` // ISO 3166-1 alpha-2
	Contact string `json:"contact"`
	Email   string `json:"email"`
	Phone   string `json:"phone"`
	TaxID   string `json:"tax_id"`
}

// Inspection is form step 3: where the goods are inspected and how they travel.
type Inspection struct {
	Place    Place    `json:"place"`
	Shipment Shipment `json:"shipment"`
}

// Place is where the goods can be inspected.
type Place struct {
	Address string `json:"address"`
	Country string `json:"country"`
	Contact string `json:"contact"`
	Phone   string `json:"phone"`
	Wished  string `json:"wished_date"` // ISO 8601 date
}

// Shipment is how the goods travel.
type Shipment struct {
	Mode          string   `json:"mode"`
	LoadingPort   string   `json:"loading_port"`   // UN/LOCODE
	DischargePort string   `json:"discharge_port"` // UN/LOCODE
	Incoterm      string   `json:"incoterm"`
	Invoice       Invoice  `json:"invoice"`
	Containers    []string `json:"containers,omitempty"` // ISO 6346
	Departure     string   `json:"departure,omitempty"`
	Arrival       string   `json:"arrival,omitempty"`
}

// Invoice names the commercial invoice.
type Invoice struct {
	Kind     string  `json:"kind"` // proforma or final
	Number   string  `json:"number"`
	Date     string  `json:"date"`
	Currency string  `json:"currency"` // ISO 4217
	Value    float64 `json:"value"`    // FOB, in the currency's units
}

// Line is one goods line of form step 4. Lines are numbered from 1 in order.
type Line struct {
	HS           string  `json:"hs"` // ten digits
	Designation  string  `json:"designation"`
	Brand        string  `json:"brand,omitempty"`
	Reference    string  `json:"reference,omitempty"`
	Origin       string  `json:"origin"` // ISO 3166-1 alpha-2
	Manufacturer string  `json:"manufacturer,omitempty"`
	Quantity     float64 `json:"quantity,omitempty"`
	Unit         string  `json:"unit,omitempty"`  // UN/ECE Recommendation 20
	Value        float64 `json:"value,omitempty"` // in the invoice's currency
	Norm         string  `json:"norm,omitempty"`
}

// ChunkLines is how many goods lines one row holds, so that no row grows past
// a store's limits and lists are read by the page.
const ChunkLines = 100

// MaxLines is how many lines one request may carry; the form for typing them
// by hand allows fewer.
const MaxLines = 10000
