package asl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"portal/infra"
)

// work takes an execution as far as it goes now. again tells that it must be
// looked at once more: the runner stopped, or its file failed, in the middle.
func (r *Runner) work(ctx context.Context, key string) (again bool, err error) {
	x, err := r.store.load(key)
	for err == nil {
		var m *Machine
		if m, err = r.machineOf(x); err != nil {
			break
		}
		now := r.clock.Now().UTC()
		switch {
		case x.Status != infra.Running:
			return false, nil
		case x.expired(now):
			x, err = r.update(key, func(x *execution) []Entry {
				if !x.expired(now) {
					return nil
				}
				return x.expire(m, now)
			})
		case x.Waiting, x.NotBefore.After(now):
			return false, nil
		case ctx.Err() != nil:
			return true, nil
		default:
			x, err = r.call(ctx, x, m)
			if x == nil && err == nil {
				return true, nil
			}
		}
	}
	return true, err
}

// call calls the function that an execution stands in front of and stores what
// comes of it. It returns nothing when the runner's stop interrupted the call.
func (r *Runner) call(ctx context.Context, x *execution, m *Machine) (*execution, error) {
	c, ok := x.pending(m)
	if !ok {
		return nil, fmt.Errorf("asl: %s stands in %q, which calls nothing", x.key(), x.State)
	}
	began := r.clock.Now().UTC()
	deadline := x.Until
	if c.timeout > 0 {
		deadline = earliest(began.Add(c.timeout), x.Until)
	}
	answer, err := r.timed(ctx, x.key(), c, deadline)
	if err != nil && ctx.Err() != nil {
		return nil, nil
	}
	return r.update(x.key(), func(x *execution) []Entry {
		now := r.clock.Now().UTC()
		if passed(x.Until, now) {
			return x.expire(m, now)
		}
		return x.returned(m, c, answer, err, began, now)
	})
}

// timed calls a function, in a context that ends at a deadline.
func (r *Runner) timed(ctx context.Context, key string, c call, deadline time.Time) (json.RawMessage, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if !deadline.IsZero() {
		r.calls.note(key, underway{deadline, cancel})
		defer r.calls.forget(key)
		r.Kick()
	}
	r.invocations.Add(1)
	return r.protected(ctx, c)
}

// protected turns a panic of a function into its error.
func (r *Runner) protected(ctx context.Context, c call) (answer json.RawMessage, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			slog.ErrorContext(ctx, "task panicked", "function", c.function, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return r.invoke(ctx, c.function, c.payload)
}

// update changes an execution in one commit. It works on the stored record,
// not on the worker's, because a token may have been woken meanwhile.
func (r *Runner) update(key string, change func(*execution) []Entry) (*execution, error) {
	var x *execution
	err := r.store.write(func(t txn) (err error) {
		if x, err = t.load(key); err != nil {
			return err
		}
		log := change(x)
		if log == nil {
			return nil
		}
		r.count(log)
		return t.save(x, log)
	})
	return x, err
}

// calls are the calls under way that have a deadline.
type calls struct {
	mu    sync.Mutex
	under map[string]underway
}

type underway struct {
	deadline time.Time
	cancel   context.CancelCauseFunc
}

var errTimedOut = errors.New("asl: the task's time is over")

func newCalls() *calls { return &calls{under: map[string]underway{}} }

func (cs *calls) note(key string, u underway) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.under[key] = u
}

func (cs *calls) forget(key string) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.under, key)
}

// expire ends the contexts of the calls whose time is over and returns the
// next deadline, zero when there is none.
func (cs *calls) expire(now time.Time) (next time.Time) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	for _, u := range cs.under {
		if passed(u.deadline, now) {
			u.cancel(errTimedOut)
		} else {
			next = earliest(next, u.deadline)
		}
	}
	return next
}
