// Package asl runs state machines written in the Amazon States Language on one
// machine: the part of the language that the portal's machines use, with the
// meaning Step Functions gives it.
//
// It knows the states Task (lambda:invoke, with or without a task token),
// Choice, Pass, Succeed and Fail; Retry, Catch and TimeoutSeconds; InputPath,
// Parameters, ResultSelector, ResultPath and OutputPath with plain JSONPath
// reference paths. Whatever else a definition says is refused by Parse, by name
// and with its place: a machine never runs differently here for a field that
// went unread.
//
// A machine is interpreted by pure functions (interpreter.go, execution.go);
// Walk drives them in tests, a Runner drives them durably in a bbolt file.
//
// Two things are simpler than on AWS: the Cause of a failed task is the text
// of its error, not the JSON object Lambda makes of it, and the result of
// lambda:invoke has Payload and StatusCode only.
package asl

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"
)

// Machine is a parsed definition. It never changes and may be shared.
type Machine struct {
	startAt string
	timeout time.Duration // of a whole execution; 0 is none
	states  map[string]*state
	source  []byte // canonical JSON, names substituted
	hash    string // of source
}

// The types of states.
const (
	typeTask    = "Task"
	typeChoice  = "Choice"
	typePass    = "Pass"
	typeSucceed = "Succeed"
	typeFail    = "Fail"
)

type state struct {
	name string
	kind string
	next string // "" in a state that ends the execution, and in a Choice

	input      path
	parameters *template // nil: the input as it is
	selector   *template // nil: the result as it is
	result     path
	output     path

	function  string // Task
	token     bool   // Task: the wait goes on until somebody wakes the token
	timeout   time.Duration
	retriers  []retrier
	catchers  []catcher
	rules     []rule // Choice
	otherwise string // Choice: Default, "" when there is none
	virtual   any    // Pass: Result
	replaces  bool   // Pass: there is a Result
	fault     Fault  // Fail
}

type retrier struct {
	errors   []string
	interval time.Duration
	attempts int
	backoff  float64
	longest  time.Duration // 0: delays grow without bound
}

type catcher struct {
	errors []string
	result path
	next   string
}

type rule struct {
	holds test
	next  string
}

// StartAt is the name of the first state.
func (m *Machine) StartAt() string { return m.startAt }

// States are the names of all states, sorted.
func (m *Machine) States() []string {
	names := make([]string, 0, len(m.states))
	for name := range m.states {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Functions are the functions its tasks invoke, sorted, each once: what the
// machine's role must be allowed to invoke.
func (m *Machine) Functions() []string {
	var names []string
	for _, s := range m.states {
		if s.kind == typeTask {
			names = append(names, s.function)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Awaits tells whether a state is a task that waits on a token.
func (m *Machine) Awaits(state string) bool {
	s, ok := m.states[state]
	return ok && s.token
}

// Definition is the machine as JSON, its substitutions made.
func (m *Machine) Definition() []byte { return bytes.Clone(m.source) }

// encode is JSON without HTML escapes, so that sizes are those of the data.
func encode(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
