package asl

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"portal/infra"
)

// mark is a job that leaves a trace.
func mark(name string) func(txn) error {
	return func(t txn) error {
		return t.put(&execution{Machine: "m", Name: name, Status: infra.Succeeded})
	}
}

func (s *store) has(t *testing.T, name string) bool {
	t.Helper()
	_, err := s.load("m/" + name)
	if err != nil && !errors.Is(err, infra.ErrNotFound) {
		t.Fatal(err)
	}
	return err == nil
}

// together writes jobs in one commit: the first writer leads, and dawdles
// until the others queue.
func together(s *store, jobs ...func(txn) error) []error {
	errs := make([]error, len(jobs))
	leading := make(chan struct{})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.write(func(txn) error {
			close(leading)
			for queued := 0; queued < len(jobs); {
				runtime.Gosched()
				s.mu.Lock()
				queued = len(s.queue)
				s.mu.Unlock()
			}
			return nil
		})
	}()
	<-leading
	done := make(chan struct{})
	for i, job := range jobs {
		go func() {
			defer func() {
				recover() // of a job that panics
				done <- struct{}{}
			}()
			errs[i] = s.write(job)
		}()
	}
	for range jobs {
		<-done
	}
	<-ended
	return errs
}

func TestWritersShareACommit(t *testing.T) {
	s, err := openStore(openFile(t))
	if err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	errs := together(s, mark("a"), func(txn) error { return refused }, mark("b"), func(txn) error { return nil })
	if errs[0] != nil || errs[1] != refused || errs[2] != nil || errs[3] != nil {
		t.Errorf("got %v", errs)
	}
	if !s.has(t, "a") || !s.has(t, "b") || s.commits.Load() != 1 {
		t.Errorf("%d commits", s.commits.Load())
	}
}

func TestAJobThatFailsHalfDoneUndoesTheCommit(t *testing.T) {
	s, err := openStore(openFile(t))
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	errs := together(s, mark("a"), func(t txn) error { return errors.Join(mark("b")(t), broken) })
	if !errors.Is(errs[0], broken) || !errors.Is(errs[1], broken) {
		t.Errorf("got %v", errs)
	}
	if s.has(t, "a") || s.has(t, "b") {
		t.Error("a part stayed")
	}
}

func TestAJobThatPanicsLeavesNobodyWaiting(t *testing.T) {
	s, err := openStore(openFile(t))
	if err != nil {
		t.Fatal(err)
	}
	errs := together(s, mark("a"), func(txn) error { panic("oh") })
	if s.has(t, "a") {
		t.Error("a part stayed")
	}
	if errs[0] == nil && errs[1] == nil {
		t.Error("nobody was told")
	}
	if err := s.write(mark("b")); err != nil || !s.has(t, "b") {
		t.Errorf("then: %v", err)
	}
}

func TestWhatChangesNothingIsNotCommitted(t *testing.T) {
	s, err := openStore(openFile(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []error{nil, infra.ErrTokenGone} {
		if err := s.write(func(txn) error { return want }); err != want {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	if n := s.commits.Load(); n != 0 {
		t.Errorf("%d commits", n)
	}
}

func TestTheQueueForgetsNoNews(t *testing.T) {
	q := newQueue()
	take := func(want string) {
		t.Helper()
		if key, _ := q.poll(); key != want {
			t.Errorf("took %q, want %q", key, want)
		}
	}
	q.push("a")
	q.push("b")
	q.push("a") // queued already
	take("a")
	q.push("a") // being worked on: not handed out, not forgotten
	q.push("a")
	take("b")
	take("")
	if q.quiet() || !q.holds("a") {
		t.Error("it forgot who is at work")
	}
	q.done("a", false)
	take("a")
	q.done("a", false)
	q.done("b", true)
	take("b")
	q.done("b", false)
	take("")
	if !q.quiet() || q.holds("a") || q.holds("b") {
		t.Error("it remembers what is done")
	}
}

func TestTheQueueLetsGoOfThoseWhoWait(t *testing.T) {
	q := newQueue()
	ctx, stop := context.WithCancel(context.Background())
	took := make(chan bool)
	go func() {
		_, ok := q.take(ctx)
		took <- ok
	}()
	stop()
	if <-took {
		t.Error("took something from an empty queue")
	}
	q.push("a")
	if _, ok := q.take(ctx); ok {
		t.Error("took something after the end")
	}
}
