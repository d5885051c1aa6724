package asl

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// BenchmarkCycle is one event of a review from the wake to the next wait, with
// fsync. Side by side, executions share commits.
func BenchmarkCycle(b *testing.B) {
	for _, side := range []int{1, 8, 64} {
		b.Run(fmt.Sprintf("%d executions", side), func(b *testing.B) {
			db, err := bbolt.Open(filepath.Join(b.TempDir(), "executions.db"), 0o600, nil)
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			r := &rig{TB: b, db: db}
			list := make([]string, b.N/side+2)
			r.functions = map[string]function{"park": r.selfWaking(), "next": events(append(list, "close")...), "acknowledge": acknowledge}
			if r.runner, err = Open(db, wall{}, r.invoke, Workers(side-1)); err != nil {
				b.Fatal(err)
			}
			r.register("review", reviewMachine)
			for n := range side {
				r.start("review", fmt.Sprint("d", n), map[string]any{"id": fmt.Sprint("d", n), "n": 0})
			}
			ctx, stop := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			before := r.runner.Counters()
			b.ResetTimer()
			if side > 1 { // Settle is the last worker
				go func() { ended <- r.runner.Run(ctx) }()
			} else {
				ended <- nil
			}
			r.settle()
			b.StopTimer()
			stop()
			if err := <-ended; err != nil {
				b.Fatal(err)
			}
			after := r.runner.Counters()
			cycles := float64(side * (len(list) + 1))
			b.ReportMetric(float64(after.Commits-before.Commits)/cycles, "commits/cycle")
		})
	}
}

// BenchmarkOpen is a restart with executions that wait.
func BenchmarkOpen(b *testing.B) {
	r := newRig(b, nil)
	r.register("park", parkMachine)
	for n := range 2000 {
		r.start("park", fmt.Sprint("x", n), map[string]any{})
	}
	r.settle()
	for b.Loop() {
		r.restart()
	}
}
