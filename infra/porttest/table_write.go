package porttest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"portal/infra"
)

type shade string // conditions compare named types as their JSON is stored

func testConditions(t *tableTest) {
	row := map[string]any{"s": "a", "n": 5, "b": true, "z": nil, "l": []any{}}
	const absent, present, expired = 1, 2, 4
	for _, test := range []struct {
		name  string
		conds []infra.Cond
		holds int // states of the row in which they hold
	}{
		{"no condition", nil, absent | present | expired},
		{"absent", []infra.Cond{infra.Absent()}, absent | expired},
		{"present", []infra.Cond{infra.Present()}, present},
		{"equal text", []infra.Cond{infra.Equals("s", "a")}, present},
		{"equal text of a named type", []infra.Cond{infra.Equals("s", shade("a"))}, present},
		{"other text", []infra.Cond{infra.Equals("s", "b")}, 0},
		{"equal number", []infra.Cond{infra.Equals("n", 5)}, present},
		{"equal int64", []infra.Cond{infra.Equals("n", int64(5))}, present},
		{"other number", []infra.Cond{infra.Equals("n", 6)}, 0},
		{"equal truth", []infra.Cond{infra.Equals("b", true)}, present},
		{"other truth", []infra.Cond{infra.Equals("b", false)}, 0},
		{"a number is not its text", []infra.Cond{infra.Equals("n", "5")}, 0},
		{"a text is not a number", []infra.Cond{infra.Equals("s", 5)}, 0},
		{"equals a missing attribute", []infra.Cond{infra.Equals("x", "")}, 0},
		{"null is not empty", []infra.Cond{infra.Equals("z", "")}, 0},
		{"below", []infra.Cond{infra.Below("n", 6)}, present},
		{"not below itself", []infra.Cond{infra.Below("n", 5)}, 0},
		{"text is not below a number", []infra.Cond{infra.Below("s", 6)}, 0},
		{"missing is not below", []infra.Cond{infra.Below("x", 6)}, 0},
		{"missing attribute", []infra.Cond{infra.Missing("x")}, absent | present | expired},
		{"attribute there", []infra.Cond{infra.Missing("s")}, absent | expired},
		{"null is there", []infra.Cond{infra.Missing("z")}, absent | expired},
		{"all hold", []infra.Cond{infra.Present(), infra.Equals("s", "a"), infra.Below("n", 100), infra.Missing("x")}, present},
		{"one of them fails", []infra.Cond{infra.Present(), infra.Equals("s", "a"), infra.Below("n", 0)}, 0},
	} {
		t.run(test.name, func(t *tableTest) {
			for state, name := range map[int]string{absent: "absent", present: "present", expired: "expired"} {
				for _, verb := range []string{"put", "add", "delete", "check"} {
					key := t.key(name + "/" + verb)
					switch state {
					case present:
						t.write(infra.Put{Key: key, Value: row})
					case expired:
						t.write(infra.Put{Key: key, Value: row, Expires: t.clock.Now().Add(-time.Second)})
					}
					t.judge(verb, key, test.conds, state&test.holds != 0, state == present, row)
				}
			}
		})
	}
}

// judge does one conditional operation and looks at what became of the row.
func (t *tableTest) judge(verb string, key infra.Key, conds []infra.Cond, holds, there bool, row map[string]any) {
	t.Helper()
	var op infra.Op
	switch verb {
	case "put":
		op = infra.Put{Key: key, Value: map[string]any{"new": 1}, If: conds}
	case "add":
		op = infra.Add{Key: key, Values: map[string]int64{"new": 1}, If: conds}
	case "delete":
		op = infra.Delete{Key: key, If: conds}
	case "check":
		if conds == nil {
			return
		}
		op = infra.Check{Key: key, If: conds}
	}
	if !holds {
		t.refused([]int{0}, op)
	} else {
		t.write(op)
	}
	want := map[string]any{"new": 1}
	switch {
	case !there && (!holds || verb == "check" || verb == "delete"), verb == "delete" && holds:
		t.absent(key)
		return
	case !holds || verb == "check":
		want = row
	case verb == "add" && there:
		for name, v := range row {
			want[name] = v
		}
	}
	t.has(key, want)
}

