package infra

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// Position is the last row that a page has read: its key in the table and, for
// a query of an index, its sort key there.
type Position struct {
	Key
	IndexSK string
}

type cursor struct {
	Query string `json:"q"`
	PK    string `json:"p"`
	SK    string `json:"s"`
	Index string `json:"i,omitempty"`
}

// EncodeCursor makes the cursor of the page that starts after this position.
// It carries no secret and no authority: whoever forges one gets another place
// of the partition that the query names anyway.
func EncodeCursor(table string, q Query, at Position) (string, error) {
	raw, err := json.Marshal(cursor{Query: identity(table, q), PK: at.PK, SK: at.SK, Index: at.IndexSK})
	if err != nil {
		return "", fmt.Errorf("cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// DecodeCursor reads a cursor back. ErrBadCursor when it was made by another
// query or lies outside its range; the limit may differ.
func DecodeCursor(table string, q Query) (Position, error) {
	raw, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil {
		return Position{}, fmt.Errorf("not base64url: %w", ErrBadCursor)
	}
	var c cursor
	if err := json.Unmarshal(raw, &c); err != nil {
		return Position{}, fmt.Errorf("not JSON: %w", ErrBadCursor)
	}
	at := Position{Key: Key{PK: c.PK, SK: c.SK}, IndexSK: c.Index}
	if c.Query != identity(table, q) || CheckKey(at.Key) != nil || !within(q, at) {
		return Position{}, fmt.Errorf("of another query: %w", ErrBadCursor)
	}
	return at, nil
}

// identity tells queries apart by everything but limit and cursor.
func identity(table string, q Query) string {
	h := sha256.New()
	for _, part := range []string{table, q.Index, q.PK, q.Prefix, q.From, q.To} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	fmt.Fprint(h, q.Descending)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:12])
}

func within(q Query, at Position) bool {
	sort := at.SK
	if q.Index == "" {
		if at.PK != q.PK || at.IndexSK != "" {
			return false
		}
	} else {
		sort = at.IndexSK
		if CheckKey(Key{PK: q.PK, SK: sort}) != nil {
			return false
		}
	}
	return q.Contains(sort)
}

// Contains tells whether a sort key is in the query's range.
func (q Query) Contains(sort string) bool {
	return strings.HasPrefix(sort, q.Prefix) && sort >= q.From && (q.To == "" || sort <= q.To)
}
