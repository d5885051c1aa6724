package conformity

import (
	"fmt"

	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/identifiers"
	"portal/shared/problem"
)

// Citations is what the register says of the two certificates that a request
// may name; nil: the register has no such number.
type Citations struct {
	Statement   *Cited // that a route B or C rests on
	Certificate *Cited // that is revised or renewed
}

// citationRules refuses, and in a draft warns of, a request that rests on a
// statement that does not bear it, or changes a certificate that it may not.
func citationRules(f *File, o Object, parties Parties, cites Citations, today calendar.Date) []problem.Fault {
	var faults []problem.Fault
	if kind, rests := o.Rests(); rests && o.Statement != "" {
		faults = append(faults, statementRules(f, kind, parties, cites.Statement)...)
	}
	if o.Certificate != "" && (o.Type == Revision || (o.Type == Renewal && o.IsStatement())) {
		faults = append(faults, certificateRules(f, o, cites.Certificate, today)...)
	}
	return faults
}

const (
	atStatement   = "/object/statement"
	atCertificate = "/object/certificate"
)

// statementRules: the statement exists, is of the route's kind, valid, held by
// a party of the request, and covers every line.
func statementRules(f *File, kind identifiers.CertificateKind, parties Parties, s *Cited) []problem.Fault {
	if s == nil || (s.Kind != identifiers.SOR && s.Kind != identifiers.SOL) {
		return []problem.Fault{{Pointer: atStatement, Code: "statement_unknown"}}
	}
	if s.Kind != kind {
		return []problem.Fault{{Pointer: atStatement, Code: "statement_kind"}}
	}
	if fault, ok := invalid(atStatement, s); ok {
		return []problem.Fault{fault}
	}
	var faults []problem.Fault
	if !s.HeldBy(parties.Importer) && !s.HeldBy(parties.Exporter) && !s.HeldBy(parties.Manufacturer) {
		faults = append(faults, problem.Fault{Pointer: atStatement, Code: "statement_holder"})
	}
	return append(faults, uncovered(f, s)...)
}

// invalid is the fault of a certificate that is not valid on the day.
func invalid(pointer string, c *Cited) (problem.Fault, bool) {
	fault := problem.Fault{Pointer: pointer}
	switch c.Status {
	case certificate.Expired:
		fault.Code, fault.Params = "certificate_expired", map[string]any{"date": c.Expires.String()}
	case certificate.Replaced:
		fault.Code, fault.Params = "certificate_replaced", map[string]any{"number": c.ReplacedBy}
	case certificate.Revoked:
		fault.Code = "certificate_revoked"
	case certificate.UsedUp:
		fault.Code = "certificate_used_up"
	}
	return fault, fault.Code != ""
}

// uncovered names every line whose code is not on a certificate.
func uncovered(f *File, c *Cited) []problem.Fault {
	var faults []problem.Fault
	for _, code := range f.Facts.Codes {
		hs, err := identifiers.ParseHS(code.HS)
		if err != nil || c.Covers(hs) {
			continue
		}
		for _, line := range code.Lines[:min(len(code.Lines), MaxFaults)] {
			faults = append(faults, problem.Fault{
				Pointer: fmt.Sprintf("/goods/lines/%d/hs", line-1), Code: "not_covered",
				Params: map[string]any{"line": line, "hs": hs.Display(), "number": c.Number},
			})
		}
	}
	return faults
}

// certificateRules: the certificate is the owner's, of the kind asked for, in a
// state that can be changed, changed by no other request, and the bureau is
// the one that issued it. Somebody else's is unknown.
func certificateRules(f *File, o Object, c *Cited, today calendar.Date) []problem.Fault {
	if c == nil || c.Holder != f.Owner {
		return []problem.Fault{{Pointer: atCertificate, Code: "certificate_unknown"}}
	}
	if c.Kind != o.Kind() {
		return []problem.Fault{{Pointer: atCertificate, Code: "certificate_kind"}}
	}
	if fault, bad := changeable(o, c, today); bad {
		return []problem.Fault{fault}
	}
	var faults []problem.Fault
	if c.Under != "" && c.Under != f.ID {
		faults = append(faults, problem.Fault{Pointer: atCertificate, Code: "certificate_under_way"})
	}
	if o.Bureau != "" && o.Bureau != AutomaticBureau && o.Bureau != c.Bureau {
		faults = append(faults, problem.Fault{Pointer: "/object/bureau", Code: "bureau_not_issuer", Params: map[string]any{"bureau": c.Bureau}})
	}
	if o.Type == Renewal {
		faults = append(faults, sameGoods(f, c)...)
	}
	return faults
}

// changeable: a révision needs a valid certificate; a renewal, one that is
// valid or has lapsed, within the policy's time around its expiry.
func changeable(o Object, c *Cited, today calendar.Date) (problem.Fault, bool) {
	if o.Type == Revision || (c.Status != certificate.Valid && c.Status != certificate.Expired) {
		return invalid(atCertificate, c)
	}
	from, until := certificate.DefaultPolicy().Renewable(c.Kind, c.Expires)
	switch {
	case today.Before(from):
		return problem.Fault{Pointer: atCertificate, Code: "renewal_too_early", Params: map[string]any{"date": from.String()}}, true
	case today.After(until):
		return problem.Fault{Pointer: atCertificate, Code: "renewal_too_late", Params: map[string]any{"date": until.String()}}, true
	}
	return problem.Fault{}, false
}

// sameGoods: a renewal keeps the goods, neither more nor fewer nor others of
// their codes.
func sameGoods(f *File, c *Cited) []problem.Fault {
	faults := uncovered(f, c)
	if f.Facts.Products != c.Products {
		faults = append(faults, problem.Fault{Pointer: "/goods/lines", Code: "renewal_goods", Params: map[string]any{"number": c.Number}})
	}
	return faults
}
