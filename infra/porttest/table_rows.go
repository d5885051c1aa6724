package porttest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"

	"portal/infra"
)

func decodeExact(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}

func testRows(t *tableTest) {
	t.run("an absent row is not found", func(t *tableTest) {
		t.absent(t.key("nothing"))
	})
	t.run("a put is read at once", func(t *tableTest) {
		t.write(infra.Put{Key: t.key("a"), Value: map[string]any{"word": "one"}})
		t.has(t.key("a"), map[string]any{"word": "one"})
	})
	t.run("a put replaces the row whole", func(t *tableTest) {
		t.write(infra.Put{Key: t.key("a"), Value: map[string]any{"word": "one", "old": true}})
		t.write(infra.Put{Key: t.key("a"), Value: map[string]any{"word": "two"}})
		t.has(t.key("a"), map[string]any{"word": "two"})
	})
	t.run("an empty object is a row", func(t *tableTest) {
		t.write(infra.Put{Key: t.key("a"), Value: struct{}{}})
		t.has(t.key("a"), map[string]any{})
	})
	t.run("a deleted row is gone, and deleting it again is no error", func(t *tableTest) {
		t.write(infra.Put{Key: t.key("a"), Value: map[string]any{"word": "one"}})
		t.write(infra.Delete{Key: t.key("a")})
		t.absent(t.key("a"))
		t.write(infra.Delete{Key: t.key("a")})
	})
	t.run("keys that look alike are different rows", func(t *tableTest) {
		keys := []infra.Key{
			{PK: t.home + "#a", SK: "b#c"}, {PK: t.home + "#a#b", SK: "c"}, {PK: t.home + "#ab", SK: "#c"},
			{PK: t.home + "#a", SK: "B#c"}, {PK: t.home + "#a", SK: "b#c "}, {PK: t.home + "#a", SK: "b#ç"},
		}
		for n, key := range keys {
			t.write(infra.Put{Key: key, Value: map[string]any{"n": n}})
		}
		for n, key := range keys {
			t.has(key, map[string]any{"n": n})
		}
	})
	t.run("a write of nothing does nothing", func(t *tableTest) { t.write() })
	t.run("the row decodes into a struct", func(t *tableTest) {
		type dossier struct {
			Version int64    `json:"version"`
			Words   []string `json:"words"`
		}
		t.write(infra.Put{Key: t.key("a"), Value: dossier{1_000_000, []string{"x"}}})
		row, err := t.table.Get(t.Context(), t.key("a"))
		if err != nil {
			t.Fatal(err)
		}
		var got dossier
		if err := row.Decode(&got); err != nil || got.Version != 1_000_000 || len(got.Words) != 1 {
			t.Fatalf("decoded %+v, %v", got, err)
		}
	})
}

