package local

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"portal/infra"
)

// record is a row as it is stored, in the table and in its indexes alike: the
// length of its head, the head as JSON, then the value as it was put.
type record struct {
	PK      string               `json:"p"`
	SK      string               `json:"s"`
	Index   map[string]infra.Key `json:"i,omitempty"`
	Expires int64                `json:"x,omitempty"` // seconds since 1970; 0 is never
	Value   json.RawMessage      `json:"-"`
}

func (r *record) key() infra.Key { return infra.Key{PK: r.PK, SK: r.SK} }

func (r *record) row() infra.Row { return infra.Row{Key: r.key(), Value: r.Value} }

func (r *record) expired(now time.Time) bool { return r.Expires != 0 && r.Expires <= now.Unix() }

func (r *record) bytes() ([]byte, error) {
	head, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	raw := make([]byte, 0, binary.MaxVarintLen64+len(head)+len(r.Value))
	raw = binary.AppendUvarint(raw, uint64(len(head)))
	return append(append(raw, head...), r.Value...), nil
}

// readRecord copies what it keeps: raw belongs to a transaction.
func readRecord(raw []byte) (*record, error) {
	length, n := binary.Uvarint(raw)
	if n <= 0 || length > uint64(len(raw)-n) {
		return nil, errors.New("stored row: cut off")
	}
	head, value := raw[n:n+int(length)], raw[n+int(length):]
	var r record
	if err := json.Unmarshal(head, &r); err != nil {
		return nil, fmt.Errorf("stored row: %w", err)
	}
	r.Value = bytes.Clone(value)
	return &r, nil
}

func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return max(t.Unix(), 1)
}

// partition is the prefix of the places of one partition. Lengths come first,
// so that no partition is a prefix of another.
func partition(pk string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(pk))), pk...)
}

// sortable keeps the order of the bytes while making room for the end mark:
// NUL becomes NUL 0xFF.
func sortable(sk string) []byte {
	return bytes.ReplaceAll([]byte(sk), []byte{0}, []byte{0, 0xff})
}

// placeOf is where a key stands in its bucket: by partition, then in the order
// of the sort key's bytes. It ends with NUL NUL, before everything that goes on.
func placeOf(k infra.Key) []byte {
	return append(append(partition(k.PK), sortable(k.SK)...), 0, 0)
}

// indexPlace is where a row stands in an index. Rows that share a key there
// are in the order of their own keys.
func indexPlace(at, row infra.Key) []byte { return append(placeOf(at), placeOf(row)...) }

func expiryPlace(expires int64, row infra.Key) []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(expires)), placeOf(row)...)
}
