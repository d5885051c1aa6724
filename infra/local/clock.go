package local

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
)

// Clock is a clock that can be put forward, for tests and demonstrations. How
// far is kept over restarts. It never goes back: rows and signatures have been
// judged by the time it showed.
type Clock struct {
	base    func() time.Time
	ahead   atomic.Int64 // nanoseconds
	commits *committer
}

var (
	clockBucket = []byte("clock")
	aheadKey    = []byte("ahead")
)

// maxAhead keeps far dates within what formats and signatures can carry.
const maxAhead = 100 * 365 * 24 * time.Hour

// ErrPast says that a clock would have to go back.
var ErrPast = errors.New("the clock only goes forward")

func openClock(db *bbolt.DB, commits *committer, base func() time.Time) (*Clock, error) {
	c := &Clock{base: base, commits: commits}
	err := db.View(func(tx *bbolt.Tx) error {
		raw := tx.Bucket(clockBucket).Get(aheadKey)
		if raw == nil {
			return nil
		}
		ahead, err := strconv.ParseInt(string(raw), 10, 64)
		c.ahead.Store(ahead)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("clock: %w", err)
	}
	return c, nil
}

// Now is the time.
func (c *Clock) Now() time.Time { return c.base().Add(time.Duration(c.ahead.Load())) }

// Ahead is how far the clock was put forward.
func (c *Clock) Ahead() time.Duration { return time.Duration(c.ahead.Load()) }

// Travel puts the clock forward to this time. ErrPast when it shows a later
// one already.
func (c *Clock) Travel(ctx context.Context, to time.Time) error {
	var ahead int64
	err := c.commits.run(ctx, func(tx *bbolt.Tx) error {
		distance := to.Sub(c.base())
		if distance > maxAhead {
			return fmt.Errorf("more than %v ahead", maxAhead)
		}
		if ahead = int64(distance); ahead < c.ahead.Load() {
			return ErrPast
		}
		if err := tx.Bucket(clockBucket).Put(aheadKey, strconv.AppendInt(nil, ahead, 10)); err != nil {
			return broken{err}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	c.advance(ahead)
	return nil
}

// advance never lets an earlier traveller take back what a later one set.
func (c *Clock) advance(ahead int64) {
	for {
		now := c.ahead.Load()
		if ahead <= now || c.ahead.CompareAndSwap(now, ahead) {
			return
		}
	}
}
