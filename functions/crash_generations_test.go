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

// TestAGenerationTakesOverFromTheOneBefore kills the process at every call
// while one execution takes over from another: nothing is heard twice, nothing
// is skipped, and the one before ends.
func TestAGenerationTakesOverFromTheOneBefore(t *testing.T) {
	s := crashStageOf(t)
	deposited := append(crashCalmly(crashDraft("D1", "BV")), crashStep(crashYasmine, "D1", "deposits", nil).calmly())
	_, from, err := crashUndisturbed(s, nil, deposited)
	if err != nil {
		t.Fatal(err)
	}
	assign := crashStep(crashSalma, "D1", "assignments", crashBody{"agent": crashLeila})
	reassign := crashStep(crashSalma, "D1", "assignments", crashBody{"agent": crashOmar, "reason": "Charge."})
	points, lives := 0, 0
	for _, test := range []struct {
		why   string
		deeds []crashDeed
	}{
		{"another definition", []crashDeed{
			crashEdits("release", func(_ string, e *dossier.Execution) { e.Revision = "older" }), crashThen(2, "assign", assign),
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
			crashAll(t, jobs)
			points, lives = points+n, lives+len(jobs)
		})
	}
	t.Logf("%d moments to die at, %d lives", points, lives)
}
