package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

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
	mayLack := slices.ContainsFunc(points, func(p crashPoint) bool { return p.losesNotices(calls) })
	for letter := range c.outcome.copies {
		notice := crashIsNotice(letter)
		switch copies := got.copies[letter]; {
		case copies == 0 && notice && mayLack:
			got.lines = append(got.lines, "letter "+letter)
		case copies > 1 && notice:
			return fmt.Errorf("%d times %s", copies, letter)
		case copies > 1+len(points):
			return fmt.Errorf("%d times %s after %d deaths", copies, letter, len(points))
		}
	}
	want := c.outcome.lines
	if c.whoever {
		want, got.lines = crashWithoutExecutions(want), crashWithoutExecutions(got.lines)
	}
	if diff := crashDiff(want, got.lines); diff != "" {
		return fmt.Errorf("not what the undisturbed deed does:%s", diff)
	}
	return nil
}

func crashWithoutExecutions(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Contains(line, "execution") })
}

// losesNotices tells whether a death falls where notices may be lost: they are
// recorded, and not yet all handed over.
func (p crashPoint) losesNotices(calls []crashCall) bool {
	if p.n > len(calls) || !slices.Contains(crashNoticers, calls[p.n-1].step) {
		return false
	}
	done := calls[:p.n]
	if !p.after {
		done = calls[:p.n-1]
	}
	for _, call := range slices.Backward(done) {
		if call.step != calls[p.n-1].step {
			return false
		}
		if call.verb == "Dossiers.Write" {
			return true
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
// to be short, and tells how many.
func crashAll(t *testing.T, jobs []crashJob) (lives int) {
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
	return len(jobs)
}
