package aws_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"portal/infra/aws"
	"portal/infra/aws/gatewaytest"
	"portal/shared/problem"
)

const secret = "s3cret"

// seen is what a handler sees of a request.
type seen struct {
	method, path, server, requestURI, query, host, remote, body string
	header                                                      http.Header
}

// watch answers everything and keeps what it saw last.
func watch(into *seen) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(err)
		}
		*into = seen{r.Method, r.URL.Path, r.URL.Scheme + r.URL.Host, r.RequestURI, r.URL.RawQuery, r.Host, r.RemoteAddr, string(body), r.Header}
		w.WriteHeader(http.StatusNoContent)
	})
}

func event(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "events", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func answerTo(t *testing.T, g *aws.Gateway, payload []byte) events.APIGatewayV2HTTPResponse {
	t.Helper()
	raw, err := g.Invoke(t.Context(), payload)
	if err != nil {
		t.Fatalf("invoke: %v", err)
	}
	var answer events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(raw, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestGatewayShowsTheRequestAsItWasSent(t *testing.T) {
	for name, want := range map[string]func(seen) (got, want string){
		"plain":         func(s seen) (string, string) { return s.method + " " + s.requestURI, "GET /api/things" },
		"escaped-slash": func(s seen) (string, string) { return s.path, "/api/things/a/b" },
		"percent": func(s seen) (string, string) {
			return s.path + " " + s.requestURI, "/api/things/100% /api/things/100%25"
		},
		"percent-lookalike": func(s seen) (string, string) {
			return s.path + " " + s.requestURI, "/api/things/a%2Fb /api/things/a%252Fb"
		},
		"space-and-plus": func(s seen) (string, string) { return s.path + " " + s.query, "/api/things/a b+c q=a+b&r=c%20d%2Be" },
		"utf8": func(s seen) (string, string) {
			return s.path + " " + s.query, "/api/things/été/شهادة q=%C3%A9t%C3%A9"
		},
		"query-in-path":      func(s seen) (string, string) { return s.path + " " + s.query, "/api/things/what?#x;y=z q=1" },
		"control-characters": func(s seen) (string, string) { return s.path, "/api/things/a\r\nb\x00" },
		"repeated-query":     func(s seen) (string, string) { return s.query, "status=a&status=b%2Cc&status=" },
		"wild-query":         func(s seen) (string, string) { return s.query, "q=%C3%A9%20x%23y" },
		"cookies":            func(s seen) (string, string) { return cookies(s), `__Host-session=abc.def|lang=fr|quoted=a,b` },
		"cookie-header":      func(s seen) (string, string) { return cookies(s), "lang=ar|theme=dark" },
		"json-body":          func(s seen) (string, string) { return s.body, `{"nom":"Société Générale d’Import"}` },
		"base64-body":        func(s seen) (string, string) { return s.body, "%PDF-1.7\n\xff\xfe\x00" },
		"head":               func(s seen) (string, string) { return s.method, "HEAD" },
		"ipv6":               func(s seen) (string, string) { return s.remote, "[2001:db8::7]:0" },
	} {
		t.Run(name, func(t *testing.T) {
			var s seen
			if answer := answerTo(t, aws.NewGateway(watch(&s), "", quiet()), event(t, name)); answer.StatusCode != http.StatusNoContent {
				t.Fatalf("status %d", answer.StatusCode)
			}
			if got, want := want(s); got != want {
				t.Errorf("saw %q, want %q", got, want)
			}
		})
	}
}

func cookies(s seen) string {
	var all []string
	for _, c := range (&http.Request{Header: s.header}).Cookies() {
		all = append(all, c.Name+"="+c.Value)
	}
	return strings.Join(all, "|")
}

func TestGatewayKeepsHeaderValuesWhole(t *testing.T) {
	var s seen
	answerTo(t, aws.NewGateway(watch(&s), "", quiet()), event(t, "commas-in-headers"))
	for name, want := range map[string]string{
		"If-None-Match":     `"v1,2", W/"v3"`,
		"Accept-Language":   "ar-MA,ar;q=0.9,fr;q=0.8",
		"If-Range":          "Sat, 14 Mar 2026 09:26:53 GMT",
		"If-Modified-Since": "Sat, 14 Mar 2026 09:26:53 GMT",
		"X-List":            "one,two",
		"User-Agent":        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	} {
		if got := s.header.Values(name); !slices.Equal(got, []string{want}) {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if s.host != "a1b2c3.execute-api.eu-west-3.amazonaws.com" || s.header.Get("Host") != "" {
		t.Errorf("host %q, header %q", s.host, s.header.Get("Host"))
	}
}

func TestGatewayBelievesOnlyCloudFrontAboutTheClient(t *testing.T) {
	for _, test := range []struct{ event, secret, remote string }{
		{"plain", "", "203.0.113.7:0"},
		{"forged-headers", "", "203.0.113.7:0"},
		{"through-cloudfront", "", "130.176.1.1:0"}, // nobody agreed on a secret
		{"through-cloudfront", secret, "198.51.100.10:46532"},
		{"through-cloudfront", "next," + secret, "198.51.100.10:46532"},
		{"through-cloudfront-ipv6", secret, "[2001:db8::1]:46532"},
		{"through-cloudfront-no-viewer", secret, "130.176.1.1:0"},
	} {
		t.Run(test.event+" with "+test.secret, func(t *testing.T) {
			var s seen
			answerTo(t, aws.NewGateway(watch(&s), test.secret, quiet()), event(t, test.event))
			if s.remote != test.remote {
				t.Errorf("client %q, want %q", s.remote, test.remote)
			}
			for _, claim := range []string{"X-Forwarded-For", "Forwarded", "X-Real-Ip", "True-Client-Ip", "Cloudfront-Viewer-Address", "X-Forwarded-Host", "X-Origin-Secret"} {
				if got := s.header.Get(claim); got != "" {
					t.Errorf("the handler sees %s: %q", claim, got)
				}
			}
		})
	}
}

func TestGatewayRefusesWhatDidNotComeThroughCloudFront(t *testing.T) {
	for _, name := range []string{"plain", "wrong-secret", "forged-headers"} {
		t.Run(name, func(t *testing.T) {
			var s seen
			answer := answerTo(t, aws.NewGateway(watch(&s), secret, quiet()), event(t, name))
			isProblem(t, answer, http.StatusForbidden, "forbidden")
			if s.method != "" {
				t.Error("the handler was asked all the same")
			}
		})
	}
}

func TestGatewayAnswersWhatIsNoRequest(t *testing.T) {
	var s seen
	g := aws.NewGateway(watch(&s), "", quiet())
	for _, name := range []string{"bad-base64", "odd-method"} {
		isProblem(t, answerTo(t, g, event(t, name)), http.StatusBadRequest, "bad_request")
	}
	for _, payload := range []string{"", "null", "[]", "{}", `{"version":"1.0","httpMethod":"GET","path":"/"}`} {
		if answer, err := g.Invoke(t.Context(), []byte(payload)); err == nil {
			t.Errorf("%q was answered: %s", payload, answer)
		}
	}
	if _, err := g.Invoke(t.Context(), event(t, "no-method")); err == nil {
		t.Error("an event without a method was answered")
	}
	if s.method != "" {
		t.Error("the handler was asked all the same")
	}
}

func isProblem(t *testing.T, answer events.APIGatewayV2HTTPResponse, status int, code string) {
	t.Helper()
	var body problem.Body
	if err := json.Unmarshal([]byte(answer.Body), &body); err != nil {
		t.Fatalf("body %q: %v", answer.Body, err)
	}
	if answer.StatusCode != status || body.Status != status || body.Code != code || answer.Headers["Content-Type"] != problem.ContentType {
		t.Errorf("answer %d %s %+v, want %d %s", answer.StatusCode, answer.Headers["Content-Type"], body, status, code)
	}
}

func TestGatewayTurnsAPanicIntoABareProblem(t *testing.T) {
	for name, cause := range map[string]any{"a text": "amina@example.com broke it", "an error": errors.New("boom"), "an abort": http.ErrAbortHandler} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			g := aws.NewGateway(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Half", "written")
				_, _ = io.WriteString(w, "half an answer")
				panic(cause)
			}), "", aws.NewLogger(&log))
			answer := answerTo(t, g, event(t, "plain"))
			isProblem(t, answer, http.StatusInternalServerError, "internal")
			if strings.Contains(answer.Body, "half") || answer.Headers["X-Half"] != "" {
				t.Errorf("answer keeps what came before: %+v", answer)
			}
			if logged := log.Len() > 0; logged == (cause == http.ErrAbortHandler) {
				t.Errorf("logged: %s", log.String())
			}
			if strings.Contains(log.String(), "amina") {
				t.Errorf("an address in the log: %s", log.String())
			}
		})
	}
}

