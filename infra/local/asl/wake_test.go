package asl

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"portal/infra"
)

// parkMachine waits once, for at most a minute, and then does one thing.
const parkMachine = `{"StartAt": "Await", "States": {
	"Await": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "TimeoutSeconds": 60,
		"Parameters": {"FunctionName": "${park}", "Payload": {"token.$": "$$.Task.Token"}}, "ResultPath": null, "Next": "After",
		"Retry": [{"ErrorEquals": ["Again"], "IntervalSeconds": 5, "MaxAttempts": 1}],
		"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Caught"}]},
	"After": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "${after}"}, "End": true},
	"Caught": {"Type": "Succeed"}}}`

func (b *rig) wantGone(token string) {
	b.Helper()
	if err := b.runner.Wake(context.Background(), token); !errors.Is(err, infra.ErrTokenGone) {
		b.Errorf("wake = %v, want ErrTokenGone", err)
	}
}

func parked(t *testing.T, functions map[string]function) *rig {
	t.Helper()
	b := newRig(t, functions)
	b.register("park", parkMachine)
	b.start("park", "x", map[string]any{})
	b.settle()
	return b
}

func TestATokenWakesOnce(t *testing.T) {
	b := parked(t, nil)
	b.wantCalls("park")
	token := b.lastToken()
	commits := b.runner.Counters().Commits
	b.wantGone(token + "x")
	b.wantGone("")
	b.wantGone("no.token")
	b.wantGone(newToken("park/x"))
	b.wantGone(newToken("park/y"))
	if n := b.runner.Counters().Commits - commits; n != 0 {
		t.Errorf("%d commits for tokens that nobody waits on", n)
	}
	b.wake(token)
	b.wantGone(token)
	b.settle()
	b.wantGone(token)
	b.wantCalls("park after")
	b.wantState("park", "x", infra.Succeeded)
	if got := kinds(t, b.runner, "park", "x"); got != "started waiting woken succeeded" {
		t.Errorf("history %q", got)
	}
}

func TestATokenSurvivesARestart(t *testing.T) {
	b := parked(t, nil)
	for range 3 {
		b.restart()
		b.settle()
	}
	b.wantCalls("park") // it keeps waiting, and is not called again
	b.wake(b.lastToken())
	b.settle()
	b.wantState("park", "x", infra.Succeeded)
}

func TestAFunctionMayWakeItsOwnToken(t *testing.T) {
	var b *rig
	wake := func(ctx context.Context, payload json.RawMessage) (any, error) {
		b.wake(b.lastToken())
		b.wantGone(b.lastToken())
		return nil, nil
	}
	b = newRig(t, map[string]function{"park": wake})
	b.register("park", parkMachine)
	b.start("park", "x", map[string]any{})
	b.settle()
	b.wantCalls("park after")
	b.wantState("park", "x", infra.Succeeded)
	if got := kinds(t, b.runner, "park", "x"); got != "started woken succeeded" {
		t.Errorf("history %q", got)
	}
}

func TestAWakeCountsWhateverTheFunctionThenSays(t *testing.T) {
	var b *rig
	b = newRig(t, map[string]function{"park": func(context.Context, json.RawMessage) (any, error) {
		b.wake(b.lastToken())
		return nil, namedError("Again")
	}})
	b.register("park", parkMachine)
	b.start("park", "x", map[string]any{})
	b.settle()
	b.wantCalls("park after")
}

func TestAWakeInAFunctionThatACrashCutsShortCounts(t *testing.T) {
	var b *rig
	crash := true
	b = newRig(t, map[string]function{"park": func(context.Context, json.RawMessage) (any, error) {
		if crash {
			b.wake(b.lastToken())
			mortal(b.runner, 1, false)
		}
		return nil, nil
	}})
	b.register("park", parkMachine)
	b.start("park", "x", map[string]any{})
	if err := b.runner.Settle(context.Background()); !errors.Is(err, errDead) {
		t.Fatalf("settle = %v", err)
	}
	crash = false
	b.restart()
	b.settle()
	b.wantCalls("park park after") // cut short, so called again, but not waited for
	if b.tokens[0] != b.tokens[1] {
		t.Error("the second call of one attempt had another token")
	}
	b.wantState("park", "x", infra.Succeeded)
}

