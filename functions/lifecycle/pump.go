package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/step"
	"portal/statemachines"
)

// rung is the pump's input: a ring of the table's doorbell, or the wish of an
// execution that waited too long to hand over.
type rung struct {
	step.Ring
	Dossier    string `json:"dossier,omitempty"`
	Generation int64  `json:"generation,omitempty"`
}

// PumpGrants is what pumping touches; the reconciler pumps too.
var PumpGrants = rows.And(step.Grants{Start: []string{"conformity-review"}, Wake: true})

// Pump brings executions and dossiers together: starts the execution of a
// dossier that has none, else wakes the one that waits. Done twice, late, or
// in parallel, it changes nothing more.
func Pump(p infra.Ports) step.Step {
	return step.Event(step.Declaration{
		Name:    "lifecycle/pump",
		Summary: "Starts or wakes the execution of a dossier with news",
		Grants:  PumpGrants,
		Rings:   dossier.PendingPrefix,
	}, step.DossierChanges, func(ctx context.Context, in rung) (struct{}, error) {
		if in.Dossier != "" {
			return struct{}{}, handOver(ctx, p, in.Dossier, in.Generation)
		}
		var failures []error
		for _, pk := range in.Keys {
			if id := dossier.IDOf(pk); id != "" {
				failures = append(failures, PumpOne(ctx, p, id))
			}
		}
		return struct{}{}, errors.Join(failures...)
	})
}

// PumpOne pumps one dossier.
func PumpOne(ctx context.Context, p infra.Ports, id string) error {
	head, err := loadHead(ctx, p.Dossiers, id)
	if err != nil || head == nil || head.DepositN == 0 {
		return err
	}
	e, err := loadExecution(ctx, p.Dossiers, id)
	if err != nil {
		return err
	}
	machine, revision, err := machineOf(head.Procedure)
	if err != nil {
		return err
	}
	now := p.Clock.Now()
	switch {
	case e == nil:
		return claim(ctx, p, id, dossier.Execution{
			Machine: machine, Revision: revision, Generation: 1,
			Acknowledged: head.DepositN - 1, Status: "draft", Started: now, Touched: now,
		})
	case head.Version <= e.Acknowledged:
		return nil
	case e.Due(revision, now):
		return nextGeneration(ctx, p, id, *e, revision)
	case e.Token != "":
		err := p.Executions.Wake(ctx, e.Token)
		if !errors.Is(err, infra.ErrTokenGone) {
			return err
		}
	}
	return revive(ctx, p, id, *e, head.Changed, revision)
}

// revive starts an execution that was claimed but perhaps never started, and
// replaces one that failed, or fell silent for longer than its retries take.
// It is silent since it was last seen or, if later, since there is something to
// hear: a dossier may well rest for weeks.
func revive(ctx context.Context, p infra.Ports, id string, e dossier.Execution, news time.Time, revision string) error {
	err := start(ctx, p, id, e)
	if !errors.Is(err, infra.ErrExecutionExists) {
		return err
	}
	state, err := p.Executions.State(ctx, e.Machine, e.Name(id))
	if err != nil {
		return err
	}
	silent := p.Clock.Now().Sub(latest(e.Touched, news))
	if state == infra.Running && silent < dossier.StuckAfter {
		return nil
	}
	return nextGeneration(ctx, p, id, e, revision)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// claim writes the execution row, then starts the execution: a crash between
// leaves a claim that the next pump starts under the same name.
func claim(ctx context.Context, p infra.Ports, id string, e dossier.Execution) error {
	err := p.Dossiers.Write(ctx, put(id, e))
	if errors.Is(err, infra.ErrConditionFailed) {
		return nil // a rival claimed it and starts it
	}
	if err != nil {
		return err
	}
	if err := start(ctx, p, id, e); err != nil && !errors.Is(err, infra.ErrExecutionExists) {
		return err
	}
	return nil
}

func start(ctx context.Context, p infra.Ports, id string, e dossier.Execution) error {
	return p.Executions.Start(ctx, e.Machine, e.Name(id), At{
		Dossier: id, Generation: e.Generation, N: e.Acknowledged, Status: e.Status,
	})
}

// nextGeneration claims and starts a fresh execution where the old one stands,
// then wakes the old one, which finds itself superseded and ends.
func nextGeneration(ctx context.Context, p infra.Ports, id string, e dossier.Execution, revision string) error {
	old := e.Token
	now := p.Clock.Now()
	e.Generation++
	e.Revision, e.Played, e.Token = revision, 0, ""
	e.Started, e.Touched = now, now
	if err := claim(ctx, p, id, e); err != nil {
		return err
	}
	if old == "" {
		return nil
	}
	if err := p.Executions.Wake(ctx, old); err != nil && !errors.Is(err, infra.ErrTokenGone) {
		return err
	}
	return nil
}

// handOver is a waiting execution's own wish to be replaced; a rival may have
// replaced it already.
func handOver(ctx context.Context, p infra.Ports, id string, generation int64) error {
	e, err := loadExecution(ctx, p.Dossiers, id)
	if err != nil || e == nil || e.Generation != generation {
		return err
	}
	revision, err := statemachines.Revision(e.Machine)
	if err != nil {
		return err
	}
	e.Token = "" // it is the one that timed out
	return nextGeneration(ctx, p, id, *e, revision)
}

func loadHead(ctx context.Context, table infra.Table, id string) (*dossier.Head, error) {
	row, err := table.Get(ctx, infra.Key{PK: dossier.PK(id), SK: dossier.SKHead})
	if errors.Is(err, infra.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var head dossier.Head
	if err := row.Decode(&head); err != nil {
		return nil, fmt.Errorf("head of dossier: %w", err)
	}
	return &head, nil
}

// machines names the machine of each procedure.
var machines = map[string]string{"conformity": "conformity-review"}

func machineOf(procedure string) (machine, revision string, err error) {
	machine, ok := machines[procedure]
	if !ok {
		return "", "", fmt.Errorf("procedure %q has no state machine", procedure)
	}
	revision, err = statemachines.Revision(machine)
	return machine, revision, err
}
