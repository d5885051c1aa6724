// Package httpapi turns HTTP steps into an http.Handler, the same on one
// machine and behind a Lambda's gateway: authorization by the step's declaration,
// inputs and answers by its structs, one rendering of problems; and describes
// them in OpenAPI.
package httpapi

import (
	"log/slog"
	"net/http"
	"strings"
	"unicode/utf8"

	"portal/infra"
	"portal/shared/i18n"
	"portal/shared/problem"
	"portal/shared/step"
)

// API is the portal's HTTP side.
type API struct {
	mux     *http.ServeMux
	handler http.Handler
	ports   infra.Ports
	log     *slog.Logger
}

// MaxBody is the most a JSON request may weigh, in bytes; API Gateway's own
// limit is 6 MB after encoding.
const MaxBody = 1 << 20

// MaxLongBody is the same for the few steps that take a long list whole: with
// its quotes escaped in an event, it stays within what Lambda accepts.
const MaxLongBody = 4 << 20

// Build makes the steps with ports narrowed to their grants.
func Build(makers []infra.Maker, ports infra.Ports) []step.Step {
	steps := make([]step.Step, 0, len(makers))
	for _, make := range makers {
		declared := make(infra.Ports{Settings: ports.Settings})
		steps = append(steps, make(infra.Restrict(ports, declared.Grants, declared.Name)))
	}
	return steps
}

// New mounts the HTTP steps among these steps.
func New(steps []step.Step, ports infra.Ports, log *slog.Logger) *API {
	a := &API{mux: http.NewServeMux(), ports: ports, log: log}
	for i := range steps {
		if s := &steps[i]; s.Kind == step.KindHTTP {
			a.mux.HandleFunc(s.Route.Method+" "+s.Route.Path, a.handle(s))
		}
	}
	a.handler = a.crossOrigin(http.HandlerFunc(a.serve))
	return a
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// crossOrigin refuses state-changing requests that another site made the
// browser send (CSRF), by Sec-Fetch-Site and Origin.
func (a *API) crossOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	if a.ports.Settings.BaseURL != "" {
		// Behind CloudFront the Host header is the gateway's, not the site's.
		if err := protection.AddTrustedOrigin(a.ports.Settings.BaseURL); err != nil {
			a.log.Warn("base URL is no origin", "error", err)
		}
	}
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		problem.Write(w, problem.New("cross_origin"), language(r))
	}))
	return protection.Handler(next)
}

// serve recovers panics, answers unknown routes with problems, and hands the
// rest to the mux with the facts of the request.
func (a *API) serve(w http.ResponseWriter, r *http.Request) {
	lang := language(r)
	defer func() {
		if cause := recover(); cause != nil {
			if cause == http.ErrAbortHandler {
				panic(cause)
			}
			a.log.Error("panic", "method", r.Method, "pattern", r.Pattern, "cause", cause)
			problem.Write(w, problem.New("internal"), lang)
		}
	}()
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	if !isText(r) {
		problem.Write(w, problem.New("bad_request"), lang)
		return
	}
	if _, pattern := a.mux.Handler(r); pattern == "" {
		a.unrouted(w, r, lang)
		return
	}
	request := step.Request{Lang: lang, ClientAddr: clientAddr(r)}
	a.mux.ServeHTTP(w, r.WithContext(step.WithRequest(r.Context(), request)))
}

// isText tells whether what the address says is text: the stores hold no other
// keys, and nobody has typed anything else.
func isText(r *http.Request) bool {
	if !utf8.ValidString(r.URL.Path) {
		return false
	}
	for _, values := range r.URL.Query() {
		for _, value := range values {
			if !utf8.ValidString(value) {
				return false
			}
		}
	}
	return true
}

// unrouted tells a wrong method (with Allow, RFC 9110) from a wrong path.
func (a *API) unrouted(w http.ResponseWriter, r *http.Request, lang string) {
	probe := &headerOnly{header: http.Header{}}
	a.mux.ServeHTTP(probe, r)
	code := "not_found"
	if probe.status == http.StatusMethodNotAllowed {
		code = "method_not_allowed"
		w.Header().Set("Allow", probe.header.Get("Allow"))
	}
	problem.Write(w, problem.New(code), lang)
}

// language is the cookie the reader chose it with, else Accept-Language.
func language(r *http.Request) string {
	if c, err := r.Cookie("lang"); err == nil && i18n.Known(c.Value) == c.Value {
		return c.Value
	}
	return i18n.Negotiate(r.Header.Get("Accept-Language"))
}

// clientAddr is the peer's address; the gateway has already put the true
// client there. Nothing else (X-Forwarded-For) is believed.
func clientAddr(r *http.Request) string {
	host := r.RemoteAddr
	if i := strings.LastIndexByte(host, ':'); i >= 0 {
		host = host[:i]
	}
	return strings.Trim(host, "[]")
}

type headerOnly struct {
	header http.Header
	status int
}

func (h *headerOnly) Header() http.Header         { return h.header }
func (h *headerOnly) Write(b []byte) (int, error) { return len(b), nil }
func (h *headerOnly) WriteHeader(status int)      { h.status = status }

// Session grants: what authorizing a signed-in caller reads and writes.
func sessionGrants() step.Grants {
	return step.Grants{People: step.TableGrants{Read: []string{"person#"}, Write: []string{"person#"}}}
}

// EffectiveGrants is all that a step's Lambda may touch: its own grants and,
// when it needs a session, those of reading it.
func EffectiveGrants(s step.Step) step.Grants {
	if s.Kind == step.KindHTTP && !s.Who.Public() {
		return s.Grants.And(sessionGrants())
	}
	return s.Grants
}
