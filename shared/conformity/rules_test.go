package conformity

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"portal/shared/calendar"
	"portal/shared/problem"
)

var today = calendar.On(2026, time.November, 23)

func complete() *File {
	party := func(name, country string) string {
		return `{"name":"` + name + `","address":"1, rue du Port","country":"` + country + `"}`
	}
	f := &File{Form: Form{
		Object:  json.RawMessage(`{"object":"coc","type":"new","route":"A","bureau":"BV"}`),
		Parties: json.RawMessage(`{"importer":` + party("Atlas", "MA") + `,"exporter":` + party("Ningbo", "CN") + `,"manufacturer":` + party("Yuyao", "CN") + `,"payer":` + party("Atlas", "MA") + `}`),
		Inspection: json.RawMessage(`{"place":{"address":"88 Beilun Road","country":"CN","contact":"Li Wei","wished_date":"2026-12-01"},
			"shipment":{"mode":"1","loading_port":"CNSHG","discharge_port":"MAPTM","incoterm":"FOB",
			"invoice":{"kind":"proforma","number":"PI-1","date":"2026-11-20","currency":"USD","value":1000.5},"departure":"2026-12-10","arrival":"2027-01-05"}}`),
	}}
	f.Goods = []Line{{HS: "8516.10.00.90", Designation: "Bouilloire", Origin: "CN", Quantity: 10, Unit: "C62", Value: 100}}
	f.Lines = 1
	f.Owner = "atlas"
	for _, kind := range PolicyOf(Object{Object: CoC, Route: "A"}).Documents {
		f.Documents = append(f.Documents, Document{ID: kind, Kind: kind})
	}
	return f
}

// lacking is what a file lacks today when the register knows of nothing.
func lacking(f *File) []problem.Fault {
	f.Facts = FactsOf(f.Goods)
	return Missing(f, today, Citations{})
}

func TestACompleteRequestLacksNothing(t *testing.T) {
	if missing := lacking(complete()); len(missing) > 0 {
		t.Errorf("%v", missing)
	}
}

// with replaces text in the form's sections.
func with(old, new string) func(*File) {
	return func(f *File) {
		for _, name := range Sections {
			s := f.Form.Section(name)
			*s = json.RawMessage(strings.Replace(string(*s), old, new, 1))
		}
	}
}

func line(edit func(*Line)) func(*File) { return func(f *File) { edit(&f.Goods[0]) } }

