package local

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

func TestNobodyTakesForDurableWhatAPanicRolledBack(t *testing.T) {
	db, err := bbolt.Open(filepath.Join(t.TempDir(), "x.db"), 0o600, &bbolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := &committer{db: db}
	create := func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("b"))
		return err
	}
	other := &job{do: create}
	c.queue = []*job{other}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = c.run(context.Background(), func(*bbolt.Tx) error { panic("out of order") })
	}()
	if !other.done || !errors.Is(other.err, errAbandoned) {
		t.Errorf("the other job: done %v, %v", other.done, other.err)
	}
	if err := c.run(context.Background(), create); err != nil {
		t.Errorf("the next job: %v", err)
	}
}
