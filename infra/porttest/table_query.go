package porttest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"portal/infra"
)

// both runs a test on the table and on an index in which every row has the
// same sort key as in the table.
func (t *tableTest) both(name string, test func(t *tableTest, index string)) {
	t.Helper()
	t.run(name+" in the table", func(t *tableTest) { test(t, "") })
	t.run(name+" in an index", func(t *tableTest) { test(t, "owner") })
}

func (t *tableTest) put(sk string, value any) infra.Put {
	return infra.Put{Key: t.key(sk), Value: value, Index: map[string]infra.Key{"owner": {PK: t.home, SK: sk}}}
}

func (t *tableTest) fill(keys ...string) {
	t.Helper()
	for batch := range slices.Chunk(keys, infra.MaxOps) {
		var ops []infra.Op
		for _, sk := range batch {
			ops = append(ops, t.put(sk, map[string]any{"of": sk}))
		}
		t.write(ops...)
	}
}

func testRanges(t *tableTest) {
	t.both("ranges", func(t *tableTest, index string) {
		all := []string{"A", "a", "a#1", "a#10", "a#2", "a$", "b", "z", "é", "日", "🎉"}
		t.fill("z", "a#2", "A", "🎉", "a", "é", "a#10", "日", "b", "a$", "a#1")
		t.write(infra.Put{Key: infra.Key{PK: t.home + "x", SK: "b"}, Value: struct{}{},
			Index: map[string]infra.Key{"owner": {PK: t.home + "x", SK: "b"}}})
		for _, test := range []struct {
			name string
			q    infra.Query
			want []string
		}{
			{"everything, in the order of bytes", infra.Query{}, all},
			{"from", infra.Query{From: "a#2"}, all[4:]},
			{"from between rows", infra.Query{From: "a#11"}, all[4:]},
			{"to", infra.Query{To: "a#10"}, all[:4]},
			{"from and to, both inclusive", infra.Query{From: "a", To: "b"}, all[1:7]},
			{"one row", infra.Query{From: "b", To: "b"}, all[6:7]},
			{"bounds that cross", infra.Query{From: "b", To: "a"}, nil},
			{"beyond the end", infra.Query{From: "🎉🎉"}, nil},
			{"before the start", infra.Query{To: "0"}, nil},
			{"prefix", infra.Query{Prefix: "a#"}, all[2:5]},
			{"prefix that is itself a row", infra.Query{Prefix: "a"}, all[1:6]},
			{"prefix of more than one byte", infra.Query{Prefix: "日"}, all[9:10]},
			{"prefix of nothing", infra.Query{Prefix: "c"}, nil},
		} {
			t.run(test.name, func(u *tableTest) {
				for _, limit := range []int{0, 1, 2, 1000} {
					q := test.q
					q.PK, q.Index, q.Limit = t.home, index, limit
					u.finds(q, test.want...)
					q.Descending = true
					backwards := slices.Clone(test.want)
					slices.Reverse(backwards)
					u.finds(q, backwards...)
				}
			})
		}
		t.run("another partition", func(u *tableTest) { u.finds(infra.Query{PK: t.home[:len(t.home)-1], Index: index}) })
	})
	t.run("rows of a query have key and value", func(t *tableTest) {
		t.fill("a")
		rows := t.all(infra.Query{PK: t.home})
		if len(rows) != 1 || rows[0].Key != t.key("a") || canonical(t.T, rows[0].Value) != `{"of":"a",}` {
			t.Fatalf("rows %v", rows)
		}
	})
}

func numbered(n int) []string {
	var keys []string
	for i := range n {
		keys = append(keys, fmt.Sprintf("k%04d", i))
	}
	return keys
}

