package local

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"portal/infra"
)

// change is what becomes of one row; a nil row is deleted.
type change struct {
	key infra.Key
	row *record
}

// plan judges every condition and works out every change before anything is
// touched. *infra.Refused names what failed.
func (t *Table) plan(tx *bbolt.Tx, ops []infra.Checked, now time.Time) ([]change, error) {
	var changes []change
	var refused []int
	for n, c := range ops {
		row, err := t.live(tx, c.Op.Target(), now)
		if err != nil {
			return nil, err
		}
		ok, err := holds(row, c.If)
		if err != nil {
			return nil, fmt.Errorf("operation %d: %w", n, err)
		}
		if !ok {
			refused = append(refused, n)
			continue
		}
		next, err := outcome(c, row)
		if err != nil {
			return nil, fmt.Errorf("operation %d: %w", n, err)
		}
		changes = append(changes, next...)
	}
	if refused != nil {
		return nil, &infra.Refused{Ops: refused}
	}
	return changes, nil
}

func outcome(c infra.Checked, row *record) ([]change, error) {
	switch op := c.Op.(type) {
	case infra.Put:
		next := &record{PK: op.PK, SK: op.SK, Value: c.Value, Index: op.Index, Expires: seconds(op.Expires)}
		return []change{{op.Key, next}}, nil
	case infra.Add:
		next, err := sum(op, row)
		return []change{{op.Key, next}}, err
	case infra.Delete:
		return []change{{op.Key, nil}}, nil
	case infra.Check:
		return nil, nil
	}
	return nil, fmt.Errorf("unknown operation %T", c.Op)
}

// sum is a row after an addition; it keeps everything else of the row.
func sum(add infra.Add, row *record) (*record, error) {
	attrs := map[string]json.RawMessage{}
	next := record{PK: add.PK, SK: add.SK, Expires: seconds(add.Expires)}
	if row != nil {
		next = *row
		if err := json.Unmarshal(row.Value, &attrs); err != nil {
			return nil, fmt.Errorf("stored row: %w", err)
		}
	}
	for name, by := range add.Values {
		var before int64
		if raw, there := attrs[name]; there {
			if bytes.Equal(raw, []byte("null")) || json.Unmarshal(raw, &before) != nil {
				return nil, fmt.Errorf("attribute %q is no integer", name)
			}
		}
		after := before + by
		if (after > before) != (by > 0) && by != 0 {
			return nil, fmt.Errorf("attribute %q overflows", name)
		}
		attrs[name] = fmt.Appendf(nil, "%d", after)
	}
	var err error
	next.Value, err = json.Marshal(attrs)
	return &next, err
}

// holds tells whether all conditions hold on a row, nil for none.
func holds(row *record, conds []infra.Cond) (bool, error) {
	attrs, err := attributes(row, conds)
	if err != nil {
		return false, err
	}
	for _, c := range conds {
		ok, err := holdsOne(row != nil, attrs, c)
		if !ok || err != nil {
			return false, err
		}
	}
	return true, nil
}

// attributes decodes a row's value if a condition looks at it.
func attributes(row *record, conds []infra.Cond) (map[string]any, error) {
	if row == nil || !slices.ContainsFunc(conds, func(c infra.Cond) bool { return c.Attr != "" }) {
		return nil, nil
	}
	d := json.NewDecoder(bytes.NewReader(row.Value))
	d.UseNumber()
	var attrs map[string]any
	if err := d.Decode(&attrs); err != nil {
		return nil, fmt.Errorf("stored row: %w", err)
	}
	return attrs, nil
}

func holdsOne(there bool, attrs map[string]any, c infra.Cond) (bool, error) {
	value, has := attrs[c.Attr]
	switch c.Test {
	case infra.RowAbsent:
		return !there, nil
	case infra.RowPresent:
		return there, nil
	case infra.AttrMissing:
		return !has, nil
	case infra.AttrEquals:
		if wanted, number := c.Value.(int64); number {
			order, ok := compare(value, wanted)
			return ok && order == 0, nil
		}
		return has && value == c.Value, nil
	case infra.AttrBelow:
		order, ok := compare(value, c.Value.(int64))
		return ok && order < 0, nil
	}
	return false, errors.New("unknown condition")
}

// compare orders a stored number and an integer; not ok when the stored value
// is no number. Numbers within the limits of CheckWrite stay small as fractions.
func compare(stored any, n int64) (order int, ok bool) {
	number, ok := stored.(json.Number)
	if !ok {
		return 0, false
	}
	r, ok := new(big.Rat).SetString(number.String())
	if !ok {
		return 0, false
	}
	return r.Cmp(new(big.Rat).SetInt64(n)), true
}
