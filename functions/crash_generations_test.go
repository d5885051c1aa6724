package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"portal/infra"
	"portal/shared/dossier"
)

// crashYear is longer than an execution may live, or wait.
const crashYear = 301 * 24 * time.Hour

// execution reads the execution row of D1.
func (s *crashStage) execution() (dossier.Execution, error) {
	var e dossier.Execution
	row, err := s.store.Dossiers().Get(context.Background(), infra.Key{PK: dossier.PK(s.marks["D1"]), SK: dossier.SKExecution})
	if err != nil {
		return e, err
	}
	return e, row.Decode(&e)
}

// edits changes the execution row of D1 behind everybody's back: another
// release, a long life, or an accident.
func crashEdits(name string, edit func(id string, e *dossier.Execution)) crashDeed {
	return crashDeed{name: name, calm: true, deaf: true, do: func(s *crashStage) error {
		e, err := s.execution()
		if err != nil {
			return err
		}
		edit(s.marks["D1"], &e)
		key := infra.Key{PK: dossier.PK(s.marks["D1"]), SK: dossier.SKExecution}
		return s.store.Dossiers().Write(context.Background(), infra.Put{Key: key, Value: e})
	}}
}

// crashWaits lets time pass, in which nothing but deadlines happens.
func crashWaits(by time.Duration) crashDeed {
	return crashDeed{name: fmt.Sprint("wait ", by), calm: true, do: func(s *crashStage) error { return s.travel(by) }}
}

// crashThen does several deeds as one. Afterwards D1's execution must be of
// this generation; then a year goes by, in which whoever still waits finds out
// that a later one goes on.
func crashThen(generation int64, name string, deeds ...crashDeed) crashDeed {
	return crashDeed{name: name, bells: crashAllBells, do: func(s *crashStage) error {
		for _, d := range deeds {
			if err := errors.Join(d.do(s), s.settle()); err != nil {
				return fmt.Errorf("%s: %w", d.name, err)
			}
		}
		return nil
	}, finally: func(s *crashStage) error {
		e, err := s.execution()
		if err == nil && e.Generation != generation {
			err = fmt.Errorf("generation %d, want %d", e.Generation, generation)
		}
		return errors.Join(err, s.travel(crashYear))
	}}
}

// crashReconciles runs the reconciler after the bell's work is known to be in
// vain.
func crashReconciles(after time.Duration) crashDeed {
	return crashDeed{name: "reconcile", do: func(s *crashStage) error {
		return errors.Join(s.travel(after), s.runs("sweeps/reconcile", nil))
	}}
}

// crashFails does a deed while a step is out of order for longer than anybody
// tries it again.
func crashFails(step string, deed crashDeed) crashDeed {
	return crashDeed{name: step + " fails", bells: crashAllBells, do: func(s *crashStage) error {
		s.broken = step
		err := deed.do(s)
		for minute := range 10 {
			if err = errors.Join(err, s.settle()); minute < 2 {
				err = errors.Join(err, s.runs("sweeps/reconcile", nil)) // a lost bell is not the point
			}
			err = errors.Join(err, s.travel(time.Minute))
		}
		s.broken = ""
		return err
	}}
}

