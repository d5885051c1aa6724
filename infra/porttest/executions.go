package porttest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"portal/infra"
)

// Work is what a task of a state machine does in the suite.
type Work func(ctx context.Context, input json.RawMessage) (json.RawMessage, error)

// OpenExecutions opens a runner of these machines. Each machine is ASL in
// JSONPath; "${name}" in it stands for whatever the side calls that work by.
// settle lets executions go on for a moment; the suite calls it until what it
// waits for has happened, up to 1000 times.
type OpenExecutions func(t *testing.T, clock infra.Clock, machines map[string]json.RawMessage, works map[string]Work) (runner infra.Executions, settle func())

// The machines of the suite.
var suiteMachines = map[string]json.RawMessage{
	"park": json.RawMessage(`{
		"StartAt": "Await",
		"States": {
			"Await": {
				"Type": "Task",
				"Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
				"Parameters": {"FunctionName": "${park}", "Payload": {"who.$": "$.who", "token.$": "$$.Task.Token"}},
				"ResultPath": null,
				"Next": "Done"
			},
			"Done": {
				"Type": "Task",
				"Resource": "arn:aws:states:::lambda:invoke",
				"Parameters": {"FunctionName": "${done}", "Payload.$": "$"},
				"End": true
			}
		}
	}`),
	"fail": json.RawMessage(`{
		"StartAt": "Work",
		"States": {
			"Work": {
				"Type": "Task",
				"Resource": "arn:aws:states:::lambda:invoke",
				"Parameters": {"FunctionName": "${fail}", "Payload.$": "$"},
				"End": true
			}
		}
	}`),
	"refuse": json.RawMessage(`{"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "Refused", "Cause": "on purpose"}}}`),
}

// Executions is the conformance suite of infra.Executions.
func Executions(t *testing.T, open OpenExecutions) {
	x := &executionsTest{T: t, tokens: map[string]string{}, done: map[string]int{}}
	clock := NewClock(time.Now())
	x.runner, x.settle = open(t, clock, suiteMachines, map[string]Work{"park": x.park, "done": x.finish,
		"fail": func(context.Context, json.RawMessage) (json.RawMessage, error) { return nil, errors.New("on purpose") }})

	t.Run("an unknown execution is not found", func(t *testing.T) {
		if state, err := x.runner.State(t.Context(), "park", fresh()[len("test#"):]); !errors.Is(err, infra.ErrNotFound) {
			t.Fatalf("state %s, %v, want ErrNotFound", state, err)
		}
	})
	t.Run("an unknown machine cannot be started", func(t *testing.T) {
		if err := x.runner.Start(t.Context(), "nothing", "name", nil); err == nil || errors.Is(err, infra.ErrExecutionExists) {
			t.Fatalf("start = %v", err)
		}
	})
	t.Run("a parked execution runs until it is woken, once", func(t *testing.T) {
		name := x.start(t, "park")
		token := x.token(t, name)
		x.is(t, "park", name, infra.Running)
		x.exists(t, "park", name)
		if err := x.runner.Wake(t.Context(), token); err != nil {
			t.Fatalf("wake: %v", err)
		}
		x.reaches(t, "park", name, infra.Succeeded)
		x.gone(t, token)
		x.exists(t, "park", name)
		if n := x.times(name); n != 1 {
			t.Errorf("what follows was done %d times", n)
		}
	})
	t.Run("of many who wake at once one does", func(t *testing.T) {
		name := x.start(t, "park")
		token := x.token(t, name)
		var all sync.WaitGroup
		woken := make(chan error, 8)
		for range cap(woken) {
			all.Go(func() { woken <- x.runner.Wake(t.Context(), token) })
		}
		all.Wait()
		close(woken)
		won := 0
		for err := range woken {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, infra.ErrTokenGone):
				t.Errorf("wake = %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d woke it", won)
		}
		x.reaches(t, "park", name, infra.Succeeded)
	})
	t.Run("tokens that nobody gave wake nobody", func(t *testing.T) {
		x.gone(t, "AQCAAAAKgAAAAAAAAAAAAAAAAAAAA")
		x.gone(t, "")
	})
	t.Run("an execution whose work fails has failed", func(t *testing.T) {
		name := x.start(t, "fail")
		x.reaches(t, "fail", name, infra.Failed)
		x.exists(t, "fail", name)
	})
	t.Run("an execution that ends in a Fail state has failed", func(t *testing.T) {
		x.reaches(t, "refuse", x.start(t, "refuse"), infra.Failed)
	})
	t.Run("of many who start one name at once one does", func(t *testing.T) {
		name := fresh()[len("test#"):]
		var all sync.WaitGroup
		errs := make(chan error, 8)
		for n := range cap(errs) {
			all.Go(func() { errs <- x.runner.Start(t.Context(), "park", name, map[string]any{"who": name, "n": n}) })
		}
		all.Wait()
		close(errs)
		won := 0
		for err := range errs {
			switch {
			case err == nil:
				won++
			case !errors.Is(err, infra.ErrExecutionExists):
				t.Errorf("start = %v", err)
			}
		}
		if won != 1 {
			t.Errorf("%d started it", won)
		}
		if err := x.runner.Wake(t.Context(), x.token(t, name)); err != nil {
			t.Errorf("wake: %v", err)
		}
		x.reaches(t, "park", name, infra.Succeeded)
	})
	t.Run("one name in two machines is two executions", func(t *testing.T) {
		name := x.start(t, "park")
		if err := x.runner.Start(t.Context(), "refuse", name, struct{}{}); err != nil {
			t.Fatalf("start: %v", err)
		}
		x.reaches(t, "refuse", name, infra.Failed)
		x.is(t, "park", name, infra.Running)
	})
}

