package local

import (
	"encoding/binary"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"portal/infra"
)

func rowsBucket(table string) []byte         { return []byte(table + "/rows") }
func expiryBucket(table string) []byte       { return []byte(table + "/expiry") }
func delayedBucket(table string) []byte      { return []byte(table + "/delayed") }
func indexBucket(table, index string) []byte { return []byte(table + "/index/" + index) }

func tableBuckets(table string) [][]byte {
	names := [][]byte{rowsBucket(table), expiryBucket(table), delayedBucket(table)}
	for _, i := range infra.Indexes {
		if i.Table == table {
			names = append(names, indexBucket(table, i.Name))
		}
	}
	return names
}

// apply does changes to rows, expiries and indexes. Every error is broken.
func (t *Table) apply(tx *bbolt.Tx, changes []change) error {
	for _, c := range changes {
		if err := t.applyOne(tx, c); err != nil {
			return broken{err}
		}
	}
	return nil
}

func (t *Table) applyOne(tx *bbolt.Tx, c change) error {
	old, err := t.stored(tx, c.key)
	if err != nil {
		return err
	}
	if old != nil {
		if err := t.unlist(tx, old, c.row); err != nil {
			return err
		}
	}
	rows := tx.Bucket(rowsBucket(t.name))
	if c.row == nil {
		return rows.Delete(placeOf(c.key))
	}
	raw, err := c.row.bytes()
	if err != nil {
		return err
	}
	if err := rows.Put(placeOf(c.key), raw); err != nil {
		return err
	}
	return t.list(tx, c.row, raw)
}

// list enters a row where it can be found besides its own place.
func (t *Table) list(tx *bbolt.Tx, r *record, raw []byte) error {
	if r.Expires != 0 {
		if err := tx.Bucket(expiryBucket(t.name)).Put(expiryPlace(r.Expires, r.key()), nil); err != nil {
			return err
		}
	}
	for index, at := range r.Index {
		if err := t.reindex(tx, entry{index, indexPlace(at, r.key()), raw}); err != nil {
			return err
		}
	}
	return nil
}

// unlist takes out what the next state of the row does not enter again.
func (t *Table) unlist(tx *bbolt.Tx, old, next *record) error {
	if old.Expires != 0 && (next == nil || next.Expires != old.Expires) {
		if err := tx.Bucket(expiryBucket(t.name)).Delete(expiryPlace(old.Expires, old.key())); err != nil {
			return err
		}
	}
	for index, at := range old.Index {
		if next != nil && next.Index[index] == at {
			continue
		}
		if err := t.reindex(tx, entry{index, indexPlace(at, old.key()), nil}); err != nil {
			return err
		}
	}
	return nil
}

// entry is one change of an index; a nil row is taken out.
type entry struct {
	Index string `json:"index"`
	Place []byte `json:"place"`
	Row   []byte `json:"row,omitempty"`
}

// reindex changes an index, or has settle do it later. The delayed changes are
// in the same transaction as the rows, so that none is lost.
func (t *Table) reindex(tx *bbolt.Tx, e entry) error {
	if !t.delay {
		return t.change(tx, e)
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return err
	}
	delayed := tx.Bucket(delayedBucket(t.name))
	n, err := delayed.NextSequence()
	if err != nil {
		return err
	}
	return delayed.Put(binary.BigEndian.AppendUint64(nil, n), raw)
}

func (t *Table) change(tx *bbolt.Tx, e entry) error {
	bucket := tx.Bucket(indexBucket(t.name, e.Index))
	if bucket == nil {
		return fmt.Errorf("no index %q", e.Index)
	}
	if e.Row == nil {
		return bucket.Delete(e.Place)
	}
	return bucket.Put(e.Place, e.Row)
}

// settle does the delayed changes of the indexes in their order.
func (t *Table) settle() error {
	waiting := false
	err := t.db.View(func(tx *bbolt.Tx) error {
		first, _ := tx.Bucket(delayedBucket(t.name)).Cursor().First()
		waiting = first != nil
		return nil
	})
	if err != nil || !waiting {
		return err
	}
	err = t.db.Update(func(tx *bbolt.Tx) error {
		delayed := tx.Bucket(delayedBucket(t.name)).Cursor()
		for place, raw := delayed.First(); place != nil; place, raw = delayed.First() {
			var e entry
			if err := json.Unmarshal(raw, &e); err != nil {
				return err
			}
			if err := t.change(tx, e); err != nil {
				return err
			}
			if err := delayed.Delete(); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: settle: %w", t.name, err)
	}
	return nil
}
