package asl

import (
	"context"
	"sync"
)

// queue hands executions to workers, first come first served, and never one to
// two of them at once.
type queue struct {
	mu      sync.Mutex
	changed *sync.Cond
	ready   []string
	held    map[string]hold
	working int
}

// hold is what the queue knows of an execution that it has not forgotten.
type hold int

const (
	holdQueued hold = iota + 1
	holdWorking
	holdAgain // being worked on, and news came meanwhile
)

func newQueue() *queue {
	q := &queue{held: map[string]hold{}}
	q.changed = sync.NewCond(&q.mu)
	return q
}

// push tells that there is something to do for an execution.
func (q *queue) push(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch q.held[key] {
	case holdQueued, holdAgain:
		return
	case holdWorking:
		q.held[key] = holdAgain
		return
	}
	q.held[key] = holdQueued
	q.ready = append(q.ready, key)
	q.changed.Broadcast()
}

// holds tells whether an execution is queued or being worked on.
func (q *queue) holds(key string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.held[key] != 0
}

// take waits for an execution to work on; false when the context is done. The
// taker calls done.
func (q *queue) take(ctx context.Context) (string, bool) {
	defer q.rouse(ctx)()
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.ready) == 0 && ctx.Err() == nil {
		q.changed.Wait()
	}
	if ctx.Err() != nil {
		return "", false
	}
	return q.first(), true
}

// poll is take without waiting.
func (q *queue) poll() (string, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.ready) == 0 {
		return "", false
	}
	return q.first(), true
}

// quiet tells that nothing is queued and nobody is at work.
func (q *queue) quiet() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.ready) == 0 && q.working == 0
}

func (q *queue) first() string {
	key := q.ready[0]
	q.ready = q.ready[1:]
	q.held[key] = holdWorking
	q.working++
	return key
}

// done gives an execution back. It is queued again when news came meanwhile,
// or when again says that the work is not over.
func (q *queue) done(key string, again bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.working--
	if again || q.held[key] == holdAgain {
		q.held[key] = holdQueued
		q.ready = append(q.ready, key)
	} else {
		delete(q.held, key)
	}
	q.changed.Broadcast()
}

// settle waits until there is something to take or nobody is at work.
func (q *queue) settle(ctx context.Context) {
	defer q.rouse(ctx)()
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.ready) == 0 && q.working > 0 && ctx.Err() == nil {
		q.changed.Wait()
	}
}

// rouse wakes those who wait when the context is done.
func (q *queue) rouse(ctx context.Context) (stop func() bool) {
	return context.AfterFunc(ctx, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.changed.Broadcast()
	})
}
