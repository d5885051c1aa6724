package reference

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"portal/shared/calendar"
	"portal/shared/identifiers"
)

// Assignment is how a bureau gives its dossiers to its agents.
type Assignment string

// The modes of assignment.
const (
	Manual    Assignment = "manual"    // its supervisor chooses; what a bureau does unless it says otherwise
	Automatic Assignment = "automatic" // the portal chooses
)

// Bureau is an inspection bureau.
type Bureau struct {
	Code           string          `json:"code"` // 2 to 4 letters, begins its dossiers' numbers
	Name           string          `json:"name"`
	Assignment     Assignment      `json:"assignment"`
	Accreditations []Accreditation `json:"accreditations"`
}

// Accreditation lets a bureau inspect families of goods in countries, for a time.
type Accreditation struct {
	Families  []string      `json:"families"`    // codes of Families; * for all
	Countries []string      `json:"countries"`   // ISO 3166-1 alpha-2; * for all
	From      calendar.Date `json:"from"`        // first day
	To        calendar.Date `json:"to,omitzero"` // last day; zero: without end
	Sample    bool          `json:"sample,omitempty"`
}

const all = "*"

// Bureaux are the bureaux shipped with the portal, by code. The slice is the
// caller's; what its bureaux hold is not.
func Bureaux() []Bureau { return slices.Clone(shippedBureaux()) }

var shippedBureaux = sync.OnceValue(func() []Bureau {
	text, _ := data.ReadFile("data/bureaux.json") // compiled in, and a test reads it
	bureaux, _ := ParseBureaux(text)
	return bureaux
})

// BureauOf is the bureau of a code; false when there is none.
func BureauOf(code string) (Bureau, bool) {
	at := slices.IndexFunc(shippedBureaux(), func(b Bureau) bool { return b.Code == code })
	if at < 0 {
		return Bureau{}, false
	}
	return shippedBureaux()[at], true
}

// ParseBureaux reads bureaux in the form of data/bureaux.json. It errs when the
// JSON is malformed, a code is not 2 to 4 capitals or is there twice, a mode of
// assignment is unknown, or an accreditation names no existing family or
// country or ends before it begins.
func ParseBureaux(text []byte) ([]Bureau, error) {
	var file struct {
		Edition
		Bureaux []Bureau `json:"bureaux"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("read the bureaux: %w", err)
	}
	if err := file.Edition.check(); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i := range file.Bureaux {
		bureau := &file.Bureaux[i]
		if bureau.Assignment == "" {
			bureau.Assignment = Manual
		}
		if err := bureau.check(); err != nil {
			return nil, fmt.Errorf("bureau %q: %w", bureau.Code, err)
		}
		if seen[bureau.Code] {
			return nil, fmt.Errorf("bureau %q is there twice", bureau.Code)
		}
		seen[bureau.Code] = true
	}
	slices.SortFunc(file.Bureaux, func(a, b Bureau) int { return strings.Compare(a.Code, b.Code) })
	return file.Bureaux, nil
}

func (b Bureau) check() error {
	if len(b.Code) < 2 || len(b.Code) > 4 || strings.Trim(b.Code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return errors.New("a code is 2 to 4 capitals")
	}
	if b.Name == "" {
		return errors.New("it has no name")
	}
	if b.Assignment != Manual && b.Assignment != Automatic {
		return fmt.Errorf("unknown mode of assignment %q", b.Assignment)
	}
	for _, a := range b.Accreditations {
		if err := a.check(); err != nil {
			return err
		}
	}
	return nil
}

func (a Accreditation) check() error {
	if a.From.IsZero() || (!a.To.IsZero() && a.To.Before(a.From)) {
		return errors.New("an accreditation begins, and ends no earlier than it begins")
	}
	if len(a.Families) == 0 || len(a.Countries) == 0 {
		return errors.New("an accreditation is for families of goods and countries")
	}
	for _, family := range a.Families {
		if family != all && !Families().Has(family) {
			return fmt.Errorf("no family %q", family)
		}
	}
	for _, country := range a.Countries {
		if country != all && !Countries().Has(country) {
			return fmt.Errorf("no country %q", country)
		}
	}
	return nil
}

// FamilyOf is the family of controlled goods an HS code belongs to: the one
// with the longest prefix of it. False when the code is in none.
func FamilyOf(hs identifiers.HS) (Entry, bool) {
	var best Entry
	longest := 0
	for _, family := range Families().entries {
		for _, prefix := range family.Prefixes {
			if hs.Under(prefix) && len(prefix) > longest {
				best, longest = family, len(prefix)
			}
		}
	}
	return best, longest > 0
}

// Accredited tells whether the bureau may inspect goods of an HS code in a
// country of origin on a day. Goods of no controlled family need an
// accreditation for the country alone: a bureau must be able to answer that
// they are « non soumis ».
func (b Bureau) Accredited(hs identifiers.HS, originCountry string, on calendar.Date) bool {
	return b.obstacle(hs, originCountry, on) == ""
}

// obstacle is what keeps the bureau from inspecting, as a code of Reason; empty
// when nothing does.
func (b Bureau) obstacle(hs identifiers.HS, country string, on calendar.Date) string {
	family, controlled := FamilyOf(hs)
	inForce, inCountry := false, false
	for _, a := range b.Accreditations {
		if on.Before(a.From) || (!a.To.IsZero() && on.After(a.To)) {
			continue
		}
		inForce = true
		if !covers(a.Countries, country) {
			continue
		}
		inCountry = true
		if !controlled || covers(a.Families, family.Code) {
			return ""
		}
	}
	switch {
	case !inForce:
		return NotInForce
	case !inCountry:
		return CountryNotCovered
	}
	return FamilyNotCovered
}

func covers(codes []string, code string) bool {
	return slices.Contains(codes, all) || slices.Contains(codes, code)
}
