package awstest_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"portal/infra/awstest"
)

func TestRuntimeAPI(t *testing.T) {
	if os.Getenv(awstest.EnableEnv) == "" {
		t.Skip(awstest.EnableEnv + " is not set")
	}
	dir := t.TempDir()
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", filepath.Join(dir, "bootstrap"), "./testdata/bootstrap")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	for _, function := range []struct {
		handler string
		tries   [][2]string // event, answer
	}{
		{"room/http", [][2]string{
			{`{"version": "2.0", "rawPath": "/api/things"}`, `{"statusCode":201,"headers":{"Location":"/api/things"},"multiValueHeaders":null,"body":"hello","cookies":null}`},
			{`{"version": "2.0", "rawPath": "/api/others"}`, `{"statusCode":201,"headers":{"Location":"/api/others"},"multiValueHeaders":null,"body":"hello","cookies":null}`},
		}},
		{"room/task", [][2]string{
			{`{"dossier":1}`, `{"dossier":1}`},
			{`"fail"`, `{"errorMessage":"asked to fail","errorType":"errorString"}`},
			{`{"dossier":2}`, `{"dossier":2}`},
		}},
		{"room/schedule", [][2]string{{`{"time": "2026-01-05T07:00:00Z"}`, `"swept at 2026-01-05T07:00:00Z"`}}},
	} {
		t.Run(function.handler, func(t *testing.T) {
			url := awstest.RuntimeAPI(t, dir, function.handler, map[string]string{"GREETING": "hello"})
			for _, try := range function.tries {
				request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(try[0]))
				if err != nil {
					t.Fatal(err)
				}
				status, _, answer := do(t, request)
				if status != http.StatusOK || answer != try[1] {
					t.Errorf("%s: status %d, %s; want %s", try[0], status, answer, try[1])
				}
			}
		})
	}
	t.Run("a function that ends at its start answers with a gateway's error", func(t *testing.T) {
		url := awstest.RuntimeAPI(t, dir, "room/unknown", nil)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		if status, _, answer := do(t, request); status != http.StatusBadGateway {
			t.Errorf("status %d: %s", status, answer)
		}
	})
}
