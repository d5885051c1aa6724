package aws

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// straighten brings an event into the form that api-proxy reads rightly: an
// escaped path, a query that parses, a decoded body. What it cannot read it
// would print, so nothing that it cannot read may reach it.
func straighten(event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPRequest, error) {
	if !isToken(event.RequestContext.HTTP.Method) {
		return event, fmt.Errorf("gateway: no method")
	}
	if event.IsBase64Encoded {
		body, err := base64.StdEncoding.DecodeString(event.Body)
		if err != nil {
			return event, fmt.Errorf("gateway: body: %w", err)
		}
		event.Body, event.IsBase64Encoded = string(body), false
	}
	path := event.RawPath
	if path == "" {
		path = event.RequestContext.HTTP.Path
	}
	event.RawPath = escapedPath(path)
	event.RawQueryString = escapedQuery(event.RawQueryString)
	event.QueryStringParameters = nil // rawQueryString repeated with commas for repetitions
	if _, err := url.Parse("https://" + event.RequestContext.DomainName); err != nil {
		event.RequestContext.DomainName = ""
	}
	return event, nil
}

// escapedPath escapes a path that the gateway has decoded.
func escapedPath(path string) string {
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Path: path}).EscapedPath()
}

// escapedQuery leaves escapes and separators alone: the gateway passes queries
// on undecoded.
func escapedQuery(query string) string {
	var b strings.Builder
	for _, c := range []byte(query) {
		if c <= ' ' || c >= 0x7f || c == '#' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// isToken tells whether a method is one (RFC 9110, section 5.6.2).
func isToken(method string) bool {
	for _, c := range []byte(method) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0) {
			return false
		}
	}
	return method != ""
}

// claims are headers by which a request may say who the client is or that it
// passed the edge. They end here.
var claims = []string{
	"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "True-Client-Ip",
	"Cloudfront-Viewer-Address", "X-Origin-Secret",
}

// restore undoes what api-proxy did to the request, so that it looks as it
// would have in net/http.
func restore(r *http.Request, event events.APIGatewayV2HTTPRequest, client string) {
	r.Header = make(http.Header, len(event.Headers)+1)
	for name, value := range event.Headers {
		r.Header.Set(name, value)
	}
	for _, name := range claims {
		r.Header.Del(name)
	}
	if len(event.Cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(event.Cookies, "; "))
	}
	r.Header.Del("Host")
	r.URL.Scheme, r.URL.Host = "", ""
	r.RemoteAddr = client
}

// header reads an event's header; the gateway writes names in lower case, but
// need not.
func header(event events.APIGatewayV2HTTPRequest, name string) string {
	if v, ok := event.Headers[name]; ok {
		return v
	}
	for n, v := range event.Headers {
		if strings.EqualFold(n, name) {
			return v
		}
	}
	return ""
}

type eventKey struct{}

func withEvent(ctx context.Context, event events.APIGatewayV2HTTPRequest) context.Context {
	return context.WithValue(ctx, eventKey{}, event)
}

func eventOf(ctx context.Context) events.APIGatewayV2HTTPRequest {
	event, _ := ctx.Value(eventKey{}).(events.APIGatewayV2HTTPRequest)
	return event
}
