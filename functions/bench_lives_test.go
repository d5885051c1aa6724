//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"portal/functions/lifecycle"
	"portal/infra"
	"portal/infra/local"
	"portal/shared/step"
)

// lives measures how many whole lives of dossiers one machine goes through in a
// second, from the draft to the certificates, over HTTP and on a disk that is
// waited for, with one, eight and thirty-two at once; and what sharing a disk's
// answer among those who wait at the same time brings.
func (b *benchRun) lives(t *testing.T) {
	dir := t.TempDir()
	var closed sync.Map // id of a dossier to the channel of who waits for its certificates
	portal := benchWhole(t, dir, &closed)
	server := httptest.NewServer(portal.Handler(true))
	t.Cleanup(server.Close)
	carrier := benchTo(server)
	crowd := []int{1, 8, 32}
	results := map[int]*benchCrowd{}
	for _, n := range crowd {
		results[n] = &benchCrowd{}
	}
	const rounds = 3
	benchLiveAll(t, portal, carrier, &closed, 2, 2) // warm
	for range rounds {
		for _, n := range crowd {
			results[n].add(benchLiveAll(t, portal, carrier, &closed, n, max(n, 6)))
		}
	}
	table := benchTable{}
	table.row("at once", "lives", "lives/s", "ratio", "life p50 s", "step p50 ms", "p95 ms", "CPU ms/life")
	one := benchMedian(results[1].rate)
	for _, n := range crowd {
		r := results[n]
		table.row(fmt.Sprint(n), fmt.Sprint(len(r.lives)), benchRatio(benchMedian(r.rate)), benchRatio(benchMedian(r.rate)/one),
			fmt.Sprintf("%.2f", benchMedian(r.lives).Seconds()), benchMillis(benchMedian(r.steps)), benchMillis(benchQuantile(r.steps, .95)),
			fmt.Sprintf("%.0f", float64(benchMedian(r.cpu))/1e6))
	}
	table.note("a life is %d requests and three uploads, with two certificates at its end; the CPU is that of browsers and portal together", len(results[1].steps)/len(results[1].lives))
	table.print(os.Stdout, "Whole lives on one machine, every commit waited for")
	b.groupCommit(t)
}

