// Package control answers « Mon produit est-il soumis ? »: which products are
// under control of conformity, where, by which norms, and below which threshold
// they are exempt (the conformity specification). The list is dated, versioned
// data that the ministry in charge of industry publishes; a sample is shipped.
package control

import (
	"portal/shared/calendar"
	"portal/shared/identifiers"
	"portal/shared/reference"
)

// Control is where the conformity of a product is controlled.
type Control string

// The places of control.
const (
	AtOrigin Control = "origin" // in the country of origin, before shipment
	AtImport Control = "import" // on arrival in Morocco
	None     Control = "none"   // nowhere: taken out of a wider entry
)

// Controls lists them.
func Controls() []Control { return []Control{AtOrigin, AtImport, None} }

// Dirham is the currency of thresholds, by its ISO 4217 code.
const Dirham = "MAD"

// Edition says which version of the list this is.
type Edition struct {
	Version   string        `json:"version"`   // as its publisher names it, never used twice
	InForce   calendar.Date `json:"in_force"`  // first day
	Published calendar.Date `json:"published"` // day
	Source    string        `json:"source"`
	Sample    bool          `json:"sample,omitempty"` // nobody's official list
}

// Entry is what the list says of the products whose HS codes begin so.
type Entry struct {
	HS        string          `json:"hs"` // first 4 to 10 digits
	Control   Control         `json:"control"`
	Names     reference.Names `json:"names"`
	Family    string          `json:"family,omitempty"` // code of reference.Families; of every entry under control
	Norms     []string        `json:"norms,omitempty"`
	Threshold *Threshold      `json:"threshold,omitempty"` // nil: nothing is exempt
}

// Threshold exempts what does not exceed it: a quantity in one unit, or a
// value. Exactly one of the two is set.
type Threshold struct {
	Quantity float64 `json:"quantity,omitempty"`
	Unit     string  `json:"unit,omitempty"`  // of Quantity, UN/ECE Recommendation 20
	Value    float64 `json:"value,omitempty"` // FOB, in dirhams
}

// Goods is what is asked about. What is not known is left zero; it is never
// guessed.
type Goods struct {
	HS       identifiers.HS
	Quantity float64
	Unit     string  // UN/ECE Recommendation 20
	Value    float64 // FOB
	Currency string  // of Value, ISO 4217
}

// Outcome is the answer in one word.
type Outcome string

// The outcomes.
const (
	ControlledAtOrigin Outcome = "origin"
	ControlledAtImport Outcome = "import"
	Exempt             Outcome = "exempt"      // under control, but within the threshold
	NotSubject         Outcome = "not_subject" // no entry, or one that takes it out
)

// Subject tells whether the goods have to be controlled.
func (o Outcome) Subject() bool { return o == ControlledAtOrigin || o == ControlledAtImport }

// Reading is how goods compare to the threshold of their entry.
type Reading string

// The readings. Only Within exempts: goods are subject until they are shown not
// to be.
const (
	NoThreshold     Reading = ""
	Within          Reading = "within"
	Above           Reading = "above"
	QuantityMissing Reading = "quantity_missing"
	UnitMissing     Reading = "unit_missing"
	UnitOther       Reading = "unit_other" // than the threshold's
	ValueMissing    Reading = "value_missing"
	CurrencyOther   Reading = "currency_other" // than the dirham, or not said
)

// Judged tells whether the threshold could be compared.
func (r Reading) Judged() bool { return r == Within || r == Above }

// Finding is an answer with what it rests on.
type Finding struct {
	Outcome Outcome
	Listed  bool // an entry covers the goods
	Entry   Entry
	Reading Reading
}

// Classify finds what the list says of goods: the most specific entry that
// covers their HS code, and how they compare to its threshold.
func (l List) Classify(g Goods) Finding {
	entry, listed := l.Lookup(g.HS)
	if !listed || entry.Control == None {
		return Finding{Outcome: NotSubject, Listed: listed, Entry: entry}
	}
	found := Finding{Outcome: ControlledAtOrigin, Listed: true, Entry: entry, Reading: entry.Threshold.read(g)}
	switch {
	case found.Reading == Within:
		found.Outcome = Exempt
	case entry.Control == AtImport:
		found.Outcome = ControlledAtImport
	}
	return found
}

func (t *Threshold) read(g Goods) Reading {
	switch {
	case t == nil:
		return NoThreshold
	case t.Unit != "":
		return t.readQuantity(g)
	case g.Value <= 0:
		return ValueMissing
	case g.Currency != Dirham:
		return CurrencyOther
	}
	return compare(g.Value, t.Value)
}

func (t *Threshold) readQuantity(g Goods) Reading {
	switch {
	case g.Quantity <= 0:
		return QuantityMissing
	case g.Unit == "":
		return UnitMissing
	case g.Unit != t.Unit:
		return UnitOther
	}
	return compare(g.Quantity, t.Quantity)
}

func compare(amount, most float64) Reading {
	if amount <= most {
		return Within
	}
	return Above
}
