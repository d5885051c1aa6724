package asl

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"portal/infra"
)

// limited is a machine of one task with limits.
func limited(task, machine string) string {
	return `{` + machine + `"StartAt": "A", "States": {
		"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "${f}"}, ` + task + ` "Next": "Z"},
		"Z": {"Type": "Succeed"}}}`
}

func TestRetriesComeWhenTheyAreDue(t *testing.T) {
	for _, c := range []struct {
		retry string
		want  []float64 // seconds between the attempts
	}{
		{`{"ErrorEquals": ["States.ALL"]}`, []float64{1, 2, 4}},
		{`{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 3, "MaxAttempts": 2, "BackoffRate": 1}`, []float64{3, 3}},
		{`{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 2, "MaxAttempts": 5, "BackoffRate": 1.5, "MaxDelaySeconds": 5}`, []float64{2, 3, 4.5, 5, 5}},
	} {
		var at []time.Time
		var b *rig
		b = newRig(t, map[string]function{"f": func(context.Context, json.RawMessage) (any, error) {
			at = append(at, b.clock.Now())
			return nil, errors.New("never")
		}})
		b.register("m", limited(`"Retry": [`+c.retry+`],`, ""))
		b.start("m", "x", nil)
		for range 50 {
			b.settle()
			b.clock.Advance(500 * time.Millisecond)
			b.restart() // an attempt to come survives
		}
		b.wantState("m", "x", infra.Failed)
		var got []float64
		for i := 1; i < len(at); i++ {
			got = append(got, at[i].Sub(at[i-1]).Seconds())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.retry, got, c.want)
		}
	}
}

func TestDelaysDoNotOverflow(t *testing.T) {
	r := retrier{interval: maxDelay, backoff: 1e300}
	for _, used := range []int{0, 1, 2, 1 << 20} {
		if d := r.delay(used); d != maxDelay {
			t.Errorf("after %d retries %v", used, d)
		}
	}
}

func TestATaskThatTakesTooLongTimesOut(t *testing.T) {
	slow := true
	var b *rig
	b = newRig(t, map[string]function{"f": func(context.Context, json.RawMessage) (any, error) {
		if slow {
			b.clock.Advance(10 * time.Second)
		}
		slow = false
		return "done", nil
	}})
	b.register("m", limited(`"TimeoutSeconds": 10, "Retry": [{"ErrorEquals": ["States.Timeout"]}],`, ""))
	b.start("m", "x", nil)
	b.settle()
	b.wantCalls("f")
	b.clock.Advance(time.Second)
	b.settle()
	b.wantCalls("f f")
	b.wantState("m", "x", infra.Succeeded)
}

func TestAnExecutionThatTakesTooLongFails(t *testing.T) {
	for _, c := range []struct {
		what, definition string
	}{
		{"in a call", limited(`"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Z"}],`, `"TimeoutSeconds": 30,`)},
		{"before another attempt", limited(`"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 3600}],`, `"TimeoutSeconds": 30,`)},
		{"in a wait", strings.Replace(parkMachine, `"TimeoutSeconds": 60`, `"Comment": "no limit"`, 1)},
	} {
		t.Run(c.what, func(t *testing.T) {
			definition := c.definition
			var b *rig
			b = newRig(t, map[string]function{"f": func(context.Context, json.RawMessage) (any, error) {
				if c.what == "in a call" {
					b.clock.Advance(30 * time.Second)
				}
				return nil, errors.New("never")
			}})
			if c.what == "in a wait" {
				definition = strings.Replace(definition, `{`, `{"TimeoutSeconds": 30, `, 1)
			}
			b.register("m", definition)
			b.start("m", "x", nil)
			b.settle()
			b.clock.Advance(29 * time.Second)
			b.settle()
			if c.what != "in a call" {
				b.wantState("m", "x", infra.Running)
			}
			b.clock.Advance(time.Second)
			b.settle()
			b.wantState("m", "x", infra.Failed)
			if d, _ := b.runner.Describe("m", "x"); d.Error != timedOut || !d.Ended.Equal(b.clock.Now()) && c.what != "in a call" {
				t.Errorf("ended %+v", d)
			}
		})
	}
}

// wall is the real clock, which is a fake one inside a synctest bubble.
type wall struct{}

func (wall) Now() time.Time { return time.Now() }

