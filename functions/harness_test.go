package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"portal/infra"
	"portal/infra/aws"
	"portal/infra/aws/gatewaytest"
	"portal/infra/local"
)

// site is the address of the portal under test, whatever carries the requests.
const site = "http://portal.test"

// judge is what a test and a property test have in common.
type judge interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// transport is the way that requests take to the API.
type transport string

const (
	// overHTTP is net/http's own server on a loopback socket.
	overHTTP transport = "net/http"
	// overGateway turns requests into events of an HTTP API and answers them as
	// a Lambda does. What is no API of the portal's goes by net/http.
	overGateway transport = "API Gateway"
)

var transports = []transport{overHTTP, overGateway}

// harness is a whole portal without a goroutine of its own: indexes lag behind,
// and bells, mails and state machines wait, until the end of every request; the
// clock stands still but for a tick a request.
type harness struct {
	t       judge
	dir     string
	portal  *local.Portal
	carrier http.RoundTripper
	marks   map[string]string // what the scene left to be found again
	log     *watch
	tick    time.Duration
	lazy    bool // requests leave bells, mails and state machines to whoever calls settle

	now      atomic.Int64 // nanoseconds since 1970 on which the travelling clock is based
	settling sync.Mutex
	server   *httptest.Server
	closed   bool
}

// start opens a portal on what a scene left, in an empty folder. Close it.
func start(t judge, dir string, from *snapshot, by transport, more ...infra.Maker) *harness {
	t.Helper()
	h := &harness{t: t, dir: dir, marks: maps.Clone(from.marks), log: &watch{}, tick: time.Second}
	h.now.Store(from.now.UnixNano())
	if err := from.restore(dir); err != nil {
		t.Fatalf("restore: %v", err)
	}
	store, err := local.Open(dir, local.Options{BaseURL: site, Now: h.base, NoSync: true, IndexDelay: true})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	settings := localSettings(site)
	log := slog.New(h.log)
	h.portal, err = local.NewPortal(store, append(makers(), more...), settings, log)
	if err != nil {
		t.Fatalf("portal: %v", err)
	}
	h.server = httptest.NewServer(h.portal.Handler(true))
	address := h.server.Listener.Addr().String()
	direct := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	h.carrier = direct
	if by == overGateway {
		h.carrier = fork{
			api:  gatewaytest.Client(aws.NewGateway(h.portal.API, "", log)).Transport,
			rest: direct,
		}
	}
	return h
}

func (h *harness) base() time.Time { return time.Unix(0, h.now.Load()).UTC() }

func (h *harness) context() context.Context { return context.Background() }

// close ends the portal and tells of every warning that nobody expected.
func (h *harness) close() {
	if h.closed {
		return
	}
	h.closed = true
	h.server.CloseClientConnections()
	h.server.Close()
	if err := h.portal.Close(); err != nil {
		h.t.Errorf("close: %v", err)
	}
	for _, line := range h.log.take() {
		h.t.Errorf("logged: %s", line)
	}
}

// settle lets everything happen that requests left to be done.
func (h *harness) settle() {
	h.settling.Lock()
	defer h.settling.Unlock()
	if err := h.portal.Settle(context.Background()); err != nil {
		h.t.Errorf("settle: %v", err)
	}
}

// travel puts the clock forward with every schedule on the way.
func (h *harness) travel(to time.Time) {
	h.t.Helper()
	if err := h.portal.Travel(context.Background(), to); err != nil {
		h.t.Fatalf("travel: %v", err)
	}
	h.settle()
}

// sleep puts the clock forward while the portal is off: no schedule runs.
func (h *harness) sleep(to time.Time) {
	h.t.Helper()
	if err := h.portal.Clock().Travel(context.Background(), to); err != nil {
		h.t.Fatalf("travel: %v", err)
	}
}

// run runs a scheduled step now, on indexes that are up to date.
func (h *harness) run(name string) string {
	h.t.Helper()
	if err := h.portal.Store.Settle(); err != nil {
		h.t.Fatalf("settle: %v", err)
	}
	out, err := h.portal.RunStep(context.Background(), name, nil)
	if err != nil {
		h.t.Errorf("%s: %v", name, err)
	}
	h.settle()
	return string(out)
}

// fork sends what belongs to the API one way and the rest another.
type fork struct{ api, rest http.RoundTripper }

func (f fork) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/c/") || r.URL.Path == "/soumis" {
		return f.api.RoundTrip(r)
	}
	return f.rest.RoundTrip(r)
}

// wire carries one browser's requests: it adds the session, holds every answer
// against the API's own description, and settles the portal.
type wire struct {
	h      *harness
	person string // "" signs in by itself, or not at all

	mu     sync.Mutex
	cookie string
	until  time.Time
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.person != "" && r.URL.Host == "portal.test" {
		r = r.Clone(r.Context())
		r.AddCookie(&http.Cookie{Name: "session", Value: w.session()})
	}
	response, err := w.h.carrier.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	description().hold(w.h.t, r, response, body)
	if !w.h.lazy {
		w.h.settle()
	}
	w.h.now.Add(int64(w.h.tick))
	return response, nil
}

// session is a session of the person's that lives: a sign-in costs what a
// password costs, and has tests of its own.
func (w *wire) session() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := w.h.portal.Clock().Now(); w.cookie == "" || !now.Before(w.until) {
		w.cookie, w.until = w.h.openSession(w.person), now.Add(20*time.Minute)
	}
	return w.cookie
}

// watch keeps warnings and worse.
type watch struct {
	mu    sync.Mutex
	lines []string
}

func (*watch) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }
func (w *watch) WithAttrs([]slog.Attr) slog.Handler             { return w }
func (w *watch) WithGroup(string) slog.Handler                  { return w }

func (w *watch) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool {
		line += fmt.Sprintf(" %s=%v", a.Key, a.Value)
		return true
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lines = append(w.lines, line)
	return nil
}

// take gives the lines and forgets them: who takes them expected them.
func (w *watch) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	lines := w.lines
	w.lines = nil
	return lines
}

// sorted is a copy in order, for comparing sets.
func sorted(list ...string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
