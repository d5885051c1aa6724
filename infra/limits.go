package infra

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// The limits of a table, the same on both sides. They are DynamoDB's, from its
// developer guide ("Constraints", "Item sizes and formats"); key sizes are
// rounded down to one figure.
const (
	MaxOps        = 100
	MaxWriteBytes = 4 << 20
	MaxRowBytes   = 400 << 10
	MaxKeyBytes   = 1 << 10
	MaxDepth      = 32 // nested lists and objects
	MaxDigits     = 38 // significant digits of a number
	MaxPage       = 1000
	DefaultPage   = 100
)

// DrawAttr is the attribute in which Draw counts.
const DrawAttr = "n"

// ExpiryAttr is the attribute that holds the expiry on DynamoDB (seconds since
// 1970).
const ExpiryAttr = "ttl"

// Checked is an operation that is within the limits.
type Checked struct {
	Op    Op
	Value json.RawMessage // of a Put: its JSON object
	Attrs map[string]any  // of a Put: Value decoded, numbers as json.Number
	If    []Cond          // its conditions; values are string, bool or int64
}

// CheckWrite refuses what either side could not store, before anything is
// sent, and marshals every value once. ErrLimit for what is too large, too
// many or twice; another error for what makes no sense (an unknown index or
// kind of operation, a value that is no JSON object, a reserved attribute).
// Messages name positions, never keys.
func CheckWrite(table string, ops []Op) ([]Checked, error) {
	if len(ops) > MaxOps {
		return nil, fmt.Errorf("write of %d operations: %w", len(ops), ErrLimit)
	}
	checked := make([]Checked, len(ops))
	seen := make(map[Key]int, len(ops))
	total := 0
	for n, op := range ops {
		if op == nil {
			return nil, fmt.Errorf("operation %d: is nil", n)
		}
		one, size, err := checkOp(table, op)
		if err != nil {
			return nil, fmt.Errorf("operation %d: %w", n, err)
		}
		if size > MaxRowBytes {
			return nil, fmt.Errorf("operation %d: row of %d bytes: %w", n, size, ErrLimit)
		}
		if first, twice := seen[op.Target()]; twice {
			return nil, fmt.Errorf("operations %d and %d have one key: %w", first, n, ErrLimit)
		}
		seen[op.Target()] = n
		total += size
		checked[n] = one
	}
	if total > MaxWriteBytes {
		return nil, fmt.Errorf("write of %d bytes: %w", total, ErrLimit)
	}
	return checked, nil
}

// CheckKey refuses a key that is empty, too long or no UTF-8, with ErrLimit.
func CheckKey(k Key) error {
	for _, part := range []string{k.PK, k.SK} {
		if part == "" || len(part) > MaxKeyBytes || !utf8.ValidString(part) {
			return fmt.Errorf("key of %d and %d bytes: %w", len(k.PK), len(k.SK), ErrLimit)
		}
	}
	return nil
}

// CheckQuery refuses a query that no side can answer and fills in the default
// limit. ErrLimit for its limit or keys; another error for an unknown index or
// a prefix with bounds.
func CheckQuery(table string, q Query) (Query, error) {
	if q.Index != "" && !HasIndex(table, q.Index) {
		return q, fmt.Errorf("no index %q on table %s", q.Index, table)
	}
	if q.Prefix != "" && (q.From != "" || q.To != "") {
		return q, errors.New("a query has a prefix or bounds, not both")
	}
	if q.Limit == 0 {
		q.Limit = DefaultPage
	}
	if q.Limit < 1 || q.Limit > MaxPage {
		return q, fmt.Errorf("page of %d rows: %w", q.Limit, ErrLimit)
	}
	if err := CheckKey(Key{PK: q.PK, SK: "-"}); err != nil {
		return q, err
	}
	for _, bound := range []string{q.Prefix, q.From, q.To} {
		if len(bound) > MaxKeyBytes || !utf8.ValidString(bound) {
			return q, fmt.Errorf("bound of %d bytes: %w", len(bound), ErrLimit)
		}
	}
	return q, nil
}

