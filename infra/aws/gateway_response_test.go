package aws_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"pgregory.net/rapid"

	"portal/infra/aws"
	"portal/infra/aws/gatewaytest"
)

// ask sends a request with these headers through a gateway before a handler.
func ask(t *testing.T, method string, headers map[string]string, handler http.HandlerFunc) events.APIGatewayV2HTTPResponse {
	t.Helper()
	r := httptest.NewRequest(method, "https://portal.example/api/things", nil)
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	payload, err := gatewaytest.Event(r)
	if err != nil {
		t.Fatal(err)
	}
	return answerTo(t, aws.NewGateway(handler, "", quiet()), payload)
}

func write(contentType string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		_, _ = w.Write(body)
	}
}

func TestGatewayCompressesLongTextsForThoseWhoAccept(t *testing.T) {
	long := bytes.Repeat([]byte(`{"nom":"Société"} `), 200)
	for _, test := range []struct {
		name, accept, contentType string
		body                      []byte
		compressed                bool
	}{
		{"a long text", "gzip, deflate, br", "application/json", long, true},
		{"a problem", "gzip", "application/problem+json", long, true},
		{"a page", "br;q=1, gzip;q=0.5", "text/html; charset=utf-8", long, true},
		{"for anything", "*", "application/json", long, true},
		{"exactly 1 KB", "gzip", "application/json", long[:1024], false},
		{"1 KB and one byte", "gzip", "application/json", long[:1025], true},
		{"not asked for", "", "application/json", long, false},
		{"another coding", "br", "application/json", long, false},
		{"refused", "gzip;q=0, *", "application/json", long, false},
		{"a PDF", "gzip", "application/pdf", long, false},
		{"no content type that makes sense", "gzip", "/", long, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := ask(t, http.MethodGet, map[string]string{"Accept-Encoding": test.accept}, write(test.contentType, test.body))
			if got := answer.Headers["Content-Encoding"] == "gzip"; got != test.compressed || answer.IsBase64Encoded != test.compressed {
				t.Fatalf("content encoding %q, base64 %v", answer.Headers["Content-Encoding"], answer.IsBase64Encoded)
			}
			if _, has := answer.Headers["Content-Length"]; has {
				t.Error("the gateway counts by itself")
			}
			if got := plainBody(t, answer); !bytes.Equal(got, test.body) {
				t.Errorf("%d bytes, want %d", len(got), len(test.body))
			}
			if text := test.contentType != "application/pdf" && test.contentType != "/"; len(test.body) > 1024 && text && answer.Headers["Vary"] != "Accept-Encoding" {
				t.Errorf("vary %q", answer.Headers["Vary"])
			}
		})
	}
}

func plainBody(t *testing.T, answer events.APIGatewayV2HTTPResponse) []byte {
	t.Helper()
	body := []byte(answer.Body)
	if answer.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(answer.Body); err != nil {
			t.Fatal(err)
		}
	}
	if answer.Headers["Content-Encoding"] != "gzip" {
		return body
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestGatewayLeavesFinishedAnswersAlone(t *testing.T) {
	long := strings.Repeat("x", 5000)
	for name, handler := range map[string]http.HandlerFunc{
		"encoded already": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			w.Header().Set("Content-Type", "text/plain")
			_, _ = io.WriteString(w, long)
		},
		"not to be transformed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Cache-Control", "private, no-transform")
			w.Header().Set("Content-Type", "text/plain")
			_, _ = io.WriteString(w, long)
		},
		"a part": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.WriteHeader(http.StatusPartialContent)
			_, _ = io.WriteString(w, long)
		},
	} {
		t.Run(name, func(t *testing.T) {
			answer := ask(t, http.MethodGet, map[string]string{"Accept-Encoding": "gzip"}, handler)
			if answer.Body != long || answer.IsBase64Encoded || answer.Headers["Content-Encoding"] == "gzip" {
				t.Errorf("%d bytes, %v", len(answer.Body), answer.Headers)
			}
		})
	}
}

