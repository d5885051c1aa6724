package porttest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"portal/infra"
)

func testRivals(t *tableTest) {
	t.run("of those who expect one version, one wins", func(t *tableTest) {
		for round := range 5 {
			t.write(infra.Put{Key: t.key("dossier"), Value: map[string]any{"version": round}})
			var won atomic.Int32
			t.together(8, func(person int) error {
				err := t.table.Write(t.Context(),
					infra.Put{Key: t.key("dossier"), Value: map[string]any{"version": round + 1, "by": person},
						If: []infra.Cond{infra.Equals("version", round)}},
					infra.Put{Key: t.key(fmt.Sprintf("event %d", round)), Value: map[string]any{"by": person},
						If: []infra.Cond{infra.Absent()}},
				)
				var refused *infra.Refused
				switch {
				case err == nil:
					won.Add(1)
				case !errors.As(err, &refused):
					return fmt.Errorf("person %d: %w", person, err)
				case len(refused.Ops) == 0:
					return errors.New("a refusal that names no operation")
				}
				return nil
			})
			if won.Load() != 1 {
				t.Fatalf("%d people won", won.Load())
			}
			t.sameAuthor(t.key("dossier"), t.key(fmt.Sprintf("event %d", round)))
		}
	})
	t.run("writes that cross on two rows all succeed", func(t *tableTest) {
		const people, each = 8, 5
		t.together(people, func(person int) error {
			first, second := t.key("left"), t.key("right")
			if person%2 == 1 {
				first, second = second, first
			}
			for range each {
				if err := t.table.Write(t.Context(),
					infra.Add{Key: first, Values: map[string]int64{"n": 1}},
					infra.Add{Key: second, Values: map[string]int64{"n": 1}},
				); err != nil {
					return err
				}
			}
			return nil
		})
		t.has(t.key("left"), map[string]any{"n": people * each})
		t.has(t.key("right"), map[string]any{"n": people * each})
	})
	t.run("a reader sees rows of one write", func(t *tableTest) {
		t.together(4, func(person int) error {
			for n := range 8 {
				value := map[string]any{"by": fmt.Sprint(person, n)}
				if err := t.table.Write(t.Context(), infra.Put{Key: t.key("a"), Value: value}, infra.Put{Key: t.key("b"), Value: value}); err != nil {
					return err
				}
			}
			return nil
		})
		t.sameAuthor(t.key("a"), t.key("b"))
	})
}

// sameAuthor requires that two rows were put by the same write.
func (t *tableTest) sameAuthor(a, b infra.Key) {
	t.Helper()
	var by [2]struct{ By any }
	for n, key := range []infra.Key{a, b} {
		row, err := t.table.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if err := row.Decode(&by[n]); err != nil {
			t.Fatal(err)
		}
	}
	if by[0] != by[1] {
		t.Fatalf("rows of two writes: %v and %v", by[0], by[1])
	}
}

func testCancelled(t *tableTest) {
	t.fill("a")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, do := range map[string]func() error{
		"get":   func() error { _, err := t.table.Get(ctx, t.key("a")); return err },
		"query": func() error { _, err := t.table.Query(ctx, infra.Query{PK: t.home}); return err },
		"write": func() error { return t.table.Write(ctx, infra.Put{Key: t.key("b"), Value: struct{}{}}) },
		"draw":  func() error { _, err := t.table.Draw(ctx, t.key("c")); return err },
	} {
		if err := do(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s = %v, want context.Canceled", name, err)
		}
	}
	t.finds(infra.Query{PK: t.home}, "a")
}
