package aws

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"

	"portal/infra"
)

// What stands here makes up for what the servers of the tests lack of AWS.

// front puts a handler before a server; it passes on by next.
func front(t *testing.T, endpoint string, handler func(w http.ResponseWriter, r *http.Request, next http.Handler)) string {
	t.Helper()
	target, err := url.Parse(endpoint)
	if err != nil {
		t.Fatal(err)
	}
	next := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler(w, r, next) }))
	t.Cleanup(server.Close)
	return server.URL
}

// suffixed keeps files apart from folders: versitygw stores files as files, so
// that it cannot hold both "a" and "a/b" as S3 can. Keys that are none stay as
// they are.
type suffixed struct{ infra.Files }

func fileKey(key string) string {
	if infra.CheckFileKey(key) != nil {
		return key
	}
	return key + ".f"
}

func (s suffixed) UploadForm(ctx context.Context, u infra.Upload) (infra.UploadForm, error) {
	u.Key = fileKey(u.Key)
	return s.Files.UploadForm(ctx, u)
}

func (s suffixed) Read(ctx context.Context, key string, most int64) ([]byte, error) {
	return s.Files.Read(ctx, fileKey(key), most)
}

func (s suffixed) Put(ctx context.Context, key, contentType string, data []byte) error {
	return s.Files.Put(ctx, fileKey(key), contentType, data)
}

func (s suffixed) Delete(ctx context.Context, key string) error {
	return s.Files.Delete(ctx, fileKey(key))
}

func (s suffixed) Link(ctx context.Context, key, filename string, valid time.Duration) (string, error) {
	return s.Files.Link(ctx, fileKey(key), filename, valid)
}

// closedTasks answers as Step Functions does for a task that has ended already;
// moto lets a task succeed again as long as its execution runs.
type closedTasks struct {
	mu     sync.Mutex
	closed map[string]bool
}

func (c *closedTasks) handle(w http.ResponseWriter, r *http.Request, next http.Handler) {
	if r.Header.Get("X-Amz-Target") != "AWSStepFunctions.SendTaskSuccess" {
		next.ServeHTTP(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var task struct{ TaskToken string }
	_ = json.Unmarshal(body, &task)

	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed[task.TaskToken] {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"__type":"TaskTimedOut","message":"Task Timed Out"}`)
		return
	}
	answer := &status{ResponseWriter: w}
	next.ServeHTTP(answer, r)
	c.closed[task.TaskToken] = answer.code == http.StatusOK
}

type status struct {
	http.ResponseWriter
	code int
}

func (s *status) WriteHeader(code int) {
	s.code = code
	s.ResponseWriter.WriteHeader(code)
}

// suppressions answers for the account's suppression list, which moto has not.
type suppressions struct {
	mu   sync.Mutex
	list map[string]bool
}

func (s *suppressions) add(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list[address] = true
}

func (s *suppressions) handle(w http.ResponseWriter, r *http.Request, next http.Handler) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v2/email/suppression/addresses/{address}", s.answer)
	mux.Handle("/", next)
	mux.ServeHTTP(w, r)
}

func (s *suppressions) answer(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	address := r.PathValue("address")
	w.Header().Set("Content-Type", "application/json")
	if !s.list[address] {
		w.Header().Set("X-Amzn-Errortype", "NotFoundException")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"message":"not on the list"}`)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"SuppressedDestination": map[string]any{
		"EmailAddress": address, "Reason": "BOUNCE", "LastUpdateTime": 1741944413,
	}})
}