func TestGatewayFollowsTheRulesOfNetHTTP(t *testing.T) {
	t.Run("a handler that does nothing has answered 200", func(t *testing.T) {
		if answer := ask(t, http.MethodGet, nil, func(http.ResponseWriter, *http.Request) {}); answer.StatusCode != http.StatusOK || answer.Body != "" {
			t.Errorf("%+v", answer)
		}
	})
	t.Run("the first status counts, and headers as they stood then", func(t *testing.T) {
		answer := ask(t, http.MethodGet, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.Header().Set("X-A", "1")
			w.WriteHeader(http.StatusTeapot)
			w.Header().Set("X-A", "2")
			w.Header().Set("X-B", "3")
			w.WriteHeader(http.StatusOK)
		})
		if answer.StatusCode != http.StatusTeapot || answer.Headers["X-A"] != "1" || answer.Headers["X-B"] != "" {
			t.Errorf("%+v", answer)
		}
	})
	t.Run("HEAD, 204 and 304 have no body", func(t *testing.T) {
		for method, status := range map[string]int{http.MethodHead: 200, http.MethodGet: 304, http.MethodDelete: 204} {
			answer := ask(t, method, nil, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("ETag", `"7"`)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, "body")
			})
			if answer.StatusCode != status || answer.Body != "" || answer.Headers["Etag"] != `"7"` {
				t.Errorf("%s: %+v", method, answer)
			}
		}
	})
	t.Run("an untold content type is guessed", func(t *testing.T) {
		answer := ask(t, http.MethodGet, nil, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<!DOCTYPE html>") })
		if got := answer.Headers["Content-Type"]; got != "text/html; charset=utf-8" {
			t.Errorf("content type %q", got)
		}
	})
	t.Run("binary bodies travel in base64", func(t *testing.T) {
		answer := ask(t, http.MethodGet, nil, write("application/pdf", []byte("%PDF\xff")))
		if !answer.IsBase64Encoded || string(plainBody(t, answer)) != "%PDF\xff" {
			t.Errorf("%+v", answer)
		}
	})
}

// Whatever is requested, a handler behind the gateway sees what one behind
// net/http's own server sees; escaped slashes apart, which the gateway decodes.
func TestGatewayAgreesWithNetHTTP(t *testing.T) {
	var direct, indirect seen
	server := httptest.NewServer(watch(&direct))
	defer server.Close()
	gateway := gatewaytest.Client(aws.NewGateway(watch(&indirect), "", quiet()))

	rapid.Check(t, func(r *rapid.T) {
		segment := rapid.StringMatching(`[a-z0-9._~%?#&=+;:@ éش\x01"<>-]{1,6}`)
		path := "/api"
		for _, s := range rapid.SliceOfN(segment, 0, 4).Draw(r, "segments") {
			path += "/" + url.PathEscape(s)
		}
		query := url.Values{}
		for _, pair := range rapid.SliceOfN(rapid.SliceOfN(segment, 2, 2), 0, 4).Draw(r, "query") {
			query.Add(pair[0], pair[1])
		}
		target := path
		if len(query) > 0 {
			target += "?" + query.Encode() // an event cannot tell a bare question mark from none
		}
		body := rapid.SliceOf(rapid.Byte()).Draw(r, "body")
		headers := map[string]string{
			"Content-Type":    rapid.SampledFrom([]string{"application/json", "application/pdf", "text/plain; charset=utf-8"}).Draw(r, "type"),
			"Accept-Language": rapid.StringMatching(`[a-z]{2}(,[a-z]{2};q=0\.[0-9])*`).Draw(r, "language"),
			"If-Match":        rapid.StringMatching(`"[0-9,]{1,4}"(, "[a-z]")?`).Draw(r, "match"),
			"Cookie":          rapid.StringMatching(`[a-z]=[0-9a-f.]{0,5}(; [a-z]=[0-9])*`).Draw(r, "cookie"),
			"User-Agent":      "test",
		}
		if !strings.HasPrefix(headers["Content-Type"], "application/pdf") {
			body = []byte(strings.ToValidUTF8(string(body), "?")) // as API Gateway needs texts to be
		}
		for base, client := range map[string]*http.Client{server.URL: http.DefaultClient, "https://portal.example": gateway} {
			request, err := http.NewRequest(http.MethodPost, base+target, bytes.NewReader(body))
			if err != nil {
				r.Fatal(err)
			}
			for name, value := range headers {
				request.Header.Set(name, value)
			}
			response, err := client.Do(request)
			if err != nil {
				r.Fatal(err)
			}
			response.Body.Close()
		}
		if a, b := comparable(direct), comparable(indirect); a != b {
			r.Fatalf("net/http shows\n%s\nthe gateway\n%s", a, b)
		}
	})
}

func comparable(s seen) string {
	for _, name := range []string{"Accept-Encoding", "Content-Length", "X-Forwarded-Proto"} {
		s.header.Del(name)
	}
	return fmt.Sprintf("%s %q %q %q %q %q", s.method, s.path, s.server, s.query, s.body, s.header)
}
