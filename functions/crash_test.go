package main

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/infra"
	"portal/shared/step"
)

// crashScene is one deed with what it starts from and what must come of it.
type crashScene struct {
	crashDeed
	from    *crashSnapshot
	before  crashRows
	calls   []crashCall // of the undisturbed deed
	outcome crashOutcome
}

// perform does a deed to its end, whatever dies on the way.
func (s *crashStage) perform(d crashDeed) error {
	if d.deaf {
		s.store.AfterCommit(nil)
		return d.do(s)
	}
	if err := d.do(s); err != nil {
		return err
	}
	return s.settle()
}

// end is how a deed ends, after everything was put right.
func (s *crashStage) end(d crashDeed) error {
	if d.finally == nil {
		return nil
	}
	return errors.Join(d.finally(s), s.settle())
}

// crashUndisturbed plays deeds one after the other in a process that lives, from a
// snapshot (nil: an empty portal with its people), and gives every scene, and
// the snapshot at the end.
func crashUndisturbed(s *crashStage, from *crashSnapshot, deeds []crashDeed) ([]crashScene, *crashSnapshot, error) {
	var err error
	if from == nil {
		if from, err = s.begin(); err != nil {
			return nil, nil, err
		}
	}
	var scenes []crashScene
	var before crashRows
	for _, d := range deeds {
		scene := crashScene{crashDeed: d, from: from, before: before}
		if err := s.open(from); err != nil {
			return nil, nil, err
		}
		if err := errors.Join(s.perform(d), s.end(d)); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", d.name, err)
		}
		scene.calls = s.calls
		if from, err = s.capture(); err != nil {
			return nil, nil, err
		}
		now, err := crashScan(filepath.Join(s.dir, "data"))
		if err != nil {
			return nil, nil, err
		}
		if scene.outcome = crashCompare(before, now, scene.from.marks); !d.deaf && scene.outcome.defects != nil {
			return nil, nil, fmt.Errorf("%s, undisturbed: %v", d.name, scene.outcome.defects)
		}
		before = now
		scenes = append(scenes, scene)
	}
	return scenes, from, nil
}

// begin is a portal with its people.
func (s *crashStage) begin() (*crashSnapshot, error) {
	if err := s.open(&crashSnapshot{marks: map[string]string{}}); err != nil {
		return nil, err
	}
	if err := s.seed(); err != nil {
		return nil, err
	}
	return s.capture()
}

// crashTold is the story, played once, undisturbed.
var crashTold = sync.OnceValues(func() ([]crashScene, error) {
	s, err := newCrashStage()
	if err != nil {
		return nil, err
	}
	defer s.remove()
	opening, _, err := crashUndisturbed(s, &crashSnapshot{marks: map[string]string{}}, crashOpeningDay())
	if err != nil {
		return nil, err
	}
	scenes, _, err := crashUndisturbed(s, nil, crashStory())
	return append(opening, scenes...), err
})

func TestADeathAtAnyCallOfAPortLosesNothingAndDoesNothingTwice(t *testing.T) {
	scenes, err := crashTold()
	if err != nil {
		t.Fatal(err)
	}
	jobs, moments := crashJobs(scenes)
	t.Logf("%d deeds, %d moments to die at, %d lives", len(scenes), moments, crashAll(t, jobs))
}

// crashSpared are the steps of no deed, and why none is needed.
var crashSpared = map[string]string{
	"accounts/rate_password": "keeps nothing",
	"accounts/sign_in":       "a lost answer leaves a session of which nobody has the secret",
	"accounts/sign_out":      "deletes one row",
	"accounts/end_session":   "deletes one row",
}

func TestTheStoryDiesInEveryStep(t *testing.T) {
	scenes, err := crashTold()
	if err != nil {
		t.Fatal(err)
	}
	died := map[string]bool{}
	for _, c := range scenes {
		for _, call := range c.calls {
			died[call.step] = died[call.step] || !c.calm
		}
	}
	for _, make := range makers() {
		s := make(infra.Ports{})
		if reads := s.Kind == step.KindHTTP && s.Route.Method == http.MethodGet; !reads && !died[s.Name] && crashSpared[s.Name] == "" {
			t.Errorf("nobody dies in %s", s.Name)
		}
	}
}

func TestTwoDeathsAreNoWorseThanOne(t *testing.T) {
	scenes, err := crashTold()
	if err != nil {
		t.Fatal(err)
	}
	jobs, _ := crashJobs(scenes)
	s := crashStageOf(t)
	rapid.Check(t, func(t *rapid.T) {
		job := rapid.SampledFrom(jobs).Draw(t, "first death")
		second := crashPoint{
			n:     job.point.n + rapid.IntRange(1, len(job.scene.calls)+20).Draw(t, "calls until the second"),
			after: rapid.Bool().Draw(t, "after it"),
		}
		if err := s.replay(job.scene, job.bell, job.point, second); err != nil {
			t.Fatalf("%v, then %v: %v", job, second, err)
		}
	})
}

// TestAnExecutionThatSleptThroughALifeCatchesUp lets no bell ring while a
// dossier lives its whole life. The reconciler alone brings the execution to
// its end, as if it had heard every event at its time, and may die on the way.
func TestAnExecutionThatSleptThroughALifeCatchesUp(t *testing.T) {
	s := crashStageOf(t)
	_, drafted, err := crashUndisturbed(s, nil, crashCalmly(crashDraft("D1", "BV")))
	if err != nil {
		t.Fatal(err)
	}
	_, heard, err := crashUndisturbed(s, drafted, crashLife("D1"))
	if err != nil {
		t.Fatal(err)
	}
	wakes := crashReconciles(10 * time.Minute)
	wakes.bells = crashAllBells
	scenes, slept, err := crashUndisturbed(s, drafted, append(crashUnheard(crashLife("D1")), wakes))
	if err != nil {
		t.Fatal(err)
	}
	if diff := crashDiff(s.since(t, drafted, heard), s.since(t, drafted, slept)); diff != "" {
		t.Errorf("having slept is not having been awake:%s", diff)
	}
	jobs, moments := crashJobs(scenes)
	t.Logf("%d moments to die at, %d lives", moments, crashAll(t, crashEvery(jobs, 13)))
}

// since is what happened between two snapshots.
func (s *crashStage) since(t *testing.T, from, to *crashSnapshot) []string {
	t.Helper()
	var rows [2]crashRows
	for i, snapshot := range []*crashSnapshot{from, to} {
		err := s.open(snapshot)
		if err == nil {
			err = s.close()
		}
		if err == nil {
			rows[i], err = crashScan(filepath.Join(s.dir, "data"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return crashCompare(rows[0], rows[1], from.marks).lines
}

func crashStageOf(t *testing.T) *crashStage {
	t.Helper()
	s, err := newCrashStage()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.remove)
	return s
}
