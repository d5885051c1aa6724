package asl

import (
	"context"
	"math"
	"sync"
	"time"
)

// Naps of the loop that waits for deadlines. The longest one bounds how late a
// deadline is noticed after the machine slept or its clock was set; the
// shortest keeps a clock that stands still from spinning the loop.
const (
	longestNap  = 5 * time.Minute
	shortestNap = 10 * time.Millisecond
)

// recover queues what a crash interrupted.
func (r *Runner) recover() error {
	return r.store.read(func(t txn) error {
		for _, k := range keysBefore(t.tx.Bucket(agendaBucket), dueNow+1, math.MaxInt) {
			r.queue.push(string(k[8:]))
		}
		return nil
	})
}

// notice does what a change of an execution by Start or Wake calls for.
func (r *Runner) notice(x *execution) {
	switch {
	case x.Agenda == dueNow:
		r.queue.push(x.key())
	case x.Agenda != notDue:
		r.Kick()
	}
}

// Kick makes Run look at the deadlines again: the clock has jumped.
func (r *Runner) Kick() {
	select {
	case r.kick <- struct{}{}:
	default:
	}
}

// Run works until the context is done, and returns nil then, or until the
// file fails, and returns why: what is on disk is then the truth, and a new
// process goes on from it. It may be called again.
func (r *Runner) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	failed := make(chan error, r.workers+1)
	var wg sync.WaitGroup
	run := func(f func(context.Context) error) {
		wg.Go(func() {
			if err := f(ctx); err != nil {
				failed <- err
				stop(err)
			}
		})
	}
	run(r.watch)
	for range r.workers {
		run(r.labour)
	}
	wg.Wait()
	close(failed)
	return <-failed
}

// labour is what a worker does.
func (r *Runner) labour(ctx context.Context) error {
	for {
		key, ok := r.queue.take(ctx)
		if !ok {
			return nil
		}
		if err := r.workOn(ctx, key); err != nil {
			return err
		}
	}
}

func (r *Runner) workOn(ctx context.Context, key string) error {
	again := true // stands when a function ends its goroutine
	defer func() {
		r.queue.done(key, again)
		r.Kick() // its deadline may be the next, and there may be a backlog
	}()
	var err error
	again, err = r.work(ctx, key)
	return err
}

// watch queues executions when their deadlines pass.
func (r *Runner) watch(ctx context.Context) error {
	for {
		now := r.clock.Now()
		next, err := r.promote(now)
		if err != nil {
			return err
		}
		nap := longestNap
		if !next.IsZero() {
			nap = min(longestNap, max(shortestNap, next.Sub(now)))
		}
		timer := time.NewTimer(nap)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-r.kick:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// promote queues executions that are due and ends the contexts of calls that
// are late. It returns the next deadline, zero when there is none, or when so
// much is due that the workers will be back for the rest.
func (r *Runner) promote(now time.Time) (next time.Time, err error) {
	next = r.calls.expire(now)
	err = r.store.read(func(t txn) error {
		c := t.tx.Bucket(agendaBucket).Cursor()
		k, _ := c.Seek(instantKey(dueNow+1, ""))
		for seen := 0; k != nil && seen < r.backlog; k, _ = c.Next() {
			seen++
			key := string(k[8:])
			if r.queue.holds(key) {
				continue // its worker makes us look again when it is done
			}
			due := time.Unix(0, int64(instantOf(k)))
			if due.After(now) {
				next = earliest(next, due)
				return nil
			}
			r.queue.push(key)
		}
		return nil
	})
	return next, err
}

// Settle works in the caller's goroutine until nothing can be done at the
// clock's time: every execution has ended, waits on its token, or waits for a
// later instant. It may be used beside Run, but not by a function.
func (r *Runner) Settle(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if key, ok := r.queue.poll(); ok {
			if err := r.workOn(ctx, key); err != nil {
				return err
			}
			continue
		}
		r.queue.settle(ctx)
		if _, err := r.promote(r.clock.Now()); err != nil {
			return err
		}
		if r.queue.quiet() {
			return nil
		}
	}
}
