package porttest

import (
	"context"
	"errors"
	"slices"
	"time"

	"pgregory.net/rapid"

	"portal/infra"
)

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
