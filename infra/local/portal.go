package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/infra/local/asl"
	"portal/shared/step"
	"portal/statemachines"
)

// Portal is the whole portal in one process: every step over the ports of one
// machine, the state machines, the doorbell and the clock's schedules.
type Portal struct {
	*Store
	Runner *asl.Runner
	API    *httpapi.API
	Ports  infra.Ports
	Log    *slog.Logger

	steps map[string]step.Step
	mu    sync.Mutex
	rung  map[step.Source]map[string]bool // partition keys not yet told
	bell  chan struct{}
}

// NewPortal puts the steps on a store. Nothing runs until Run, or until tests
// call Settle.
func NewPortal(store *Store, makers []infra.Maker, settings infra.Settings, log *slog.Logger) (*Portal, error) {
	p := &Portal{
		Store: store, Log: log, steps: map[string]step.Step{},
		rung: map[step.Source]map[string]bool{}, bell: make(chan struct{}, 1),
	}
	runner, err := asl.Open(store.db, store.clock, p.invoke)
	if err != nil {
		return nil, err
	}
	p.Runner = runner
	p.Ports = store.Ports(runner, settings)
	built := httpapi.Build(makers, p.Ports)
	for _, s := range built {
		if _, twice := p.steps[s.Name]; twice {
			return nil, fmt.Errorf("step %s is declared twice", s.Name)
		}
		p.steps[s.Name] = s
	}
	if err := p.register(); err != nil {
		return nil, err
	}
	p.API = httpapi.New(built, p.Ports, log)
	store.AfterCommit(p.ring)
	return p, nil
}

// machines are the state machines, read once for all portals of a process.
var machines = sync.OnceValues(func() (map[string]*asl.Machine, error) {
	read := map[string]*asl.Machine{}
	for _, name := range statemachines.Names() {
		definition, err := statemachines.Definition(name)
		if err != nil {
			return nil, err
		}
		read[name], err = asl.Parse(definition, func(substitution string) (string, bool) {
			target := statemachines.StepOf(substitution)
			return target, target != ""
		})
		if err != nil {
			return nil, fmt.Errorf("state machine %s: %w", name, err)
		}
	}
	return read, nil
})

// register tells the runner the state machines, all of whose functions must be
// steps.
func (p *Portal) register() error {
	all, err := machines()
	if err != nil {
		return err
	}
	for name, machine := range all {
		for _, function := range machine.Functions() {
			if _, known := p.steps[function]; !known {
				return fmt.Errorf("state machine %s: no step %s", name, function)
			}
		}
		if err := p.Runner.Register(name, machine); err != nil {
			return err
		}
	}
	return nil
}

// invoke runs a step as a state machine's task.
func (p *Portal) invoke(ctx context.Context, function string, payload json.RawMessage) (json.RawMessage, error) {
	out, err := p.RunStep(ctx, function, payload)
	if err != nil {
		p.Log.Warn("task failed", "step", function, "error", err.Error())
	}
	return out, err
}

// RunStep runs a step that is no HTTP step, by name.
func (p *Portal) RunStep(ctx context.Context, name string, input json.RawMessage) (json.RawMessage, error) {
	s, ok := p.steps[name]
	if !ok || s.Run == nil {
		return nil, fmt.Errorf("no step %s to run", name)
	}
	return s.Run(ctx, input)
}

// sources tells which table's changes an event step listens to.
var sources = map[string]step.Source{
	infra.DossiersTable: step.DossierChanges,
	infra.PeopleTable:   step.PeopleChanges,
}

// ring notes that rows may have news. It carries no data and may be lost in a
// crash: the next start rings again.
func (p *Portal) ring(table string, keys []infra.Key) {
	p.mu.Lock()
	source := sources[table]
	if p.rung[source] == nil {
		p.rung[source] = map[string]bool{}
	}
	for _, key := range keys {
		p.rung[source][key.PK] = true
	}
	p.mu.Unlock()
	select {
	case p.bell <- struct{}{}:
	default:
	}
}

// ringAgain rings for every row that still stands in an index "pending": rings
// are kept in memory, and went with the process that was killed. On AWS the
// table's stream keeps them. Schedules alone would leave a letter lying for
// minutes, because they keep away from what is perhaps being sent.
func (p *Portal) ringAgain() error {
	for _, t := range []*Table{p.people, p.dossiers} {
		keys, err := t.pending()
		if err != nil {
			return fmt.Errorf("%s: pending: %w", t.name, err)
		}
		if len(keys) > 0 {
			p.ring(t.name, keys)
		}
	}
	return nil
}

// answerBell tells the event steps what rang since; false when nothing did.
func (p *Portal) answerBell(ctx context.Context) (bool, error) {
	p.mu.Lock()
	rung := p.rung
	p.rung = map[step.Source]map[string]bool{}
	p.mu.Unlock()
	var failures []error
	for source, keys := range rung {
		ring := step.Ring{}
		for pk := range keys {
			ring.Keys = append(ring.Keys, pk)
		}
		failures = append(failures, p.tell(ctx, source, ring))
	}
	return len(rung) > 0, errors.Join(failures...)
}

func (p *Portal) tell(ctx context.Context, source step.Source, ring step.Ring) error {
	input, err := json.Marshal(ring)
	if err != nil {
		return err
	}
	var failures []error // of one listener, which keep nothing from the others
	for _, s := range p.steps {
		if s.Kind == step.KindEvent && s.Source == source {
			_, err := s.Run(ctx, input)
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// Settle lets everything that can happen now happen: bells, mails, state
// machines. Tests use it instead of waiting.
func (p *Portal) Settle(ctx context.Context) error {
	for {
		if err := p.Store.Settle(); err != nil {
			return err
		}
		rang, err := p.answerBell(ctx)
		if err != nil {
			return err
		}
		if err := p.Runner.Settle(ctx); err != nil {
			return err
		}
		if !rang && !p.hasRung() {
			return p.Store.Settle() // what the state machines wrote
		}
	}
}

func (p *Portal) hasRung() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.rung) > 0
}

// Handler is the portal's web: the API, and what one machine has in place of
// the store, the mail and the clock. The last two are for whoever sits at the
// machine: everybody's letters, and everybody's time.
func (p *Portal) Handler(atTheMachine bool) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/files", p.files)
	mux.Handle("/files/", p.files)
	mux.Handle("/", p.API)
	if !atTheMachine {
		return mux
	}
	mux.Handle("/mailbox", p.mail)
	mux.Handle("/mailbox/", p.mail)
	mux.Handle("/mailbox.json", p.mail)
	mux.HandleFunc("GET /local/clock", p.showClock)
	// The API protects itself, with a problem for an answer.
	mux.Handle("POST /local/clock", http.NewCrossOriginProtection().Handler(http.HandlerFunc(p.travel)))
	mux.HandleFunc("GET /{$}", p.home)
	return mux
}
