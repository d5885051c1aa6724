package main

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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

// replay does a scene's deed in a process that dies at these points, and
// compares what came of it with what came of the undisturbed one.
func (s *crashStage) replay(c *crashScene, bell crashBell, points ...crashPoint) error {
	if err := s.open(c.from); err != nil {
		return err
	}
	s.bell, s.points = bell, points
	err := s.perform(c.crashDeed)
	if err == nil {
		err = errors.Join(s.recover(bell), s.end(c.crashDeed))
	}
	boots := s.boots
	if closing := s.close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	if boots == 1 {
		return fmt.Errorf("it never died: only %d calls", len(s.calls))
	}
	now, err := crashScan(filepath.Join(s.dir, "data"))
	if err != nil {
		return err
	}
	return c.judge(crashCompare(c.before, now, c.from.marks), s.calls, points)
}

// judge tells what is wrong with an outcome, given the calls that were made and
// where the process died.
func (c *crashScene) judge(got crashOutcome, calls []crashCall, points []crashPoint) error {
	if got.defects != nil {
		return fmt.Errorf("%v", got.defects)
	}
	mayLack := slices.ContainsFunc(points, func(p crashPoint) bool { return p.losesReminder(calls) })
	for letter := range c.outcome.copies {
		reminder := strings.HasPrefix(letter, "certificate_reminder")
		switch copies := got.copies[letter]; {
		case copies == 0 && reminder && mayLack:
			got.lines = append(got.lines, "letter "+letter)
		case copies > 1 && reminder:
			return fmt.Errorf("%d times %s", copies, letter)
		case copies > 1+len(points):
			return fmt.Errorf("%d times %s after %d deaths", copies, letter, len(points))
		}
	}
	if diff := crashDiff(c.outcome.lines, got.lines); diff != "" {
		return fmt.Errorf("not what the undisturbed deed does:%s", diff)
	}
	return nil
}

// losesReminder tells whether a death falls where a reminder may be lost: it is
// recorded, and not yet handed over.
func (p crashPoint) losesReminder(calls []crashCall) bool {
	if p.n > len(calls) || calls[p.n-1].step != "sweeps/remind_renewals" {
		return false
	}
	done := calls[:p.n]
	if !p.after {
		done = calls[:p.n-1]
	}
	for _, call := range slices.Backward(done) {
		if call.verb == "Dossiers.Write" || call.verb == "Mail.Send" {
			return call.verb == "Dossiers.Write"
		}
	}
	return false
}

// crashJob is one life to be played.
type crashJob struct {
	scene *crashScene
	point crashPoint
	bell  crashBell
}

func (j crashJob) String() string {
	return fmt.Sprintf("%s: died %s (%s), bell %s", j.scene.name, j.point, j.scene.calls[j.point.n-1], j.bell)
}

// crashJobs is every call of every scene, before and after. Where two moments
// leave the same behind (nothing durable happened between them), the bells take
// turns; where a moment is one of its own, every bell has its turn.
func crashJobs(scenes []crashScene) (jobs []crashJob, moments int) {
	for i := range scenes {
		c := &scenes[i]
		if c.calm {
			continue
		}
		for n, call := range c.calls {
			for _, after := range []bool{false, true} {
				moments++
				bells := c.bells
				first := n == 0 || c.calls[n-1].step != call.step
				if own := after && call.changes() || !after && first; !own {
					bells = c.bells[moments%len(c.bells):][:1]
				}
				for _, bell := range bells {
					jobs = append(jobs, crashJob{c, crashPoint{n + 1, after}, bell})
				}
			}
		}
	}
	return jobs, moments
}

// crashEvery is one job in so many.
func crashEvery(jobs []crashJob, stride int) []crashJob {
	var some []crashJob
	for i := 0; i < len(jobs); i += stride {
		some = append(some, jobs[i])
	}
	return some
}

// crashAll plays jobs on every processor, or some of them when the tests are
// to be short.
func crashAll(t *testing.T, jobs []crashJob) {
	t.Helper()
	if testing.Short() {
		jobs = crashEvery(jobs, 23)
	}
	var next atomic.Int64
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			s, err := newCrashStage()
			if err != nil {
				t.Error(err)
				return
			}
			defer s.remove()
			for {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) {
					return
				}
				if err := s.replay(jobs[i].scene, jobs[i].bell, jobs[i].point); err != nil {
					t.Errorf("%v: %v", jobs[i], err)
				}
			}
		})
	}
	all.Wait()
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
	crashAll(t, jobs)
	t.Logf("%d deeds, %d moments to die at, %d lives", len(scenes), moments, len(jobs))
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
	jobs = crashEvery(jobs, 13)
	crashAll(t, jobs)
	t.Logf("%d moments to die at, %d lives", moments, len(jobs))
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
