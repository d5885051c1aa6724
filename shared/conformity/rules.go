package conformity

import (
	"encoding/json"
	"slices"

	"portal/shared/calendar"
	"portal/shared/forms"
	"portal/shared/identifiers"
	"portal/shared/problem"
	"portal/shared/reference"
)

// Missing names everything that keeps a draft from being deposited on a day:
// what the forms require, what the rules of the procedure add, and what is
// wrong with the certificates it cites. It reads the facts of the goods, not
// the lines.
func Missing(f *File, today calendar.Date, cites Citations) []problem.Fault {
	var object Object
	var parties Parties
	var inspection Inspection
	faults := section(f.Form.Object, "object", &object)
	faults = append(faults, objectRules(object)...)
	faults = append(faults, section(f.Form.Parties, "parties", &parties)...)
	faults = append(faults, section(f.Form.Inspection, "inspection", &inspection)...)
	faults = append(faults, goodsRules(f, object)...)
	faults = append(faults, partyRules(parties)...)
	faults = append(faults, placeRules(inspection.Place, today)...)
	if !object.IsStatement() {
		faults = append(faults, shipmentRules(f.Form.Inspection, inspection.Shipment, today)...)
	}
	faults = append(faults, documentRules(f, object)...)
	faults = append(faults, citationRules(f, object, parties, cites, today)...)
	if object.Bureau != "" && len(f.Facts.Codes) > 0 && len(f.Facts.Faults) == 0 {
		faults = append(faults, bureauRules(object.Bureau, f.Facts.Codes, today)...)
	}
	return oncePerField(faults)
}

// objectRules says which fields of the object go together.
func objectRules(o Object) []problem.Fault {
	var faults []problem.Fault
	require := func(field, value string) {
		if value == "" {
			faults = append(faults, problem.Fault{Pointer: "/object/" + field, Code: "required"})
		}
	}
	refuse := func(field, value string) {
		if value != "" {
			faults = append(faults, problem.Fault{Pointer: "/object/" + field, Code: "not_applicable"})
		}
	}
	if o.IsStatement() {
		refuse("route", o.Route)
	} else {
		require("route", o.Route)
		if o.Type == Renewal {
			faults = append(faults, problem.Fault{Pointer: "/object/type", Code: "never_renewed"})
		}
	}
	if _, rests := o.Rests(); rests {
		require("statement", o.Statement)
	} else {
		refuse("statement", o.Statement)
	}
	switch o.Type {
	case Revision, Renewal:
		require("certificate", o.Certificate)
	case New:
		refuse("certificate", o.Certificate)
	}
	return faults
}

// goodsRules is what is wrong with the goods, as found when they were saved.
func goodsRules(f *File, o Object) []problem.Fault {
	if f.Lines == 0 {
		return goodsFaults(nil)
	}
	faults := slices.Clone(f.Facts.Faults)
	if !o.IsStatement() {
		faults = append(faults, f.Facts.Unmeasured...)
	}
	if f.Facts.More > 0 && len(faults) > 0 {
		faults = append(faults, problem.Fault{Pointer: "/goods/lines", Code: "more_faults", Params: map[string]any{"count": f.Facts.More}})
	}
	return faults
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

func placeRules(p Place, today calendar.Date) []problem.Fault {
	faults := unknown("/inspection/place/country", p.Country, reference.Countries())
	if wished, ok := day(p.Wished); ok && wished.Before(today) {
		faults = append(faults, problem.Fault{Pointer: "/inspection/place/wished_date", Code: "date_past"})
	}
	return faults
}

// shipmentRules holds for what is shipped; a statement names products only.
func shipmentRules(raw json.RawMessage, s Shipment, today calendar.Date) []problem.Fault {
	const at = "/inspection/shipment"
	if !has(raw, "shipment") {
		return []problem.Fault{{Pointer: at, Code: "required"}}
	}
	faults := unknown(at+"/mode", s.Mode, reference.TransportModes())
	faults = append(faults, unknownPort(at+"/loading_port", s.LoadingPort)...)
	faults = append(faults, unknown(at+"/discharge_port", s.DischargePort, reference.Ports())...)
	faults = append(faults, unknown(at+"/incoterm", s.Incoterm, reference.Incoterms())...)
	faults = append(faults, unknown(at+"/invoice/currency", s.Invoice.Currency, reference.Currencies())...)
	if port, ok := reference.Ports().Lookup(s.DischargePort); ok && port.Country != "MA" {
		faults = append(faults, problem.Fault{Pointer: at + "/discharge_port", Code: "port_abroad"})
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
func documentRules(f *File, o Object) []problem.Fault {
	var faults []problem.Fault
	for _, kind := range PolicyOf(o).Documents {
		if !slices.ContainsFunc(f.Documents, func(d Document) bool { return d.Kind == kind }) {
			faults = append(faults, problem.Fault{Pointer: "/documents/" + kind, Code: "document_required"})
		}
	}
	return faults
}

func bureauRules(code string, codes []Code, today calendar.Date) []problem.Fault {
	bureaux := reference.Bureaux()
	if code != AutomaticBureau {
		bureaux = slices.DeleteFunc(bureaux, func(b reference.Bureau) bool { return b.Code != code })
		if len(bureaux) == 0 {
			return []problem.Fault{{Pointer: "/object/bureau", Code: "bureau_unknown"}}
		}
	}
	if len(accredited(bureaux, codes, today)) == 0 {
		return []problem.Fault{{Pointer: "/object/bureau", Code: "bureau_not_accredited"}}
	}
	return nil
}

// accredited keeps the bureaux accredited for every code in its own country of
// origin.
func accredited(bureaux []reference.Bureau, codes []Code, today calendar.Date) []reference.Bureau {
	return slices.DeleteFunc(slices.Clone(bureaux), func(b reference.Bureau) bool {
		return slices.ContainsFunc(codes, func(c Code) bool {
			hs, err := identifiers.ParseHS(c.HS)
			return err != nil || !b.Accredited(hs, c.Origin, today)
		})
	})
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

// has tells whether an object as saved has a field.
func has(raw json.RawMessage, field string) bool {
	var fields map[string]json.RawMessage
	return json.Unmarshal(raw, &fields) == nil && len(fields[field]) > 0
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
