package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"portal/infra"
)

func openInside(t *testing.T, now func() time.Time, delay bool) *Store {
	t.Helper()
	s, err := Open(t.TempDir(), Options{Now: now, IndexDelay: delay, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// consistent requires that indexes and expiries say exactly what the rows say.
func (t *Table) consistent(tx *bbolt.Tx) error {
	want := map[string][]byte{}
	err := tx.Bucket(rowsBucket(t.name)).ForEach(func(place, raw []byte) error {
		r, err := readRecord(raw)
		if err != nil {
			return err
		}
		if !bytes.Equal(place, placeOf(r.key())) {
			return fmt.Errorf("row %v at %x", r.key(), place)
		}
		if r.Expires != 0 {
			want["expiry "+string(expiryPlace(r.Expires, r.key()))] = []byte{}
		}
		for index, at := range r.Index {
			want[index+" "+string(indexPlace(at, r.key()))] = bytes.Clone(raw)
		}
		return nil
	})
	if err != nil {
		return err
	}
	buckets := map[string][]byte{"expiry": expiryBucket(t.name)}
	for _, i := range infra.Indexes {
		if i.Table == t.name {
			buckets[i.Name] = indexBucket(t.name, i.Name)
		}
	}
	found := 0
	for name, bucket := range buckets {
		err := tx.Bucket(bucket).ForEach(func(place, raw []byte) error {
			found++
			if row, ok := want[name+" "+string(place)]; !ok || !bytes.Equal(row, raw) {
				return fmt.Errorf("%s has %x = %s, the row says %s", name, place, raw, row)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	if found != len(want) {
		return fmt.Errorf("%d entries in indexes and expiries, want %d", found, len(want))
	}
	return nil
}

func TestIndexesAndExpiriesFollowTheRows(t *testing.T) {
	now := time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)
	for _, delay := range []bool{false, true} {
		t.Run(fmt.Sprintf("delay %v", delay), func(t *testing.T) {
			s := openInside(t, func() time.Time { return now }, delay)
			rapid.Check(t, func(r *rapid.T) { writeAtRandom(r, s, &now) })
			now = now.Add(time.Hour)
			clear := func() error {
				_, err := s.Sweep(t.Context())
				return errors.Join(err, s.Settle(), s.db.View(s.dossiers.consistent))
			}
			if err := clear(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func writeAtRandom(r *rapid.T, s *Store, now *time.Time) {
	ctx := context.Background()
	key := func(label string) infra.Key {
		part := rapid.SampledFrom([]string{"a", "b", "a\x00", "a\x00\xef\xbf\xbf", "é"})
		return infra.Key{PK: part.Draw(r, label+" pk"), SK: part.Draw(r, label+" sk")}
	}
	for range rapid.IntRange(1, 12).Draw(r, "writes") {
		var expires time.Time
		if rapid.Bool().Draw(r, "expires") {
			expires = now.Add(time.Duration(rapid.IntRange(-2, 5).Draw(r, "after")) * time.Second)
		}
		var op infra.Op
		switch rapid.IntRange(0, 3).Draw(r, "verb") {
		case 0, 1:
			index := map[string]infra.Key{}
			for _, name := range []string{"owner", "due"} {
				if rapid.Bool().Draw(r, name) {
					index[name] = key(name)
				}
			}
			op = infra.Put{Key: key("put"), Value: map[string]int{"n": rapid.Int().Draw(r, "n")}, Index: index, Expires: expires}
		case 2:
			op = infra.Add{Key: key("add"), Values: map[string]int64{"m": 1}, Expires: expires}
		case 3:
			op = infra.Delete{Key: key("delete")}
		}
		if err := s.dossiers.Write(ctx, op); err != nil {
			r.Fatal(err)
		}
		if rapid.IntRange(0, 4).Draw(r, "sweep") == 0 {
			*now = now.Add(time.Second)
			if _, err := s.Sweep(ctx); err != nil {
				r.Fatal(err)
			}
		}
	}
	if err := errors.Join(s.Settle(), s.db.View(s.dossiers.consistent)); err != nil {
		r.Fatal(err)
	}
}

func TestSweepRemovesExpiredRowsForGood(t *testing.T) {
	now := time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC)
	s := openInside(t, func() time.Time { return now }, false)
	const rows = 2*sweepBatch + 10
	for n := 0; n < rows; n += 10 {
		var ops []infra.Op
		for i := range 10 {
			ops = append(ops, infra.Put{Key: infra.Key{PK: "p", SK: fmt.Sprint(n + i)}, Value: struct{}{},
				Index: map[string]infra.Key{"owner": {PK: "o", SK: "1"}}, Expires: now.Add(time.Minute)})
		}
		if err := s.dossiers.Write(t.Context(), ops...); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.dossiers.Write(t.Context(), infra.Put{Key: infra.Key{PK: "p", SK: "kept"}, Value: struct{}{}}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute - time.Second)
	if swept, err := s.Sweep(t.Context()); err != nil || swept.Rows != 0 {
		t.Fatalf("before their time: swept %+v, %v", swept, err)
	}
	now = now.Add(time.Second)
	if swept, err := s.Sweep(t.Context()); err != nil || swept.Rows != rows {
		t.Fatalf("swept %+v, %v, want %d rows", swept, err, rows)
	}
	err := s.db.View(func(tx *bbolt.Tx) error {
		if n := tx.Bucket(rowsBucket("dossiers")).Inspect().KeyN; n != 1 {
			t.Errorf("%d rows are left", n)
		}
		return s.dossiers.consistent(tx)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPlacesKeepTheOrderOfKeys(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("\x00\x01aé\uffff😀")), 1, 4, -1)
		a, b := infra.Key{PK: "p", SK: text.Draw(r, "a")}, infra.Key{PK: "p", SK: text.Draw(r, "b")}
		rowA, rowB := infra.Key{PK: text.Draw(r, "row a"), SK: "x"}, infra.Key{PK: text.Draw(r, "row b"), SK: "x"}
		order := func(a, b string) int { return bytes.Compare([]byte(a), []byte(b)) }
		if got, want := bytes.Compare(placeOf(a), placeOf(b)), order(a.SK, b.SK); got != want {
			r.Fatalf("places of %q and %q compare %d, want %d", a.SK, b.SK, got, want)
		}
		if a.SK != b.SK {
			if got, want := bytes.Compare(indexPlace(a, rowA), indexPlace(b, rowB)), order(a.SK, b.SK); got != want {
				r.Fatalf("index places of %q and %q compare %d, want %d", a.SK, b.SK, got, want)
			}
		}
		if a.SK == b.SK && rowA != rowB && bytes.Equal(indexPlace(a, rowA), indexPlace(b, rowB)) {
			r.Fatalf("rows %q and %q share a place", rowA, rowB)
		}
	})
}

func TestThoseWhoWaitShareOneCommit(t *testing.T) {
	s := openInside(t, time.Now, false)
	s.commits.turn.Lock()
	const writers = 20
	ids := make(chan int, writers)
	var all sync.WaitGroup
	for n := range writers {
		all.Go(func() {
			err := s.commits.run(t.Context(), func(tx *bbolt.Tx) error {
				ids <- tx.ID()
				if n == 3 {
					return errors.New("a refusal")
				}
				return nil
			})
			if (err != nil) != (n == 3) {
				t.Errorf("writer %d: %v", n, err)
			}
		})
	}
	for waiting := 0; waiting < writers; runtime.Gosched() {
		s.commits.mu.Lock()
		waiting = len(s.commits.queue)
		s.commits.mu.Unlock()
	}
	s.commits.turn.Unlock()
	all.Wait()
	close(ids)
	first := <-ids
	for id := range ids {
		if id != first {
			t.Fatalf("transactions %d and %d, want one", first, id)
		}
	}
}

func TestBrokenTransactionUndoesAllThatShareIt(t *testing.T) {
	s := openInside(t, time.Now, false)
	s.commits.turn.Lock()
	put := func(name string, err error) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			return errors.Join(tx.Bucket(clockBucket).Put([]byte(name), []byte{1}), err)
		}
	}
	faulty := errors.New("the disk is full")
	results := make(chan error, 2)
	go func() { results <- s.commits.run(t.Context(), put("good", nil)) }()
	go func() { results <- s.commits.run(t.Context(), put("bad", broken{faulty})) }()
	for waiting := 0; waiting < 2; runtime.Gosched() {
		s.commits.mu.Lock()
		waiting = len(s.commits.queue)
		s.commits.mu.Unlock()
	}
	s.commits.turn.Unlock()
	for range 2 {
		if err := <-results; !errors.Is(err, faulty) {
			t.Errorf("result %v, want the fault", err)
		}
	}
	err := s.db.View(func(tx *bbolt.Tx) error {
		for _, name := range []string{"good", "bad"} {
			if tx.Bucket(clockBucket).Get([]byte(name)) != nil {
				t.Errorf("%s was kept", name)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
