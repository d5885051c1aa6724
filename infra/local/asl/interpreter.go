package asl

import (
	"encoding/json"
	"fmt"
	"time"
)

// move is what an execution does next. Every function that returns one is
// pure.
type move interface{ isMove() }

// enter goes into a state. caught is the fault whose Catch leads there.
type enter struct {
	state  string
	input  any
	caught *Fault
}

// call invokes a function for the state that one is in; awaits, its result is
// that of the token.
type call struct {
	function string
	payload  json.RawMessage
	awaits   bool
	timeout  time.Duration // 0 is none
}

// again makes another attempt at the state that one is in.
type again struct {
	after   time.Duration
	retrier int
	fault   *Fault
}

// finish ends the execution, with an output or with a fault.
type finish struct {
	output any
	fault  *Fault
}

func (enter) isMove()  {}
func (call) isMove()   {}
func (again) isMove()  {}
func (finish) isMove() {}

// visit is what a state is run on: its raw input, what it may see of the
// context object, and how often each of its retriers was used.
type visit struct {
	input any
	scope scope
	tries []int
}

// run does what a state does up to its own end, or up to the function it
// calls.
func (m *Machine) run(name string, v visit) move {
	s, ok := m.states[name]
	if !ok {
		return broken(runtimeError, "there is no state %q", name)
	}
	if s.kind == typeFail {
		return finish{fault: &s.fault}
	}
	input, fault := s.input.narrow(v.input)
	if fault != nil {
		return s.fail(v, fault)
	}
	switch s.kind {
	case typeTask:
		return s.call(v, input)
	case typePass:
		return s.pass(v, input)
	case typeChoice:
		return s.choose(input)
	default: // Succeed
		output, fault := s.output.narrow(input)
		return finish{output: output, fault: fault}
	}
}

func broken(name, format string, args ...any) finish {
	return finish{fault: &Fault{Name: name, Cause: fmt.Sprintf(format, args...)}}
}

// narrow is InputPath and OutputPath: null stands for an empty object.
func (p path) narrow(v any) (any, *Fault) {
	if p.discard {
		return map[string]any{}, nil
	}
	found, ok := p.find(v)
	if !ok {
		return nil, nowhere(p)
	}
	return found, nil
}

func (s *state) call(v visit, input any) move {
	filled, fault := s.parameters.fill(input, v.scope)
	if fault != nil {
		return s.fail(v, fault)
	}
	payload, err := encode(filled)
	if err != nil {
		return s.fail(v, &Fault{Name: runtimeError, Cause: cut(err.Error())})
	}
	if len(payload) > maxData {
		return s.fail(v, tooMuch("payload", len(payload)))
	}
	return call{function: s.function, payload: payload, awaits: s.token, timeout: s.timeout}
}

func tooMuch(what string, size int) *Fault {
	return &Fault{Name: dataLimitExceeded, Cause: fmt.Sprintf("the %s has %d bytes, the limit is %d", what, size, maxData)}
}

func (s *state) pass(v visit, input any) move {
	result := input
	if s.parameters != nil {
		var fault *Fault
		if result, fault = s.parameters.fill(input, v.scope); fault != nil {
			return s.fail(v, fault)
		}
	}
	if s.replaces {
		result = s.virtual
	}
	return s.leave(v, result)
}

func (s *state) choose(input any) move {
	next := s.otherwise
	for _, r := range s.rules {
		holds, fault := r.holds(input)
		if fault != nil {
			return finish{fault: fault}
		}
		if holds {
			next = r.next
			break
		}
	}
	if next == "" {
		return broken(noChoiceMatched, "no rule of %q holds and it has no Default", s.name)
	}
	output, fault := s.output.narrow(input)
	if fault != nil {
		return finish{fault: fault}
	}
	return enter{state: next, input: output}
}

// answered goes on with what a task's function returned. For lambda:invoke
// that is wrapped as Step Functions does; the output of a token is taken as it
// is.
func (m *Machine) answered(name string, v visit, answer any) move {
	s := m.states[name]
	if !s.token {
		answer = map[string]any{"Payload": answer, "StatusCode": json.Number("200")}
	}
	if s.selector != nil {
		var fault *Fault
		if answer, fault = s.selector.fill(answer, v.scope); fault != nil {
			return s.fail(v, fault)
		}
	}
	return s.leave(v, answer)
}

// leave combines a state's result with its raw input and goes to what follows.
func (s *state) leave(v visit, result any) move {
	combined := v.input
	if !s.result.discard {
		var ok bool
		if combined, ok = s.result.place(v.input, result); !ok {
			return s.fail(v, &Fault{Name: resultPathMismatch, Cause: fmt.Sprintf("%s has no place in the input", s.result)})
		}
	}
	output, fault := s.output.narrow(combined)
	if fault != nil {
		return s.fail(v, fault)
	}
	if s.next == "" {
		return finish{output: output}
	}
	return enter{state: s.next, input: output}
}

// failed goes on after a task's fault: Retry, else Catch, else the end.
func (m *Machine) failed(name string, v visit, fault *Fault) move {
	return m.states[name].fail(v, fault)
}

func (s *state) fail(v visit, fault *Fault) move {
	for i, r := range s.retriers {
		if !matches(r.errors, fault) {
			continue
		}
		used := 0
		if i < len(v.tries) {
			used = v.tries[i]
		}
		if used < r.attempts {
			return again{after: r.delay(used), retrier: i, fault: fault}
		}
		break // an exhausted retrier is not replaced by the next one
	}
	for _, c := range s.catchers {
		if !matches(c.errors, fault) {
			continue
		}
		if c.result.discard {
			return enter{state: c.next, input: v.input, caught: fault}
		}
		output, ok := c.result.place(v.input, map[string]any{"Error": fault.Name, "Cause": fault.Cause})
		if !ok {
			return broken(resultPathMismatch, "%s has no place in the input", c.result)
		}
		return enter{state: c.next, input: output, caught: fault}
	}
	return finish{fault: fault}
}

// used counts one more use of a retrier.
func used(tries []int, retrier int) []int {
	counted := make([]int, max(len(tries), retrier+1))
	copy(counted, tries)
	counted[retrier]++
	return counted
}

// attempts is how often a state was tried before.
func attempts(tries []int) int {
	n := 0
	for _, t := range tries {
		n += t
	}
	return n
}
