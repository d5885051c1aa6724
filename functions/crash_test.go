package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
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
	return c.judge(crashCompare(c.before, now, c.from.marks), points)
}

// judge tells what is wrong with an outcome.
func (c *crashScene) judge(got crashOutcome, points []crashPoint) error {
	if got.defects != nil {
		return fmt.Errorf("%v", got.defects)
	}
	want := c.outcome.lines
	for letter := range c.outcome.copies {
		reminder := strings.HasPrefix(letter, "certificate_reminder")
		switch copies := got.copies[letter]; {
		case copies == 0 && reminder && c.betweenRecordAndSending(points):
			got.lines = append(got.lines, "letter "+letter)
		case copies > 1 && reminder:
			return fmt.Errorf("%d times %s", copies, letter)
		case copies > 1+len(points):
			return fmt.Errorf("%d times %s after %d crashes", copies, letter, len(points))
		}
	}
	if diff := crashDiff(want, got.lines); diff != "" {
		return fmt.Errorf("not what the undisturbed deed does:%s", diff)
	}
	return nil
}

// betweenRecordAndSending tells whether a point is where a reminder may be
// lost: it is recorded, and not yet handed over.
func (c *crashScene) betweenRecordAndSending(points []crashPoint) bool {
	recorded := 0
	for i, call := range c.calls {
		switch call.verb {
		case "Dossiers.Write":
			recorded = i + 1
		case "Mail.Send":
			for _, p := range points {
				after := p.n > recorded || p.n == recorded && p.after
				before := p.n < i+1 || p.n == i+1 && !p.after
				if after && before {
					return true
				}
			}
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

// crashAll plays jobs on every processor; one in so many when the tests are to
// be short.
func crashAll(t *testing.T, jobs []crashJob) {
	t.Helper()
	stride := 1
	if testing.Short() {
		stride = 23
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
				i := (int(next.Add(1)) - 1) * stride
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

func TestADeathAtAnyCallOfAPortLosesNothingAndDoesNothingTwice(t *testing.T) {
	s := crashStageOf(t)
	scenes, _, err := crashUndisturbed(s, nil, crashStory())
	if err != nil {
		t.Fatal(err)
	}
	jobs, points := crashJobs(scenes)
	crashAll(t, jobs)
	t.Logf("%d deeds, %d moments to die at, %d lives", len(scenes), points, len(jobs))
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
