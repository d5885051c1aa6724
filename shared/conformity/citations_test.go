package conformity

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/identifiers"
	"portal/shared/problem"
)

// registered is a valid SoR of the importer Atlas, for kettles.
func registered(edit ...func(*Cited)) *Cited {
	c := &Cited{
		Number: "SOR-2026-1-1M", Kind: identifiers.SOR, Status: certificate.Valid, Bureau: "BV", Holder: "atlas",
		HolderName: "ATLAS", Expires: calendar.On(2027, time.January, 10), HS: []string{"8516100090"},
		Products: FactsOf(complete().Goods).Products,
	}
	for _, e := range edit {
		e(c)
	}
	return c
}

func asked(object string) *File {
	f := complete()
	f.Form.Object = json.RawMessage(object)
	for _, kind := range []string{"technical_file", "test_report", "invoice", "packing_list"} {
		f.Documents = append(f.Documents, Document{ID: kind, Kind: kind})
	}
	return f
}

func found(faults []problem.Fault) string {
	var said []string
	for _, f := range faults {
		said = append(said, f.Pointer+" "+f.Code)
	}
	return strings.Join(said, ", ")
}

const (
	routeB   = `{"object":"coc","type":"new","route":"B","bureau":"BV","statement":"SOR-2026-1-1M"}`
	routeC   = `{"object":"coc","type":"new","route":"C","bureau":"BV","statement":"SOR-2026-1-1M"}`
	renewal  = `{"object":"sor","type":"renewal","bureau":"BV","certificate":"SOR-2026-1-1M"}`
	revision = `{"object":"sor","type":"revision","bureau":"automatic","certificate":"SOR-2026-1-1M"}`
)

