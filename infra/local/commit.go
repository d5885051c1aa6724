package local

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"go.etcd.io/bbolt"
)

// committer makes transactions durable, sharing one fsync among those that
// wait at the same time: whoever gets the turn commits for everybody in the
// queue. One writer alone pays one commit and no delay.
type committer struct {
	db    *bbolt.DB
	mu    sync.Mutex // guards queue
	queue []*job
	turn  sync.Mutex // held while committing
}

// job is one transaction. do returns a plain error only while it has changed
// nothing, and broken otherwise.
type job struct {
	do   func(*bbolt.Tx) error
	err  error
	done bool // guarded by turn
}

// broken is an error that leaves a transaction half done.
type broken struct{ err error }

func (b broken) Error() string { return b.err.Error() }
func (b broken) Unwrap() error { return b.err }

// run does one job durably, all or nothing. After it has returned nil the
// change survives a crash.
func (c *committer) run(ctx context.Context, do func(*bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	mine := &job{do: do}
	c.mu.Lock()
	c.queue = append(c.queue, mine)
	c.mu.Unlock()

	c.turn.Lock()
	defer c.turn.Unlock()
	if !mine.done {
		c.commit()
	}
	return mine.err
}

// commit does all jobs that wait, in their order, in one transaction of the
// database. When it fails, none of them was done.
func (c *committer) commit() {
	c.mu.Lock()
	jobs := c.queue
	c.queue = nil
	c.mu.Unlock()

	err := errAbandoned
	defer func() {
		for _, j := range jobs {
			j.done = true
			if err != nil {
				j.err = fmt.Errorf("commit: %w", err)
			}
		}
	}()
	err = c.db.Update(func(tx *bbolt.Tx) error {
		for _, j := range jobs {
			j.err = j.do(tx)
			if b, ok := errors.AsType[broken](j.err); ok {
				return b.err
			}
		}
		return nil
	})
}

// errAbandoned stands when a job panics: the others must not take for durable
// what was rolled back.
var errAbandoned = errors.New("the commit was abandoned")
