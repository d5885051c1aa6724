package porttest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"testing"
	"time"

	"portal/infra"
)

// OpenTable opens a dossiers table that reads this clock. The table may hold
// rows of other tests; the suite works in partitions of its own. settle brings
// the indexes up to date or waits a little for it (the suite calls it up to
// 100 times before it gives up); nil when they always are.
type OpenTable func(t *testing.T, clock infra.Clock) (table infra.Table, settle func())

// Table is the conformance suite of infra.Table.
func Table(t *testing.T, open OpenTable) {
	for _, group := range []struct {
		name string
		test func(*tableTest)
	}{
		{"a row comes back as it was put", testRows},
		{"values keep their meaning", testValues},
		{"conditions judge the row as it stands", testConditions},
		{"a write is done whole or not at all", testAtomicity},
		{"limits are refused before anything is done", testLimits},
		{"add changes nothing but its attributes", testAdd},
		{"an expired row is invisible", testExpiry},
		{"draw never gives a number twice", testDraw},
		{"queries read a range in order", testRanges},
		{"pages neither lose nor repeat rows", testPages},
		{"cursors belong to their query", testCursors},
		{"indexes are sparse and follow the rows", testIndexes},
		{"rivals never see a conflict", testRivals},
		{"a cancelled context stops every verb", testCancelled},
		{"random writes and queries do as a simple model does", testModel},
	} {
		t.Run(group.name, func(t *testing.T) {
			clock := NewClock(time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC))
			table, settle := open(t, clock)
			group.test(&tableTest{T: t, table: table, settle: settle, clock: clock, home: fresh()})
		})
	}
}

// fresh is the name of a partition that no other test uses.
func fresh() string { return "test#" + rand.Text()[:12] }

type tableTest struct {
	*testing.T
	table  infra.Table
	settle func()
	clock  *Clock
	home   string // partition of this test
}

func (t *tableTest) run(name string, test func(*tableTest)) {
	t.Helper()
	t.T.Run(name, func(inner *testing.T) {
		test(&tableTest{T: inner, table: t.table, settle: t.settle, clock: t.clock, home: fresh()})
	})
}

func (t *tableTest) key(sk string) infra.Key { return infra.Key{PK: t.home, SK: sk} }

// write does operations that must succeed.
func (t *tableTest) write(ops ...infra.Op) {
	t.Helper()
	if err := t.table.Write(t.Context(), ops...); err != nil {
		t.Fatalf("write: %v", err)
	}
}

// refused does operations of which exactly these must be refused.
func (t *tableTest) refused(want []int, ops ...infra.Op) {
	t.Helper()
	err := t.table.Write(t.Context(), ops...)
	var refused *infra.Refused
	if !errors.As(err, &refused) || !errors.Is(err, infra.ErrConditionFailed) {
		t.Fatalf("write = %v, want a refusal of %v", err, want)
	}
	if !slices.Equal(refused.Ops, want) {
		t.Fatalf("refused operations %v, want %v", refused.Ops, want)
	}
}

// has requires a row with exactly these attributes.
func (t *tableTest) has(key infra.Key, want map[string]any) {
	t.Helper()
	row, err := t.table.Get(t.Context(), key)
	if err != nil {
		t.Fatalf("get %s: %v", key.SK, err)
	}
	if row.Key != key {
		t.Fatalf("get %v gave the row of %v", key, row.Key)
	}
	if got, want := canonical(t.T, row.Value), canonicalOf(t.T, want); got != want {
		t.Fatalf("row %s = %s, want %s", key.SK, got, want)
	}
}

func (t *tableTest) absent(key infra.Key) {
	t.Helper()
	if row, err := t.table.Get(t.Context(), key); !errors.Is(err, infra.ErrNotFound) {
		t.Fatalf("get %s = %s, %v, want ErrNotFound", key.SK, row.Value, err)
	}
}

// all reads every page of a query, and fails on a row that appears twice.
func (t *tableTest) all(q infra.Query) []infra.Row {
	t.Helper()
	rows, err := readAll(t.Context(), t.table, q)
	if err != nil {
		t.Fatalf("query: %v", err)
	}
	return rows
}

func readAll(ctx context.Context, table infra.Table, q infra.Query) ([]infra.Row, error) {
	var rows []infra.Row
	seen := map[infra.Key]bool{}
	for pages := 0; ; pages++ {
		page, err := table.Query(ctx, q)
		if err != nil {
			return nil, err
		}
		if limit := max(q.Limit, 0); limit > 0 && len(page.Rows) > limit {
			return nil, fmt.Errorf("page of %d rows, limit %d", len(page.Rows), limit)
		}
		for _, row := range page.Rows {
			if seen[row.Key] {
				return nil, fmt.Errorf("row %s came twice", row.SK)
			}
			seen[row.Key] = true
			rows = append(rows, row)
		}
		if page.Cursor == "" {
			return rows, nil
		}
		if pages > 10_000 {
			return nil, errors.New("pages without end")
		}
		q.Cursor = page.Cursor
	}
}

// finds requires that a query, read to its end, gives these sort keys. On an
// index it may take a while.
func (t *tableTest) finds(q infra.Query, want ...string) {
	t.Helper()
	var got []string
	t.eventually(q.Index != "", func() bool {
		got = sortKeys(t.all(q))
		return slices.Equal(got, want)
	}, func() string { return fmt.Sprintf("query found %q, want %q", got, want) })
}

// eventually tries until it holds, settling the indexes in between.
func (t *tableTest) eventually(patient bool, holds func() bool, complaint func() string) {
	t.Helper()
	for range 100 {
		if holds() {
			return
		}
		if !patient || t.settle == nil {
			break
		}
		t.settle()
	}
	t.Fatal(complaint())
}

func sortKeys(rows []infra.Row) []string {
	var keys []string
	for _, row := range rows {
		keys = append(keys, row.SK)
	}
	return keys
}

func canonicalOf(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return canonical(t, raw)
}

// canonical writes JSON so that equal values are equal text: sorted keys, and
// numbers as fractions, for a table may write 1.50 as 1.5.
func canonical(t *testing.T, raw []byte) string {
	t.Helper()
	text, err := canonicalText(raw)
	if err != nil {
		t.Fatalf("value %q: %v", raw, err)
	}
	return text
}

func canonicalText(raw []byte) (string, error) {
	v, err := decodeExact(raw)
	if err != nil {
		return "", err
	}
	return describe(v), nil
}

func describe(v any) string {
	switch v := v.(type) {
	case json.Number:
		r, ok := new(big.Rat).SetString(v.String())
		if !ok {
			return "number " + v.String()
		}
		return r.RatString()
	case []any:
		text := "["
		for _, item := range v {
			text += describe(item) + ","
		}
		return text + "]"
	case map[string]any:
		text := "{"
		for _, name := range slices.Sorted(maps.Keys(v)) {
			text += fmt.Sprintf("%q:%s,", name, describe(v[name]))
		}
		return text + "}"
	case string:
		return fmt.Sprintf("%q", v)
	}
	return fmt.Sprint(v)
}
