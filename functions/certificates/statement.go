package certificates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/forms"
	"portal/shared/identifiers"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/reference"
	"portal/shared/step"
)

// statementBody is the form of a statement issued before the portal.
type statementBody struct {
	Bureau  string          `json:"bureau"` // organisation, when the caller works for several
	Kind    string          `json:"kind"`
	Former  string          `json:"former"`
	Holder  statementHolder `json:"holder"`
	Issued  string          `json:"issued"`
	Expires string          `json:"expires"`
	Lines   []statementLine `json:"lines"`
}

type statementHolder struct {
	Name         string `json:"name"`
	TaxID        string `json:"tax_id"`
	Country      string `json:"country"`
	Organisation string `json:"organisation"`
}

// statementLine is a goods line as in a request, of which a statement needs
// the goods but no quantity and no value.
type statementLine struct {
	HS           string      `json:"hs"`
	Designation  string      `json:"designation"`
	Brand        string      `json:"brand"`
	Reference    string      `json:"reference"`
	Origin       string      `json:"origin"`
	Manufacturer string      `json:"manufacturer"`
	Quantity     json.Number `json:"quantity"`
	Unit         string      `json:"unit"`
	Value        json.Number `json:"value"`
	Norm         string      `json:"norm"`
}

// statement is a form that was found right.
type statement struct {
	statementBody
	kind            identifiers.CertificateKind
	body            string // the bureau's organisation
	bureau          reference.Bureau
	issued, expires calendar.Date
	goods           []Goods
}

// statementOf reads a form, and names everything that is wrong with it at once.
func (r room) statementOf(ctx context.Context, raw []byte) (statement, error) {
	var s statement
	faults, err := forms.Check("certificates/statement", raw, &s.statementBody)
	if err != nil {
		return s, err
	}
	s.kind, s.Former = identifiers.CertificateKind(s.Kind), strings.TrimSpace(s.Former)
	s.Holder.Name, s.Holder.TaxID = strings.TrimSpace(s.Holder.Name), strings.TrimSpace(s.Holder.TaxID)
	if _, ours := parse(s.Former); ours {
		faults = append(faults, problem.Fault{Pointer: "/former", Code: "number_of_portal"})
	}
	faults = append(faults, s.days(calendar.DateIn(r.Clock.Now()))...)
	faults = append(faults, s.lines()...)
	if s.Holder.Country != "" && !reference.Countries().Has(s.Holder.Country) {
		faults = append(faults, problem.Fault{Pointer: "/holder/country", Code: "choice"})
	}
	found, err := r.bureau(ctx, &s)
	if err != nil {
		return s, err
	}
	faults = append(faults, found...)
	if found, err = r.holder(ctx, &s); err != nil {
		return s, err
	}
	return s, problem.Invalid(oncePerField(append(faults, found...)))
}

// days holds the dates against each other and the policy: a statement lasts no
// longer than one issued here, and is worth recording while it can be renewed.
func (s *statement) days(today calendar.Date) []problem.Fault {
	issued, err1 := calendar.ParseDate(s.Issued)
	expires, err2 := calendar.ParseDate(s.Expires)
	s.issued, s.expires = issued, expires
	var faults []problem.Fault
	if err1 == nil && issued.After(today) {
		faults = append(faults, problem.Fault{Pointer: "/issued", Code: "date_future"})
	}
	if err1 != nil || err2 != nil || !isStatement(s.kind) {
		return faults
	}
	switch {
	case expires.Before(issued):
		faults = append(faults, problem.Fault{Pointer: "/expires", Code: "date_before_issue"})
	case expires.After(certificate.DefaultPolicy().Expiry(s.kind, issued.StartOfDay())):
		faults = append(faults, problem.Fault{Pointer: "/expires", Code: "validity_too_long"})
	case expires.Before(today) && !renewable(s.kind, expires, today):
		faults = append(faults, problem.Fault{Pointer: "/expires", Code: "date_long_past"})
	}
	return faults
}

// lines makes the goods, and names the codes that are on no list.
func (s *statement) lines() []problem.Fault {
	var faults []problem.Fault
	for i, line := range s.Lines {
		at := "/lines/" + strconv.Itoa(i)
		hs, err := identifiers.ParseHS(line.HS)
		if err != nil && line.HS != "" {
			faults = append(faults, problem.Fault{Pointer: at + "/hs", Code: "hs"})
		}
		if line.Origin != "" && !reference.Countries().Has(line.Origin) {
			faults = append(faults, problem.Fault{Pointer: at + "/origin", Code: "choice"})
		}
		if line.Unit != "" && !reference.Units().Has(line.Unit) {
			faults = append(faults, problem.Fault{Pointer: at + "/unit", Code: "choice"})
		}
		s.goods = append(s.goods, Goods{
			N: i + 1, HS: hs.Display(), Designation: line.Designation, Brand: line.Brand, Reference: line.Reference,
			Origin: line.Origin, Quantity: line.Quantity.String(), Unit: line.Unit,
		})
	}
	return faults
}

// bureau is the bureau that issued the statement: the caller's.
func (r room) bureau(ctx context.Context, s *statement) ([]problem.Fault, error) {
	body, ok := bureauOf(ctx, s.Bureau)
	if !ok {
		return []problem.Fault{{Pointer: "/bureau", Code: "choice"}}, nil
	}
	o, err := registry.Organisation(ctx, r.People, body)
	if err != nil {
		return nil, fmt.Errorf("bureau of the caller: %w", err)
	}
	s.body = body
	if s.bureau, ok = reference.BureauOf(o.Bureau); !ok {
		s.bureau = reference.Bureau{Code: o.Bureau, Name: o.Name}
	}
	return nil, nil
}

// holder looks up the organisation of a holder who has a private space here:
// the statement is then in its list. Both must be the same company.
func (r room) holder(ctx context.Context, s *statement) ([]problem.Fault, error) {
	if s.Holder.Organisation == "" {
		return nil, nil
	}
	o, err := registry.Organisation(ctx, r.People, s.Holder.Organisation)
	if errors.Is(err, infra.ErrNotFound) || (err == nil && o.Kind != people.Operator) {
		return []problem.Fault{{Pointer: "/holder/organisation", Code: "choice"}}, nil
	}
	if err != nil {
		return nil, err
	}
	switch {
	case s.Holder.TaxID == "":
		s.Holder.TaxID = o.ICE
	case o.ICE != "" && compact(s.Holder.TaxID) != compact(o.ICE):
		return []problem.Fault{{Pointer: "/holder/organisation", Code: "holder_differs"}}, nil
	}
	return nil, nil
}

// oncePerField keeps the first fault of each field.
func oncePerField(faults []problem.Fault) []problem.Fault {
	seen := map[string]bool{}
	var kept []problem.Fault
	for _, f := range faults {
		if !seen[f.Pointer] {
			seen[f.Pointer] = true
			kept = append(kept, f)
		}
	}
	return kept
}

// bureauOf is the bureau for which a caller works: the one named, or the first.
func bureauOf(ctx context.Context, named string) (string, bool) {
	c := step.CallerOf(ctx)
	mine := append(c.With(people.Supervisor), c.With(people.Agent)...)
	for _, org := range mine {
		if named == "" || named == org {
			return org, true
		}
	}
	return "", false
}
