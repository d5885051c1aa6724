package conformity

import (
	"encoding/json"
	"fmt"
	"slices"

	"portal/shared/calendar"
	"portal/shared/dossier"
	"portal/shared/forms"
	"portal/shared/identifiers"
	"portal/shared/problem"
	"portal/shared/reference"
)

// Missing names everything that keeps a draft from being deposited on a day:
// what the forms require, and what the rules of the procedure add.
func Missing(f *File, today calendar.Date) []problem.Fault {
	var object Object
	var parties Parties
	var inspection Inspection
	faults := section(f.Form.Object, "object", &object)
	faults = append(faults, section(f.Form.Parties, "parties", &parties)...)
	faults = append(faults, section(f.Form.Inspection, "inspection", &inspection)...)
	goods := goodsFaults(f.Goods)
	faults = append(faults, goods...)
	faults = append(faults, partyRules(parties)...)
	faults = append(faults, inspectionRules(inspection, today)...)
	faults = append(faults, documentRules(f)...)
	if len(goods) == 0 && object.Bureau != "" {
		faults = append(faults, bureauRules(object.Bureau, f.Goods, today)...)
	}
	return oncePerField(faults)
}

// section checks one section of the form whole; one that was never saved is
// checked as an empty object, so that each of its fields is named.
func section(raw json.RawMessage, name string, v any) []problem.Fault {
	if len(raw) == 0 {
		raw = json.RawMessage(`{}`)
	}
	faults, err := forms.Check(FormName(name), raw, v)
	if err != nil {
		return []problem.Fault{{Pointer: "/" + name, Code: "format"}}
	}
	return forms.Under("/"+name, faults)
}

// GoodsFaults checks goods lines whole, by the form and the rules; pointers
// are those of the goods form.
func goodsFaults(lines []Line) []problem.Fault {
	raw, err := json.Marshal(struct {
		Lines []Line `json:"lines"`
	}{append([]Line{}, lines...)})
	if err != nil {
		return []problem.Fault{{Pointer: "/goods", Code: "format"}}
	}
	var asSent json.RawMessage
	faults, err := forms.Check(FormName("goods"), raw, &asSent)
	if err != nil {
		return []problem.Fault{{Pointer: "/goods", Code: "format"}}
	}
	faults = forms.Under("/goods", faults)
	for i, line := range lines {
		at := fmt.Sprintf("/goods/lines/%d", i)
		if _, err := identifiers.ParseHS(line.HS); line.HS != "" && err != nil {
			faults = append(faults, problem.Fault{Pointer: at + "/hs", Code: "hs"})
		}
		faults = append(faults, unknown(at+"/origin", line.Origin, reference.Countries())...)
		faults = append(faults, unknown(at+"/unit", line.Unit, reference.Units())...)
	}
	return faults
}

func partyRules(p Parties) []problem.Fault {
	var faults []problem.Fault
	for _, party := range []struct {
		name string
		Party
	}{{"importer", p.Importer}, {"exporter", p.Exporter}, {"manufacturer", p.Manufacturer}, {"payer", p.Payer}} {
		faults = append(faults, unknown("/parties/"+party.name+"/country", party.Country, reference.Countries())...)
	}
	if p.Importer.Country != "" && p.Importer.Country != "MA" {
		faults = append(faults, problem.Fault{Pointer: "/parties/importer/country", Code: "importer_abroad"})
	}
	return faults
}

func inspectionRules(i Inspection, today calendar.Date) []problem.Fault {
	const at = "/inspection/shipment"
	s := i.Shipment
	faults := unknown("/inspection/place/country", i.Place.Country, reference.Countries())
	faults = append(faults, unknown(at+"/mode", s.Mode, reference.TransportModes())...)
	faults = append(faults, unknownPort(at+"/loading_port", s.LoadingPort)...)
	faults = append(faults, unknown(at+"/discharge_port", s.DischargePort, reference.Ports())...)
	faults = append(faults, unknown(at+"/incoterm", s.Incoterm, reference.Incoterms())...)
	faults = append(faults, unknown(at+"/invoice/currency", s.Invoice.Currency, reference.Currencies())...)
	if port, ok := reference.Ports().Lookup(s.DischargePort); ok && port.Country != "MA" {
		faults = append(faults, problem.Fault{Pointer: at + "/discharge_port", Code: "port_abroad"})
	}
	wished, ok := day(i.Place.Wished)
	if ok && wished.Before(today) {
		faults = append(faults, problem.Fault{Pointer: "/inspection/place/wished_date", Code: "date_past"})
	}
	if invoiced, ok := day(s.Invoice.Date); ok && invoiced.After(today) {
		faults = append(faults, problem.Fault{Pointer: at + "/invoice/date", Code: "date_future"})
	}
	departure, ok1 := day(s.Departure)
	arrival, ok2 := day(s.Arrival)
	if ok1 && ok2 && arrival.Before(departure) {
		faults = append(faults, problem.Fault{Pointer: at + "/arrival", Code: "date_order"})
	}
	return faults
}

