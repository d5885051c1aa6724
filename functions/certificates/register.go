package certificates

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/dossier"
	"portal/shared/identifiers"
)

// Entry is a certificate in the register: row certificate#<number> /
// certificate. Dossier and DossierNumber are those of its last edition.
type Entry struct {
	certificate.Certificate
	HolderName  string      `json:"holder_name,omitempty"`
	HolderTaxID string      `json:"holder_tax_id,omitempty"` // ICE, or a foreign registration
	BureauName  string      `json:"bureau_name"`
	Body        string      `json:"body"`                // the bureau's organisation
	Recipient   string      `json:"recipient,omitempty"` // person who is told first
	Lines       int         `json:"lines"`
	Edition     int         `json:"edition,omitempty"` // how often it was renewed, thus printed again
	Renewed     time.Time   `json:"renewed,omitzero"`  // last renewal
	Former      string      `json:"former,omitempty"`  // number printed on a statement issued before the portal
	Revoked     *Revocation `json:"revoked,omitempty"`
	Cleared     *Clearance  `json:"cleared,omitempty"`
	Rev         int64       `json:"rev"`
}

// Revocation is why a certificate was revoked, or withdrawn when Withdrawn: at
// its holder's wish or for an error, without fault of the holder.
type Revocation struct {
	At        time.Time `json:"at"`
	Reason    string    `json:"reason"`
	By        string    `json:"by"` // person
	Withdrawn bool      `json:"withdrawn,omitempty"`
}

// Clearance is the customs declaration whose shipment a CoC was used for.
type Clearance struct {
	Declaration string        `json:"declaration"`
	Date        calendar.Date `json:"date"`
	At          time.Time     `json:"at"` // reported
	By          string        `json:"by"` // person
}

// PK is the partition of a certificate.
func PK(number string) string { return "certificate#" + number }

// Sort keys of a certificate's rows.
const (
	SKEntry    = "certificate"
	skClaim    = "claim"
	skCovers   = "covers"
	SKReminder = "reminder"
	skEvents   = "event#"
	skNotices  = "notice#"
)

func skGoods(chunk int) string { return fmt.Sprintf("goods#%04d", chunk) }

// The duties of sweeps.
const (
	DutyExpire = "expire" // CoC whose last day is over
	DutyLapse  = "lapse"  // SoR and SoL whose year is over
	DutyRemind = "remind"
	DutyTell   = "tell"
)

func due(duty, number string, on calendar.Date) infra.Key {
	return infra.Key{PK: dossier.DuePK(duty, int(dossier.Shard(number, dossier.DueShards))), SK: on.String() + "#" + number}
}

// dutyOf is the duty of the sweep that marks a kind expired.
func dutyOf(kind identifiers.CertificateKind) string {
	if isStatement(kind) {
		return DutyLapse
	}
	return DutyExpire
}

func isStatement(kind identifiers.CertificateKind) bool {
	return kind == identifiers.SOR || kind == identifiers.SOL
}

// listPK is an organisation's certificates: its own in the index owner, those
// it issued in the index body.
func listPK(org string) string { return "certificates#" + org }

// shelfPK is those of one kind in one status, by last day of validity.
func shelfPK(org string, kind identifiers.CertificateKind, status certificate.Status) string {
	return fmt.Sprintf("certificates#%s#%s#%s", org, kind, status)
}

// shelfSK sorts by last day; what never ends comes last.
func shelfSK(expires calendar.Date, number string) string {
	if expires.IsZero() {
		return "9999#" + number
	}
	return expires.String() + "#" + number
}

// EntryPut writes an entry read at revision e.Rev (0: new) with its places in
// lists and what falls due.
func EntryPut(e Entry) infra.Put {
	number := e.Number.String()
	condition := infra.Equals("rev", e.Rev)
	if e.Rev == 0 {
		condition = infra.Absent()
	}
	e.Rev++
	issued, last := dossier.SortKey(e.Issued)+"#"+number, shelfSK(e.Expires, number)
	index := map[string]infra.Key{
		"body":  {PK: listPK(e.Body), SK: issued},
		"queue": {PK: shelfPK(e.Body, e.Kind(), e.Status), SK: last},
	}
	if e.Holder != "" {
		index["owner"] = infra.Key{PK: listPK(e.Holder), SK: issued}
		index["owner_status"] = infra.Key{PK: shelfPK(e.Holder, e.Kind(), e.Status), SK: last}
	}
	if e.Status == certificate.Valid && !e.Expires.IsZero() {
		index["due"] = due(dutyOf(e.Kind()), number, e.Expires.AddDays(1))
	}
	return infra.Put{Key: infra.Key{PK: PK(number), SK: SKEntry}, Value: e, Index: index, If: []infra.Cond{condition}}
}

// Unchanged requires that the register still has the entry as it was read.
func (e Entry) Unchanged() infra.Op {
	return infra.Check{Key: infra.Key{PK: PK(e.Number.String()), SK: SKEntry}, If: []infra.Cond{infra.Equals("rev", e.Rev)}}
}

// Load reads an entry; ErrNotFound of infra when there is none.
func Load(ctx context.Context, table infra.Table, number string) (Entry, error) {
	var e Entry
	row, err := table.Get(ctx, infra.Key{PK: PK(number), SK: SKEntry})
	if err != nil {
		return e, err
	}
	return e, row.Decode(&e)
}

// PaperKey is where the PDF of an edition is kept. An edition is never
// overwritten: what was printed can always be compared.
func PaperKey(number string, edition int) string {
	if edition == 0 {
		return "certificates/" + number + ".pdf"
	}
	return fmt.Sprintf("certificates/%s.%d.pdf", number, edition)
}

// printed tells whether the portal printed an edition: not the first of a
// statement that was issued before the portal.
func (e Entry) printed(edition int) bool { return e.Former == "" || edition > 0 }

// Ended tells whether somebody ended the certificate for good: it was replaced,
// revoked or used up. Time alone ends nothing that a renewal could not mend.
func (e Entry) Ended() bool {
	return e.Status != certificate.Valid && e.Status != certificate.Expired
}

// IsStatement tells a SoR or SoL, which lasts a year and is renewed, from what
// is for one shipment.
func (e Entry) IsStatement() bool { return isStatement(e.Kind()) }

// parse reads a number as people type it; false when it cannot be one.
func parse(text string) (string, bool) {
	number, err := identifiers.ParseCertificateNumber(text)
	if err != nil {
		return "", false
	}
	return number.String(), true
}

func notFound(err error) bool { return errors.Is(err, infra.ErrNotFound) }
