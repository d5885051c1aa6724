package reference

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"portal/shared/calendar"
	"portal/shared/identifiers"
)

// The codes of reasons, keys of the catalogue of messages, with their parameters.
const (
	NotInForce        = "bureau_choice.not_in_force"        // bureau: no accreditation on that day
	CountryNotCovered = "bureau_choice.country_not_covered" // bureau, country
	FamilyNotCovered  = "bureau_choice.family_not_covered"  // bureau, line (from 1), hs, family
	OnlyOne           = "bureau_choice.only_one"            // bureau: no other is accredited
	FewestOpen        = "bureau_choice.fewest_open"         // bureau, open: it has fewest open dossiers
	FirstByCode       = "bureau_choice.first_by_code"       // bureau, open, equals: others have as few
	NoneAccredited    = "bureau_choice.none"                // no bureau is accredited for everything
	Issuer            = "bureau_choice.issuer"              // bureau: it issued the certificate to revise or renew
	Asked             = "bureau_choice.asked"               // bureau: the declarant asked for it
)

// ReasonCodes lists every code, so that a catalogue can be held complete.
func ReasonCodes() []string {
	return []string{NotInForce, CountryNotCovered, FamilyNotCovered, OnlyOne, FewestOpen, FirstByCode, NoneAccredited, Issuer, Asked}
}

// Reason is one step of an explained choice, for the catalogue to word.
type Reason struct {
	Code   string         `json:"code"`
	Params map[string]any `json:"params,omitempty"`
}

// String is for logs.
func (r Reason) String() string {
	var b strings.Builder
	b.WriteString(r.Code)
	for _, name := range slices.Sorted(maps.Keys(r.Params)) {
		fmt.Fprintf(&b, " %s=%v", name, r.Params[name])
	}
	return b.String()
}

// ChooseBureau is ChooseAmong the bureaux shipped with the portal.
func ChooseBureau(lines []identifiers.HS, country string, on calendar.Date, load map[string]int) (Bureau, []Reason, bool) {
	return ChooseAmong(shippedBureaux(), lines, country, on, load)
}

// AccreditedAmong are the bureaux accredited for every line's HS code in a
// country of origin on a day, in their order; and why each of the others is not.
func AccreditedAmong(bureaux []Bureau, lines []identifiers.HS, country string, on calendar.Date) ([]Bureau, []Reason) {
	var fit []Bureau
	var why []Reason
	for _, bureau := range bureaux {
		if reason, unfit := bureau.unfit(lines, country, on); unfit {
			why = append(why, reason)
			continue
		}
		fit = append(fit, bureau)
	}
	return fit, why
}

// ChooseAmong is the automatic choice: of the bureaux accredited for every
// line, the one with the fewest open dossiers (load, by code of bureau; none
// when absent), then the first by code. It says why, bureaux left out first;
// false when no bureau is accredited.
func ChooseAmong(bureaux []Bureau, lines []identifiers.HS, country string, on calendar.Date, load map[string]int) (Bureau, []Reason, bool) {
	fit, why := AccreditedAmong(bureaux, lines, country, on)
	if len(fit) == 0 {
		return Bureau{}, append(why, Reason{Code: NoneAccredited}), false
	}
	best := slices.MinFunc(fit, func(a, b Bureau) int {
		if load[a.Code] != load[b.Code] {
			return load[a.Code] - load[b.Code]
		}
		return strings.Compare(a.Code, b.Code)
	})
	return best, append(why, decided(best, fit, load)), true
}

// unfit is the first thing that keeps a bureau from taking all the lines.
// Without lines, only its validity and countries are looked at.
func (b Bureau) unfit(lines []identifiers.HS, country string, on calendar.Date) (Reason, bool) {
	if len(lines) == 0 {
		lines = []identifiers.HS{{}}
	}
	for at, hs := range lines {
		params := map[string]any{"bureau": b.Code}
		switch obstacle := b.obstacle(hs, country, on); obstacle {
		case "":
			continue
		case CountryNotCovered:
			params["country"] = country
			return Reason{obstacle, params}, true
		case FamilyNotCovered:
			family, _ := FamilyOf(hs)
			params["line"], params["hs"], params["family"] = at+1, hs.Display(), family.Code
			return Reason{obstacle, params}, true
		default:
			return Reason{obstacle, params}, true
		}
	}
	return Reason{}, false
}

func decided(best Bureau, fit []Bureau, load map[string]int) Reason {
	params := map[string]any{"bureau": best.Code}
	if len(fit) == 1 {
		return Reason{OnlyOne, params}
	}
	params["open"] = load[best.Code]
	var equals []string
	for _, b := range fit {
		if b.Code != best.Code && load[b.Code] == load[best.Code] {
			equals = append(equals, b.Code)
		}
	}
	if len(equals) == 0 {
		return Reason{FewestOpen, params}
	}
	params["equals"] = equals
	return Reason{FirstByCode, params}
}
