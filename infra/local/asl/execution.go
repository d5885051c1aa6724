package asl

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"portal/infra"
)

// execution is all that is known of one execution between two commits: where
// it stands, and what it waits for. Its methods are pure but for new tokens;
// they return what happened, for the history.
//
// A running execution that is neither Waiting nor has a NotBefore ahead stands
// in front of the function of its state: it was not called yet, or a crash cut
// the call short. Either way it is to be called.
type execution struct {
	Machine    string               `json:"machine"`
	Name       string               `json:"name"`
	Definition string               `json:"definition"` // hash of the one it started with
	Status     infra.ExecutionState `json:"status"`
	Started    time.Time            `json:"started"`
	Until      time.Time            `json:"until,omitzero"` // TimeoutSeconds of the machine

	State     string          `json:"state,omitempty"`
	Input     json.RawMessage `json:"input,omitempty"` // raw input of the state
	Entered   time.Time       `json:"entered,omitzero"`
	Tries     []int           `json:"tries,omitempty"`    // uses of each retrier
	NotBefore time.Time       `json:"notBefore,omitzero"` // the next attempt
	Token     string          `json:"token,omitempty"`    // of this attempt
	Waiting   bool            `json:"waiting,omitempty"`  // the function returned, the token is asleep
	Woken     bool            `json:"woken,omitempty"`    // the token was woken before the function returned
	Deadline  time.Time       `json:"deadline,omitzero"`  // of the wait
	Events    int             `json:"events"`             // as Step Functions would count them
	Batches   uint64          `json:"batches"`            // of history, one a commit
	Agenda    uint64          `json:"agenda,omitempty"`   // where it is in the agenda
	Ended     time.Time       `json:"ended,omitzero"`
	Output    json.RawMessage `json:"output,omitempty"`
	Error     string          `json:"error,omitempty"`
	Cause     string          `json:"cause,omitempty"`
	Pruned    bool            `json:"pruned,omitempty"` // only the name and the outcome are left
}

// Places in the agenda. Greater ones are instants in Unix nanoseconds.
const (
	notDue uint64 = iota
	dueNow
)

// begin makes an execution and takes it to its first task.
func begin(m *Machine, machine, name string, input any, now time.Time) (*execution, []Entry) {
	x := &execution{
		Machine: machine, Name: name, Definition: m.hash,
		Status: infra.Running, Started: now, Events: 1,
	}
	if m.timeout > 0 {
		x.Until = now.Add(m.timeout)
	}
	log := []Entry{{At: now, Kind: Started}}
	return x, append(log, x.follow(m, enter{state: m.startAt, input: input}, now)...)
}

// follow makes moves until a function is to be called, an attempt is to be
// waited for, or the execution has ended.
func (x *execution) follow(m *Machine, next move, now time.Time) (log []Entry) {
	for {
		switch mv := next.(type) {
		case enter:
			if mv.caught != nil {
				log = append(log, x.entry(Caught, mv.caught, now))
			}
			fault := x.arrive(m, mv, now)
			log = append(log, x.entry(Entered, nil, now))
			if fault != nil {
				next = finish{fault: fault}
				continue
			}
			next = m.run(x.State, x.visit(mv.input))
		case call:
			return log
		case again:
			log = append(log, x.entry(Retried, mv.fault, now))
			x.retry(m, mv, now)
			return log
		case finish:
			return append(log, x.end(mv, now))
		}
	}
}

func (x *execution) entry(kind Kind, fault *Fault, now time.Time) Entry {
	e := Entry{At: now, State: x.State, Kind: kind}
	if fault != nil {
		e.Error = fault.Error()
	}
	return e
}

func (x *execution) arrive(m *Machine, to enter, now time.Time) *Fault {
	input, err := encode(to.input)
	x.State, x.Input, x.Entered = to.state, input, now
	x.Tries, x.NotBefore = nil, time.Time{}
	x.renew(m)
	x.Events += eventsOf(m.states[to.state])
	switch {
	case err != nil:
		return &Fault{Name: runtimeError, Cause: cut(err.Error())}
	case len(input) > maxData:
		return tooMuch("state's input", len(input))
	case x.Events > maxEvents:
		return broken(runtimeError, "the history would have more than %d events", maxEvents).fault
	}
	return nil
}

// eventsOf is how many events Step Functions records for a visit without
// retries: entered and exited, and for tasks scheduled, started, (submitted)
// and succeeded.
func eventsOf(s *state) int {
	switch {
	case s == nil:
		return 0
	case s.token:
		return 6
	case s.kind == typeTask:
		return 5
	}
	return 2
}

// renew prepares a first or another attempt at the state.
func (x *execution) renew(m *Machine) {
	x.Token, x.Waiting, x.Woken, x.Deadline = "", false, false, time.Time{}
	if m.Awaits(x.State) {
		x.Token = newToken(x.key())
	}
}

