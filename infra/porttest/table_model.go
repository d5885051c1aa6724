package porttest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

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

// testModel lets rapid write and query at random and compares with the model.
func testModel(t *tableTest) {
	rapid.Check(t.T, func(r *rapid.T) {
		home := fresh()
		m := &model{clock: t.clock, rows: map[infra.Key]modelRow{}}
		r.Repeat(map[string]func(*rapid.T){
			"write": func(r *rapid.T) { writeBoth(r, t.table, m, randomOps(r, home, t.clock.Now())) },
			"query": func(r *rapid.T) { queryBoth(r, t, m, randomQuery(r, home)) },
			"draw":  func(r *rapid.T) { drawBoth(r, t.table, m, randomKey(r, home)) },
			"wait": func(r *rapid.T) {
				t.clock.Advance(time.Duration(rapid.IntRange(1, 3).Draw(r, "seconds")) * time.Second)
			},
			"": func(r *rapid.T) { getBoth(r, t.table, m, randomKey(r, home)) },
		})
	})
}

func randomKey(r *rapid.T, home string) infra.Key {
	return infra.Key{
		PK: home + rapid.SampledFrom([]string{"", "x"}).Draw(r, "pk"),
		SK: rapid.SampledFrom([]string{"a", "a#", "a#1", "b"}).Draw(r, "sk"),
	}
}

func randomConds(r *rapid.T) []infra.Cond {
	n := int64(rapid.IntRange(0, 3).Draw(r, "n"))
	return rapid.SampledFrom([][]infra.Cond{
		nil, nil, nil, {infra.Absent()}, {infra.Present()}, {infra.Equals("n", n)}, {infra.Below("n", n)},
		{infra.Missing("word")}, {infra.Equals("word", "é")}, {infra.Present(), infra.Below("n", n)},
	}).Draw(r, "conditions")
}

func randomOps(r *rapid.T, home string, now time.Time) []infra.Op {
	var ops []infra.Op
	used := map[infra.Key]bool{}
	for range rapid.IntRange(1, 4).Draw(r, "operations") {
		key := randomKey(r, home)
		if used[key] {
			continue
		}
		used[key] = true
		var expires time.Time
		if rapid.IntRange(0, 3).Draw(r, "expires") == 0 {
			expires = now.Add(time.Duration(rapid.IntRange(0, 4).Draw(r, "after")) * time.Second)
		}
		conds := randomConds(r)
		n := int64(rapid.IntRange(-1, 3).Draw(r, "value"))
		switch rapid.SampledFrom([]string{"put", "put", "add", "delete", "check"}).Draw(r, "verb") {
		case "put":
			ops = append(ops, infra.Put{Key: key, Value: randomValue(r, n), Index: randomIndex(r, home), Expires: expires, If: conds})
		case "add":
			ops = append(ops, infra.Add{Key: key, Values: map[string]int64{"n": n}, Expires: expires, If: conds})
		case "delete":
			ops = append(ops, infra.Delete{Key: key, If: conds})
		case "check":
			ops = append(ops, infra.Check{Key: key, If: append(conds[:len(conds):len(conds)], infra.Missing("never"))})
		}
	}
	return ops
}

func randomValue(r *rapid.T, n int64) map[string]any {
	value := map[string]any{}
	if rapid.Bool().Draw(r, "with a number") {
		value["n"] = n
	}
	if rapid.Bool().Draw(r, "with a word") {
		value["word"] = rapid.SampledFrom([]string{"", "é", "z"}).Draw(r, "word")
	}
	return value
}

func randomIndex(r *rapid.T, home string) map[string]infra.Key {
	index := map[string]infra.Key{}
	for _, name := range []string{"owner", "queue"} {
		if rapid.Bool().Draw(r, name) {
			index[name] = randomKey(r, home)
		}
	}
	return index
}

func randomQuery(r *rapid.T, home string) infra.Query {
	q := infra.Query{
		PK:         randomKey(r, home).PK,
		Index:      rapid.SampledFrom([]string{"", "owner", "queue"}).Draw(r, "index"),
		Descending: rapid.Bool().Draw(r, "descending"),
		Limit:      rapid.IntRange(0, 5).Draw(r, "limit"),
	}
	bound := rapid.SampledFrom([]string{"", "a", "a#", "a#0", "b", "c"})
	if rapid.Bool().Draw(r, "by prefix") {
		q.Prefix = bound.Draw(r, "prefix")
	} else {
		q.From, q.To = bound.Draw(r, "from"), bound.Draw(r, "to")
	}
	return q
}

func writeBoth(r *rapid.T, table infra.Table, m *model, ops []infra.Op) {
	err := table.Write(context.Background(), ops...)
	want := m.write(ops)
	var refused *infra.Refused
	switch {
	case want == nil && err != nil:
		r.Fatalf("write: %v, want none", err)
	case want != nil && (!errors.As(err, &refused) || !slices.Equal(refused.Ops, want)):
		r.Fatalf("write: %v, want a refusal of %v", err, want)
	}
}

func queryBoth(r *rapid.T, t *tableTest, m *model, q infra.Query) {
	want := m.query(q)
	var got []string
	for range 100 {
		rows, err := readAll(context.Background(), t.table, q)
		if err != nil {
			r.Fatalf("query %+v: %v", q, err)
		}
		if got = rowTexts(rows, m, q); slices.Equal(got, want) {
			return
		}
		if q.Index == "" || t.settle == nil {
			break
		}
		t.settle()
	}
	r.Fatalf("query %+v\n got %q\nwant %q", q, got, want)
}

// rowTexts describes rows in their order, sorting those that tie in an index.
func rowTexts(rows []infra.Row, m *model, q infra.Query) []string {
	place := func(row infra.Row) string {
		if q.Index == "" {
			return row.SK
		}
		return m.rows[row.Key].index[q.Index].SK
	}
	var texts []string
	for start := 0; start < len(rows); {
		end := start
		var tied []string
		for ; end < len(rows) && place(rows[end]) == place(rows[start]); end++ {
			text, err := canonicalText(rows[end].Value)
			if err != nil {
				text = err.Error()
			}
			tied = append(tied, rowText(rows[end].Key, text))
		}
		slices.Sort(tied)
		texts = append(texts, tied...)
		start = end
	}
	return texts
}

func getBoth(r *rapid.T, table infra.Table, m *model, key infra.Key) {
	got, err := table.Get(context.Background(), key)
	want, there := m.get(key)
	if !there {
		if !errors.Is(err, infra.ErrNotFound) {
			r.Fatalf("get = %s, %v, want ErrNotFound", got.Value, err)
		}
		return
	}
	if err != nil {
		r.Fatalf("get: %v", err)
	}
	if text, err := canonicalText(got.Value); err != nil || text != mustCanonical(want.attrs) {
		r.Fatalf("get = %s, want %s", got.Value, mustCanonical(want.attrs))
	}
}

func drawBoth(r *rapid.T, table infra.Table, m *model, key infra.Key) {
	row, _ := m.get(key)
	before, _ := row.attrs[infra.DrawAttr].(int64)
	got, err := table.Draw(context.Background(), key)
	if err != nil || got != before+1 {
		r.Fatalf("draw = %d, %v, want %d", got, err, before+1)
	}
	m.write([]infra.Op{infra.Add{Key: key, Values: map[string]int64{infra.DrawAttr: 1}}})
}
