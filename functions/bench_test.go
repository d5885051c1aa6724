//go:build linux

package main

import (
	"os"
	"testing"
)

// TestBench is the benchmark program of the project: what the design promises,
// measured as ratios within one run, with the absolute figures beside. It never
// fails for being slow. It needs a quiet machine, Go and nothing else:
//
//	PORTAL_BENCH=1 go test ./functions -run TestBench -v -count=1
//
// and -run TestBench/<section> runs one section.
func TestBench(t *testing.T) {
	if os.Getenv("PORTAL_BENCH") == "" {
		t.Skip("PORTAL_BENCH is not set")
	}
	b := &benchRun{}
	for _, section := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"calls", b.calls},
		{"requests", b.requests},
		{"start", b.start},
		{"lives", b.lives},
		{"goods", b.goods},
		{"sweeps", b.sweeps},
		{"build", b.build},
		{"costs", b.costs},
	} {
		t.Run(section.name, section.run)
	}
	b.summary.print(os.Stdout, "What was promised, and what was measured")
}

// benchRun is one run of all sections.
type benchRun struct{ summary benchTable }

// promise puts a ratio beside its target in the closing table.
func (b *benchRun) promise(what string, measured, target float64) {
	if len(b.summary.rows) == 0 {
		b.summary.row("measure", "ratio", "target", "")
	}
	verdict := "kept"
	if measured > target {
		verdict = "MISSED"
	}
	b.summary.row(what, benchRatio(measured), "≤ "+benchRatio(target), verdict)
}
