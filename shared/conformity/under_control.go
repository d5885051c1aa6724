package conformity

import (
	"encoding/json"
	"slices"

	"portal/shared/control"
	"portal/shared/identifiers"
)

// Extent is how much the lines of one code are, as far as an exemption asks:
// the largest tells whether all are within a threshold, the smallest whether
// all say how much they are.
type Extent struct {
	Units         []string `json:"units,omitempty"` // distinct; "" where a line has none
	LeastQuantity float64  `json:"least_quantity,omitempty"`
	Quantity      float64  `json:"quantity,omitempty"` // the largest
	LeastValue    float64  `json:"least_value,omitempty"`
	Value         float64  `json:"value,omitempty"` // the largest, in the invoice's currency
}

// with is the extent with one line more.
func (e Extent) with(line Line) Extent {
	if len(e.Units) == 0 {
		return Extent{[]string{line.Unit}, line.Quantity, line.Quantity, line.Value, line.Value}
	}
	if !slices.Contains(e.Units, line.Unit) {
		e.Units = append(e.Units, line.Unit)
	}
	e.LeastQuantity, e.Quantity = min(e.LeastQuantity, line.Quantity), max(e.Quantity, line.Quantity)
	e.LeastValue, e.Value = min(e.LeastValue, line.Value), max(e.Value, line.Value)
	return e
}

// AnyAtOrigin tells whether a list has some line of these codes controlled at
// origin. A line is exempt only where it says how much it is.
func AnyAtOrigin(codes []Code, currency string, list control.List) bool {
	return slices.ContainsFunc(codes, func(c Code) bool {
		hs, err := identifiers.ParseHS(c.HS)
		if err != nil {
			return false
		}
		goods := control.Goods{HS: hs}
		if e := c.Extent; len(e.Units) == 1 && e.LeastQuantity > 0 {
			goods.Quantity, goods.Unit = e.Quantity, e.Units[0]
		}
		if c.Extent.LeastValue > 0 {
			goods.Value, goods.Currency = c.Extent.Value, currency
		}
		return list.Classify(goods).Outcome == control.ControlledAtOrigin
	})
}

// UnderControl is what a list says of a goods line; false when its HS code is
// none yet.
func UnderControl(line Line, currency string, list control.List) (control.Finding, bool) {
	hs, err := identifiers.ParseHS(line.HS)
	if err != nil {
		return control.Finding{}, false
	}
	return list.Classify(control.Goods{HS: hs, Quantity: line.Quantity, Unit: line.Unit, Value: line.Value, Currency: currency}), true
}

// CurrencyOf is the currency of the invoice, in which lines are valued; "" when
// the draft does not say, or does not ship anything.
func CurrencyOf(f *File) string {
	var inspection struct {
		Shipment struct {
			Invoice struct {
				Currency string `json:"currency"`
			} `json:"invoice"`
		} `json:"shipment"`
	}
	// A draft may hold anything: what is no currency is none.
	_ = json.Unmarshal(f.Form.Inspection, &inspection)
	return inspection.Shipment.Invoice.Currency
}