func testValues(t *tableTest) {
	for _, value := range []string{
		`null`, `true`, `false`, `""`, `" "`, `"été à Tanger"`, `"مرحبا بكم"`, `"🎉👩‍🚀"`, `"<a href='x'>&amp;"`,
		`"line\nline\ttab\u0000\u001f\u2028\"\\"`, `"2026-03-14"`, `"12"`,
		`0`, `-0`, `1`, `-1`, `100`, `1000000000000`, `9223372036854775807`, `-9223372036854775808`, `18446744073709551615`,
		`12345678901234567890123456789012345678`, `0.1`, `1.50`, `-273.15`, `3.141592653589793`, `1e2`, `1E+20`, `5e-7`,
		`0.00000000000000000000000000000000000001`, `9.99e125`,
		`[]`, `[[]]`, `{}`, `{"a":{}}`, `[null,null]`, `[1,"1",true,null,{"a":[]}]`, `["a","a"]`, `[1,1]`,
		`{"deep":{"deeper":{"deepest":[{"x":""}]}}}`, `{"pk":"nested names are free","owner_pk":1}`,
		strings.Repeat("[", 20) + strings.Repeat("]", 20),
	} {
		t.run(value, func(t *tableTest) {
			raw := json.RawMessage(fmt.Sprintf(`{"v":%s,"last":"é"}`, value))
			t.write(infra.Put{Key: t.key("a"), Value: raw})
			row, err := t.table.Get(t.Context(), t.key("a"))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := canonical(t.T, row.Value), canonical(t.T, raw); got != want {
				t.Fatalf("got %s, want %s", got, want)
			}
		})
	}
	t.run("integers decode as integers", func(t *tableTest) {
		type numbers struct{ A, B, C, D int64 }
		want := numbers{math.MaxInt64, math.MinInt64, 1e18, 100}
		t.write(infra.Put{Key: t.key("a"), Value: want})
		row, err := t.table.Get(t.Context(), t.key("a"))
		if err != nil {
			t.Fatal(err)
		}
		var got numbers
		if err := row.Decode(&got); err != nil || got != want {
			t.Fatalf("decoded %+v, %v, want %+v", got, err, want)
		}
	})
	t.run("attribute names may be words of the store", func(t *tableTest) {
		value := map[string]any{"status": 1, "name": "x", "size": 2, "a.b": 3, "with space": 4, "é": 5, "#n": 6, ":v": 7, "a[0]": 8}
		t.write(infra.Put{Key: t.key("a"), Value: value})
		t.has(t.key("a"), value)
		for name := range value {
			t.refused([]int{0}, infra.Put{Key: t.key("a"), Value: value, If: []infra.Cond{infra.Missing(name)}})
		}
		t.write(infra.Add{Key: t.key("a"), Values: map[string]int64{"size": 1, "a.b": 1, "with space": 1},
			If: []infra.Cond{infra.Equals("status", 1), infra.Below("a[0]", 9), infra.Equals("name", "x")}})
		value["size"], value["a.b"], value["with space"] = 3, 4, 5
		t.has(t.key("a"), value)
	})
}

