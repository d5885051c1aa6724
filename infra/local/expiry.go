package local

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"go.etcd.io/bbolt"

	"portal/infra"
)

// sweepBatch bounds how long a sweep keeps other writers waiting.
const sweepBatch = 500

// sweep deletes expired rows and counts them.
func (t *Table) sweep(ctx context.Context) (int, error) {
	total := 0
	for {
		n := 0
		err := t.commits.run(ctx, func(tx *bbolt.Tx) error {
			changes, err := t.expired(tx)
			if err != nil {
				return err
			}
			n = len(changes)
			return t.apply(tx, changes)
		})
		if err != nil {
			return total, fmt.Errorf("%s: sweep: %w", t.name, err)
		}
		total += n
		if n < sweepBatch {
			return total, nil
		}
	}
}

// expired plans the deletion of the rows that expired first.
func (t *Table) expired(tx *bbolt.Tx) ([]change, error) {
	now := t.clock.Now()
	var changes []change
	cursor := tx.Bucket(expiryBucket(t.name)).Cursor()
	for place, _ := cursor.First(); place != nil && len(changes) < sweepBatch; place, _ = cursor.Next() {
		if len(place) < 8 || int64(binary.BigEndian.Uint64(place)) > now.Unix() {
			break
		}
		raw := tx.Bucket(rowsBucket(t.name)).Get(place[8:])
		if raw == nil {
			return nil, errors.New("an expiry without its row")
		}
		r, err := readRecord(raw)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change{key: infra.Key{PK: r.PK, SK: r.SK}})
	}
	return changes, nil
}