type executionsTest struct {
	*testing.T
	runner infra.Executions
	settle func()
	mu     sync.Mutex
	tokens map[string]string // of parked executions, by name
	done   map[string]int
}

// park is work that only tells where it waits.
func (x *executionsTest) park(_ context.Context, input json.RawMessage) (json.RawMessage, error) {
	var in struct{ Who, Token string }
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.tokens[in.Who] = in.Token
	return json.RawMessage(`{}`), nil
}

func (x *executionsTest) finish(_ context.Context, input json.RawMessage) (json.RawMessage, error) {
	var in struct{ Who string }
	if err := json.Unmarshal(input, &in); err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.done[in.Who]++
	return json.RawMessage(`{}`), nil
}

func (x *executionsTest) times(name string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.done[name]
}

func (x *executionsTest) start(t *testing.T, machine string) string {
	t.Helper()
	name := fresh()[len("test#"):]
	if err := x.runner.Start(t.Context(), machine, name, map[string]any{"who": name}); err != nil {
		t.Fatalf("start: %v", err)
	}
	return name
}

func (x *executionsTest) exists(t *testing.T, machine, name string) {
	t.Helper()
	if err := x.runner.Start(t.Context(), machine, name, map[string]any{"who": "another"}); !errors.Is(err, infra.ErrExecutionExists) {
		t.Fatalf("a second start = %v, want ErrExecutionExists", err)
	}
}

func (x *executionsTest) gone(t *testing.T, token string) {
	t.Helper()
	if err := x.runner.Wake(t.Context(), token); !errors.Is(err, infra.ErrTokenGone) {
		t.Fatalf("wake = %v, want ErrTokenGone", err)
	}
}

func (x *executionsTest) token(t *testing.T, name string) string {
	t.Helper()
	var token string
	x.until(t, func() bool {
		x.mu.Lock()
		defer x.mu.Unlock()
		token = x.tokens[name]
		return token != ""
	}, func() string { return "the execution never parked" })
	return token
}

func (x *executionsTest) is(t *testing.T, machine, name string, want infra.ExecutionState) {
	t.Helper()
	if got, err := x.runner.State(t.Context(), machine, name); err != nil || got != want {
		t.Fatalf("state %s, %v, want %s", got, err, want)
	}
}

func (x *executionsTest) reaches(t *testing.T, machine, name string, want infra.ExecutionState) {
	t.Helper()
	var got infra.ExecutionState
	var err error
	x.until(t, func() bool {
		got, err = x.runner.State(t.Context(), machine, name)
		return err == nil && got == want
	}, func() string { return fmt.Sprintf("state %s, %v, want %s", got, err, want) })
}

func (x *executionsTest) until(t *testing.T, holds func() bool, complaint func() string) {
	t.Helper()
	for range 1000 {
		if holds() {
			return
		}
		if x.settle != nil {
			x.settle()
		}
	}
	t.Fatal(complaint())
}
