//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"syscall"
	"testing"
	"time"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/infra/local"
	"portal/shared/dossier"
	"portal/shared/people"
)

// Rounds of the sides, one after the other, and requests in each.
const (
	benchRounds = 15
	benchBatch  = 40
)

// requests compares what a step costs with the least a handler could: a bare
// ServeMux whose handler makes the very same calls of its ports, recorded from
// the step, and writes the very same bytes. A third handler does what no handler
// can leave out besides: it reads rows and body into structs and writes the
// answer as JSON, but decides nothing and checks nothing. Each has a store of
// its own with the same dossiers. None pays for sockets.
func (b *benchRun) requests(t *testing.T) {
	origin := benchPrepare(t)
	defer benchProfile(t, "requests")()
	table := benchTable{}
	table.row("step", "CPU µs", "bare µs", "ratio", "from…to", "with JSON µs", "ratio", "allocations", "bare", "ratio", "KB", "bare", "ratio")
	for _, r := range benchMeasured {
		cost := origin.compare(t, r)
		ratios := benchRatios(cost.step.cpu, cost.bare.cpu)
		table.row(r.step,
			benchMicros(benchMedian(cost.step.cpu)), benchMicros(benchMedian(cost.bare.cpu)),
			benchRatio(benchMedian(ratios)), benchRatio(benchQuantile(ratios, .25))+"…"+benchRatio(benchQuantile(ratios, .75)),
			benchMicros(benchMedian(cost.json.cpu)), benchRatio(benchMedian(benchRatios(cost.step.cpu, cost.json.cpu))),
			fmt.Sprint(benchMedian(cost.step.mallocs)), fmt.Sprint(benchMedian(cost.bare.mallocs)),
			benchRatio(benchMedian(benchRatios(cost.step.mallocs, cost.bare.mallocs))),
			fmt.Sprint(benchMedian(cost.step.bytes)/1024), fmt.Sprint(benchMedian(cost.bare.bytes)/1024),
			benchRatio(benchMedian(benchRatios(cost.step.bytes, cost.bare.bytes))))
		b.promise("CPU of "+r.step+", against the bare handler", benchMedian(ratios), 1.5)
	}
	table.note("per request: user and system time of the process, garbage collection included; medians of %d rounds of %d requests", benchRounds, benchBatch)
	table.print(os.Stdout, "A request's cost, against a bare handler with the same calls of the ports")
}

// benchStep is one measured step, on dossiers in a status.
type benchStep struct {
	step, method, path, status string
	person                     string
	body                       []byte
}

var benchMeasured = []benchStep{
	{"conformity/take_charge", http.MethodPost, "/takings-in-charge", "awaiting_evaluation", benchAgent, nil},
	{"conformity/give_verdicts", http.MethodPost, "/verdicts", "in_processing", benchAgent, benchJSON(benchVerdicts())},
	{"conformity/save_form", http.MethodPut, "/form/parties", "draft", benchDeclarant, benchJSON(benchParties)},
	{"conformity/show", http.MethodGet, "", "awaiting_evaluation", benchAgent, nil},
}

// benchSide is a store with the dossiers of one side.
type benchSide struct {
	store   *local.Store
	ports   infra.Ports
	cookies map[string]*http.Cookie
}

// sessionSK is where a person's session is kept.
func (s benchSide) sessionSK(person string) string {
	_, secret, _ := strings.Cut(s.cookies[person].Value, ".")
	return people.SessionSK(httpapi.SessionHash(secret))
}

// benchOrigin is dossiers in each status, as lives left them, to be copied.
type benchOrigin struct {
	step, bare, json benchSide
	dossiers         map[string]benchDossier // by status
}

type benchDossier struct {
	id, etag string
	rows     map[infra.Key]benchRow
}

func benchPrepare(t *testing.T) *benchOrigin {
	t.Helper()
	watch := &benchWatch{}
	store := benchSeeded(t, benchMemory(t), local.Options{NoSync: true})
	mux := http.NewServeMux()
	mux.Handle("/files", store.Files())
	mux.Handle("/", benchAPI(watch.ports(benchPorts(store))))
	o := &benchOrigin{dossiers: map[string]benchDossier{}, step: benchNewSide(t), bare: benchNewSide(t), json: benchNewSide(t)}
	for status, play := range map[string]func(l *benchLife) error{
		"draft":               func(*benchLife) error { return nil },
		"awaiting_evaluation": func(l *benchLife) error { return l.toAgent() },
		"in_processing": func(l *benchLife) error {
			if err := l.toAgent(); err != nil {
				return err
			}
			return l.review()
		},
	} {
		life := &benchLife{benchTroupe: benchCast(t, store, benchSite, benchInside{mux}), now: store.Clock().Now()}
		if err := life.fillIn(); err != nil {
			t.Fatal(err)
		}
		if err := play(life); err != nil {
			t.Fatal(err)
		}
		rows := maps.Clone(watch.rows)
		maps.DeleteFunc(rows, func(k infra.Key, _ benchRow) bool {
			return k.PK != dossier.PK(life.id) || !strings.HasPrefix(k.SK, dossier.SKAll) // what steps read
		})
		o.dossiers[status] = benchDossier{life.id, life.etag, rows}
	}
	return o
}

func benchNewSide(t *testing.T) benchSide {
	t.Helper()
	store := benchSeeded(t, benchMemory(t), local.Options{NoSync: true})
	side := benchSide{store: store, ports: benchPorts(store), cookies: map[string]*http.Cookie{}}
	for _, person := range []string{benchDeclarant, benchAgent} {
		side.cookies[person] = benchSession(t, store, person)
	}
	return side
}