func testLimits(t *tableTest) {
	text := func(n int) map[string]any { return map[string]any{"v": strings.Repeat("x", n)} }
	puts := func(n, size int) []infra.Op {
		var ops []infra.Op
		for i := range n {
			ops = append(ops, infra.Put{Key: t.key(fmt.Sprintf("%03d", i)), Value: text(size)})
		}
		return ops
	}
	one := infra.Put{Key: t.key("000"), Value: text(1)}
	long := strings.Repeat("k", infra.MaxKeyBytes+1)
	deep := json.RawMessage(`{"v":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`)
	for _, refusal := range []struct {
		name string
		ops  []infra.Op
	}{
		{"101 operations", puts(101, 1)},
		{"a row over 400 KB", []infra.Op{infra.Put{Key: t.key("000"), Value: text(400 << 10)}}},
		{"more than 4 MB in all", puts(100, 42<<10)},
		{"two puts on one key", []infra.Op{one, one}},
		{"a put and a check on one key", []infra.Op{one, infra.Check{Key: one.Key, If: []infra.Cond{infra.Absent()}}}},
		{"an empty partition key", []infra.Op{infra.Put{Key: infra.Key{SK: "000"}, Value: text(1)}, one}},
		{"an empty sort key", []infra.Op{one, infra.Delete{Key: infra.Key{PK: t.home}}}},
		{"a long partition key", []infra.Op{one, infra.Put{Key: infra.Key{PK: long, SK: "a"}, Value: text(1)}}},
		{"a long sort key", []infra.Op{one, infra.Add{Key: t.key(long), Values: map[string]int64{"n": 1}}}},
		{"an empty index key", []infra.Op{infra.Put{Key: one.Key, Value: text(1), Index: map[string]infra.Key{"owner": {PK: "x"}}}}},
		{"39 digits", []infra.Op{infra.Put{Key: one.Key, Value: json.RawMessage(`{"v":123456789012345678901234567890123456789}`)}}},
		{"10 to the 126", []infra.Op{infra.Put{Key: one.Key, Value: json.RawMessage(`{"v":1e126}`)}}},
		{"40 lists in one another", []infra.Op{infra.Put{Key: one.Key, Value: deep}}},
	} {
		t.run(refusal.name, func(u *tableTest) {
			if err := u.table.Write(u.Context(), refusal.ops...); !errors.Is(err, infra.ErrLimit) {
				u.Fatalf("write = %v, want ErrLimit", err)
			}
			if rows := u.all(infra.Query{PK: t.home}); len(rows) != 0 {
				u.Fatalf("%d rows were written all the same", len(rows))
			}
		})
	}
	for _, nonsense := range []struct {
		name string
		op   infra.Op
	}{
		{"an unknown index", infra.Put{Key: one.Key, Value: text(1), Index: map[string]infra.Key{"colour": {PK: "a", SK: "b"}}}},
		{"a value that is no object", infra.Put{Key: one.Key, Value: []int{1}}},
		{"no value", infra.Put{Key: one.Key}},
		{"an attribute of the table itself", infra.Put{Key: one.Key, Value: map[string]any{"pk": "x"}}},
		{"an attribute of an index", infra.Put{Key: one.Key, Value: map[string]any{"owner_sk": "x"}}},
		{"an addition of nothing", infra.Add{Key: one.Key}},
		{"a check of nothing", infra.Check{Key: one.Key}},
		{"a condition on a fraction", infra.Delete{Key: one.Key, If: []infra.Cond{infra.Equals("v", 1.5)}}},
	} {
		t.run(nonsense.name, func(u *tableTest) {
			if err := u.table.Write(u.Context(), nonsense.op); err == nil || errors.Is(err, infra.ErrConditionFailed) {
				u.Fatalf("write = %v, want an error that is no refusal", err)
			}
			u.absent(one.Key)
		})
	}
	t.run("just within the limits", func(t *tableTest) {
		key := infra.Key{PK: t.home + strings.Repeat("p", infra.MaxKeyBytes-len(t.home)), SK: strings.Repeat("s", infra.MaxKeyBytes)}
		t.write(infra.Put{Key: key, Value: text(396 << 10)})
		t.has(key, text(396<<10))
	})
	t.run("100 operations of nearly 4 MB", func(t *tableTest) {
		var ops []infra.Op
		for i := range 100 {
			ops = append(ops, infra.Put{Key: t.key(fmt.Sprintf("%03d", i)), Value: text(40 << 10)})
		}
		t.write(ops...)
		if rows := t.all(infra.Query{PK: t.home}); len(rows) != 100 {
			t.Fatalf("%d rows of 100", len(rows))
		}
	})
	t.run("queries and keys", func(t *tableTest) {
		for name, q := range map[string]infra.Query{
			"page of 1001 rows": {PK: t.home, Limit: 1001},
			"negative page":     {PK: t.home, Limit: -1},
			"no partition":      {},
			"long partition":    {PK: long},
		} {
			if _, err := t.table.Query(t.Context(), q); !errors.Is(err, infra.ErrLimit) {
				t.Errorf("%s: %v, want ErrLimit", name, err)
			}
		}
		if _, err := t.table.Query(t.Context(), infra.Query{PK: t.home, Index: "colour"}); err == nil {
			t.Error("a query of an unknown index was answered")
		}
		if _, err := t.table.Query(t.Context(), infra.Query{PK: t.home, Prefix: "a", From: "b"}); err == nil {
			t.Error("a query with prefix and bounds was answered")
		}
		if _, err := t.table.Get(t.Context(), infra.Key{PK: t.home}); !errors.Is(err, infra.ErrLimit) {
			t.Errorf("get without a sort key: %v, want ErrLimit", err)
		}
		if _, err := t.table.Draw(t.Context(), infra.Key{SK: "x"}); !errors.Is(err, infra.ErrLimit) {
			t.Errorf("draw without a partition key: %v, want ErrLimit", err)
		}
	})
}
