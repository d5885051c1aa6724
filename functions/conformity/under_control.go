package conformity

import (
	"context"
	"fmt"

	"portal/functions/products"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/control"
	"portal/shared/i18n"
	"portal/shared/identifiers"
	"portal/shared/problem"
	"portal/shared/step"
)

// listGrants is what reading the list of products under control touches.
var listGrants = step.Grants{Dossiers: step.TableGrants{Read: []string{"control#"}}}

// controlled is the list that a dossier is judged by, with the entries for
// these codes: the one in force when it was deposited, or today for a draft.
func (r room) controlled(ctx context.Context, f *conformity.File, codes []identifiers.HS) (control.List, error) {
	if f.ControlList != "" {
		return products.Version(ctx, r.Dossiers, f.ControlList, codes...)
	}
	day := f.Deposited
	if day.IsZero() {
		day = r.Clock.Now()
	}
	return products.InForce(ctx, r.Dossiers, calendar.DateIn(day), codes...)
}

// advice is what a draft is told: what it lacks, and what its author may not
// have thought of.
type advice struct {
	lacks []problem.Fault
	warns []warning
}

// warning is something that does not keep a draft from being deposited.
type warning struct {
	Code    string `json:"code" enum:"none_at_origin" doc:"Stable code"`
	Message string `json:"message" doc:"In the caller's language"`
}

// warnings looks for a draft of which nothing is controlled at origin: it asks
// for a certificate that nobody may need.
func (r room) warnings(ctx context.Context, f *conformity.File, today calendar.Date) ([]warning, error) {
	if len(f.Facts.Codes) == 0 {
		return nil, nil
	}
	listing, err := products.OnDay(ctx, r.Dossiers, today)
	if err != nil {
		return nil, err
	}
	currency := conformity.CurrencyOf(f)
	first, others := firstChapter(f.Facts.Codes)
	// Most drafts are told by their first line's chapter alone.
	for _, codes := range [][]conformity.Code{first, others} {
		if len(codes) == 0 {
			continue
		}
		list, err := listing.List(ctx, r.Dossiers, codesOf(codes)...)
		if err != nil {
			return nil, err
		}
		if conformity.AnyAtOrigin(codes, currency, list) {
			return nil, nil
		}
	}
	const none = "none_at_origin"
	message := i18n.Text(step.RequestOf(ctx).Lang, "warning."+none, map[string]any{"version": listing.Version})
	return []warning{{none, message}}, nil
}

// firstChapter parts codes into those of the first one's chapter and the rest.
func firstChapter(codes []conformity.Code) (first, others []conformity.Code) {
	for _, code := range codes {
		if code.HS[:2] == codes[0].HS[:2] {
			first = append(first, code)
		} else {
			others = append(others, code)
		}
	}
	return first, others
}

func codesOf(codes []conformity.Code) []identifiers.HS {
	list := make([]identifiers.HS, len(codes))
	for i, code := range codes {
		list[i], _ = identifiers.ParseHS(code.HS) // facts hold whole codes only
	}
	return list
}

func codesOfLines(lines []conformity.Line) []identifiers.HS {
	list := make([]identifiers.HS, len(lines))
	for i, line := range lines {
		list[i], _ = identifiers.ParseHS(line.HS) // none yet: nothing to look up
	}
	return list
}

// recordList keeps the version of the list on the day of the deposit, by which
// the dossier is judged whatever is published later.
func (r room) recordList(ctx context.Context, c *change, today calendar.Date) error {
	listing, err := products.OnDay(ctx, r.Dossiers, today)
	if err != nil {
		return fmt.Errorf("list of products under control: %w", err)
	}
	c.ControlList = listing.Version
	return nil
}
