package local

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"portal/infra"
)

// Table is infra.Table in the bbolt file.
type Table struct {
	name      string
	delay     bool // indexes follow only at settle
	db        *bbolt.DB
	commits   *committer
	clock     infra.Clock
	committed func(table string, keys []infra.Key)
}

const pendingIndex = "pending"

// Get reads one row.
func (t *Table) Get(ctx context.Context, key infra.Key) (infra.Row, error) {
	if err := ctx.Err(); err != nil {
		return infra.Row{}, err
	}
	if err := infra.CheckKey(key); err != nil {
		return infra.Row{}, fmt.Errorf("%s: %w", t.name, err)
	}
	now := t.clock.Now()
	var found *record
	err := t.db.View(func(tx *bbolt.Tx) error {
		var err error
		found, err = t.live(tx, key, now)
		return err
	})
	if err != nil {
		return infra.Row{}, fmt.Errorf("%s: %w", t.name, err)
	}
	if found == nil {
		return infra.Row{}, fmt.Errorf("%s: %w", t.name, infra.ErrNotFound)
	}
	return found.row(), nil
}

// Write does all operations or none.
func (t *Table) Write(ctx context.Context, ops ...infra.Op) error {
	checked, err := infra.CheckWrite(t.name, ops)
	if err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	if len(checked) == 0 {
		return ctx.Err()
	}
	err = t.commits.run(ctx, func(tx *bbolt.Tx) error {
		changes, err := t.plan(tx, checked, t.clock.Now())
		if err != nil {
			return err
		}
		return t.apply(tx, changes)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", t.name, err)
	}
	if keys := pendingKeys(ops); len(keys) > 0 {
		t.committed(t.name, keys)
	}
	return nil
}

// Draw adds one to a counter row and returns the new value.
func (t *Table) Draw(ctx context.Context, key infra.Key) (int64, error) {
	add := infra.Add{Key: key, Values: map[string]int64{infra.DrawAttr: 1}}
	checked, err := infra.CheckWrite(t.name, []infra.Op{add})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", t.name, err)
	}
	var drawn struct{ N int64 }
	err = t.commits.run(ctx, func(tx *bbolt.Tx) error {
		changes, err := t.plan(tx, checked, t.clock.Now())
		if err != nil {
			return err
		}
		if err := json.Unmarshal(changes[0].row.Value, &drawn); err != nil {
			return fmt.Errorf("counter: %w", err)
		}
		return t.apply(tx, changes)
	})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", t.name, err)
	}
	return drawn.N, nil
}

// live reads a row that has not expired; nil when there is none.
func (t *Table) live(tx *bbolt.Tx, key infra.Key, now time.Time) (*record, error) {
	r, err := t.stored(tx, key)
	if err != nil || r == nil || r.expired(now) {
		return nil, err
	}
	return r, nil
}

// stored reads a row even if it has expired.
func (t *Table) stored(tx *bbolt.Tx, key infra.Key) (*record, error) {
	raw := tx.Bucket(rowsBucket(t.name)).Get(placeOf(key))
	if raw == nil {
		return nil, nil
	}
	return readRecord(raw)
}

func pendingKeys(ops []infra.Op) []infra.Key {
	var keys []infra.Key
	for _, op := range ops {
		if put, ok := op.(infra.Put); ok {
			if _, pending := put.Index[pendingIndex]; pending {
				keys = append(keys, put.Key)
			}
		}
	}
	return keys
}

// pending are the keys of all rows in the index "pending".
func (t *Table) pending() ([]infra.Key, error) {
	var keys []infra.Key
	err := t.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(indexBucket(t.name, pendingIndex)).ForEach(func(_, raw []byte) error {
			r, err := readRecord(raw)
			if err != nil {
				return err
			}
			keys = append(keys, r.key())
			return nil
		})
	})
	return keys, err
}