func TestGatewayAnswersBeforeTheFunctionIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopped := make(chan error, 1)
		g := aws.NewGateway(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			stopped <- r.Context().Err()
			time.Sleep(time.Hour) // a handler that does not listen
			w.WriteHeader(http.StatusOK)
		}), "", quiet())
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		raw, err := g.Invoke(ctx, event(t, "plain"))
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took >= 10*time.Second || took < 9*time.Second {
			t.Errorf("answered after %v", took)
		}
		var answer events.APIGatewayV2HTTPResponse
		if err := json.Unmarshal(raw, &answer); err != nil {
			t.Fatal(err)
		}
		isProblem(t, answer, http.StatusServiceUnavailable, "unavailable")
		if err := <-stopped; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the handler's context ended with %v", err)
		}
		time.Sleep(2 * time.Hour) // of the bubble's time, for the handler to end
	})
}

func TestGatewayProblemsSpeakTheCallersLanguage(t *testing.T) {
	body := func(lang string) string {
		payload := strings.Replace(string(event(t, "plain")), `"accept": `, `"accept-language": "`+lang+`", "accept": `, 1)
		return answerTo(t, aws.NewGateway(http.NotFoundHandler(), secret, quiet()), []byte(payload)).Body
	}
	if body("fr") == body("en") || body("ar") == body("en") {
		t.Error("the same words in two languages")
	}
}