func (x *execution) retry(m *Machine, a again, now time.Time) {
	x.Tries = used(x.Tries, a.retrier)
	x.NotBefore = now.Add(a.after)
	x.Events += 3
	x.renew(m)
}

func (x *execution) end(f finish, now time.Time) Entry {
	x.Ended, x.NotBefore = now, time.Time{}
	x.Token, x.Waiting, x.Woken, x.Deadline = "", false, false, time.Time{}
	x.Tries = nil
	if f.fault != nil {
		x.Status, x.Error, x.Cause = infra.Failed, f.fault.Name, f.fault.Cause
		return x.entry(Failed, f.fault, now)
	}
	x.Status = infra.Succeeded
	x.Output, _ = encode(f.output) // it was JSON when it came
	return x.entry(Succeeded, nil, now)
}

func (x *execution) visit(input any) visit {
	return visit{input: input, tries: x.Tries, scope: scope{
		machine: x.Machine, execution: x.Name, state: x.State,
		entered: x.Entered, retries: attempts(x.Tries), token: x.Token,
	}}
}

// here is the visit as stored.
func (x *execution) here() visit {
	input, _ := decode(x.Input) // it was JSON when it was stored
	return x.visit(input)
}

// pending is the call that the execution stands in front of.
func (x *execution) pending(m *Machine) (call, bool) {
	c, ok := m.run(x.State, x.here()).(call)
	return c, ok
}

// returned goes on when the function called at began has returned. The wait on
// a token that was woken meanwhile is over, whatever the function says of it,
// as on AWS.
func (x *execution) returned(m *Machine, c call, answer json.RawMessage, err error, began, now time.Time) []Entry {
	late := c.timeout > 0 && !now.Before(began.Add(c.timeout))
	switch {
	case x.Woken:
		return x.follow(m, m.answered(x.State, x.here(), map[string]any{}), now)
	case late:
		return x.tooLate(m, now)
	case err == nil && c.awaits:
		x.Waiting, x.NotBefore = true, time.Time{}
		if c.timeout > 0 {
			x.Deadline = began.Add(c.timeout)
		}
		return []Entry{x.entry(Waiting, nil, now)}
	}
	return x.follow(m, m.afterCall(x.State, x.here(), c, answer, err), now)
}

// wake ends the wait, or notes that it ends as soon as the function returns.
func (x *execution) wake(m *Machine, now time.Time) []Entry {
	log := []Entry{x.entry(Woken, nil, now)}
	if !x.Waiting {
		x.Woken = true
		return log
	}
	return append(log, x.follow(m, m.answered(x.State, x.here(), map[string]any{}), now)...)
}

// awaits tells whether a token would still be heard.
func (x *execution) awaits(token string, now time.Time) bool {
	return x.Status == infra.Running && x.Token == token && !x.Woken && !x.expired(now)
}

// expired tells whether a deadline of the execution or of its wait has passed.
func (x *execution) expired(now time.Time) bool {
	return passed(x.Until, now) || x.Waiting && passed(x.Deadline, now)
}

func passed(deadline, now time.Time) bool { return !deadline.IsZero() && !now.Before(deadline) }

// expire goes on after a deadline. That of the execution is caught by nobody.
func (x *execution) expire(m *Machine, now time.Time) []Entry {
	if passed(x.Until, now) {
		return []Entry{x.end(broken(timedOut, "the execution took longer than %v", m.timeout), now)}
	}
	return x.tooLate(m, now)
}

func (x *execution) tooLate(m *Machine, now time.Time) []Entry {
	fault := broken(timedOut, "the task took longer than %v", m.states[x.State].timeout).fault
	return x.follow(m, m.failed(x.State, x.here(), fault), now)
}

// due is when the runner has to look at the execution next.
func (x *execution) due() uint64 {
	switch {
	case x.Status != infra.Running:
		return notDue
	case x.Waiting:
		return instant(earliest(x.Deadline, x.Until))
	case !x.NotBefore.IsZero():
		return instant(earliest(x.NotBefore, x.Until))
	}
	return dueNow
}

// earliest of two instants, of which the zero one is never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func instant(t time.Time) uint64 {
	if t.IsZero() {
		return notDue
	}
	return uint64(max(t.UnixNano(), int64(dueNow)+1))
}

func (x *execution) key() string { return x.Machine + "/" + x.Name }

// newToken is a secret that tells whose it is, so that waking needs no index
// of tokens.
func newToken(key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(key)) + "." + rand.Text()
}

// tokenKey is the key of the execution a token belongs to.
func tokenKey(token string) (string, bool) {
	owner, _, ok := strings.Cut(token, ".")
	key, err := base64.RawURLEncoding.DecodeString(owner)
	return string(key), ok && err == nil
}