func TestAFailedFunctionIsTriedAgainWithANewToken(t *testing.T) {
	failing := true
	b := parked(t, map[string]function{"park": func(context.Context, json.RawMessage) (any, error) {
		if failing {
			return nil, namedError("Again")
		}
		return nil, nil
	}})
	b.wantCalls("park")
	b.wantGone(b.lastToken())
	failing = false
	b.clock.Advance(5 * time.Second)
	b.settle()
	b.wantCalls("park park")
	b.wantGone(b.tokens[0])
	b.wake(b.tokens[1])
	b.settle()
	b.wantState("park", "x", infra.Succeeded)
	if got := kinds(t, b.runner, "park", "x"); got != "started retried waiting woken succeeded" {
		t.Errorf("history %q", got)
	}
}

func TestAWaitEndsWithItsTime(t *testing.T) {
	for _, restart := range []bool{false, true} {
		b := parked(t, nil)
		b.clock.Advance(59 * time.Second)
		b.settle()
		b.wantState("park", "x", infra.Running)
		b.clock.Advance(time.Second)
		b.wantGone(b.lastToken()) // its time is over even before anybody looked
		if restart {
			b.restart()
		}
		b.settle()
		b.wantPath("park", "x", "Await Caught")
		d, err := b.runner.Describe("park", "x")
		if err != nil || string(d.Output) != `{"error":{"Cause":"the task took longer than 1m0s","Error":"States.Timeout"}}` {
			t.Errorf("output %s, %v", d.Output, err)
		}
	}
}

func TestOfManyWakesAndStartsOneCounts(t *testing.T) {
	b := parked(t, nil)
	token := b.lastToken()
	var wg sync.WaitGroup
	var mu sync.Mutex
	woken, started := 0, 0
	for range 16 {
		wg.Go(func() {
			wake := b.runner.Wake(context.Background(), token)
			start := b.runner.Start(context.Background(), "park", "y", nil)
			mu.Lock()
			defer mu.Unlock()
			if wake == nil {
				woken++
			} else if !errors.Is(wake, infra.ErrTokenGone) {
				t.Error(wake)
			}
			if start == nil {
				started++
			} else if !errors.Is(start, infra.ErrExecutionExists) {
				t.Error(start)
			}
		})
	}
	wg.Wait()
	if woken != 1 || started != 1 {
		t.Errorf("%d woke, %d started", woken, started)
	}
}

func TestANameIsNeverUsedAgain(t *testing.T) {
	b := parked(t, nil)
	exists := func() {
		t.Helper()
		commits := b.runner.Counters().Commits
		if err := b.runner.Start(context.Background(), "park", "x", nil); !errors.Is(err, infra.ErrExecutionExists) {
			t.Errorf("start = %v", err)
		}
		if n := b.runner.Counters().Commits - commits; n != 0 {
			t.Errorf("%d commits for nothing", n)
		}
	}
	exists()
	if n, err := b.runner.Prune(noon.Add(time.Hour)); n != 0 || err != nil {
		t.Errorf("pruned %d that run, %v", n, err)
	}
	b.wake(b.lastToken())
	b.settle()
	exists()
	if n, err := b.runner.Prune(noon); n != 0 || err != nil {
		t.Errorf("pruned %d too soon, %v", n, err)
	}
	if n, err := b.runner.Prune(noon.Add(1)); n != 1 || err != nil {
		t.Errorf("pruned %d, %v", n, err)
	}
	if n, err := b.runner.Prune(noon.Add(1)); n != 0 || err != nil {
		t.Errorf("pruned %d again, %v", n, err)
	}
	exists()
	b.restart()
	b.register("park", parkMachine)
	exists()
	b.wantState("park", "x", infra.Succeeded)
	if history, err := b.runner.History("park", "x"); len(history) != 0 || err != nil {
		t.Errorf("history %v, %v", history, err)
	}
}

func TestWhatNobodyStartedIsNotFound(t *testing.T) {
	b := newRig(t, nil)
	_, state := b.runner.State(context.Background(), "park", "x")
	_, history := b.runner.History("park", "x")
	_, described := b.runner.Describe("park", "x")
	for _, err := range []error{state, history, described} {
		if !errors.Is(err, infra.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	}
}

func TestAnExecutionKeepsTheDefinitionItStartedWith(t *testing.T) {
	const newer = `{"StartAt": "Other", "States": {"Other": {"Type": "Succeed"}}}`
	b := parked(t, nil)
	b.restart()
	b.register("park", newer)
	b.start("park", "y", nil)
	b.wake(b.lastToken())
	b.settle()
	b.wantPath("park", "x", "Await After")
	b.wantPath("park", "y", "Other")
}
