package asl

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"portal/infra"
)

func TestTheReviewRunsFromWaitToWait(t *testing.T) {
	b := newRig(t, map[string]function{"next": events("deposit", "decide", "close"), "acknowledge": acknowledge})
	b.register("review", reviewMachine)
	b.start("review", "d1-g1", map[string]any{"id": "d1", "n": 0})
	for range 3 {
		b.settle()
		b.wantState("review", "d1-g1", infra.Running)
		b.wake(b.lastToken())
	}
	b.settle()
	b.wantState("review", "d1-g1", infra.Succeeded)
	cycle := "Await Next Which? Effect Acknowledge "
	b.wantPath("review", "d1-g1", cycle+cycle+"Await Next Which? Closed")
	d, err := b.runner.Describe("review", "d1-g1")
	if err != nil || string(d.Output) != `{"kind":"close","n":3}` {
		t.Errorf("output %s, %v", d.Output, err)
	}
	slices.Sort(b.tokens)
	if n := len(slices.Compact(b.tokens)); n != 3 {
		t.Errorf("%d different tokens for three waits", n)
	}
}

func TestStartRefuses(t *testing.T) {
	b := newRig(t, nil)
	b.register("review", reviewMachine)
	ctx := context.Background()
	ended, stop := context.WithCancel(ctx)
	stop()
	for _, c := range []struct {
		what, machine, name string
		ctx                 context.Context
		input               any
		want                error
	}{
		{"a machine nobody registered", "unheard", "d1", ctx, nil, infra.ErrNotFound},
		{"an empty name", "review", "", ctx, nil, infra.ErrLimit},
		{"a long name", "review", strings.Repeat("n", 81), ctx, nil, infra.ErrLimit},
		{"a slash in a name", "review", "a/b", ctx, nil, infra.ErrLimit},
		{"too much input", "review", "d1", ctx, strings.Repeat("x", maxData), infra.ErrLimit},
		{"a context that is over", "review", "d1", ended, nil, context.Canceled},
	} {
		t.Run(c.what, func(t *testing.T) {
			if err := b.runner.Start(c.ctx, c.machine, c.name, c.input); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	if err := b.runner.Start(ctx, "review", "d1", make(chan int)); err == nil {
		t.Error("an input that is no JSON was taken")
	}
	if n := b.runner.Counters().Commits; n != 0 {
		t.Errorf("%d commits for nothing", n)
	}
}
