package certificates

import (
	"context"
	"errors"
	"fmt"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/dossier"
	"portal/shared/identifiers"
)

// Entry is a certificate in the register: row certificate#<number> /
// certificate.
type Entry struct {
	certificate.Certificate
	BureauName string `json:"bureau_name"`
	Body       string `json:"body"`      // the bureau's organisation
	Recipient  string `json:"recipient"` // person who is told first
	Lines      int    `json:"lines"`
	Rev        int64  `json:"rev"`
}

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

const chunkLines = 50

// Reminder is what is left to remind of: row certificate#<number> / reminder,
// in the index due on the day of the next one.
type Reminder struct {
	Number  identifiers.CertificateNumber `json:"number"`
	Expires calendar.Date                 `json:"expires"`
	Done    []int                         `json:"done,omitempty"` // offsets, in days before the expiry
	Rev     int64                         `json:"rev"`
}

// PK is the partition of a certificate.
func PK(number string) string { return "certificate#" + number }

// Sort keys of a certificate's rows.
const (
	SKEntry    = "certificate"
	SKReminder = "reminder"
	SKNotice   = "notice"
)

// DueShards spreads the index of what is due over partitions, which all sweeps
// read.
const DueShards = 8

// DuePK is the index partition of one kind of duty and one shard.
func DuePK(duty string, shard int) string { return fmt.Sprintf("due#%s#%d", duty, shard) }

// The duties of sweeps.
const (
	DutyExpire = "expire"
	DutyRemind = "remind"
	DutyTell   = "tell"
)

func due(duty, number string, on calendar.Date) infra.Key {
	return infra.Key{PK: DuePK(duty, int(dossier.Shard(number, DueShards))), SK: on.String() + "#" + number}
}

func ownerPK(org string) string { return "certificates#" + org }

// EntryPut writes an entry read at revision e.Rev (0: new) with its places in
// the lists: its holder's, and, while valid, what is due the day after its
// last.
func EntryPut(e Entry) infra.Put {
	number := e.Number.String()
	condition := infra.Equals("rev", e.Rev)
	if e.Rev == 0 {
		condition = infra.Absent()
	}
	e.Rev++
	index := map[string]infra.Key{
		"owner": {PK: ownerPK(e.Holder), SK: dossier.SortKey(e.Issued) + "#" + number},
	}
	if e.Status == certificate.Valid && !e.Expires.IsZero() {
		index["due"] = due(DutyExpire, number, e.Expires.AddDays(1))
	}
	return infra.Put{Key: infra.Key{PK: PK(number), SK: SKEntry}, Value: e, Index: index, If: []infra.Cond{condition}}
}

// ReminderPut writes what is left to remind of (rev 0: new), due on next; a
// zero next leaves nothing due.
func ReminderPut(m Reminder, next calendar.Date) infra.Put {
	number := m.Number.String()
	condition := infra.Equals("rev", m.Rev)
	if m.Rev == 0 {
		condition = infra.Absent()
	}
	m.Rev++
	put := infra.Put{Key: infra.Key{PK: PK(number), SK: SKReminder}, Value: m, If: []infra.Cond{condition}}
	if !next.IsZero() {
		put.Index = map[string]infra.Key{"due": due(DutyRemind, number, next)}
	}
	return put
}

// Notice is a letter to be told about a certificate: row certificate#<number>
// / notice, in the index due on the day after whoever holds it should have
// sent it. Holding it is a conditional write, so that of two sweeps one sends;
// should that one die, the next day's sweep finds it.
type Notice struct {
	Kind string `json:"kind"`
	Rev  int64  `json:"rev"`
}

// NoticePut writes a notice read at revision n.Rev (0: new), held until a day.
func NoticePut(number string, n Notice, until calendar.Date) infra.Put {
	condition := infra.Equals("rev", n.Rev)
	if n.Rev == 0 {
		condition = infra.Absent()
	}
	n.Rev++
	return infra.Put{
		Key: infra.Key{PK: PK(number), SK: SKNotice}, Value: n, If: []infra.Cond{condition},
		Index: map[string]infra.Key{"due": due(DutyTell, number, until)},
	}
}

// Issue is what entering a certificate in the register writes.
func Issue(e Entry, goods []Goods) []infra.Op {
	ops := []infra.Op{EntryPut(e)}
	for i := 0; i*chunkLines < len(goods); i++ {
		part := goods[i*chunkLines : min((i+1)*chunkLines, len(goods))]
		ops = append(ops, infra.Put{
			Key:   infra.Key{PK: PK(e.Number.String()), SK: fmt.Sprintf("goods#%04d", i)},
			Value: goodsChunk{Lines: part},
		})
	}
	offsets := certificate.DefaultPolicy().Reminders(e.Kind())
	if len(offsets) == 0 || e.Expires.IsZero() {
		return ops
	}
	issued := calendar.DateIn(e.Issued)
	plan := certificate.NextReminder(offsets, e.Expires, issued, nil)
	next := plan.Next
	if plan.Due {
		next = issued
	}
	return append(ops, ReminderPut(Reminder{Number: e.Number, Expires: e.Expires}, next))
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

// parse reads a number as people type it; false when it cannot be one.
func parse(text string) (string, bool) {
	number, err := identifiers.ParseCertificateNumber(text)
	if err != nil {
		return "", false
	}
	return number.String(), true
}

func notFound(err error) bool { return errors.Is(err, infra.ErrNotFound) }
