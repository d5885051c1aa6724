package certificates

import (
	"context"
	"slices"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/conformity"
	"portal/shared/identifiers"
)

// Goods is one line on a certificate, as the public check shows it: rows
// certificate#<number> / goods#<chunk>.
type Goods struct {
	N           int    `json:"n"`
	HS          string `json:"hs"`
	Designation string `json:"designation"`
	Brand       string `json:"brand,omitempty"`
	Reference   string `json:"reference,omitempty"`
	Origin      string `json:"origin"` // stored as ISO 3166-1 code, shown by name
	Quantity    string `json:"quantity"`
	Unit        string `json:"unit"` // stored as UN/ECE Recommendation 20 code, shown by name
}

// goodsChunk is up to chunkLines lines in one row, of which the longest fit in
// a row.
type goodsChunk struct {
	Lines []Goods `json:"lines"`
}

// covers is which goods a statement is for: row certificate#<number> / covers.
type covers struct {
	HS       []string `json:"hs"`       // ten digits each, sorted, each once
	Products string   `json:"products"` // digest of the goods, see conformity.DigestProducts
}

const (
	chunkLines = 50
	// stagedRows is how many rows go in one Write: the longest lines (4 KB each
	// in UTF-8) still fit in 4 MB.
	stagedRows = 20
)

// Stage writes the goods of a certificate that is about to be issued, in as
// many Writes as they need. Nobody sees them before Issue enters the
// certificate; done again, or after a crash, it writes the same rows.
func Stage(ctx context.Context, table infra.Table, number identifiers.CertificateNumber, goods []Goods) error {
	ops := goodsPuts(number, goods)
	for batch := range slices.Chunk(ops, stagedRows) {
		if err := table.Write(ctx, batch...); err != nil {
			return err
		}
	}
	return nil
}

func goodsPuts(number identifiers.CertificateNumber, goods []Goods) []infra.Op {
	var ops []infra.Op
	pk := PK(number.String())
	for chunk := range slices.Chunk(goods, chunkLines) {
		ops = append(ops, infra.Put{Key: infra.Key{PK: pk, SK: skGoods(len(ops))}, Value: goodsChunk{Lines: chunk}})
	}
	if isStatement(number.Kind()) {
		ops = append(ops, infra.Put{Key: infra.Key{PK: pk, SK: skCovers}, Value: covers{HS: codesOf(goods), Products: productsOf(goods)}})
	}
	return ops
}

// codesOf is the codes of goods, ten digits each, sorted, each once.
func codesOf(goods []Goods) []string {
	codes := make([]string, 0, len(goods))
	for _, line := range goods {
		if hs, err := identifiers.ParseHS(line.HS); err == nil {
			codes = append(codes, hs.String())
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// Product is what the goods of a line are.
func (g Goods) Product() conformity.Product {
	return conformity.ProductOf(g.N, conformity.Line{HS: g.HS, Designation: g.Designation, Brand: g.Brand, Reference: g.Reference, Origin: g.Origin})
}

func productsOf(goods []Goods) string {
	products := make([]conformity.Product, len(goods))
	for i, line := range goods {
		products[i] = line.Product()
	}
	return conformity.DigestProducts(products)
}

// Issue is what entering a certificate writes once its goods are staged: the
// entry, its reminders, and the first event of its history.
func Issue(e Entry, by Act) []infra.Op {
	return enter(e, ActionIssue, by)
}

func enter(e Entry, action Action, by Act) []infra.Op {
	ops := []infra.Op{EntryPut(e), eventPut(e.Number, 1, Event{Action: action, To: e.Status, Act: by})}
	if next, any := firstReminder(e, calendar.DateIn(by.At)); any {
		ops = append(ops, ReminderPut(Reminder{Number: e.Number, Expires: e.Expires}, next))
	}
	return ops
}

// firstReminder is the first day on which to remind of an expiry; false when
// there is nothing to remind of.
func firstReminder(e Entry, today calendar.Date) (calendar.Date, bool) {
	offsets := certificate.DefaultPolicy().Reminders(e.Kind())
	if len(offsets) == 0 || e.Expires.IsZero() {
		return calendar.Date{}, false
	}
	plan := certificate.NextReminder(offsets, e.Expires, today, nil)
	if plan.Due {
		return today, true
	}
	return plan.Next, true
}

// goodsPage reads one row of goods: lines chunk × chunkLines + 1 and on; none
// after the last.
func goodsPage(ctx context.Context, table infra.Table, number string, chunk int) ([]Goods, error) {
	row, err := table.Get(ctx, infra.Key{PK: PK(number), SK: skGoods(chunk)})
	if notFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var c goodsChunk
	return c.Lines, row.Decode(&c)
}
