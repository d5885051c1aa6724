package asl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"portal/infra"
)

// selfWaking is a park function that wakes its own token, and so drives a
// review through all of its events.
func (b *rig) selfWaking() function {
	return func(ctx context.Context, payload json.RawMessage) (any, error) {
		var in struct{ Token string }
		if err := json.Unmarshal(payload, &in); err != nil {
			return nil, err
		}
		return nil, b.runner.Wake(ctx, in.Token)
	}
}

func TestManyExecutionsRunSideBySideAndNoneTwice(t *testing.T) {
	const executions, workers = 40, 4
	var at sync.Map // executions being worked on
	var now, most atomic.Int32
	var b *rig
	alone := func(f function) function {
		return func(ctx context.Context, payload json.RawMessage) (any, error) {
			var in struct{ ID string }
			if err := json.Unmarshal(payload, &in); err != nil {
				return nil, err
			}
			if _, twice := at.LoadOrStore(in.ID, true); twice {
				t.Errorf("%s is worked on twice at once", in.ID)
			}
			defer at.Delete(in.ID)
			n := now.Add(1)
			defer now.Add(-1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			return f(ctx, payload)
		}
	}
	b = newRig(t, nil, Workers(workers))
	b.functions = map[string]function{"park": alone(b.selfWaking()), "next": alone(events("deposit", "decide", "close")),
		"acknowledge": alone(acknowledge)}
	b.register("review", reviewMachine)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- b.runner.Run(ctx) }()
	for n := range executions {
		id := fmt.Sprintf("d%d", n)
		b.start("review", id, map[string]any{"id": id, "n": 0})
	}
	b.settle()
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	cycle := "Await Next Which? Effect Acknowledge "
	for n := range executions {
		id := fmt.Sprintf("d%d", n)
		b.wantState("review", id, infra.Succeeded)
		b.wantPath("review", id, cycle+cycle+"Await Next Which? Closed")
	}
	if n := most.Load(); n > workers+1 { // Settle works too
		t.Errorf("%d functions at once", n)
	}
	if c := b.runner.Counters(); c.Transitions != 14*executions || c.Invocations != 10*executions {
		t.Errorf("counted %+v", c)
	}
}

func TestTheFileFailsAndRunSaysSo(t *testing.T) {
	b := newRig(t, nil)
	b.register("m", limited("", ""))
	b.start("m", "x", nil)
	mortal(b.runner, 1, false)
	if err := b.runner.Run(context.Background()); !errors.Is(err, errDead) {
		t.Fatalf("run = %v", err)
	}
	b.runner.store.crash = nil
	b.settle() // and it may be tried again
	b.wantCalls("f f")
	b.wantState("m", "x", infra.Succeeded)
}

func TestADefinitionThatCannotBeReadStopsTheRunner(t *testing.T) {
	b := newRig(t, nil)
	b.register("m", limited("", ""))
	b.start("m", "x", nil)
	b.restart()
	err := b.runner.store.write(func(txn txn) error {
		*txn.dirty = true
		hash := parsed(t, limited("", "")).hash
		return txn.tx.Bucket(definitionsBucket).Put([]byte(hash), []byte(`{"StartAt": "A", "States": {"A": {"Type": "Novel"}}}`))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.runner.Settle(context.Background()); err == nil || !strings.Contains(err.Error(), "States.A.Type: Novel is not supported") {
		t.Errorf("settle = %v", err)
	}
}

func TestRegisterRefuses(t *testing.T) {
	b := newRig(t, nil)
	m, err := Parse([]byte(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "X"}}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.runner.Register("m", m); err == nil {
		t.Error("a machine that does not fit together was taken")
	}
	if err := b.runner.Register("m/n", parsed(t, parkMachine)); err == nil {
		t.Error("a slash in a name was taken")
	}
}

func TestSettleEndsWithItsContext(t *testing.T) {
	b := newRig(t, nil)
	b.register("m", limited("", ""))
	b.start("m", "x", nil)
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if err := b.runner.Settle(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("settle = %v", err)
	}
	b.wantCalls("")
}

func TestABacklogLargerThanALookIsWorkedOff(t *testing.T) {
	b := newRig(t, nil)
	b.register("park", parkMachine)
	for n := range 25 {
		b.start("park", fmt.Sprint("x", n), map[string]any{})
	}
	b.settle()
	b.restart()
	b.runner.backlog = 4
	b.clock.Advance(2 * 60e9)
	b.settle()
	for n := range 25 {
		b.wantState("park", fmt.Sprint("x", n), infra.Succeeded)
	}
}

// What a cycle costs is part of the contract: see Runner.
func TestFromAWakeToTheNextWaitThereIsOneCommitForEachFunctionAndOneForTheWake(t *testing.T) {
	b := newRig(t, map[string]function{"next": events("deposit", "decide"), "acknowledge": acknowledge})
	b.register("review", reviewMachine)
	b.start("review", "x", map[string]any{"id": "x", "n": 0})
	b.settle()
	before := b.runner.Counters()
	b.wake(b.lastToken())
	b.settle()
	after := b.runner.Counters()
	calls, commits := after.Invocations-before.Invocations, after.Commits-before.Commits
	if calls != 4 || commits != 5 {
		t.Errorf("%d functions and %d commits, want next, effect, acknowledge, park and 5", calls, commits)
	}
}