// running runs f beside a runner on the real clock.
func running(t *testing.T, functions map[string]function, f func(t *testing.T, b *rig)) {
	synctest.Test(t, func(t *testing.T) {
		b := &rig{TB: t, functions: functions, db: openFile(t)}
		runner, err := Open(b.db, wall{}, b.invoke)
		if err != nil {
			t.Fatal(err)
		}
		b.runner = runner
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() { ended <- runner.Run(ctx) }()
		f(t, b)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestRunWaitsForDeadlinesByItself(t *testing.T) {
	failures := 2
	running(t, map[string]function{"f": func(context.Context, json.RawMessage) (any, error) {
		if failures--; failures >= 0 {
			return nil, errors.New("not yet")
		}
		return nil, nil
	}}, func(t *testing.T, b *rig) {
		b.register("m", limited(`"Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 100, "BackoffRate": 1}],`, ""))
		b.register("park", parkMachine)
		began := time.Now()
		b.start("m", "x", nil)
		b.start("park", "x", map[string]any{})
		time.Sleep(70 * time.Second) // of the bubble's time
		b.wantPath("park", "x", "Await Caught")
		b.wantState("m", "x", infra.Running)
		time.Sleep(time.Hour)
		d, err := b.runner.Describe("m", "x")
		if err != nil || d.Status != infra.Succeeded || d.Ended.Sub(began).Round(time.Second) != 200*time.Second {
			t.Errorf("%+v, %v after %v", d, err, d.Ended.Sub(began))
		}
	})
}

func TestRunEndsTheContextOfACallThatTakesTooLong(t *testing.T) {
	running(t, map[string]function{"f": func(ctx context.Context, _ json.RawMessage) (any, error) {
		<-ctx.Done()
		return nil, context.Cause(ctx)
	}}, func(t *testing.T, b *rig) {
		b.register("m", limited(`"TimeoutSeconds": 7,`, ""))
		began := time.Now()
		b.start("m", "x", nil)
		time.Sleep(time.Minute)
		d, _ := b.runner.Describe("m", "x")
		if d.Error != timedOut || d.Ended.Sub(began).Round(time.Second) != 7*time.Second {
			t.Errorf("%+v after %v", d, d.Ended.Sub(began))
		}
	})
}

func TestAKickMakesRunLookAtAClockThatJumped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newRig(t, nil)
		b.register("park", parkMachine)
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() { ended <- b.runner.Run(ctx) }()
		b.start("park", "x", map[string]any{})
		synctest.Wait()
		b.wantState("park", "x", infra.Running)
		b.clock.Advance(time.Hour)
		b.runner.Kick()
		synctest.Wait()
		b.wantPath("park", "x", "Await Caught")
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestAStopOfTheRunnerIsNoFaultOfTheTask(t *testing.T) {
	var stopping atomic.Bool
	stopping.Store(true)
	ctx, stop := context.WithCancel(context.Background())
	b := newRig(t, map[string]function{"f": func(ctx context.Context, _ json.RawMessage) (any, error) {
		if stopping.Load() {
			stop()
			return nil, ctx.Err()
		}
		return nil, nil
	}})
	b.register("m", limited("", ""))
	b.start("m", "x", nil)
	if err := b.runner.Run(ctx); err != nil {
		t.Fatal(err)
	}
	b.wantState("m", "x", infra.Running)
	stopping.Store(false)
	b.settle()
	b.wantCalls("f f")
	b.wantState("m", "x", infra.Succeeded)
}

func TestAPanicIsAFaultOfTheTask(t *testing.T) {
	usual := slog.Default()
	t.Cleanup(func() { slog.SetDefault(usual) })
	slog.SetDefault(slog.New(slog.DiscardHandler))
	b := newRig(t, map[string]function{"f": func(context.Context, json.RawMessage) (any, error) { panic("oh") }})
	b.register("m", limited(`"Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Z"}],`, ""))
	b.start("m", "x", nil)
	b.settle()
	if d, _ := b.runner.Describe("m", "x"); string(d.Output) != `{"Cause":"panic: oh","Error":"Lambda.Unknown"}` {
		t.Errorf("%+v", d)
	}
}

func TestAHistoryHasItsLimit(t *testing.T) {
	b := newRig(t, nil)
	b.register("m", `{"StartAt": "A", "States": {
		"A": {"Type": "Choice", "Choices": [{"Variable": "$", "IsNull": false, "Next": "Z"}], "Default": "A"}, "Z": {"Type": "Succeed"}}}`)
	b.start("m", "x", nil)
	d, err := b.runner.Describe("m", "x")
	if err != nil || d.Error != runtimeError || !strings.Contains(d.Cause, "25000 events") {
		t.Errorf("%+v, %v", d, err)
	}
}
