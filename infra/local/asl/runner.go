package asl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"portal/infra"
)

// Runner runs executions durably in a bbolt file. It is infra.Executions.
//
// What it costs: an execution is committed when it is started, each time a
// function has returned, and when a token is woken. A commit stores the
// function's result and already the state in front of the next function, so
// from a wake to the next wait there is one commit for the wake and one for
// each function called; Pass, Choice and Catch cost none. None of these can be
// left out without calling again, after a crash, a function that already
// returned. Executions that go on at the same time share commits. A token that
// nobody waits on, and a name already used, are told without a commit. An
// execution that waits takes no memory and no time.
//
// What it promises: a function is called at least once for every visit of its
// state, and again, with the same token, when the process died before its
// result was committed. A token wakes as long as the process that comes after
// uses the same file. No execution is worked on twice at once.
type Runner struct {
	store   *store
	clock   infra.Clock
	invoke  Invoke
	workers int
	backlog int // of the agenda looked at in one go
	queue   *queue
	calls   *calls
	kick    chan struct{}

	mu       sync.RWMutex
	machines map[string]*Machine // by name, for those to be started
	parsed   map[string]*Machine // by hash, for those running

	transitions atomic.Int64
	invocations atomic.Int64
}

var _ infra.Executions = (*Runner)(nil)

// Invoke calls a function with a JSON payload and returns its JSON result. Its
// errors are faults of the machine (see Fault). The context ends when the
// task's time is over or the runner stops; a call that the runner's stop
// interrupts is made again. No other function of the execution is called
// before it returns.
type Invoke func(ctx context.Context, function string, payload json.RawMessage) (json.RawMessage, error)

// Option adjusts a Runner.
type Option func(*Runner)

// Workers bounds how many functions are called at once; 8 unless told.
func Workers(n int) Option { return func(r *Runner) { r.workers = max(1, n) } }

// Open prepares to run the executions kept in a bbolt file, those included
// that a crash interrupted. Only one Runner may use a file.
func Open(db *bbolt.DB, clock infra.Clock, invoke Invoke, options ...Option) (*Runner, error) {
	s, err := openStore(db)
	if err != nil {
		return nil, err
	}
	r := &Runner{
		store: s, clock: clock, invoke: invoke, workers: 8, backlog: 1000,
		queue: newQueue(), calls: newCalls(), kick: make(chan struct{}, 1),
		machines: map[string]*Machine{}, parsed: map[string]*Machine{},
	}
	for _, option := range options {
		option(r)
	}
	if err := r.recover(); err != nil {
		return nil, err
	}
	return r, nil
}

// Register gives a machine its name. Executions started from then on follow
// it; those already running keep the definition they started with. The error
// is that of Check.
func (r *Runner) Register(name string, m *Machine) error {
	if !validName(name) {
		return fmt.Errorf("asl: %q cannot be the name of a machine", name)
	}
	if err := Check(m); err != nil {
		return fmt.Errorf("asl: machine %s: %w", name, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.machines[name] = m
	r.parsed[m.hash] = m
	return nil
}

// Start begins an execution: see infra.Executions. The machine must be
// registered (infra.ErrNotFound), the name have 1 to 80 letters, digits, - and
// _, the input at most 256 KB (infra.ErrLimit).
func (r *Runner) Start(ctx context.Context, machine, name string, input any) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.mu.RLock()
	m := r.machines[machine]
	r.mu.RUnlock()
	if m == nil {
		return fmt.Errorf("asl: machine %s: %w", machine, infra.ErrNotFound)
	}
	if !validName(name) {
		return fmt.Errorf("asl: %q cannot be the name of an execution: %w", name, infra.ErrLimit)
	}
	value, err := inputOf(input)
	if err != nil {
		return fmt.Errorf("asl: start %s/%s: %w", machine, name, err)
	}
	taken := func(t txn) error {
		if t.exists(machine + "/" + name) {
			return fmt.Errorf("asl: start %s/%s: %w", machine, name, infra.ErrExecutionExists)
		}
		return nil
	}
	if err := r.store.read(taken); err != nil {
		return err
	}
	var x *execution
	err = r.store.write(func(t txn) error {
		if err := taken(t); err != nil {
			return err
		}
		var log []Entry
		x, log = begin(m, machine, name, value, r.clock.Now().UTC())
		r.count(log)
		return errors.Join(t.define(m), t.save(x, log))
	})
	if err != nil {
		return err
	}
	r.notice(x)
	return nil
}

// inputOf is an execution's input as the machine sees it.
func inputOf(input any) (any, error) {
	data, err := encode(input)
	if err != nil {
		return nil, err
	}
	if len(data) > maxData {
		return nil, fmt.Errorf("input of %d bytes: %w", len(data), infra.ErrLimit)
	}
	return decode(data)
}

// validName is the set of names that Step Functions neither refuses nor
// rewrites anywhere.
func validName(name string) bool {
	for _, c := range name {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && c != '-' && c != '_' {
			return false
		}
	}
	return 0 < len(name) && len(name) <= 80
}

// Wake ends the wait on a token: see infra.Executions. It may be called by the
// very function that the token was given to.
func (r *Runner) Wake(ctx context.Context, token string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	key, ok := tokenKey(token)
	if !ok {
		return infra.ErrTokenGone
	}
	heard := func(t txn) (*execution, error) {
		x, err := t.load(key)
		if errors.Is(err, infra.ErrNotFound) || err == nil && !x.awaits(token, r.clock.Now()) {
			return nil, infra.ErrTokenGone
		}
		return x, err
	}
	var x *execution
	err := r.store.read(func(t txn) (err error) {
		x, err = heard(t)
		return err
	})
	if err != nil {
		return err
	}
	m, err := r.machineOf(x)
	if err != nil {
		return err
	}
	err = r.store.write(func(t txn) (err error) {
		if x, err = heard(t); err != nil {
			return err
		}
		log := x.wake(m, r.clock.Now().UTC())
		r.count(log)
		return t.save(x, log)
	})
	if err != nil {
		return err
	}
	r.notice(x)
	return nil
}

// State tells what became of an execution: see infra.Executions.
func (r *Runner) State(ctx context.Context, machine, name string) (infra.ExecutionState, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	x, err := r.store.load(machine + "/" + name)
	if err != nil {
		return "", err
	}
	return x.Status, nil
}

// machineOf is the machine that an execution started with.
func (r *Runner) machineOf(x *execution) (*Machine, error) {
	r.mu.RLock()
	m := r.parsed[x.Definition]
	r.mu.RUnlock()
	if m != nil {
		return m, nil
	}
	var source []byte
	err := r.store.read(func(t txn) error {
		source = append(source, t.tx.Bucket(definitionsBucket).Get([]byte(x.Definition))...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	m, err = parseStored(source)
	if err != nil {
		return nil, fmt.Errorf("asl: the definition that %s started with: %w", x.key(), err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parsed[x.Definition] = m
	return m, nil
}

// Counters count since Open.
type Counters struct {
	Commits     int64 // durable writes to the file
	Transitions int64 // states entered
	Invocations int64 // functions called
}

// Counters tells what the runner has done.
func (r *Runner) Counters() Counters {
	return Counters{r.store.commits.Load(), r.transitions.Load(), r.invocations.Load()}
}

func (r *Runner) count(log []Entry) {
	for _, e := range log {
		if e.Kind == Entered {
			r.transitions.Add(1)
		}
	}
}