func testPages(t *tableTest) {
	t.both("pages of all sizes", func(t *tableTest, index string) {
		keys := numbered(25)
		t.fill(keys...)
		for _, limit := range []int{1, 4, 5, 24, 25, 26, 1000} {
			t.finds(infra.Query{PK: t.home, Index: index, Limit: limit}, keys...)
		}
	})
	t.both("no limit is 100 rows", func(t *tableTest, index string) {
		keys := numbered(130)
		t.fill(keys...)
		t.finds(infra.Query{PK: t.home, Index: index}, keys...)
		page, err := t.table.Query(t.Context(), infra.Query{PK: t.home, Index: index})
		if err != nil || len(page.Rows) > 100 || page.Cursor == "" {
			t.Fatalf("page of %d rows, cursor %q, %v", len(page.Rows), page.Cursor, err)
		}
	})
	t.both("more megabytes than a page carries", func(t *tableTest, index string) {
		keys := numbered(5)
		for _, sk := range keys {
			t.write(t.put(sk, map[string]any{"v": strings.Repeat("x", 300<<10)}))
		}
		t.finds(infra.Query{PK: t.home, Index: index}, keys...)
	})
	for _, descending := range []bool{false, true} {
		t.both(fmt.Sprintf("rows come and go between pages (descending %v)", descending), func(t *tableTest, index string) {
			keys := numbered(9)
			t.fill(keys...)
			q := infra.Query{PK: t.home, Index: index, Limit: 4, Descending: descending}
			ordered := slices.Clone(keys)
			if descending {
				slices.Reverse(ordered)
			}
			t.finds(q, ordered...)

			first := t.page(&q, 4)
			t.write( // behind the cursor, under it, ahead of it
				t.put(ordered[1]+"-", struct{}{}),
				infra.Delete{Key: t.key(ordered[0])},
				infra.Delete{Key: t.key(ordered[3])},
				infra.Delete{Key: t.key(ordered[6])},
				t.put(ordered[7]+"-", struct{}{}),
			)
			want := []string{ordered[4], ordered[5], ordered[7], ordered[7] + "-", ordered[8]}
			if descending {
				want = []string{ordered[4], ordered[5], ordered[7] + "-", ordered[7], ordered[8]}
			}
			if !slices.Equal(sortKeys(first), ordered[:4]) {
				t.Fatalf("first page %q", sortKeys(first))
			}
			t.finds(q, want...)
		})
	}
}

// page reads n rows and leaves the query at the cursor after them.
func (t *tableTest) page(q *infra.Query, n int) []infra.Row {
	t.Helper()
	var rows []infra.Row
	for len(rows) < n {
		q.Limit = n - len(rows)
		page, err := t.table.Query(t.Context(), *q)
		if err != nil {
			t.Fatal(err)
		}
		if page.Cursor == "" {
			t.Fatalf("the query ended after %d rows of %d", len(rows)+len(page.Rows), n)
		}
		rows = append(rows, page.Rows...)
		q.Cursor = page.Cursor
	}
	return rows
}

func testCursors(t *tableTest) {
	t.fill(numbered(6)...)
	t.write(infra.Put{Key: infra.Key{PK: t.home + "x", SK: "k0001"}, Value: struct{}{}})
	t.finds(infra.Query{PK: t.home, Index: "owner"}, numbered(6)...)
	q := infra.Query{PK: t.home}
	t.page(&q, 2)

	t.run("the limit may change", func(u *tableTest) {
		for _, limit := range []int{1, 3, 1000} {
			next := q
			next.Limit = limit
			u.finds(next, numbered(6)[2:]...)
		}
	})
	t.run("a cursor can be used twice", func(u *tableTest) {
		u.finds(q, numbered(6)[2:]...)
		u.finds(q, numbered(6)[2:]...)
	})
	for name, cursor := range map[string]string{
		"text": "x", "signs": "!!", "json": "e30", "cut": q.Cursor[:len(q.Cursor)-4], "longer": q.Cursor + "AAAA",
	} {
		t.run("bad: "+name, func(u *tableTest) {
			u.badCursor(infra.Query{PK: t.home, Cursor: cursor})
		})
	}
	for name, other := range map[string]infra.Query{
		"partition":  {PK: t.home + "x"},
		"index":      {PK: t.home, Index: "owner"},
		"direction":  {PK: t.home, Descending: true},
		"prefix":     {PK: t.home, Prefix: "k"},
		"from":       {PK: t.home, From: "k0000"},
		"to":         {PK: t.home, To: "k0005"},
		"everything": {PK: "elsewhere", Index: "queue", Descending: true},
	} {
		t.run("of a query with another "+name, func(u *tableTest) {
			other.Cursor = q.Cursor
			u.badCursor(other)
		})
	}
	t.run("of an index on the table", func(u *tableTest) {
		indexed := infra.Query{PK: t.home, Index: "owner"}
		u.page(&indexed, 2)
		u.badCursor(infra.Query{PK: t.home, Cursor: indexed.Cursor})
		u.badCursor(infra.Query{PK: t.home, Index: "agent", Cursor: indexed.Cursor})
	})
}