// benchWhole is the whole portal at work, telling when certificates are there.
func benchWhole(t *testing.T, dir string, closed *sync.Map) *local.Portal {
	t.Helper()
	store := benchSeeded(t, dir, local.Options{})
	told := slices.Clone(makers())
	for i, maker := range told {
		if maker(infra.Ports{}).Name != "conformity/issue_certificates" {
			continue
		}
		told[i] = func(p infra.Ports) step.Step {
			s := maker(p)
			run := s.Run
			s.Run = func(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
				out, err := run(ctx, input)
				var at lifecycle.At
				if err == nil && json.Unmarshal(input, &at) == nil {
					if waiting, ok := closed.LoadAndDelete(at.Dossier); ok {
						close(waiting.(chan struct{}))
					}
				}
				return out, err
			}
			return s
		}
	}
	portal, err := local.NewPortal(store, told, localSettings(benchSite), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- portal.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return portal
}

// benchTo carries requests for the site to a server of this process.
func benchTo(server *httptest.Server) http.RoundTripper {
	transport := server.Client().Transport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	return benchRedirect{transport, server.Listener.Addr().String()}
}

type benchRedirect struct {
	carrier http.RoundTripper
	address string
}

func (b benchRedirect) RoundTrip(r *http.Request) (*http.Response, error) {
	r.URL.Host = b.address
	return b.carrier.RoundTrip(r)
}

// benchCrowd is what lives side by side took.
type benchCrowd struct {
	rate         []float64
	lives, steps []time.Duration
	cpu          []time.Duration // a life's
}

func (c *benchCrowd) add(o benchCrowd) {
	c.rate, c.cpu = append(c.rate, o.rate...), append(c.cpu, o.cpu...)
	c.lives, c.steps = append(c.lives, o.lives...), append(c.steps, o.steps...)
}

// benchLiveAll lives so many lives, so many at once.
func benchLiveAll(t *testing.T, portal *local.Portal, carrier http.RoundTripper, closed *sync.Map, atOnce, lives int) benchCrowd {
	t.Helper()
	var mu sync.Mutex
	var all benchCrowd
	var left atomic.Int64
	left.Store(int64(lives))
	var group sync.WaitGroup
	start, spent := time.Now(), benchCPU()
	for range atOnce {
		cast := benchCast(t, portal.Store, benchSite, carrier)
		group.Go(func() {
			for left.Add(-1) >= 0 {
				life := &benchLife{benchTroupe: cast, now: time.Now()}
				var steps []time.Duration
				life.after = func(_ string, took time.Duration) { steps = append(steps, took) }
				born := time.Now()
				if err := life.whole(closed); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				all.lives, all.steps = append(all.lives, time.Since(born)), append(all.steps, steps...)
				mu.Unlock()
			}
		})
	}
	group.Wait()
	all.rate = []float64{float64(lives) / time.Since(start).Seconds()}
	all.cpu = []time.Duration{(benchCPU() - spent) / time.Duration(lives)}
	return all
}

// whole lives a dossier from its draft to its certificates.
func (l *benchLife) whole(closed *sync.Map) error {
	for _, do := range []func() error{l.fillIn, l.toAgent, l.review} {
		if err := do(); err != nil {
			return err
		}
	}
	certificates := make(chan struct{})
	closed.Store(l.id, certificates)
	if err := l.decide(); err != nil {
		return err
	}
	select {
	case <-certificates:
	case <-time.After(time.Minute):
		return fmt.Errorf("dossier %s has no certificates after a minute", l.id)
	}
	a, err := l.does(l.declarant, "conformity/show", http.MethodGet, l.at(""), nil)
	if err != nil {
		return err
	}
	var shown struct{ Certificates []struct{ Number string } }
	if err := a.Decode(&shown); err != nil {
		return err
	}
	if len(shown.Certificates) != 2 {
		return fmt.Errorf("dossier %s has %d certificates", l.id, len(shown.Certificates))
	}
	return nil
}

// groupCommit measures a step's write alone: head, event, doorbell.
func (b *benchRun) groupCommit(t *testing.T) {
	store := benchSeeded(t, t.TempDir(), local.Options{})
	value := map[string]any{"version": 1, "text": strings.Repeat("x", 2000)}
	var n atomic.Int64
	write := func() error {
		id := fmt.Sprint(n.Add(1))
		return store.Dossiers().Write(context.Background(),
			infra.Put{Key: infra.Key{PK: "dossier#" + id, SK: "dossier"}, Value: value, Index: map[string]infra.Key{
				"owner": {PK: "owner#1", SK: id}, "owner_status": {PK: "owner#1#draft", SK: id},
			}},
			infra.Put{Key: infra.Key{PK: "dossier#" + id, SK: "event#000001"}, Value: value, If: []infra.Cond{infra.Absent()}},
			infra.Put{Key: infra.Key{PK: "dossier#" + id, SK: "pending"}, Value: map[string]int{"n": 1}, Index: map[string]infra.Key{
				"pending": {PK: "pending#0", SK: id},
			}},
		)
	}
	crowd, rates, waits := []int{1, 8, 32}, map[int][]float64{}, map[int][]time.Duration{}
	for range 3 {
		for _, at := range crowd {
			var mu sync.Mutex
			var group sync.WaitGroup
			start := time.Now()
			var done atomic.Int64
			for range at {
				group.Go(func() {
					var took []time.Duration
					for time.Since(start) < 500*time.Millisecond {
						before := time.Now()
						if err := write(); err != nil {
							t.Error(err)
							return
						}
						took = append(took, time.Since(before))
						done.Add(1)
					}
					mu.Lock()
					waits[at] = append(waits[at], took...)
					mu.Unlock()
				})
			}
			group.Wait()
			rates[at] = append(rates[at], float64(done.Load())/time.Since(start).Seconds())
		}
	}
	table := benchTable{}
	table.row("writers", "writes/s", "ratio", "p50 ms", "p95 ms")
	for _, at := range crowd {
		table.row(fmt.Sprint(at), fmt.Sprintf("%.0f", benchMedian(rates[at])), benchRatio(benchMedian(rates[at])/benchMedian(rates[1])),
			benchMillis(benchMedian(waits[at])), benchMillis(benchQuantile(waits[at], .95)))
	}
	table.print(os.Stdout, "A step's write, every commit waited for")
}
