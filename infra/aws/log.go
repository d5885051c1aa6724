package aws

import (
	"context"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"sync"
)

// NewLogger writes one JSON object a line. Mail addresses that find their way
// into a message or value all the same are blotted out.
func NewLogger(w io.Writer) *slog.Logger {
	return slog.New(&contextual{slog.NewJSONHandler(w, &slog.HandlerOptions{ReplaceAttr: clean})})
}

func clean(_ []string, a slog.Attr) slog.Attr {
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, withoutAddresses(a.Value.String()))
	case slog.KindAny:
		if err, ok := a.Value.Any().(error); ok {
			return slog.String(a.Key, withoutAddresses(err.Error()))
		}
	}
	return a
}

var address = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`[^\s"'<>(),;:\[\]{}]+(@|%40)[^\s"'<>(),;:\[\]{}]+`)
})

func withoutAddresses(s string) string {
	if !strings.Contains(s, "@") && !strings.Contains(s, "%40") {
		return s
	}
	return address().ReplaceAllString(s, "[address]")
}

// contextual adds the request's id to what is logged with its context.
type contextual struct{ slog.Handler }

type requestLogKey struct{}

func withRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestLogKey{}, id)
}

func (c *contextual) Handle(ctx context.Context, r slog.Record) error {
	if id, ok := ctx.Value(requestLogKey{}).(string); ok && id != "" {
		r.AddAttrs(slog.String("request", id))
	}
	return c.Handler.Handle(ctx, r)
}

func (c *contextual) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &contextual{c.Handler.WithAttrs(attrs)}
}

func (c *contextual) WithGroup(name string) slog.Handler {
	return &contextual{c.Handler.WithGroup(name)}
}
