package local

import (
	"bytes"
	"context"
	"fmt"

	"go.etcd.io/bbolt"

	"portal/infra"
)

// maxPageBytes ends a page as DynamoDB does, so that nobody gets used to full
// pages.
const maxPageBytes = 1 << 20

// Query reads a range of one partition in key order.
func (t *Table) Query(ctx context.Context, q infra.Query) (infra.Page, error) {
	if err := ctx.Err(); err != nil {
		return infra.Page{}, err
	}
	q, err := infra.CheckQuery(t.name, q)
	if err != nil {
		return infra.Page{}, fmt.Errorf("%s: query: %w", t.name, err)
	}
	after, err := t.after(q)
	if err != nil {
		return infra.Page{}, fmt.Errorf("%s: query: %w", t.name, err)
	}
	var page infra.Page
	err = t.db.View(func(tx *bbolt.Tx) error {
		var err error
		page, err = t.read(tx, q, after)
		return err
	})
	if err != nil {
		return infra.Page{}, fmt.Errorf("%s: query: %w", t.name, err)
	}
	return page, nil
}

// after is the place of the last row of the page before; nil without a cursor.
func (t *Table) after(q infra.Query) ([]byte, error) {
	if q.Cursor == "" {
		return nil, nil
	}
	at, err := infra.DecodeCursor(t.name, q)
	if err != nil {
		return nil, err
	}
	if q.Index == "" {
		return placeOf(at.Key), nil
	}
	return indexPlace(infra.Key{PK: q.PK, SK: at.IndexSK}, at.Key), nil
}

// read walks the range until the page is full. Expired rows count towards its
// bytes but not towards its rows.
func (t *Table) read(tx *bbolt.Tx, q infra.Query, after []byte) (infra.Page, error) {
	bucket := rowsBucket(t.name)
	if q.Index != "" {
		bucket = indexBucket(t.name, q.Index)
	}
	walk := newWalk(tx.Bucket(bucket).Cursor(), q, after)
	now := t.clock.Now()
	var page infra.Page
	var last infra.Position
	size := 0
	for raw := walk.next(); raw != nil; raw = walk.next() {
		r, err := readRecord(raw)
		if err != nil {
			return infra.Page{}, err
		}
		if len(page.Rows) == q.Limit || size >= maxPageBytes {
			page.Cursor, err = infra.EncodeCursor(t.name, q, last)
			return page, err
		}
		size += len(raw)
		last = infra.Position{Key: r.key(), IndexSK: r.Index[q.Index].SK}
		if !r.expired(now) {
			page.Rows = append(page.Rows, r.row())
		}
	}
	return page, nil
}

// walk steps through the places of a range, in either direction.
type walk struct {
	cursor      *bbolt.Cursor
	low, high   []byte // low <= place < high
	place, row  []byte
	descending  bool
	last        []byte // where the page before ended
	hasNotBegun bool
}

func newWalk(cursor *bbolt.Cursor, q infra.Query, last []byte) *walk {
	home := partition(q.PK)
	w := &walk{cursor: cursor, descending: q.Descending, last: last, hasNotBegun: true}
	w.low = join(home, sortable(max(q.From, q.Prefix)))
	// 0xFF is in no UTF-8 text, so it ends every text with the prefix; NUL 1
	// comes after the end mark of a key and before every longer key.
	w.high = join(home, sortable(q.Prefix), []byte{0xff})
	if q.To != "" {
		w.high = join(home, sortable(q.To), []byte{0, 1})
	}
	return w
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// next gives the next stored row of the range, nil at its end.
func (w *walk) next() []byte {
	switch {
	case w.hasNotBegun:
		w.begin()
	case w.descending:
		w.place, w.row = w.cursor.Prev()
	default:
		w.place, w.row = w.cursor.Next()
	}
	if w.place == nil || bytes.Compare(w.place, w.low) < 0 || bytes.Compare(w.place, w.high) >= 0 {
		return nil
	}
	return w.row
}

func (w *walk) begin() {
	w.hasNotBegun = false
	switch {
	case w.descending:
		w.before(w.high)
		if w.last != nil {
			w.before(w.last)
		}
	case w.last != nil:
		if w.place, w.row = w.cursor.Seek(w.last); bytes.Equal(w.place, w.last) {
			w.place, w.row = w.cursor.Next()
		}
	default:
		w.place, w.row = w.cursor.Seek(w.low)
	}
}

// before goes to the last place that is smaller than bound.
func (w *walk) before(bound []byte) {
	if place, _ := w.cursor.Seek(bound); place == nil {
		w.place, w.row = w.cursor.Last()
		return
	}
	w.place, w.row = w.cursor.Prev()
}
