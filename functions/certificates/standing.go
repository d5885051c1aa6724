package certificates

import (
	"context"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
)

// StillStanding refuses a Write when a certificate was replaced, revoked or
// used up since it was cited. Its last day is the caller's business.
func StillStanding(number string) infra.Op {
	return infra.Check{Key: infra.Key{PK: PK(number), SK: SKEntry}, If: []infra.Cond{infra.Equals("status", string(certificate.Valid))}}
}

// NotRevoked refuses a Write when a certificate was revoked since it was cited.
func NotRevoked(number string) infra.Op {
	return infra.Check{Key: infra.Key{PK: PK(number), SK: SKEntry}, If: []infra.Cond{infra.Missing("revoked")}}
}

// Read reads the entry of the certificate that a text names, as Cite does, and
// all the goods on it. A zero entry: there is none.
func Read(ctx context.Context, table infra.Table, text string) (Entry, []Goods, error) {
	cited, err := Cite(ctx, table, text, calendar.Date{})
	if err != nil || cited == nil {
		return Entry{}, nil, err
	}
	e, err := Load(ctx, table, cited.Number)
	if err != nil {
		return Entry{}, nil, err
	}
	var goods []Goods
	q := infra.Query{PK: PK(cited.Number), Prefix: "goods#", Limit: 1000}
	for {
		page, err := table.Query(ctx, q)
		if err != nil {
			return Entry{}, nil, err
		}
		for _, row := range page.Rows {
			var c goodsChunk
			if err := row.Decode(&c); err != nil {
				return Entry{}, nil, err
			}
			goods = append(goods, c.Lines...)
		}
		if page.Cursor == "" {
			return e, goods, nil
		}
		q.Cursor = page.Cursor
	}
}