// documentRules requires the attachments that the policy asks of what is
// requested.
func documentRules(f *File) []problem.Fault {
	var faults []problem.Fault
	for _, kind := range policy().Documents {
		if !slices.ContainsFunc(f.Documents, func(d Document) bool { return d.Kind == kind }) {
			faults = append(faults, problem.Fault{Pointer: "/documents/" + kind, Code: "document_required"})
		}
	}
	return faults
}

func bureauRules(code string, lines []Line, today calendar.Date) []problem.Fault {
	bureaux := reference.Bureaux()
	if code != AutomaticBureau {
		bureaux = slices.DeleteFunc(bureaux, func(b reference.Bureau) bool { return b.Code != code })
		if len(bureaux) == 0 {
			return []problem.Fault{{Pointer: "/object/bureau", Code: "bureau_unknown"}}
		}
	}
	if len(accredited(bureaux, lines, today)) == 0 {
		return []problem.Fault{{Pointer: "/object/bureau", Code: "bureau_not_accredited"}}
	}
	return nil
}

// accredited keeps the bureaux accredited for every line in its own country of
// origin.
func accredited(bureaux []reference.Bureau, lines []Line, today calendar.Date) []reference.Bureau {
	return slices.DeleteFunc(slices.Clone(bureaux), func(b reference.Bureau) bool {
		return slices.ContainsFunc(lines, func(l Line) bool {
			hs, err := identifiers.ParseHS(l.HS)
			return err != nil || !b.Accredited(hs, l.Origin, today)
		})
	})
}

// ChooseBureau is the automatic choice: among the bureaux accredited for every
// line, the one with the fewest open dossiers, then the first by code. It says
// why, for the timeline; false when no bureau may take the goods.
func ChooseBureau(f *File, today calendar.Date, load map[string]int) (code string, why []reference.Reason, ok bool) {
	fit := accredited(reference.Bureaux(), f.Goods, today)
	best, why, ok := reference.ChooseAmong(fit, nil, firstOrigin(f.Goods), today, load)
	return best.Code, why, ok
}

func firstOrigin(lines []Line) string {
	if len(lines) == 0 {
		return ""
	}
	return lines[0].Origin
}

// unknown is the fault of a code that is well formed but not on its list.
func unknown(pointer, code string, list reference.List) []problem.Fault {
	if code == "" || list.Has(code) {
		return nil
	}
	return []problem.Fault{{Pointer: pointer, Code: "choice"}}
}

// unknownPort lets through foreign ports that the portal's list does not have:
// it is complete for Morocco and a sample of the world, and a form must not
// refuse a port that exists.
func unknownPort(pointer, code string) []problem.Fault {
	if len(code) >= 2 && code[:2] != "MA" && reference.Countries().Has(code[:2]) {
		return nil
	}
	return unknown(pointer, code, reference.Ports())
}

func day(text string) (calendar.Date, bool) {
	if text == "" {
		return calendar.Date{}, false
	}
	d, err := calendar.ParseDate(text)
	return d, err == nil
}

func oncePerField(faults []problem.Fault) []problem.Fault {
	seen := map[string]bool{}
	return slices.DeleteFunc(faults, func(f problem.Fault) bool {
		again := seen[f.Pointer]
		seen[f.Pointer] = true
		return again
	})
}

// ObjectOf reads form step 1.
func ObjectOf(f *File) (Object, error) {
	var o Object
	if len(f.Form.Object) == 0 {
		return o, nil
	}
	return o, json.Unmarshal(f.Form.Object, &o)
}

// Summarise copies what lists show from the form to the head, as far as it is
// filled in.
func Summarise(f *File) {
	var parties Parties
	if o, err := ObjectOf(f); err == nil {
		f.Object, f.Type, f.Route = o.Object, o.Type, o.Route
	}
	if len(f.Form.Parties) > 0 && json.Unmarshal(f.Form.Parties, &parties) == nil {
		f.Exporter = parties.Exporter.Name
	}
}

// DiffGoods lists the cells that differ between two lists of goods lines.
func DiffGoods(before, after []Line) ([]dossier.Change, error) {
	b, err := json.Marshal(before)
	if err != nil {
		return nil, err
	}
	a, err := json.Marshal(after)
	if err != nil {
		return nil, err
	}
	return dossier.Diff(b, a)
}