func testAtomicity(t *tableTest) {
	t.run("refused operations are named by position", func(t *tableTest) {
		t.write(infra.Put{Key: t.key("there"), Value: map[string]any{"n": 1}})
		t.refused([]int{1, 3},
			infra.Put{Key: t.key("a"), Value: struct{}{}, If: []infra.Cond{infra.Absent()}},
			infra.Put{Key: t.key("b"), Value: struct{}{}, If: []infra.Cond{infra.Present()}},
			infra.Delete{Key: t.key("c")},
			infra.Check{Key: t.key("there"), If: []infra.Cond{infra.Equals("n", 2)}},
			infra.Add{Key: t.key("d"), Values: map[string]int64{"n": 1}},
		)
		t.finds(infra.Query{PK: t.home}, "there")
	})
	t.run("the last of 100 fails and nothing is done", func(t *tableTest) {
		var ops []infra.Op
		for n := range 99 {
			ops = append(ops, infra.Put{Key: t.key(fmt.Sprint(n)), Value: map[string]any{"n": n},
				Index: map[string]infra.Key{"owner": {PK: t.home, SK: fmt.Sprint(n)}}})
		}
		ops = append(ops, infra.Delete{Key: t.key("absent"), If: []infra.Cond{infra.Present()}})
		t.refused([]int{99}, ops...)
		t.finds(infra.Query{PK: t.home})
		if t.settle != nil {
			t.settle()
		}
		t.finds(infra.Query{PK: t.home, Index: "owner"})
	})
	t.run("all verbs in one write, over several partitions", func(t *tableTest) {
		other := infra.Key{PK: t.home + "#other", SK: "x"}
		t.write(infra.Put{Key: t.key("old"), Value: map[string]any{"n": 1}}, infra.Put{Key: other, Value: map[string]any{"n": 7}})
		t.write(
			infra.Put{Key: t.key("new"), Value: map[string]any{"n": 2}, If: []infra.Cond{infra.Absent()}},
			infra.Delete{Key: t.key("old"), If: []infra.Cond{infra.Equals("n", 1)}},
			infra.Check{Key: other, If: []infra.Cond{infra.Equals("n", 7)}},
			infra.Add{Key: t.key("count"), Values: map[string]int64{"n": 3}},
		)
		t.finds(infra.Query{PK: t.home}, "count", "new")
		t.has(other, map[string]any{"n": 7})
	})
}

func testAdd(t *tableTest) {
	index := map[string]infra.Key{"owner": {PK: t.home, SK: "place"}}
	t.run("it creates the row from zero", func(t *tableTest) {
		t.write(infra.Add{Key: t.key("a"), Values: map[string]int64{"n": 3, "m": -4}})
		t.has(t.key("a"), map[string]any{"n": 3, "m": -4})
		t.write(infra.Add{Key: t.key("a"), Values: map[string]int64{"n": 1, "k": 0}})
		t.has(t.key("a"), map[string]any{"n": 4, "m": -4, "k": 0})
	})
	t.run("it keeps other attributes and the place in the index", func(t *tableTest) {
		place := map[string]infra.Key{"owner": {PK: t.home, SK: "place"}}
		t.write(infra.Put{Key: t.key("a"), Value: map[string]any{"n": 1, "word": "é", "list": []any{1}}, Index: place})
		t.write(infra.Add{Key: t.key("a"), Values: map[string]int64{"n": 1}})
		want := map[string]any{"n": 2, "word": "é", "list": []any{1}}
		t.has(t.key("a"), want)
		t.eventually(true, func() bool {
			rows := t.all(infra.Query{PK: t.home, Index: "owner"})
			return len(rows) == 1 && canonical(t.T, rows[0].Value) == canonicalOf(t.T, want)
		}, func() string { return "the index never showed the sum" })
	})
	t.run("it sets the expiry only on creation", func(t *tableTest) {
		soon, late := t.clock.Now().Add(time.Minute), t.clock.Now().Add(time.Hour)
		t.write(infra.Put{Key: t.key("put"), Value: struct{}{}, Expires: soon}, infra.Put{Key: t.key("for ever"), Value: struct{}{}})
		t.write(infra.Add{Key: t.key("added"), Values: map[string]int64{"n": 1}, Expires: soon})
		for _, name := range []string{"put", "added", "for ever"} {
			t.write(infra.Add{Key: t.key(name), Values: map[string]int64{"n": 1}, Expires: late})
		}
		t.clock.Advance(2 * time.Minute)
		t.finds(infra.Query{PK: t.home}, "for ever")
		t.clock.Advance(2 * time.Hour)
		t.finds(infra.Query{PK: t.home}, "for ever")
	})
	t.run("an expired row counts as none", func(t *tableTest) {
		t.write(infra.Put{Key: t.key("a"), Value: map[string]any{"n": 9, "word": "x"}, Index: index, Expires: t.clock.Now()})
		t.write(infra.Add{Key: t.key("a"), Values: map[string]int64{"n": 1}, Expires: t.clock.Now().Add(time.Minute)})
		t.has(t.key("a"), map[string]any{"n": 1})
		t.finds(infra.Query{PK: index["owner"].PK, Index: "owner"})
		t.clock.Advance(time.Minute)
		t.absent(t.key("a"))
		t.write(infra.Add{Key: t.key("a"), Values: map[string]int64{"n": 5}})
		t.clock.Advance(24 * time.Hour)
		t.has(t.key("a"), map[string]any{"n": 5})
	})
}

