package asl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"portal/infra"
)

var errDead = errors.New("the process died")

// mortal makes the runner's process die at its nth commit from now, before or
// after that is durable. From then on nothing of it reaches the file.
func mortal(r *Runner, n int, afterwards bool) {
	dead := false
	r.store.crash = func(durable bool) error {
		if !durable && !dead {
			n--
		}
		if n <= 0 && durable == afterwards {
			dead = true
		}
		if dead {
			return errDead
		}
		return nil
	}
}

// world is what stays when a process dies: the file, the clock, what functions
// did, and the tokens that somebody noted.
type world struct {
	*rig
	machine string // definition
	input   any
	deaths  int
	effects map[string]int // calls by the attempt they belong to
	results map[string]answer
	answer  func(function string, payload json.RawMessage) (json.RawMessage, error)
}

type answer struct {
	out json.RawMessage
	err error
}

// newWorld empties the file and starts from there.
func newWorld(t testing.TB, db *bbolt.DB, machine string, input any, answerer func(string, json.RawMessage) (json.RawMessage, error)) *world {
	w := &world{machine: machine, input: input, answer: answerer, effects: map[string]int{}, results: map[string]answer{}}
	err := db.Update(func(tx *bbolt.Tx) error {
		for _, bucket := range [][]byte{executionsBucket, historyBucket, agendaBucket, endedBucket, definitionsBucket} {
			if err := tx.DeleteBucket(bucket); err != nil && !errors.Is(err, berrors.ErrBucketNotFound) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.rig = newRigOn(db, t, nil)
	w.reborn()
	return w
}

// reborn is the next process.
func (w *world) reborn() {
	w.Helper()
	runner, err := Open(w.db, w.clock, w.call)
	if err != nil {
		w.Fatal(err)
	}
	w.runner = runner
	w.register("m", w.machine)
}

// call answers an attempt as it was answered before, however often it is made.
func (w *world) call(_ context.Context, name string, payload json.RawMessage) (json.RawMessage, error) {
	x, err := w.runner.store.load("m/x")
	if err != nil {
		return nil, err
	}
	attempt := fmt.Sprintf("%s after %d events", x.State, x.Events)
	w.effects[attempt]++
	if x.Token != "" {
		w.tokens = append(w.tokens, x.Token)
	}
	if _, before := w.results[attempt]; !before {
		out, err := w.answer(name, payload)
		w.results[attempt] = answer{out, err}
	}
	result := w.results[attempt]
	return result.out, result.err
}

// live runs the execution to its end. Whenever the process dies, another takes
// its place, which die makes mortal again.
func (w *world) live(die func(life int, r *Runner)) {
	w.Helper()
	die(w.deaths, w.runner)
	for range 1000 {
		err := w.move()
		switch {
		case errors.Is(err, errDead):
			w.deaths++
			w.reborn()
			die(w.deaths, w.runner)
		case err != nil:
			w.Fatal(err)
		default:
			if state, _ := w.runner.State(context.Background(), "m", "x"); state != infra.Running {
				return
			}
		}
	}
	w.Fatalf("it never ends: %v", pathOf(w, w.runner, "m", "x"))
}

// move does what people and time do.
func (w *world) move() error {
	ctx := context.Background()
	if err := w.runner.Start(ctx, "m", "x", w.input); err != nil && !errors.Is(err, infra.ErrExecutionExists) {
		return err
	}
	if err := w.runner.Settle(ctx); err != nil {
		return err
	}
	d, err := w.runner.Describe("m", "x")
	if err != nil {
		return err
	}
	if d.Waiting {
		if err := w.runner.Wake(ctx, w.tokens[len(w.tokens)-1]); err != nil {
			return err
		}
	} else {
		w.clock.Advance(time.Hour)
	}
	return w.runner.Settle(ctx)
}

// outcome is everything that no crash may change.
func (w *world) outcome() string {
	d, err := w.runner.Describe("m", "x")
	if err != nil {
		w.Fatal(err)
	}
	attempts := slices.Sorted(maps.Keys(w.effects))
	slices.Sort(w.tokens)
	return fmt.Sprintf("%s %s %s %s\n%s\n%s\n%d tokens", d.Status, d.Output, d.Error, d.Cause,
		strings.Join(pathOf(w, w.runner, "m", "x"), " "), strings.Join(attempts, "; "), len(slices.Compact(slices.Clone(w.tokens))))
}

func (w *world) repeats() int {
	n := 0
	for _, calls := range w.effects {
		n += calls - 1
	}
	return n
}

// diesEverywhere holds a machine to one outcome, whichever commit its process
// dies at, before or after.
func diesEverywhere(t *testing.T, machine string, input any, answerer func() func(string, json.RawMessage) (json.RawMessage, error)) (want string) {
	t.Helper()
	db := openFile(t)
	undisturbed := newWorld(t, db, machine, input, answerer())
	undisturbed.live(func(int, *Runner) {})
	want = undisturbed.outcome()
	if n := undisturbed.repeats(); n != 0 {
		t.Errorf("%d calls were repeated without a crash", n)
	}
	for commit := 1; commit <= int(undisturbed.runner.Counters().Commits); commit++ {
		for _, afterwards := range []bool{false, true} {
			w := newWorld(t, db, machine, input, answerer())
			w.live(func(life int, r *Runner) {
				if life == 0 {
					mortal(r, commit, afterwards)
				}
			})
			if got := w.outcome(); got != want || w.deaths != 1 {
				t.Errorf("dying at commit %d (afterwards %t):\n%s\nwant:\n%s", commit, afterwards, got, want)
			}
			if n := w.repeats(); n > 1 || afterwards && n > 0 {
				t.Errorf("dying at commit %d (afterwards %t) repeated %d calls", commit, afterwards, n)
			}
		}
	}
	w := newWorld(t, db, machine, input, answerer())
	w.live(func(_ int, r *Runner) { mortal(r, 1, true) })
	if got := w.outcome(); got != want {
		t.Errorf("dying at every commit:\n%s\nwant:\n%s", got, want)
	}
	return want
}

func TestAnyMachineSurvivesDyingAtAnyCommit(t *testing.T) {
	for _, c := range walks {
		t.Run(c.what, func(t *testing.T) {
			outcome := diesEverywhere(t, c.machine, json.RawMessage(c.input), func() func(string, json.RawMessage) (json.RawMessage, error) {
				next := answers(c.answers...)
				return func(name string, payload json.RawMessage) (json.RawMessage, error) { return next(name, payload) }
			})
			for _, want := range []string{c.output, "\n" + c.path + "\n"} {
				if !strings.Contains(outcome, want) {
					t.Errorf("outcome without %q:\n%s", want, outcome)
				}
			}
		})
	}
}

func TestTheReviewSurvivesDyingAtAnyCommit(t *testing.T) {
	outcome := diesEverywhere(t, reviewMachine, map[string]any{"id": "d1", "n": 0}, func() func(string, json.RawMessage) (json.RawMessage, error) {
		next := events("deposit", "decide", "close")
		failures := 1
		return func(name string, payload json.RawMessage) (json.RawMessage, error) {
			var out any
			var err error
			switch name {
			case "next":
				out, err = next(t.Context(), payload)
			case "acknowledge":
				out, err = acknowledge(t.Context(), payload)
			case "effect":
				if failures--; failures == 0 {
					err = errors.New("the first attempt fails")
				}
			}
			if err != nil {
				return nil, err
			}
			return json.Marshal(out)
		}
	})
	if !strings.Contains(outcome, "3 tokens") || !strings.HasPrefix(outcome, `succeeded {"kind":"close","n":3}`) {
		t.Errorf("outcome:\n%s", outcome)
	}
}
