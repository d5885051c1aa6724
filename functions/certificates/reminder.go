package certificates

import (
	"context"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/identifiers"
)

// Reminder is what is left to remind of: row certificate#<number> / reminder,
// in the index due on the day of the next one. It is about one expiry: a
// renewal begins it anew.
type Reminder struct {
	Number  identifiers.CertificateNumber `json:"number"`
	Expires calendar.Date                 `json:"expires"`
	Done    []int                         `json:"done,omitempty"` // offsets, in days before the expiry
	Rev     int64                         `json:"rev"`
}

// ReminderPut writes what is left to remind of (rev 0: new), due on next; a
// zero next leaves nothing due. Write it with Entry.Unchanged: what was read of
// one expiry must not go over what a renewal has begun.
func ReminderPut(m Reminder, next calendar.Date) infra.Put {
	put := reminderPut(m, next)
	put.If = []infra.Cond{infra.Equals("rev", m.Rev)}
	if m.Rev == 0 {
		put.If = []infra.Cond{infra.Absent()}
	}
	return put
}

// reminderPut begins anew, whatever is there.
func reminderPut(m Reminder, next calendar.Date) infra.Put {
	number := m.Number.String()
	m.Rev++
	put := infra.Put{Key: infra.Key{PK: PK(number), SK: SKReminder}, Value: m}
	if !next.IsZero() {
		put.Index = map[string]infra.Key{"due": due(DutyRemind, number, next)}
	}
	return put
}

// LoadReminder reads what is left to remind of; ErrNotFound of infra when
// nothing is.
func LoadReminder(ctx context.Context, table infra.Table, number string) (Reminder, error) {
	var m Reminder
	row, err := table.Get(ctx, infra.Key{PK: PK(number), SK: SKReminder})
	if err != nil {
		return m, err
	}
	return m, row.Decode(&m)
}

// remindersEnd drops the reminders of a certificate that is over.
func remindersEnd(number identifiers.CertificateNumber) infra.Op {
	return infra.Delete{Key: infra.Key{PK: PK(number.String()), SK: SKReminder}}
}
