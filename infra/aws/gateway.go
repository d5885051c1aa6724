package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"portal/shared/i18n"
	"portal/shared/problem"
)

// maxResponse is the most that Lambda lets a synchronous function return, in
// bytes of JSON ("Lambda quotas"). What is larger never reaches the client.
const maxResponse = 6 << 20

// lastMoment is what is kept of a function's time to answer that it ran out.
const lastMoment = 500 * time.Millisecond

// Gateway answers the events of an HTTP API (payload format 2.0) with an
// http.Handler, which sees the request as net/http would have shown it:
//
//   - the path with its escapes, of which the gateway keeps none: it has decoded
//     rawPath, and api-proxy would read it as if it had not. Only %2F cannot be
//     told from a slash any more;
//   - every header value whole, where api-proxy cuts at commas (dates, ETags);
//   - cookies in one header, whatever the event calls them;
//   - the true client in RemoteAddr, and none of the headers that claim one.
//
// It always answers: a panic is a bare 500, a handler that outlasts the
// function's time a 503.
type Gateway struct {
	adapter *httpadapter.HandlerAdapterV2
	origin  origin
	log     *slog.Logger
}

// NewGateway puts a gateway before a handler. originSecret is what CloudFront
// sends in x-origin-secret; two separated by a comma while one replaces the
// other; none when requests come straight to the API.
func NewGateway(handler http.Handler, originSecret string, log *slog.Logger) *Gateway {
	g := &Gateway{origin: newOrigin(originSecret), log: log}
	g.adapter = httpadapter.NewV2(g.recorded(handler))
	return g
}

// Invoke answers one event; event and answer are JSON. The error tells of an
// event that is none.
func (g *Gateway) Invoke(ctx context.Context, payload []byte) ([]byte, error) {
	answer, _, err := g.invoke(ctx, payload)
	return answer, err
}

// invoke gives the status too, for the log.
func (g *Gateway) invoke(ctx context.Context, payload []byte) ([]byte, int, error) {
	var event events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, 0, fmt.Errorf("gateway: event: %w", err)
	}
	if event.RequestContext.HTTP.Method == "" {
		return nil, 0, fmt.Errorf("gateway: event of version %q is no HTTP API request", event.Version)
	}
	response := g.Answer(ctx, event)
	answer, err := json.Marshal(response)
	if err == nil && len(answer) > maxResponse {
		g.log.ErrorContext(ctx, "answer over Lambda's limit", "bytes", len(answer))
		response = g.refuse(event, "internal")
		answer, err = json.Marshal(response)
	}
	return answer, response.StatusCode, err
}

// Answer answers one event within the context's deadline.
func (g *Gateway) Answer(ctx context.Context, event events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
	if !g.origin.sent(event) {
		g.log.WarnContext(ctx, "request without the origin's secret")
		return g.refuse(event, "forbidden")
	}
	event, err := straighten(event)
	if err != nil {
		return g.refuse(event, "bad_request")
	}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-lastMoment))
		defer cancel()
	}
	answered := make(chan events.APIGatewayV2HTTPResponse, 1)
	go func() { answered <- g.proxy(ctx, event) }()
	select {
	case response := <-answered:
		return response
	case <-ctx.Done():
		g.log.ErrorContext(ctx, "no answer in time")
		return g.refuse(event, "unavailable")
	}
}

// proxy runs in a goroutine of its own, where a panic would end the process.
func (g *Gateway) proxy(ctx context.Context, event events.APIGatewayV2HTTPRequest) (response events.APIGatewayV2HTTPResponse) {
	defer func() {
		if cause := recover(); cause != nil {
			g.panicked(ctx, cause)
			response = g.refuse(event, "internal")
		}
	}()
	response, err := g.adapter.ProxyWithContext(withEvent(ctx, event), event)
	if err != nil {
		g.log.ErrorContext(ctx, "event is no request", "error", err.Error())
		return g.refuse(event, "bad_request")
	}
	return response
}

// recorded gives the handler a straight request and a recorder, and passes on
// to api-proxy what it recorded.
func (g *Gateway) recorded(handler http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		event := eventOf(r.Context())
		restore(r, event, g.origin.client(event))
		rec := newRecorder()
		g.run(handler, rec, r)
		rec.deliver(w, r)
	})
}

// run turns a panic into a bare problem; what was written before is dropped.
func (g *Gateway) run(handler http.Handler, rec *recorder, r *http.Request) {
	defer func() {
		cause := recover()
		if cause == nil {
			return
		}
		if cause != http.ErrAbortHandler {
			g.panicked(r.Context(), cause)
		}
		rec.reset()
		problem.Write(rec, problem.New("internal"), i18n.Negotiate(r.Header.Get("Accept-Language")))
	}()
	handler.ServeHTTP(rec, r)
}

func (g *Gateway) panicked(ctx context.Context, cause any) {
	g.log.ErrorContext(ctx, "panic", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
}

// refuse is the answer to an event that the handler does not see.
func (g *Gateway) refuse(event events.APIGatewayV2HTTPRequest, code string) events.APIGatewayV2HTTPResponse {
	rec := newRecorder()
	problem.Write(rec, problem.New(code), i18n.Negotiate(header(event, "accept-language")))
	if event.RequestContext.HTTP.Method == http.MethodHead {
		rec.body.Reset()
	}
	headers := make(map[string]string, len(rec.header))
	for name := range rec.header {
		headers[name] = rec.header.Get(name)
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: rec.status, Headers: headers, Body: rec.body.String()}
}
