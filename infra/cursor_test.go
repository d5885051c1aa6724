package infra_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"portal/infra"
)

func TestCursorComesBackForItsOwnQueryOnly(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringN(0, 4, 8)
		name := rapid.SampledFrom([]string{"", "a", "ab", "b", "é"})
		query := func(label string) infra.Query {
			return infra.Query{
				PK: "p" + name.Draw(r, label+" pk"), Index: rapid.SampledFrom([]string{"", "owner", "queue"}).Draw(r, label+" index"),
				Prefix: name.Draw(r, label+" prefix"), Descending: rapid.Bool().Draw(r, label+" descending"),
			}
		}
		q := query("first")
		at := infra.Position{Key: infra.Key{PK: q.PK, SK: q.Prefix + "x" + text.Draw(r, "sort key")}}
		if q.Index != "" {
			at.IndexSK = q.Prefix + "x" + text.Draw(r, "index sort key")
		}
		var err error
		if q.Cursor, err = infra.EncodeCursor("dossiers", q, at); err != nil {
			r.Fatal(err)
		}
		if got, err := infra.DecodeCursor("dossiers", q); err != nil || got != at {
			r.Fatalf("decoded %+v, %v, want %+v", got, err, at)
		}
		other := query("second")
		other.Cursor = q.Cursor
		if other == q {
			return
		}
		if got, err := infra.DecodeCursor("dossiers", other); !errors.Is(err, infra.ErrBadCursor) {
			r.Fatalf("another query decoded %+v, %v", got, err)
		}
		if _, err := infra.DecodeCursor("people", q); !errors.Is(err, infra.ErrBadCursor) {
			r.Fatalf("another table: %v", err)
		}
	})
}

func TestCursorOutsideItsRangeIsBad(t *testing.T) {
	for name, test := range map[string]struct {
		q  infra.Query
		at infra.Position
	}{
		"partition":       {infra.Query{PK: "a"}, infra.Position{Key: infra.Key{PK: "b", SK: "x"}}},
		"prefix":          {infra.Query{PK: "a", Prefix: "p"}, infra.Position{Key: infra.Key{PK: "a", SK: "x"}}},
		"from":            {infra.Query{PK: "a", From: "m"}, infra.Position{Key: infra.Key{PK: "a", SK: "l"}}},
		"to":              {infra.Query{PK: "a", To: "m"}, infra.Position{Key: infra.Key{PK: "a", SK: "n"}}},
		"no key":          {infra.Query{PK: "a"}, infra.Position{}},
		"no index key":    {infra.Query{PK: "a", Index: "owner"}, infra.Position{Key: infra.Key{PK: "b", SK: "x"}}},
		"index key":       {infra.Query{PK: "a"}, infra.Position{Key: infra.Key{PK: "a", SK: "x"}, IndexSK: "y"}},
		"in index beyond": {infra.Query{PK: "a", Index: "owner", To: "m"}, infra.Position{Key: infra.Key{PK: "b", SK: "a"}, IndexSK: "n"}},
	} {
		var err error
		if test.q.Cursor, err = infra.EncodeCursor("dossiers", test.q, test.at); err != nil {
			t.Fatal(err)
		}
		if _, err := infra.DecodeCursor("dossiers", test.q); !errors.Is(err, infra.ErrBadCursor) {
			t.Errorf("%s: %v, want ErrBadCursor", name, err)
		}
	}
}

func FuzzDecodeCursor(f *testing.F) {
	f.Add("e30")
	f.Fuzz(func(t *testing.T, cursor string) {
		q := infra.Query{PK: "a", Prefix: "p", Cursor: cursor}
		if at, err := infra.DecodeCursor("dossiers", q); err == nil && (at.PK != "a" || !q.Contains(at.SK)) {
			t.Errorf("%q led to %+v", cursor, at)
		} else if err != nil && !errors.Is(err, infra.ErrBadCursor) {
			t.Errorf("%q: %v", cursor, err)
		}
	})
}