func TestAStatementBearsTheRequestOrTheReasonIsNamed(t *testing.T) {
	for name, tc := range map[string]struct {
		object string
		s      *Cited
		want   string
	}{
		"valid":               {routeB, registered(), ""},
		"unknown":             {routeB, nil, "/object/statement statement_unknown"},
		"a CoC":               {routeB, registered(func(c *Cited) { c.Kind = identifiers.COC }), "/object/statement statement_unknown"},
		"of the other route":  {routeC, registered(), "/object/statement statement_kind"},
		"expired":             {routeB, registered(func(c *Cited) { c.Status = certificate.Expired }), "/object/statement certificate_expired"},
		"revoked":             {routeB, registered(func(c *Cited) { c.Status = certificate.Revoked }), "/object/statement certificate_revoked"},
		"replaced":            {routeB, registered(func(c *Cited) { c.Status = certificate.Replaced }), "/object/statement certificate_replaced"},
		"of somebody else":    {routeB, registered(func(c *Cited) { c.HolderName = "Rif" }), "/object/statement statement_holder"},
		"of the exporter":     {routeB, registered(func(c *Cited) { c.HolderName = "ningbo" }), ""},
		"of the manufacturer": {routeB, registered(func(c *Cited) { c.HolderName = "Yúyao" }), ""},
		"of other goods":      {routeB, registered(func(c *Cited) { c.HS = []string{"8516100091"} }), "/goods/lines/0/hs not_covered"},
		"another's and other goods": {routeB, registered(func(c *Cited) { c.HolderName, c.HS = "Rif", nil }),
			"/object/statement statement_holder, /goods/lines/0/hs not_covered"},
	} {
		f := asked(tc.object)
		f.Facts = FactsOf(f.Goods)
		if got := found(Missing(f, today, Citations{Statement: tc.s})); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestEveryLineThatAStatementDoesNotCoverIsNamed(t *testing.T) {
	f := asked(routeB)
	kettle := f.Goods[0]
	toaster := kettle
	toaster.HS = "8516.72.00.00"
	f.Goods = []Line{kettle, toaster, kettle, toaster}
	f.Lines = 4
	f.Facts = FactsOf(f.Goods)
	if got, want := found(Missing(f, today, Citations{Statement: registered()})), "/goods/lines/1/hs not_covered, /goods/lines/3/hs not_covered"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestACertificateIsChangedByItsHolderInItsTimeAndByOneRequest(t *testing.T) {
	for name, tc := range map[string]struct {
		object string
		c      *Cited
		want   string
	}{
		"a renewal within 90 days":          {renewal, registered(), ""},
		"a renewal of one that lapsed":      {renewal, registered(func(c *Cited) { c.Status, c.Expires = certificate.Expired, calendar.On(2026, time.November, 1) }), ""},
		"a renewal too early":               {renewal, registered(func(c *Cited) { c.Expires = calendar.On(2027, time.June, 1) }), "/object/certificate renewal_too_early"},
		"a renewal too late":                {renewal, registered(func(c *Cited) { c.Status, c.Expires = certificate.Expired, calendar.On(2026, time.May, 1) }), "/object/certificate renewal_too_late"},
		"a renewal of one that was revoked": {renewal, registered(func(c *Cited) { c.Status = certificate.Revoked }), "/object/certificate certificate_revoked"},
		"a renewal with goods left out": {renewal, registered(func(c *Cited) {
			c.HS, c.Products = []string{"8516100090", "8516720000"}, FactsOf(append(complete().Goods, Line{HS: "8516720000"})).Products
		}), "/goods/lines renewal_goods"},
		"a renewal with others of their codes": {renewal, registered(func(c *Cited) {
			c.Products = FactsOf([]Line{{HS: "8516100090", Designation: "Bouilloire en verre", Origin: "CN"}}).Products
		}), "/goods/lines renewal_goods"},
		"a renewal with goods added": {renewal, registered(func(c *Cited) {
			c.HS, c.Products = []string{"8516720000"}, FactsOf([]Line{{HS: "8516720000"}}).Products
		}), "/goods/lines/0/hs not_covered, /goods/lines renewal_goods"},
		"a renewal by another bureau":         {strings.Replace(renewal, "BV", "SG", 1), registered(), "/object/bureau bureau_not_issuer"},
		"a révision":                          {revision, registered(func(c *Cited) { c.HS = nil }), ""},
		"a révision of one that lapsed":       {revision, registered(func(c *Cited) { c.Status = certificate.Expired }), "/object/certificate certificate_expired"},
		"a révision of one that was replaced": {revision, registered(func(c *Cited) { c.Status = certificate.Replaced }), "/object/certificate certificate_replaced"},
		"a révision of another's":             {revision, registered(func(c *Cited) { c.Holder = "rif" }), "/object/certificate certificate_unknown"},
		"a révision of nothing known":         {revision, nil, "/object/certificate certificate_unknown"},
		"a révision of another kind":          {revision, registered(func(c *Cited) { c.Kind = identifiers.COC }), "/object/certificate certificate_kind"},
		"a révision while another is open":    {revision, registered(func(c *Cited) { c.Under = "other" }), "/object/certificate certificate_under_way"},
	} {
		f := asked(tc.object)
		f.Facts = FactsOf(f.Goods)
		if got := found(Missing(f, today, Citations{Certificate: tc.c})); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestProductsThatAreRegisteredHaveNoQuantityAndNoShipment(t *testing.T) {
	f := asked(`{"object":"sol","type":"new","bureau":"BV"}`)
	f.Goods[0].Quantity, f.Goods[0].Unit, f.Goods[0].Value = 0, "", 0
	f.Form.Inspection = json.RawMessage(`{"place":{"address":"88 Beilun Road","country":"CN","contact":"Li Wei","wished_date":"2026-12-01"}}`)
	if missing := lacking(f); len(missing) > 0 {
		t.Errorf("%v", missing)
	}
}

func TestFactsNameWrongCellsOfEveryLineAndTheirCodesOnce(t *testing.T) {
	good := complete().Goods[0]
	lines := slices.Repeat([]Line{good}, 1200)
	lines[0].Designation, lines[777].HS, lines[1199].Unit = "", "85", "ZZ9"
	facts := FactsOf(lines)
	if got, want := found(facts.Faults), "/goods/lines/0/designation required, /goods/lines/777/hs hs, /goods/lines/1199/unit choice"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if len(facts.Codes) != 1 || len(facts.Codes[0].Lines) != 1199 || facts.More != 0 {
		t.Errorf("%d codes, %d more", len(facts.Codes), facts.More)
	}
	for i := range lines {
		lines[i].Origin = ""
	}
	if facts = FactsOf(lines); len(facts.Faults) != MaxFaults || facts.More < 1000-MaxFaults {
		t.Errorf("%d faults, %d more", len(facts.Faults), facts.More)
	}
}
