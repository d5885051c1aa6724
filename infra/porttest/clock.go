// Package porttest holds one conformance suite per port. Whatever passes a
// suite may stand behind the port; both sides of infra are held to all of them.
package porttest

import (
	"sync"
	"time"
)

// Clock is a clock that moves only when it is told to.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock is a clock that stands at this time.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now is the time at which the clock stands.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set puts the clock at another time.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

// Advance moves the clock forward.
func (c *Clock) Advance(d time.Duration) { c.Set(c.Now().Add(d)) }
