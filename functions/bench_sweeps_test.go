//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"sync"
	"testing"
	"time"

	"portal/functions/certificates"
	"portal/functions/sweeps"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/infra/local"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/identifiers"
	"portal/shared/step"
)

// What is stored, and what of it is due in each round, all of one holder whose
// people are told.
const (
	benchFew, benchMany = 10_000, 1_000_000
	benchDue            = 200
	benchHolder         = "demo-atlas"
)

// sweeps measures what the two sweeps over certificates cost with the same
// number due among few and among many: their cost is that of what is due.
func (b *benchRun) sweeps(t *testing.T) {
	few, many := benchNewRegister(t, benchFew), benchNewRegister(t, benchMany)
	defer benchProfile(t, "sweeps")()
	table := benchTable{}
	table.row("sweep", "due", fmt.Sprintf("CPU µs each of %d", benchFew), fmt.Sprintf("of %d", benchMany), "ratio", "from…to", "calls", "calls")
	for _, s := range []struct {
		name string
		due  func(*benchRegister, *testing.T)
	}{
		{"sweeps/expire_certificates", (*benchRegister).oweExpiries},
		{"sweeps/remind_renewals", (*benchRegister).oweReminders},
	} {
		var a, z []time.Duration
		const rounds = 15
		for round := range rounds + 1 {
			sides := []*benchRegister{few, many}
			if round%2 == 1 {
				sides = []*benchRegister{many, few}
			}
			for _, r := range sides {
				s.due(r, t)
				spent := r.sweep(t, s.name)
				if round == 0 {
					continue // warm
				}
				if r == few {
					a = append(a, spent/benchDue)
				} else {
					z = append(z, spent/benchDue)
				}
			}
		}
		ratios := benchRatios(z, a)
		table.row(s.name, fmt.Sprint(benchDue), benchMicros(benchMedian(a)), benchMicros(benchMedian(z)), benchRatio(benchMedian(ratios)),
			benchRatio(benchQuantile(ratios, .25))+"…"+benchRatio(benchQuantile(ratios, .75)), fmt.Sprint(few.calls), fmt.Sprint(many.calls))
		b.promise(s.name+": CPU among 10⁶ against 10⁴", benchMedian(ratios), 1.1)
	}
	table.note("stores in memory without waiting for a disk; filled in %.0f s and %.0f s", few.filled.Seconds(), many.filled.Seconds())
	table.print(os.Stdout, "A sweep among few and among many certificates")
}

// benchRegister is a store full of certificates of which none is due.
type benchRegister struct {
	store  *local.Store
	steps  map[string]step.Step
	watch  *benchWatch
	today  calendar.Date
	size   int
	next   uint64 // running number
	calls  int    // of the ports in the last sweep
	filled time.Duration
}

func benchNewRegister(t *testing.T, n int) *benchRegister {
	t.Helper()
	store := benchSeeded(t, benchMemory(t), local.Options{NoSync: true})
	r := &benchRegister{store: store, steps: map[string]step.Step{}, watch: &benchWatch{}, size: n, today: calendar.DateIn(store.Clock().Now()), next: 1}
	for _, s := range httpapi.Build(sweeps.Steps, r.watch.counting(benchPorts(store))) {
		r.steps[s.Name] = s
	}
	start := time.Now()
	r.fill(t, n)
	r.filled = time.Since(start)
	return r
}

// entry is a holder's certificate that expires on a day.
func (r *benchRegister) entry(t *testing.T, holder string, running uint64, issued time.Time, expires calendar.Date) certificates.Entry {
	number, err := identifiers.NewCertificateNumber(identifiers.COC, issued, running)
	if err != nil {
		t.Fatal(err)
	}
	dossierNumber, err := identifiers.NewDossierNumber("BV", issued, running)
	if err != nil {
		t.Fatal(err)
	}
	return certificates.Entry{
		Certificate: certificate.Certificate{
			Number: number, Dossier: fmt.Sprintf("01M7ZZZZZZZZZZZZZZ%08d", running), DossierNumber: dossierNumber,
			Holder: holder, Bureau: "BV", Route: "A", Issued: issued, Expires: expires, Status: certificate.Valid,
		},
		BureauName: "Bureau Veritas", Body: "bureau-BV", Recipient: benchDeclarant, Lines: 12,
	}
}

// fill enters certificates that expire between 40 and 90 days from now, in the
// order of their days as a register grows.
func (r *benchRegister) fill(t *testing.T, n int) {
	t.Helper()
	const writers, batch = 16, 33 // three rows a certificate
	jobs := make(chan [2]int, writers)
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for job := range jobs {
				var ops []infra.Op
				for i := job[0]; i < job[1]; i++ {
					expires := r.today.AddDays(40 + i*50/n)
					at := expires.AddMonths(-3).StartOfDay().Add(time.Hour)
					ops = append(ops, certificates.Issue(r.entry(t, fmt.Sprintf("company-%d", i/500), uint64(i+1), at, expires), certificates.Act{At: at})...)
				}
				if err := r.store.Dossiers().Write(context.Background(), ops...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := 0; i < n; i += batch {
		jobs <- [2]int{i, min(i+batch, n)}
	}
	close(jobs)
	group.Wait()
	r.next = uint64(n + 1)
}

// oweExpiries enters certificates whose last day was yesterday.
func (r *benchRegister) oweExpiries(t *testing.T) {
	t.Helper()
	expires := r.today.AddDays(-1)
	r.enter(t, func(running uint64) []infra.Op {
		return []infra.Op{certificates.EntryPut(r.entry(t, benchHolder, running, expires.AddMonths(-3).StartOfDay(), expires))}
	})
}

// oweReminders enters certificates to be reminded of today.
func (r *benchRegister) oweReminders(t *testing.T) {
	t.Helper()
	expires := r.today.AddDays(15)
	r.enter(t, func(running uint64) []infra.Op {
		e := r.entry(t, benchHolder, running, expires.AddMonths(-3).StartOfDay(), expires)
		return []infra.Op{
			certificates.EntryPut(e),
			certificates.ReminderPut(certificates.Reminder{Number: e.Number, Expires: expires, Done: []int{30}}, r.today),
		}
	})
}

func (r *benchRegister) enter(t *testing.T, rows func(running uint64) []infra.Op) {
	t.Helper()
	var ops []infra.Op
	for n := range benchDue {
		ops = append(ops, rows(r.next)...)
		r.next++
		if len(ops) < infra.MaxOps-2 && n < benchDue-1 {
			continue
		}
		if err := r.store.Dossiers().Write(context.Background(), ops...); err != nil {
			t.Fatal(err)
		}
		ops = nil
	}
}

// sweep runs a sweep, which must do all that is due, and gives its CPU time.
func (r *benchRegister) sweep(t *testing.T, name string) time.Duration {
	t.Helper()
	r.watch.count.Store(0)
	runtime.GC()
	var out json.RawMessage
	var err error
	start := benchCPU()
	pprof.Do(context.Background(), pprof.Labels("side", fmt.Sprint(name, " of ", r.size)), func(ctx context.Context) {
		out, err = r.steps[name].Run(ctx, nil)
	})
	spent := benchCPU() - start
	if err != nil {
		t.Fatal(err)
	}
	var did sweeps.Report
	if err := json.Unmarshal(out, &did); err != nil {
		t.Fatal(err)
	}
	if did.Done != benchDue {
		t.Fatalf("%s did %d, %d were due", name, did.Done, benchDue)
	}
	r.calls = int(r.watch.count.Load())
	return spent
}
