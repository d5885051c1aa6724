package certificates

import (
	"context"
	"strings"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/identifiers"
)

// CiteGrants are the prefixes of the dossiers table that Cite reads.
var CiteGrants = []string{"certificate#", "former#"}

// alias finds a statement issued before the portal by the number printed on
// it: row former#<number> / <bureau>.
type alias struct {
	Number identifiers.CertificateNumber `json:"number"`
}

// formerKey reserves a former number, which is unique within its bureau.
func formerKey(former, bureau string) infra.Key {
	return infra.Key{PK: formerPK(former), SK: bureau}
}

func formerPK(former string) string { return "former#" + compact(former) }

// compact is the form in which numbers that people copy from paper are
// compared: without spaces, in capitals.
func compact(text string) string { return strings.ToUpper(strings.Join(strings.Fields(text), "")) }

// Cite answers what the register says, on a day, of the certificate that a
// request names by a text: its number as typed, or the number printed on it
// before the portal. Nil when there is none; a former number that several
// bureaux used names none, the portal's number must be given.
func Cite(ctx context.Context, table infra.Table, text string, today calendar.Date) (*conformity.Cited, error) {
	number, ok := parse(text)
	if !ok {
		var err error
		if number, err = byFormer(ctx, table, text); err != nil || number == "" {
			return nil, err
		}
	}
	return cite(ctx, table, number, today)
}

// maxFormer is the length of a former number, in bytes of its normal form.
const maxFormer = 200

func byFormer(ctx context.Context, table infra.Table, text string) (string, error) {
	if former := compact(text); former == "" || len(former) > maxFormer {
		return "", nil
	}
	page, err := table.Query(ctx, infra.Query{PK: formerPK(text), Limit: 2})
	if err != nil || len(page.Rows) != 1 {
		return "", err
	}
	var a alias
	if err := page.Rows[0].Decode(&a); err != nil {
		return "", err
	}
	return a.Number.String(), nil
}

// cite reads entry, claim and covered codes, which sort together.
func cite(ctx context.Context, table infra.Table, number string, today calendar.Date) (*conformity.Cited, error) {
	page, err := table.Query(ctx, infra.Query{PK: PK(number), From: SKEntry, To: skCovers})
	if err != nil {
		return nil, err
	}
	var e Entry
	var under claim
	var codes covers
	for _, row := range page.Rows {
		switch row.SK {
		case SKEntry:
			err = row.Decode(&e)
		case skClaim:
			err = row.Decode(&under)
		case skCovers:
			err = row.Decode(&codes)
		}
		if err != nil {
			return nil, err
		}
	}
	if e.Number.IsZero() {
		return nil, nil
	}
	return &conformity.Cited{
		Number: number, Kind: e.Kind(), Status: e.StatusAt(today), Route: e.Route, Bureau: e.Bureau,
		Holder: e.Holder, HolderName: e.HolderName, HolderTaxID: e.HolderTaxID,
		Expires: e.Expires, ReplacedBy: e.ReplacedBy.String(), Under: under.Dossier, HS: codes.HS, Products: codes.Products,
	}, nil
}
