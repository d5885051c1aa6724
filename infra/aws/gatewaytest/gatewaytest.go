// Package gatewaytest sends requests to a handler as CloudFront and an HTTP API
// of API Gateway do: through events of payload format 2.0 and aws.Gateway. With
// it, tests that talk to the portal by net/http talk to it as it runs on AWS.
package gatewaytest

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"portal/infra/aws"
)

// deadline is the longest that an HTTP API waits for a function.
const deadline = 30 * time.Second

// Client is a client whose requests reach no network but this gateway.
func Client(g *aws.Gateway) *http.Client { return &http.Client{Transport: transport{g}} }

type transport struct{ gateway *aws.Gateway }

// RoundTrip turns the request into an event and the answer into a response.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	payload, err := Event(r)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), deadline)
	defer cancel()
	raw, err := t.gateway.Invoke(ctx, payload)
	if err != nil {
		return nil, err
	}
	return Response(r, raw)
}

// Event is the event that an HTTP API sends to a function for a request: the
// path decoded, header names in lower case and their values joined by commas,
// cookies apart, a body that is no text in base64.
func Event(r *http.Request) ([]byte, error) {
	body, err := bodyOf(r)
	if err != nil {
		return nil, err
	}
	event := events.APIGatewayV2HTTPRequest{
		Version:        "2.0",
		RouteKey:       "$default",
		RawPath:        r.URL.Path,
		RawQueryString: r.URL.RawQuery,
		Headers:        map[string]string{"host": "api.execute-api.eu-west-3.amazonaws.com", "x-forwarded-for": sourceIP(r), "x-forwarded-proto": "https"},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey: "$default", Stage: "$default", APIID: "api", AccountID: "123456789012", RequestID: "JKJaXmPLvHcESHA=",
			DomainName: "api.execute-api.eu-west-3.amazonaws.com", DomainPrefix: "api",
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method: r.Method, Path: r.URL.Path, Protocol: "HTTP/1.1", SourceIP: sourceIP(r), UserAgent: r.UserAgent(),
			},
		},
	}
	for name, values := range r.Header {
		if name == "Cookie" {
			for _, line := range values {
				event.Cookies = append(event.Cookies, strings.Split(line, "; ")...)
			}
			continue
		}
		event.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	if len(body) > 0 {
		event.Headers["content-length"] = fmt.Sprint(len(body))
	}
	event.Body, event.IsBase64Encoded = string(body), !isText(r.Header.Get("Content-Type"))
	if event.IsBase64Encoded {
		event.Body = base64.StdEncoding.EncodeToString(body)
	}
	return json.Marshal(event)
}

// Response is what a client gets of a function's answer.
func Response(r *http.Request, raw []byte) (*http.Response, error) {
	var answer events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(raw, &answer); err != nil {
		return nil, fmt.Errorf("gatewaytest: answer: %w", err)
	}
	body := []byte(answer.Body)
	if answer.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(answer.Body); err != nil {
			return nil, fmt.Errorf("gatewaytest: answer: %w", err)
		}
	}
	header := http.Header{}
	for name, value := range answer.Headers {
		header.Set(name, value)
	}
	for _, cookie := range answer.Cookies {
		header.Add("Set-Cookie", cookie)
	}
	return &http.Response{
		StatusCode: answer.StatusCode, Status: fmt.Sprint(answer.StatusCode, " ", http.StatusText(answer.StatusCode)),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}, nil
}

func bodyOf(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	defer r.Body.Close()
	return io.ReadAll(r.Body)
}

func sourceIP(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return "192.0.2.1"
}

// isText tells which bodies an HTTP API passes on as they are.
func isText(contentType string) bool {
	media, _, _ := mime.ParseMediaType(contentType)
	return strings.HasPrefix(media, "text/") ||
		slices.Contains([]string{"application/json", "application/javascript", "application/xml", "application/x-www-form-urlencoded"}, media)
}
