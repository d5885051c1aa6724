package porttest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"portal/infra"
)

// model is the simplest thing that a table could be.
type model struct {
	clock *Clock
	rows  map[infra.Key]modelRow
}

type modelRow struct {
	attrs   map[string]any // string or int64
	index   map[string]infra.Key
	expires int64
}

func (m *model) get(key infra.Key) (modelRow, bool) {
	row, ok := m.rows[key]
	if ok && row.expires != 0 && row.expires <= m.clock.Now().Unix() {
		return modelRow{}, false
	}
	return row, ok
}

func (m *model) holds(key infra.Key, conds []infra.Cond) bool {
	row, there := m.get(key)
	for _, c := range conds {
		value, has := row.attrs[c.Attr]
		number, _ := value.(int64)
		ok := false
		switch c.Test {
		case infra.RowAbsent:
			ok = !there
		case infra.RowPresent:
			ok = there
		case infra.AttrEquals:
			ok = has && value == c.Value
		case infra.AttrBelow:
			ok = has && number < c.Value.(int64)
		case infra.AttrMissing:
			ok = !has
		}
		if !ok {
			return false
		}
	}
	return true
}

// write gives the operations refused, none when it was done.
func (m *model) write(ops []infra.Op) []int {
	var refused []int
	for n, op := range ops {
		var conds []infra.Cond
		switch op := op.(type) {
		case infra.Put:
			conds = op.If
		case infra.Add:
			conds = op.If
		case infra.Delete:
			conds = op.If
		case infra.Check:
			conds = op.If
		}
		if !m.holds(op.Target(), conds) {
			refused = append(refused, n)
		}
	}
	if refused != nil {
		return refused
	}
	for _, op := range ops {
		switch op := op.(type) {
		case infra.Put:
			m.rows[op.Key] = modelRow{op.Value.(map[string]any), op.Index, seconds(op.Expires)}
		case infra.Add:
			row, there := m.get(op.Key)
			if !there {
				row = modelRow{expires: seconds(op.Expires)}
			}
			row.attrs = maps.Clone(row.attrs)
			if row.attrs == nil {
				row.attrs = map[string]any{}
			}
			for name, by := range op.Values {
				n, _ := row.attrs[name].(int64)
				row.attrs[name] = n + by
			}
			m.rows[op.Key] = row
		case infra.Delete:
			delete(m.rows, op.Key)
		}
	}
	return nil
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// query gives the rows as text, in order; rows that tie in an index are sorted
// by key, for their order is not promised.
func (m *model) query(q infra.Query) []string {
	type found struct{ sort, text string }
	var rows []found
	for key := range m.rows {
		row, there := m.get(key)
		at, indexed := key, true
		if q.Index != "" {
			at, indexed = row.index[q.Index], row.index[q.Index] != infra.Key{}
		}
		if there && indexed && at.PK == q.PK && q.Contains(at.SK) {
			rows = append(rows, found{at.SK, rowText(key, mustCanonical(row.attrs))})
		}
	}
	slices.SortFunc(rows, func(a, b found) int {
		order := compare(a.sort, b.sort)
		if q.Descending {
			order = -order
		}
		if order == 0 {
			order = compare(a.text, b.text)
		}
		return order
	})
	var texts []string
	for _, row := range rows {
		texts = append(texts, row.text)
	}
	return texts
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func rowText(key infra.Key, value string) string {
	return fmt.Sprintf("%s/%s %s", key.PK, key.SK, value)
}

func mustCanonical(attrs map[string]any) string {
	raw, err := json.Marshal(attrs)
	if err != nil {
		return err.Error()
	}
	text, err := canonicalText(raw)
	if err != nil {
		return err.Error()
	}
	return text
}
