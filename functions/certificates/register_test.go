package certificates_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/functions/certificates"
	"portal/infra"
	"portal/infra/local"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/identifiers"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func table(t *testing.T) infra.Table {
	t.Helper()
	store, err := local.Open(t.TempDir(), local.Options{BaseURL: "https://portal.example", Now: func() time.Time { return noon }, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store.Dossiers()
}

func number(t *testing.T, kind identifiers.CertificateKind, running uint64) identifiers.CertificateNumber {
	t.Helper()
	n, err := identifiers.NewCertificateNumber(kind, noon, running)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func entry(n identifiers.CertificateNumber) certificates.Entry {
	return certificates.Entry{Certificate: certificate.Certificate{
		Number: n, Dossier: "d", Holder: "org", Bureau: "BV", Issued: noon,
		Expires: certificate.DefaultPolicy().Expiry(n.Kind(), noon), Status: certificate.Valid,
	}, HolderName: "Atlas", HolderTaxID: "001", Body: "bureau-BV"}
}

func write(t *testing.T, table infra.Table, ops ...infra.Op) {
	t.Helper()
	if err := table.Write(t.Context(), ops...); err != nil {
		t.Fatal(err)
	}
}

func cite(t *testing.T, table infra.Table, text string) any {
	t.Helper()
	cited, err := certificates.Cite(t.Context(), table, text, calendar.DateIn(noon))
	if err != nil {
		t.Fatal(err)
	}
	if cited == nil {
		return nil
	}
	return *cited
}

// The longest lines that a form lets through fit, however many; nobody sees
// them before the certificate is issued; staged again they are the same.
func TestGoodsOfAnyLengthAreStagedUnseen(t *testing.T) {
	table, sor := table(t), number(t, identifiers.SOR, 1)
	long := func(runes int) string { return strings.Repeat("\U0001D11E", runes) } // four bytes each
	goods := make([]certificates.Goods, 2_050)
	for i := range goods {
		goods[i] = certificates.Goods{
			N: i + 1, HS: fmt.Sprintf("%04d.10.00.90", 8000+i%700), Designation: long(500), Brand: long(100), Reference: long(100),
			Origin: "CN", Quantity: "999999999999.99", Unit: "C62",
		}
	}
	for range 2 {
		if err := certificates.Stage(t.Context(), table, sor, goods); err != nil {
			t.Fatal(err)
		}
	}
	if got := cite(t, table, sor.String()); got != nil {
		t.Errorf("cited before it is issued: %+v", got)
	}
	write(t, table, certificates.Issue(entry(sor), certificates.Act{At: noon})...)
	e, read, err := certificates.Read(t.Context(), table, sor.String())
	if err != nil || e.Number != sor || !slices.Equal(read, goods) {
		t.Errorf("%d of %d lines read back, %v", len(read), len(goods), err)
	}
	cited, err := certificates.Cite(t.Context(), table, sor.String(), calendar.DateIn(noon))
	if err != nil || len(cited.HS) != 700 || !slices.IsSorted(cited.HS) || cited.HS[0] != "8000100090" {
		t.Errorf("covers %d codes, %v", len(cited.HS), err)
	}
	if hs, _ := identifiers.ParseHS("8699.10.00.90"); !cited.Covers(hs) {
		t.Error("the last code is not covered")
	}
}

func TestAStagingThatDiesIsTakenUpAgain(t *testing.T) {
	sor := number(t, identifiers.SOR, 1)
	goods := make([]certificates.Goods, 1_500)
	for i := range goods {
		goods[i] = certificates.Goods{N: i + 1, HS: "8516.10.00.90"}
	}
	dying := &dying{Table: table(t), left: 1}
	if err := certificates.Stage(t.Context(), dying, sor, goods); !errors.Is(err, errDead) {
		t.Fatalf("%v", err)
	}
	if err := certificates.Stage(t.Context(), dying.Table, sor, goods); err != nil {
		t.Fatal(err)
	}
	write(t, dying.Table, certificates.Issue(entry(sor), certificates.Act{At: noon})...)
	if _, read, err := certificates.Read(t.Context(), dying.Table, sor.String()); err != nil || !slices.Equal(read, goods) {
		t.Errorf("%d lines, %v", len(read), err)
	}
}

var errDead = errors.New("the process died")

type dying struct {
	infra.Table
	left int
}

func (d *dying) Write(ctx context.Context, ops ...infra.Op) error {
	if d.left--; d.left < 0 {
		return errDead
	}
	return d.Table.Write(ctx, ops...)
}

func TestACitationSaysWhatTheRegisterKnows(t *testing.T) {
	table, sor, coc := table(t), number(t, identifiers.SOR, 1), number(t, identifiers.COC, 1)
	if err := certificates.Stage(t.Context(), table, sor, []certificates.Goods{{N: 1, HS: "8516.10.00.90"}, {N: 2, HS: "8516.10.00.90"}}); err != nil {
		t.Fatal(err)
	}
	write(t, table, certificates.Issue(entry(sor), certificates.Act{At: noon})...)
	write(t, table, certificates.Issue(entry(coc), certificates.Act{At: noon})...)
	kettle := (certificates.Goods{HS: "8516100090"}).Product()
	digest := conformity.DigestProducts([]conformity.Product{kettle, kettle})
	if got := fmt.Sprintf("%+v", cite(t, table, strings.ToLower(" "+sor.String()))); got != "{Number:"+sor.String()+" Kind:SOR Status:valid Route: Bureau:BV Holder:org HolderName:Atlas HolderTaxID:001 Expires:2027-11-21 ReplacedBy: Under: HS:[8516100090] Products:"+digest+"}" {
		t.Errorf("%s", got)
	}
	write(t, table, certificates.Claim(sor, "d7"))
	if err := table.Write(t.Context(), certificates.Claim(sor, "d8")); !errors.Is(err, infra.ErrConditionFailed) {
		t.Errorf("claimed twice: %v", err)
	}
	if got := fmt.Sprint(cite(t, table, sor.String())); !strings.Contains(got, " d7 ") {
		t.Errorf("%s", got)
	}
	if err := table.Write(t.Context(), certificates.ReleaseOf(sor, "d8")); !errors.Is(err, infra.ErrConditionFailed) {
		t.Errorf("another's claim is given back: %v", err)
	}
	write(t, table, certificates.Release(sor))
	write(t, table, certificates.Claim(sor, "d8"))
	for _, text := range []string{"", "  ", "SOR-2026-2-00", number(t, identifiers.SOR, 2).String(), "LIC 1", strings.Repeat("é", 2000), "#", "a#b"} {
		if got := cite(t, table, text); got != nil {
			t.Errorf("%q names %+v", text, got)
		}
	}
	// A citation is of the day.
	cited, err := certificates.Cite(t.Context(), table, coc.String(), calendar.On(2027, 2, 22))
	if err != nil || cited.Status != certificate.Expired || cited.HS != nil {
		t.Errorf("%+v %v", cited, err)
	}
}

func TestWhatEndedIsNotRenewedAndOnlyNamesItsSuccessor(t *testing.T) {
	for _, ended := range []certificate.Status{certificate.Revoked, certificate.UsedUp, certificate.Replaced} {
		old := entry(number(t, identifiers.SOR, 1))
		old.Status, old.Rev = ended, 3
		if _, err := certificates.Renew(old, certificates.Renewal{}, certificates.Act{At: noon}); !errors.Is(err, certificates.ErrEnded) {
			t.Errorf("%s and renewed: %v", ended, err)
		}
		ops := certificates.Replace(old, number(t, identifiers.SOR, 2), certificates.Act{At: noon})
		e := ops[0].(infra.Put).Value.(certificates.Entry)
		if e.Status != ended || e.ReplacedBy != number(t, identifiers.SOR, 2) || e.Rev != 4 {
			t.Errorf("%s and replaced: %+v", ended, e)
		}
		for _, op := range ops {
			if strings.HasPrefix(op.Target().SK, "notice#") {
				t.Errorf("%s and told again", ended)
			}
		}
	}
}

func TestEveryChangeIsOfWhatWasRead(t *testing.T) {
	table, sor := table(t), number(t, identifiers.SOR, 1)
	write(t, table, certificates.Issue(entry(sor), certificates.Act{At: noon})...)
	read, err := certificates.Load(t.Context(), table, sor.String())
	if err != nil {
		t.Fatal(err)
	}
	write(t, table, certificates.Expire(read, noon)...)
	renewal, err := certificates.Renew(read, certificates.Renewal{Expires: read.Expires.AddYears(1)}, certificates.Act{At: noon})
	if err != nil {
		t.Fatal(err)
	}
	for what, ops := range map[string][]infra.Op{
		"replaced": certificates.Replace(read, number(t, identifiers.SOR, 2), certificates.Act{At: noon}),
		"renewed":  renewal, "expired": certificates.Expire(read, noon), "unchanged": {read.Unchanged()},
	} {
		if err := table.Write(t.Context(), ops...); !errors.Is(err, infra.ErrConditionFailed) {
			t.Errorf("%s as it was before: %v", what, err)
		}
	}
}

func TestEditionsOfAPaperAreKeptApart(t *testing.T) {
	if a, b := certificates.PaperKey("SOR-1", 0), certificates.PaperKey("SOR-1", 2); a != "certificates/SOR-1.pdf" || b != "certificates/SOR-1.2.pdf" {
		t.Errorf("%s %s", a, b)
	}
}

// A line of a statement of before the portal is a line of a request, of which
// fewer fields are wanted.
func TestLinesOfStatementsAreLinesOfRequests(t *testing.T) {
	properties := func(form string) map[string]any {
		raw, err := forms.Raw(form)
		if err != nil {
			t.Fatal(err)
		}
		var schema struct {
			Properties struct {
				Lines struct {
					Items struct{ Properties map[string]any }
				}
			}
		}
		if err := json.Unmarshal(raw, &schema); err != nil {
			t.Fatal(err)
		}
		return schema.Properties.Lines.Items.Properties
	}
	ours, theirs := properties("certificates/statement"), properties("conformity/goods")
	if len(ours) < 5 || !reflect.DeepEqual(ours, theirs) {
		t.Errorf("%v\n%v", ours, theirs)
	}
}