func TestWhatIsWrongIsNamedByItsFieldAndCode(t *testing.T) {
	for name, tc := range map[string]struct {
		edit          func(*File)
		pointer, code string
	}{
		"no object at all":                    {func(f *File) { f.Form.Object = nil }, "/object/object", "required"},
		"another route":                       {with(`"route":"A"`, `"route":"Z"`), "/object/route", "choice"},
		"an unknown bureau":                   {with(`"bureau":"BV"`, `"bureau":"XX"`), "/object/bureau", "bureau_unknown"},
		"a bureau without accreditation":      {with(`"bureau":"BV"`, `"bureau":"AP"`), "/object/bureau", "bureau_not_accredited"},
		"an importer abroad":                  {with(`"country":"MA"`, `"country":"FR"`), "/parties/importer/country", "importer_abroad"},
		"a country that is none":              {with(`"country":"CN"},"manufacturer"`, `"country":"QQ"},"manufacturer"`), "/parties/exporter/country", "choice"},
		"a name left empty":                   {with(`"name":"Ningbo"`, `"name":""`), "/parties/exporter/name", "required"},
		"a visit in the past":                 {with(`2026-12-01`, `2026-11-22`), "/inspection/place/wished_date", "date_past"},
		"a day that is none":                  {with(`2026-12-01`, `2026-02-30`), "/inspection/place/wished_date", "date"},
		"an invoice of tomorrow":              {with(`2026-11-20`, `2026-11-24`), "/inspection/shipment/invoice/date", "date_future"},
		"an arrival before departure":         {with(`2027-01-05`, `2026-12-09`), "/inspection/shipment/arrival", "date_order"},
		"a foreign port of discharge":         {with(`MAPTM`, `FRMRS`), "/inspection/shipment/discharge_port", "port_abroad"},
		"a Moroccan port that is none":        {with(`MAPTM`, `MAZZZ`), "/inspection/shipment/discharge_port", "choice"},
		"a port of no country":                {with(`CNSHG`, `QQSHG`), "/inspection/shipment/loading_port", "choice"},
		"an invoice of nothing":               {with(`1000.5`, `0`), "/inspection/shipment/invoice/value", "not_above"},
		"an unknown currency":                 {with(`USD`, `ZZZ`), "/inspection/shipment/invoice/currency", "choice"},
		"no goods":                            {func(f *File) { f.Goods, f.Lines = nil, 0 }, "/goods/lines", "too_few"},
		"half an HS code":                     {line(func(l *Line) { l.HS = "8516" }), "/goods/lines/0/hs", "hs"},
		"no quantity":                         {line(func(l *Line) { l.Quantity = 0 }), "/goods/lines/0/quantity", "required"},
		"a negative quantity":                 {line(func(l *Line) { l.Quantity = -1 }), "/goods/lines/0/quantity", "not_above"},
		"no value":                            {line(func(l *Line) { l.Value = 0 }), "/goods/lines/0/value", "required"},
		"a route A that rests on a statement": {with(`"route":"A"`, `"route":"A","statement":"SOR-2026-1-XX"`), "/object/statement", "not_applicable"},
		"a route B that rests on nothing":     {with(`"route":"A"`, `"route":"B"`), "/object/statement", "required"},
		"a CoC to be renewed":                 {with(`"type":"new"`, `"type":"renewal"`), "/object/type", "never_renewed"},
		"a révision of nothing":               {with(`"type":"new"`, `"type":"revision"`), "/object/certificate", "required"},
		"a new request of an old one":         {with(`"type":"new"`, `"type":"new","certificate":"COC-2026-1-T9"`), "/object/certificate", "not_applicable"},
		"a statement with a route":            {with(`"object":"coc"`, `"object":"sor"`), "/object/route", "not_applicable"},
		"no shipment":                         {func(f *File) { f.Form.Inspection = json.RawMessage(`{"place":{"address":"a"}}`) }, "/inspection/shipment", "required"},
		"a statement without its file":        {with(`"object":"coc","type":"new","route":"A"`, `"object":"sor","type":"new"`), "/documents/technical_file", "document_required"},
		"an unknown unit":                     {line(func(l *Line) { l.Unit = "ZZ9" }), "/goods/lines/0/unit", "choice"},
		"a document less":                     {func(f *File) { f.Documents = f.Documents[1:] }, "/documents/invoice", "document_required"},
	} {
		f := complete()
		tc.edit(f)
		missing := lacking(f)
		found := false
		for _, fault := range missing {
			if fault.Pointer == tc.pointer {
				found = true
				if fault.Code != tc.code {
					t.Errorf("%s: %s is %s, want %s", name, tc.pointer, fault.Code, tc.code)
				}
			}
		}
		if !found {
			t.Errorf("%s: %s is not named; named are %v", name, tc.pointer, missing)
		}
	}
}

func TestAnEmptyDraftIsToldEverythingAtOnceAndEachFieldOnce(t *testing.T) {
	missing := lacking(&File{})
	seen := map[string]bool{}
	for _, fault := range missing {
		if seen[fault.Pointer] {
			t.Errorf("%s is named twice", fault.Pointer)
		}
		seen[fault.Pointer] = true
	}
	for _, pointer := range []string{"/object/object", "/parties/importer", "/inspection/place", "/inspection/shipment", "/goods/lines", "/documents/invoice", "/documents/packing_list", "/documents/test_report"} {
		if !seen[pointer] {
			t.Errorf("%s is not named", pointer)
		}
	}
}

func TestAForeignPortThatTheListLacksIsLetThrough(t *testing.T) {
	f := complete()
	with("CNSHG", "CNZUH")(f)
	if missing := lacking(f); len(missing) > 0 {
		t.Errorf("%v", missing)
	}
}

func TestTheAutomaticBureauIsAccreditedForEveryLineAndTheLeastLoaded(t *testing.T) {
	f := complete()
	f.Facts = FactsOf(f.Goods)
	code, why, ok := ChooseBureau(f, today, map[string]int{"BV": 3, "SG": 2, "IT": 1, "TR": 0, "AP": 0})
	if !ok || code != "TR" || len(why) == 0 {
		t.Errorf("%s %v %v", code, why, ok)
	}
	f.Goods = append(f.Goods, Line{HS: "9503.00.00.00", Origin: "FR"}) // toys from France: neither TÜV nor Applus
	f.Facts = FactsOf(f.Goods)
	if code, _, _ := ChooseBureau(f, today, map[string]int{"BV": 3, "SG": 2, "IT": 4}); code != "SG" {
		t.Errorf("%s", code)
	}
	if _, _, ok := ChooseBureau(f, calendar.On(2045, time.January, 1), nil); ok {
		t.Error("a bureau was chosen after every accreditation has ended")
	}
}

func TestTheHeadShowsWhatTheFormSays(t *testing.T) {
	f := complete()
	Summarise(f)
	if f.Object != "coc" || f.Type != "new" || f.Route != "A" || f.Exporter != "Ningbo" {
		t.Errorf("%+v", f.Dossier)
	}
}
