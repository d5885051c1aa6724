package asl

import (
	"encoding/json"
	"errors"
	"fmt"
)

// ErrStop, returned by a task of Walk, ends the walk in front of that task.
var ErrStop = errors.New("asl: the walk stops here")

// walkToken is the task token of every wait in a walk.
const walkToken = "walk"

// Walk runs a machine without a store, a clock or a wait. tasks stands for its
// functions; for a task that waits on a token, the wait ends with an empty
// object as soon as the function returned. Retries happen at once.
//
// It returns the names of the states in the order they were entered, and the
// output. err is the *Fault that ended the execution, or ErrStop when a task
// returned that; output is then the raw input of the state that the walk
// stopped in, and WalkFrom goes on from there.
func Walk(m *Machine, input []byte, tasks func(function string, payload []byte) ([]byte, error)) (path []string, output []byte, err error) {
	return WalkFrom(m, m.startAt, input, tasks)
}

// WalkFrom is Walk from any state, given its raw input.
func WalkFrom(m *Machine, state string, input []byte, tasks func(function string, payload []byte) ([]byte, error)) (path []string, output []byte, err error) {
	in, err := decode(input)
	if err != nil {
		return nil, nil, fmt.Errorf("asl: input: %w", err)
	}
	var at enter
	var v visit
	var next move = enter{state: state, input: in}
	for events := 0; ; events++ {
		if events > maxEvents {
			next = broken(runtimeError, "more than %d moves", maxEvents)
		}
		switch mv := next.(type) {
		case enter:
			path = append(path, mv.state)
			at = mv
			v = visit{input: mv.input, scope: scope{machine: "walk", execution: "walk", state: mv.state, token: walkToken}}
			next = m.run(at.state, v)
		case again:
			v.tries = used(v.tries, mv.retrier)
			v.scope.retries = attempts(v.tries)
			next = m.run(at.state, v)
		case call:
			answer, err := tasks(mv.function, mv.payload)
			if errors.Is(err, ErrStop) {
				output, _ = encode(at.input) // it was JSON when it came
				return path, output, ErrStop
			}
			next = m.afterCall(at.state, v, mv, answer, err)
		case finish:
			if mv.fault != nil {
				return path, nil, mv.fault
			}
			output, err := encode(mv.output)
			return path, output, err
		}
	}
}

// afterCall goes on when a function has returned and its token, if it had one,
// is awake.
func (m *Machine) afterCall(state string, v visit, c call, answer json.RawMessage, err error) move {
	if err != nil {
		return m.failed(state, v, faultOf(err))
	}
	if c.awaits {
		return m.answered(state, v, map[string]any{})
	}
	value, fault := valueOf(answer)
	if fault != nil {
		return m.failed(state, v, fault)
	}
	return m.answered(state, v, value)
}

// valueOf reads what a function returned; nothing at all is null.
func valueOf(answer json.RawMessage) (any, *Fault) {
	if len(answer) == 0 {
		return nil, nil
	}
	if len(answer) > maxData {
		return nil, tooMuch("result", len(answer))
	}
	value, err := decode(answer)
	if err != nil {
		return nil, &Fault{Name: unknownError, Cause: cut("the function returned no JSON: " + err.Error())}
	}
	return value, nil
}