func TestGatewayServesNetHTTPClients(t *testing.T) {
	g := aws.NewGateway(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
		w.Header().Add("Vary", "Cookie")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.Copy(w, r.Body)
	}), "", quiet())
	response, err := gatewaytest.Client(g).Post("https://portal.example/api/x%2Fy", "application/pdf", strings.NewReader("\xff\x00"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || string(body) != "\xff\x00" || response.StatusCode != http.StatusCreated {
		t.Errorf("%d %q, %v", response.StatusCode, body, err)
	}
	if got := response.Header.Values("Set-Cookie"); !slices.Equal(got, []string{"a=1", "b=2"}) {
		t.Errorf("cookies %q", got)
	}
}

func TestGatewayNeverAnswersMoreThanLambdaCarries(t *testing.T) {
	size := 0
	g := aws.NewGateway(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/pdf")
		_, _ = w.Write(bytes.Repeat([]byte{0xff}, size))
	}), "", quiet())
	size = 4 << 20
	if answer := answerTo(t, g, event(t, "plain")); answer.StatusCode != http.StatusOK || !answer.IsBase64Encoded {
		t.Errorf("4 MB: status %d", answer.StatusCode)
	}
	size = 5 << 20 // 6.7 MB in base64
	isProblem(t, answerTo(t, g, event(t, "plain")), http.StatusInternalServerError, "internal")
}

// No event makes the gateway fail, whatever strings are in it.
func FuzzGateway(f *testing.F) {
	f.Add("GET", "/api/é%", "a=%zz&b=#", "x.example", "a,b", "c=1", "Zm9v", true, "::1")
	f.Add("POST", "", "", "[::1", "\r\n", "", "body", false, "")
	f.Fuzz(func(t *testing.T, method, path, query, domain, value, cookie, body string, encoded bool, ip string) {
		var s seen
		g := aws.NewGateway(watch(&s), "", quiet())
		request := events.APIGatewayV2HTTPRequest{
			RawPath: path, RawQueryString: query, Headers: map[string]string{"x-value": value}, Cookies: []string{cookie},
			Body: body, IsBase64Encoded: encoded,
			RequestContext: events.APIGatewayV2HTTPRequestContext{DomainName: domain,
				HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: method, SourceIP: ip}},
		}
		answer := g.Answer(t.Context(), request)
		if answer.StatusCode == http.StatusBadRequest {
			return
		}
		if answer.StatusCode != http.StatusNoContent {
			t.Fatalf("status %d", answer.StatusCode)
		}
		want := "/" + strings.TrimPrefix(path, "/")
		if s.path != want || !maps.EqualFunc(s.header, http.Header{"X-Value": {value}, "Cookie": {cookie}}, slices.Equal[[]string]) {
			t.Fatalf("path %q, want %q; header %q", s.path, want, s.header)
		}
	})
}
