package asl

import (
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"portal/infra"
)

// Entry is one thing that happened to an execution.
type Entry struct {
	At    time.Time `json:"at"`
	State string    `json:"state,omitempty"`
	Kind  Kind      `json:"kind"`
	Error string    `json:"error,omitempty"` // name and text of the fault
}

// Kind is what happened.
type Kind string

// What happens to executions. A call cut short by a crash and made again
// leaves no entry.
const (
	Started   Kind = "started"
	Entered   Kind = "entered" // a state
	Waiting   Kind = "waiting" // the function returned, its token is asleep
	Woken     Kind = "woken"   // the token
	Retried   Kind = "retried" // the attempt failed and another one follows
	Caught    Kind = "caught"  // the state failed and its Catch leads on
	Succeeded Kind = "succeeded"
	Failed    Kind = "failed"
)

// History is what happened to an execution, oldest first; nothing once it is
// pruned. infra.ErrNotFound when there is no such execution.
func (r *Runner) History(machine, name string) ([]Entry, error) {
	var history []Entry
	err := r.store.read(func(t txn) error {
		x, err := t.load(machine + "/" + name)
		if err != nil {
			return err
		}
		history, err = t.history(x)
		return err
	})
	return history, err
}

// Description is what an execution is at, for people who look after it.
type Description struct {
	Status  infra.ExecutionState
	State   string // the current one, or the last
	Waiting bool   // on a token
	Started time.Time
	Ended   time.Time       // zero while it runs
	Output  json.RawMessage // of one that succeeded, until it is pruned
	Error   string          // of one that failed
	Cause   string          // of one that failed, until it is pruned
}

// Describe tells what an execution is at. infra.ErrNotFound when there is no
// such execution.
func (r *Runner) Describe(machine, name string) (Description, error) {
	x, err := r.store.load(machine + "/" + name)
	if err != nil {
		return Description{}, err
	}
	return Description{
		Status: x.Status, State: x.State, Waiting: x.Waiting,
		Started: x.Started, Ended: x.Ended, Output: x.Output, Error: x.Error, Cause: x.Cause,
	}, nil
}

// pruneBatch is how many executions one commit prunes.
const pruneBatch = 500

// Prune forgets the histories and data of executions that ended before an
// instant, and returns of how many. Their names stay used.
func (r *Runner) Prune(before time.Time) (int, error) {
	total := 0
	for {
		pruned := 0
		err := r.store.write(func(t txn) (err error) {
			pruned, err = t.prune(before)
			return err
		})
		total += pruned
		if err != nil || pruned < pruneBatch {
			return total, err
		}
	}
}

func (t txn) prune(before time.Time) (int, error) {
	ended := t.tx.Bucket(endedBucket)
	keys := keysBefore(ended, instant(before), pruneBatch)
	for _, k := range keys {
		x, err := t.load(string(k[8:]))
		if err != nil {
			return 0, err
		}
		if err := t.forget(x); err != nil {
			return 0, err
		}
		if err := ended.Delete(k); err != nil {
			return 0, err
		}
	}
	return len(keys), nil
}

// forget leaves the name and the outcome of an execution.
func (t txn) forget(x *execution) error {
	for batch := range x.Batches {
		if err := t.tx.Bucket(historyBucket).Delete(historyKey(x.key(), batch)); err != nil {
			return err
		}
	}
	x.Input, x.Output, x.Cause, x.Pruned, x.Batches = nil, nil, "", true, 0
	return t.put(x)
}

// keysBefore copies up to limit keys of a bucket whose first eight bytes are
// an instant before this one.
func keysBefore(b *bbolt.Bucket, before uint64, limit int) [][]byte {
	var keys [][]byte
	c := b.Cursor()
	for k, _ := c.First(); k != nil && len(keys) < limit; k, _ = c.Next() {
		if instantOf(k) >= before {
			break
		}
		keys = append(keys, append([]byte(nil), k...))
	}
	return keys
}

func (t txn) history(x *execution) ([]Entry, error) {
	var all []Entry
	for batch := range x.Batches {
		var entries []Entry
		if err := json.Unmarshal(t.tx.Bucket(historyBucket).Get(historyKey(x.key(), batch)), &entries); err != nil {
			return nil, fmt.Errorf("asl: history of %s: %w", x.key(), err)
		}
		all = append(all, entries...)
	}
	return all, nil
}