// copies makes dossiers like one in both stores, and gives their names.
func (o *benchOrigin) copies(t *testing.T, d benchDossier, n int) []string {
	t.Helper()
	ids := make([]string, n)
	var ops []infra.Op
	flush := func(least int) {
		if len(ops) <= least {
			return
		}
		for _, side := range []benchSide{o.step, o.bare, o.json} {
			if err := side.store.Dossiers().Write(context.Background(), ops...); err != nil {
				t.Fatal(err)
			}
		}
		ops = nil
	}
	for i := range ids {
		ids[i] = o.step.ports.IDs.New()
		move := func(s string) string { return strings.ReplaceAll(s, d.id, ids[i]) }
		flush(infra.MaxOps - len(d.rows))
		for key, row := range d.rows {
			index := map[string]infra.Key{}
			for name, k := range row.index {
				index[name] = infra.Key{PK: move(k.PK), SK: move(k.SK)}
			}
			ops = append(ops, infra.Put{Key: infra.Key{PK: move(key.PK), SK: key.SK}, Value: json.RawMessage(move(string(row.value))), Index: index})
		}
	}
	flush(0)
	return ids
}

// benchCost is what requests cost each, by round.
type benchCost struct {
	cpu            []time.Duration
	mallocs, bytes []int64
}

type benchComparison struct{ step, bare, json benchCost }

func (o *benchOrigin) compare(t *testing.T, s benchStep) *benchComparison {
	t.Helper()
	const warm = 20
	ids := o.copies(t, o.dossiers[s.status], benchRounds*benchBatch+warm+1)
	tag := o.dossiers[s.status].etag
	sample := o.record(t, s, ids[0])
	c := &benchComparison{}
	sides := []struct {
		label   string
		handler http.Handler
		side    benchSide
		cost    *benchCost
	}{
		{s.step, benchAPI(o.step.ports), o.step, &c.step},
		{"bare", sample.handler(t, o.bare, ids[1:], false), o.bare, &c.bare},
		{"json", sample.handler(t, o.json, ids[1:], true), o.json, &c.json},
	}
	for _, side := range sides {
		benchServe(t, side.handler, s.requests(ids[1:warm+1], side.side, tag))
	}
	for round := range benchRounds {
		batch := ids[1+warm+round*benchBatch:][:benchBatch]
		for n := range sides {
			side := sides[(round+n)%len(sides)]
			side.cost.measure(t, side.label, side.handler, s.requests(batch, side.side, tag))
		}
	}
	return c
}

// requests are ready to be answered: making them is nobody's cost.
func (s benchStep) requests(ids []string, side benchSide, tag string) []*http.Request {
	list := make([]*http.Request, len(ids))
	for i, id := range ids {
		header := map[string]string{}
		if s.method != http.MethodGet {
			header["If-Match"] = tag
		}
		if s.method == http.MethodPost {
			header["Idempotency-Key"] = "bench-" + id
		}
		list[i] = benchRequest(s.method, "/api/conformity/dossiers/"+id+s.path, s.body, side.cookies[s.person], header)
	}
	return list
}

// measure serves a batch and notes what each request cost.
func (c *benchCost) measure(t *testing.T, label string, h http.Handler, requests []*http.Request) {
	t.Helper()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := benchCPU()
	pprof.Do(context.Background(), pprof.Labels("side", label), func(context.Context) { benchServe(t, h, requests) })
	spent := benchCPU() - start
	runtime.ReadMemStats(&after)
	n := len(requests)
	c.cpu = append(c.cpu, spent/time.Duration(n))
	c.mallocs = append(c.mallocs, int64(after.Mallocs-before.Mallocs)/int64(n))
	c.bytes = append(c.bytes, int64(after.TotalAlloc-before.TotalAlloc)/int64(n))
}

func benchServe(t *testing.T, h http.Handler, requests []*http.Request) {
	t.Helper()
	for _, r := range requests {
		w := &benchSink{header: http.Header{}}
		h.ServeHTTP(w, r)
		if w.status != http.StatusOK || w.size == 0 {
			t.Fatalf("%s %s: %d, %d bytes %s", r.Method, r.URL.Path, w.status, w.size, w.last)
		}
	}
}

// benchSink takes an answer and forgets it.
type benchSink struct {
	header http.Header
	status int
	size   int
	keep   bool
	last   []byte
	body   []byte
}

func (s *benchSink) Header() http.Header { return s.header }

func (s *benchSink) WriteHeader(status int) { s.status = status }

func (s *benchSink) Write(p []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	s.size += len(p)
	s.last = bytes.Clone(p)
	if s.keep {
		s.body = append(s.body, p...)
	}
	return len(p), nil
}

// benchCPU is the user and system time that this process has used.
func benchCPU() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchProfile profiles a section to the folder named by PORTAL_BENCH_PROFILE,
// if any; go tool pprof -tagfocus side=… tells its sides apart.
func benchProfile(t *testing.T, name string) func() {
	t.Helper()
	dir := os.Getenv("PORTAL_BENCH_PROFILE")
	if dir == "" {
		return func() {}
	}
	file, err := os.Create(dir + "/" + name + ".pprof")
	if err != nil {
		t.Fatal(err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		t.Fatal(err)
	}
	return func() {
		pprof.StopCPUProfile()
		file.Close()
	}
}