// TestAGenerationTakesOverFromTheOneBefore kills the process at every call
// while one execution takes over from another: nothing is heard twice, nothing
// is skipped, and the one before ends.
func TestAGenerationTakesOverFromTheOneBefore(t *testing.T) {
	s, from := crashDepositedStage(t)
	assign := crashAssign()
	reassign := crashStep(crashSalma, "D1", "assignments", crashBody{"agent": crashOmar, "reason": "Charge."})
	points, lives := 0, 0
	for _, test := range []struct {
		why   string
		deeds []crashDeed
	}{
		{"another definition", []crashDeed{
			crashRelease(), crashThen(2, "assign", assign),
		}},
		{"too long a history", []crashDeed{
			crashEdits("play much", func(_ string, e *dossier.Execution) { e.Played = dossier.MaxPlayed }), crashThen(2, "assign", assign),
		}},
		{"too long a life", []crashDeed{
			crashWaits(200 * 24 * time.Hour), assign.calmly(), crashWaits(150 * 24 * time.Hour),
			crashThen(2, "reassign", reassign),
		}},
		{"too long a wait", []crashDeed{
			crashThen(2, "wait and assign", crashWaits(crashYear), assign),
		}},
		{"a token of nobody's", []crashDeed{
			crashEdits("accident", func(id string, e *dossier.Execution) {
				owner := base64.RawURLEncoding.EncodeToString([]byte(e.Machine + "/" + e.Name(id)))
				e.Token = owner + ".DEAD"
			}),
			crashThen(2, "assign and wait", assign, crashReconciles(dossier.StuckAfter+time.Minute)),
		}},
		{"a failure after two events at once", []crashDeed{
			assign.calmly(), crashStep(crashLeila, "D1", "takings-in-charge", nil).unheard(),
			crashThen(2, "unassign and fail",
				crashFails("conformity/record_load", crashStep(crashSalma, "D1", "unassignments", crashBody{"reason": "Elle est absente."})),
				crashReconciles(time.Minute)),
		}},
		{"a superseded one beside it", []crashDeed{
			crashEdits("release", func(_ string, e *dossier.Execution) { e.Revision, e.Token = "older", "" }), crashThen(2, "assign", assign),
		}},
	} {
		t.Run(strings.ReplaceAll(test.why, " ", "_"), func(t *testing.T) {
			scenes, _, err := crashUndisturbed(s, from, test.deeds)
			if err != nil {
				t.Fatal(err)
			}
			jobs, n := crashJobs(scenes)
			points, lives = points+n, lives+crashAll(t, jobs)
		})
	}
	t.Logf("%d moments to die at, %d lives", points, lives)
}

// TestTwoGenerationsAtOnceDoNothingTwice kills the process while an execution
// plays an event, and starts a newer release on the data: the new generation
// plays the event that the old one, going on where it was, plays too.
func TestTwoGenerationsAtOnceDoNothingTwice(t *testing.T) {
	s, from := crashDepositedStage(t)
	release := crashRelease()
	both := crashDeed{name: "assign, then a release", bells: crashAllBells, whoever: true, do: func(s *crashStage) error {
		if err := crashAssign().do(s); err != nil {
			return err
		}
		if err := s.portal.Settle(s.ctx); !s.dead {
			return err
		}
		err := errors.Join(s.boot(), release.do(s))
		_, pumped := s.portal.RunStep(s.ctx, "lifecycle/pump", []byte(`{"keys":["`+dossier.PK(s.marks["D1"])+`"]}`))
		return errors.Join(err, pumped)
	}}
	scenes, _, err := crashUndisturbed(s, from, []crashDeed{both})
	if err != nil {
		t.Fatal(err)
	}
	jobs, moments := crashJobs(scenes)
	t.Logf("%d moments to die at, %d lives", moments, crashAll(t, jobs))
}

func TestASupersededExecutionEndsAtOnce(t *testing.T) {
	s, from := crashDepositedStage(t)
	if err := s.open(from); err != nil {
		t.Fatal(err)
	}
	defer s.close()
	old, err := s.execution()
	if err == nil {
		err = errors.Join(crashRelease().do(s), crashAssign().do(s), s.settle())
	}
	if err != nil {
		t.Fatal(err)
	}
	state, err := s.portal.Ports.Executions.State(s.ctx, old.Machine, old.Name(s.marks["D1"]))
	if err != nil || state != infra.Succeeded {
		t.Errorf("the one before is %s, %v", state, err)
	}
}

// crashDepositedStage is a stage, and a portal in which D1 was deposited.
func crashDepositedStage(t *testing.T) (*crashStage, *crashSnapshot) {
	t.Helper()
	s := crashStageOf(t)
	deeds := append(crashCalmly(crashDraft("D1", "BV")), crashStep(crashYasmine, "D1", "deposits", nil).calmly())
	_, from, err := crashUndisturbed(s, nil, deeds)
	if err != nil {
		t.Fatal(err)
	}
	return s, from
}

func crashAssign() crashDeed {
	return crashStep(crashSalma, "D1", "assignments", crashBody{"agent": crashLeila})
}

// crashRelease is another definition of the machine: D1's execution was
// started with one that is older.
func crashRelease() crashDeed {
	return crashEdits("release", func(_ string, e *dossier.Execution) { e.Revision = "older" })
}
