package aws

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// script is a server that answers requests in turn with what a test wrote
// down; its last answer stands for all that follow. It plays what no server
// does on demand: conflicts, throttling, lost answers.
type script struct {
	mu       sync.Mutex
	answers  []answer
	requests []request
}

type answer struct {
	status int
	kind   string // error type
	body   string
	lost   bool // the connection breaks instead
}

type request struct {
	operation string
	header    http.Header
	body      map[string]any
}

func play(t *testing.T, answers ...answer) (*script, string) {
	t.Helper()
	s := &script{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	got := request{header: r.Header}
	_, got.operation, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	_ = json.Unmarshal(raw, &got.body)

	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, got)
	next := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	if next.lost {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	if next.kind != "" {
		w.Header().Set("X-Amzn-Errortype", next.kind)
		next.body = strings.Replace(next.body, "{", fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s",`, next.kind), 1)
	}
	if next.status == 0 {
		next.status = http.StatusOK
	}
	w.WriteHeader(next.status)
	fmt.Fprint(w, next.body)
}

func (s *script) operations() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, r := range s.requests {
		all = append(all, r.operation)
	}
	return strings.Join(all, " ")
}

var done = answer{body: `{}`}

func failure(kind, message string) answer {
	return answer{status: http.StatusBadRequest, kind: kind, body: fmt.Sprintf(`{"message":%q}`, message)}
}

// cancelled is a transaction cancelled for these reasons.
func cancelled(codes ...string) answer {
	var reasons []string
	for _, code := range codes {
		reasons = append(reasons, fmt.Sprintf(`{"Code":%q,"Message":"why"}`, code))
	}
	return answer{status: http.StatusBadRequest, kind: "TransactionCanceledException",
		body: `{"message":"cancelled","CancellationReasons":[` + strings.Join(reasons, ",") + `]}`}
}