func checkOp(table string, op Op) (Checked, int, error) {
	if err := CheckKey(op.Target()); err != nil {
		return Checked{}, 0, err
	}
	size := len("pk") + len("sk") + len(op.Target().PK) + len(op.Target().SK)
	var conds []Cond
	checked := Checked{Op: op}
	switch op := op.(type) {
	case Put:
		bytes, err := checkPut(table, op, &checked)
		if err != nil {
			return Checked{}, 0, err
		}
		size += bytes
		conds = op.If
	case Add:
		bytes, err := checkAdd(table, op)
		if err != nil {
			return Checked{}, 0, err
		}
		size += bytes
		conds = op.If
	case Delete:
		conds = op.If
	case Check:
		if len(op.If) == 0 {
			return Checked{}, 0, errors.New("a check without conditions")
		}
		conds = op.If
	default:
		return Checked{}, 0, fmt.Errorf("unknown operation %T", op)
	}
	var err error
	checked.If, err = checkConds(table, conds)
	return checked, size, err
}

func checkPut(table string, put Put, checked *Checked) (int, error) {
	value, attrs, err := object(put.Value)
	if err != nil {
		return 0, err
	}
	size := 0
	for name, v := range attrs {
		if reserved(table, name) {
			return 0, fmt.Errorf("attribute %q is reserved", name)
		}
		bytes, err := sizeOf(v, 1)
		if err != nil {
			return 0, fmt.Errorf("attribute %q: %w", name, err)
		}
		size += len(name) + bytes
	}
	for index, key := range put.Index {
		if !HasIndex(table, index) {
			return 0, fmt.Errorf("no index %q on table %s", index, table)
		}
		if err := CheckKey(key); err != nil {
			return 0, fmt.Errorf("index %s: %w", index, err)
		}
		size += 2*len(index) + len("_pk_sk") + len(key.PK) + len(key.SK)
	}
	checked.Value, checked.Attrs = value, attrs
	return size + expirySize(put.Expires.IsZero()), nil
}

func checkAdd(table string, add Add) (int, error) {
	if len(add.Values) == 0 {
		return 0, errors.New("an addition of nothing")
	}
	size := expirySize(add.Expires.IsZero())
	for name := range add.Values {
		if reserved(table, name) {
			return 0, fmt.Errorf("attribute %q is reserved", name)
		}
		size += len(name) + 21
	}
	return size, nil
}

func expirySize(never bool) int {
	if never {
		return 0
	}
	return len(ExpiryAttr) + 6
}

func checkConds(table string, conds []Cond) ([]Cond, error) {
	out := make([]Cond, len(conds))
	for i, c := range conds {
		switch c.Test {
		case RowAbsent, RowPresent:
		case AttrEquals, AttrBelow, AttrMissing:
			if reserved(table, c.Attr) {
				return nil, fmt.Errorf("condition on attribute %q, which is reserved", c.Attr)
			}
		default:
			return nil, fmt.Errorf("unknown condition %d", c.Test)
		}
		if c.Test == AttrEquals || c.Test == AttrBelow {
			value, err := scalar(c.Value)
			if err != nil {
				return nil, fmt.Errorf("condition on %q: %w", c.Attr, err)
			}
			if _, number := value.(int64); c.Test == AttrBelow && !number {
				return nil, fmt.Errorf("condition on %q: only integers are below", c.Attr)
			}
			c.Value = value
		}
		out[i] = c
	}
	return out, nil
}

// scalar brings a condition's value to the form in which its JSON is stored,
// so that named and marshalling types compare like what a Put of them stores.
func scalar(v any) (any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	decoded, err := decode(raw)
	if err != nil {
		return nil, err
	}
	switch d := decoded.(type) {
	case string, bool:
		return d, nil
	case json.Number:
		return d.Int64()
	}
	return nil, fmt.Errorf("a value of type %T", v)
}

func object(v any) (json.RawMessage, map[string]any, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, nil, fmt.Errorf("value: %w", err)
	}
	decoded, err := decode(raw)
	if err != nil {
		return nil, nil, fmt.Errorf("value: %w", err)
	}
	attrs, ok := decoded.(map[string]any)
	if !ok {
		return nil, nil, errors.New("value is no JSON object")
	}
	return raw, attrs, nil
}

// decode keeps numbers as they are written.
func decode(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

// reserved tells whether an attribute's name is taken by the table itself, or
// is none.
func reserved(table, name string) bool {
	switch name {
	case "", "pk", "sk", ExpiryAttr:
		return true
	}
	for _, suffix := range []string{"_pk", "_sk"} {
		if index, ok := strings.CutSuffix(name, suffix); ok && HasIndex(table, index) {
			return true
		}
	}
	return false
}
