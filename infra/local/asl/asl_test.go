package asl

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"portal/infra"
	"portal/infra/porttest"
)

// parsed reads a definition whose names stand for themselves.
func parsed(t testing.TB, definition string) *Machine {
	t.Helper()
	m, err := Parse([]byte(definition), func(name string) (string, bool) { return name, true })
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(m); err != nil {
		t.Fatal(err)
	}
	return m
}

// reviewMachine has the shape of the portal's machines: park, read the next
// event, route on it, do its effect, acknowledge, park again.
const reviewMachine = `{
	"StartAt": "Await",
	"States": {
		"Await": {
			"Type": "Task",
			"Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
			"Parameters": {"FunctionName": "${park}", "Payload": {"id.$": "$.id", "n.$": "$.n", "token.$": "$$.Task.Token"}},
			"ResultPath": null,
			"Next": "Next"
		},
		"Next": {
			"Type": "Task",
			"Resource": "arn:aws:states:::lambda:invoke",
			"Parameters": {"FunctionName": "${next}", "Payload.$": "$"},
			"ResultSelector": {"kind.$": "$.Payload.kind", "n.$": "$.Payload.n"},
			"ResultPath": "$.event",
			"Next": "Which?"
		},
		"Which?": {
			"Type": "Choice",
			"Choices": [{"Variable": "$.event.kind", "StringEquals": "close", "Next": "Closed"}],
			"Default": "Effect"
		},
		"Effect": {
			"Type": "Task",
			"Resource": "arn:aws:states:::lambda:invoke",
			"Parameters": {"FunctionName": "${effect}", "Payload.$": "$"},
			"ResultPath": null,
			"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 10, "MaxAttempts": 2}],
			"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.trouble", "Next": "Broken"}],
			"Next": "Acknowledge"
		},
		"Acknowledge": {
			"Type": "Task",
			"Resource": "arn:aws:states:::lambda:invoke",
			"Parameters": {"FunctionName": "${acknowledge}", "Payload.$": "$"},
			"OutputPath": "$.Payload",
			"ResultPath": "$",
			"Next": "Await"
		},
		"Closed": {"Type": "Succeed", "OutputPath": "$.event"},
		"Broken": {"Type": "Fail", "Error": "Broken", "Cause": "the effect cannot be had"}
	}
}`

// rig is a runner on a file, with a clock that stands still and functions
// that a test writes.
type rig struct {
	testing.TB
	db     *bbolt.DB
	clock  *porttest.Clock
	runner *Runner

	mu        sync.Mutex
	functions map[string]function
	calls     []string // functions called, in order
	tokens    []string // that payloads carried
}

type function func(ctx context.Context, payload json.RawMessage) (any, error)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newRig(t testing.TB, functions map[string]function, options ...Option) *rig {
	return newRigOn(openFile(t), t, functions, options...)
}

func newRigOn(db *bbolt.DB, t testing.TB, functions map[string]function, options ...Option) *rig {
	b := &rig{TB: t, db: db, clock: porttest.NewClock(noon), functions: functions}
	b.restart(options...)
	return b
}

func openFile(t testing.TB) *bbolt.DB {
	t.Helper()
	// Tests die with their process, never with the computer: no fsync needed.
	db, err := bbolt.Open(filepath.Join(t.TempDir(), "executions.db"), 0o600, &bbolt.Options{NoSync: true, NoGrowSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// restart is what a new process does on the same file. Machines are to be
// registered again.
func (b *rig) restart(options ...Option) {
	b.Helper()
	runner, err := Open(b.db, b.clock, b.invoke, options...)
	if err != nil {
		b.Fatal(err)
	}
	b.runner = runner
}

func (b *rig) invoke(ctx context.Context, name string, payload json.RawMessage) (json.RawMessage, error) {
	b.mu.Lock()
	b.calls = append(b.calls, name)
	var carried struct{ Token string }
	if json.Unmarshal(payload, &carried) == nil && carried.Token != "" {
		b.tokens = append(b.tokens, carried.Token)
	}
	f := b.functions[name]
	b.mu.Unlock()
	if f == nil {
		return json.RawMessage(`{}`), nil
	}
	out, err := f(ctx, payload)
	if err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

func (b *rig) register(name, definition string) {
	b.Helper()
	if err := b.runner.Register(name, parsed(b, definition)); err != nil {
		b.Fatal(err)
	}
}

func (b *rig) start(machine, name string, input any) {
	b.Helper()
	if err := b.runner.Start(context.Background(), machine, name, input); err != nil {
		b.Fatal(err)
	}
}

func (b *rig) settle() {
	b.Helper()
	if err := b.runner.Settle(context.Background()); err != nil {
		b.Fatal(err)
	}
}

func (b *rig) wake(token string) {
	b.Helper()
	if err := b.runner.Wake(context.Background(), token); err != nil {
		b.Fatal(err)
	}
}

// lastToken is the token that a payload carried last.
func (b *rig) lastToken() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.tokens) == 0 {
		b.Fatal("no function was given a token")
	}
	return b.tokens[len(b.tokens)-1]
}

func (b *rig) called() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Join(b.calls, " ")
}

func (b *rig) wantCalls(want string) {
	b.Helper()
	if got := b.called(); got != want {
		b.Errorf("called %q, want %q", got, want)
	}
}

func (b *rig) wantState(machine, name string, want infra.ExecutionState) {
	b.Helper()
	if got, err := b.runner.State(context.Background(), machine, name); err != nil || got != want {
		d, _ := b.runner.Describe(machine, name)
		b.Errorf("%s/%s is %q (%v), want %q: %+v", machine, name, got, err, want, d)
	}
}

func (b *rig) wantPath(machine, name, want string) {
	b.Helper()
	if got := strings.Join(pathOf(b, b.runner, machine, name), " "); got != want {
		b.Errorf("path %q, want %q", got, want)
	}
}

// pathOf are the states entered, from the history.
func pathOf(t testing.TB, r *Runner, machine, name string) []string {
	t.Helper()
	history, err := r.History(machine, name)
	if err != nil {
		t.Fatal(err)
	}
	var path []string
	for _, e := range history {
		if e.Kind == Entered {
			path = append(path, e.State)
		}
	}
	return path
}

// kinds are the kinds of a history's entries other than entered.
func kinds(t testing.TB, r *Runner, machine, name string) string {
	t.Helper()
	history, err := r.History(machine, name)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, e := range history {
		if e.Kind != Entered {
			kinds = append(kinds, string(e.Kind))
		}
	}
	return strings.Join(kinds, " ")
}

// events is a next function that hands out events in turn, by the n that the
// execution has acknowledged.
func events(list ...string) function {
	return func(_ context.Context, payload json.RawMessage) (any, error) {
		var in struct{ N int }
		if err := json.Unmarshal(payload, &in); err != nil {
			return nil, err
		}
		if in.N >= len(list) {
			return nil, fmt.Errorf("there is no event %d", in.N+1)
		}
		return map[string]any{"kind": list[in.N], "n": in.N + 1}, nil
	}
}

// acknowledge moves n on and gives the machine its next input.
func acknowledge(_ context.Context, payload json.RawMessage) (any, error) {
	var in struct {
		ID    string
		Event struct{ N int }
	}
	err := json.Unmarshal(payload, &in)
	return map[string]any{"id": in.ID, "n": in.Event.N}, err
}