func (t *tableTest) badCursor(q infra.Query) {
	t.Helper()
	if page, err := t.table.Query(t.Context(), q); !errors.Is(err, infra.ErrBadCursor) {
		t.Fatalf("query gave %d rows, %v, want ErrBadCursor", len(page.Rows), err)
	}
}

func testIndexes(t *tableTest) {
	in := func(names ...string) map[string]infra.Key {
		keys := map[string]infra.Key{}
		for _, name := range names {
			keys[name] = infra.Key{PK: t.home + "#" + name, SK: "2026-03-14"}
		}
		return keys
	}
	q := func(name string) infra.Query { return infra.Query{PK: t.home + "#" + name, Index: name} }

	t.write(
		infra.Put{Key: t.key("a"), Value: map[string]any{"n": 1}, Index: in("owner", "queue")},
		infra.Put{Key: t.key("b"), Value: map[string]any{"n": 2}, Index: in("queue")},
		infra.Put{Key: t.key("c"), Value: map[string]any{"n": 3}},
	)
	t.finds(q("owner"), "a")
	t.findsAnyOrder(q("queue"), "a", "b")
	t.finds(q("agent"))

	t.run("the row comes with the key it has in the table", func(u *tableTest) {
		rows := u.all(q("owner"))
		if len(rows) != 1 || rows[0].Key != t.key("a") || canonical(u.T, rows[0].Value) != `{"n":1,}` {
			u.Fatalf("rows %v", rows)
		}
	})
	t.run("a put moves the row between indexes", func(u *tableTest) {
		u.write(infra.Put{Key: t.key("a"), Value: map[string]any{"n": 9}, Index: in("agent", "queue")})
		u.finds(q("owner"))
		u.finds(q("agent"), "a")
		u.eventually(true, func() bool {
			rows := u.all(q("agent"))
			return len(rows) == 1 && canonical(u.T, rows[0].Value) == `{"n":9,}`
		}, func() string { return "the index never showed the new value" })
		u.findsAnyOrder(q("queue"), "a", "b")
	})
	t.run("a put moves the row within an index", func(u *tableTest) {
		moved := infra.Key{PK: t.home + "#queue", SK: "2026-03-15"}
		u.write(infra.Put{Key: t.key("a"), Value: struct{}{}, Index: map[string]infra.Key{"queue": moved}})
		u.finds(q("queue"), "b", "a")
		u.finds(infra.Query{PK: moved.PK, Index: "queue", From: "2026-03-15"}, "a")
	})
	t.run("a put without keys takes the row out", func(u *tableTest) {
		u.write(infra.Put{Key: t.key("a"), Value: struct{}{}})
		u.finds(q("queue"), "b")
		u.finds(q("agent"))
	})
	t.run("a delete takes the row out", func(u *tableTest) {
		u.write(infra.Delete{Key: t.key("b")})
		u.finds(q("queue"))
	})
	t.run("rows with one key in an index are all found, page by page", func(u *tableTest) {
		var ops []infra.Op
		for _, sk := range numbered(20) {
			ops = append(ops, infra.Put{Key: u.key(sk), Value: struct{}{}, Index: map[string]infra.Key{"due": {PK: u.home, SK: "day"}}})
		}
		u.write(ops...)
		for _, limit := range []int{1, 3, 19, 20, 100} {
			for _, descending := range []bool{false, true} {
				u.findsAnyOrder(infra.Query{PK: u.home, Index: "due", Limit: limit, Descending: descending}, numbered(20)...)
			}
		}
	})
	t.run("rows of one index come from several partitions", func(u *tableTest) {
		for _, name := range []string{"3", "1", "2"} {
			u.write(infra.Put{Key: infra.Key{PK: u.home + name, SK: "dossier" + name}, Value: struct{}{},
				Index: map[string]infra.Key{"body": {PK: u.home, SK: name}}})
		}
		u.finds(infra.Query{PK: u.home, Index: "body", Limit: 2}, "dossier1", "dossier2", "dossier3")
	})
}

// findsAnyOrder is finds for rows whose order is not promised.
func (t *tableTest) findsAnyOrder(q infra.Query, want ...string) {
	t.Helper()
	var got []string
	t.eventually(true, func() bool {
		got = sortKeys(t.all(q))
		slices.Sort(got)
		return slices.Equal(got, want)
	}, func() string { return fmt.Sprintf("query found %q, want %q", got, want) })
}