func testExpiry(t *tableTest) {
	expires := t.clock.Now().Add(10 * time.Second)
	place := map[string]infra.Key{"owner": {PK: t.home, SK: "1"}}
	t.write(
		infra.Put{Key: t.key("a"), Value: map[string]any{"n": 1}, Index: place, Expires: expires},
		infra.Put{Key: t.key("b"), Value: map[string]any{"n": 2}},
	)
	t.clock.Set(expires.Add(-time.Second))
	t.has(t.key("a"), map[string]any{"n": 1})
	t.finds(infra.Query{PK: t.home}, "a", "b")
	t.finds(infra.Query{PK: t.home, Index: "owner"}, "a")

	t.clock.Set(expires)
	t.absent(t.key("a"))
	t.finds(infra.Query{PK: t.home}, "b")
	t.finds(infra.Query{PK: t.home, Limit: 1}, "b")
	t.finds(infra.Query{PK: t.home, Index: "owner"})

	t.run("a row put again is there again, and for ever", func(u *tableTest) {
		u.write(infra.Put{Key: t.key("a"), Value: map[string]any{"n": 3}, If: []infra.Cond{infra.Absent()}})
		u.clock.Advance(24 * time.Hour)
		u.has(t.key("a"), map[string]any{"n": 3})
	})
	t.run("a counter that has expired starts again", func(u *tableTest) {
		u.write(infra.Put{Key: u.key("c"), Value: map[string]any{infra.DrawAttr: 41}, Expires: u.clock.Now()})
		if n, err := u.table.Draw(u.Context(), u.key("c")); err != nil || n != 1 {
			u.Fatalf("draw = %d, %v, want 1", n, err)
		}
	})
	t.run("fractions of a second are cut off", func(u *tableTest) {
		second := u.clock.Now().Truncate(time.Second).Add(time.Second)
		u.write(infra.Put{Key: u.key("a"), Value: struct{}{}, Expires: second.Add(900 * time.Millisecond)})
		u.clock.Set(second.Add(-time.Nanosecond))
		u.has(u.key("a"), map[string]any{})
		u.clock.Set(second)
		u.absent(u.key("a"))
	})
}

func testDraw(t *tableTest) {
	t.run("it counts from one, each counter for itself", func(t *tableTest) {
		for want := int64(1); want <= 3; want++ {
			for _, name := range []string{"a", "b"} {
				if n, err := t.table.Draw(t.Context(), t.key(name)); err != nil || n != want {
					t.Fatalf("draw %s = %d, %v, want %d", name, n, err, want)
				}
			}
		}
		t.has(t.key("a"), map[string]any{infra.DrawAttr: 3})
	})
	t.run("it goes on from a counter that was put", func(t *tableTest) {
		t.write(infra.Put{Key: t.key("a"), Value: map[string]any{infra.DrawAttr: 41, "of": "x"}})
		if n, err := t.table.Draw(t.Context(), t.key("a")); err != nil || n != 42 {
			t.Fatalf("draw = %d, %v, want 42", n, err)
		}
		t.has(t.key("a"), map[string]any{infra.DrawAttr: 42, "of": "x"})
	})
	t.run("ten people at once draw different numbers", func(t *tableTest) {
		const people, each = 10, 8
		var mu sync.Mutex
		var all []int64
		t.together(people, func(int) error {
			last := int64(0)
			for range each {
				n, err := t.table.Draw(t.Context(), t.key("a"))
				if err != nil {
					return err
				}
				if n <= last {
					return fmt.Errorf("drew %d after %d", n, last)
				}
				last = n
				mu.Lock()
				all = append(all, n)
				mu.Unlock()
			}
			return nil
		})
		slices.Sort(all)
		if len(slices.Compact(slices.Clone(all))) != people*each || all[0] < 1 {
			t.Fatalf("drew %v", all)
		}
	})
}

// together runs n people at once and fails on the first error of any.
func (t *tableTest) together(n int, do func(person int) error) {
	t.Helper()
	var all sync.WaitGroup
	start := make(chan struct{})
	failures := make(chan error, n)
	for person := range n {
		all.Go(func() {
			<-start
			if err := do(person); err != nil {
				failures <- err
			}
		})
	}
	close(start)
	all.Wait()
	close(failures)
	for err := range failures {
		t.Fatal(err)
	}
}
