package aws_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"portal/infra/aws"
	"portal/infra/awstest"
	"portal/shared/step"
)

// serveEnv makes this test's program the bootstrap of a Lambda function, which
// serves the step that _HANDLER names.
const serveEnv = "PORTAL_TEST_SERVES"

func TestMain(m *testing.M) {
	if os.Getenv(serveEnv) == "" {
		os.Exit(m.Run())
	}
	s, ok := servedSteps()[os.Getenv("_HANDLER")]
	if !ok {
		os.Exit(1)
	}
	if err := aws.Serve(s, http.HandlerFunc(accept), os.Getenv, aws.NewLogger(os.Stderr)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func servedSteps() map[string]step.Step {
	return map[string]step.Step{
		"room/http": {Declaration: step.Declaration{Name: "room/http"}, Kind: step.KindHTTP},
		"room/task": step.Task(step.Declaration{Name: "room/task"}, func(_ context.Context, in greeting) (greeting, error) {
			switch in.Name {
			case "":
				return in, errors.New("nobody to greet")
			case "trouble":
				panic("amina@example.com")
			}
			return greeting{"dear " + in.Name}, nil
		}),
	}
}

func accept(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }

// A function runs as Lambda runs it: Amazon's own emulator of the runtime.
func TestServeRunsAStepOnLambda(t *testing.T) {
	if os.Getenv(awstest.EnableEnv) == "" {
		t.Skip(awstest.EnableEnv + " is not set")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(program, filepath.Join(dir, "bootstrap")); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{serveEnv: "1", "BASE_URL": "https://portal.example", "ORIGIN_SECRET": secret}

	t.Run("a task", func(t *testing.T) {
		function := awstest.RuntimeAPI(t, dir, "room/task", env)
		for _, try := range []struct{ event, want string }{
			{`{"name":"Amina"}`, `{"name":"dear Amina"}`},
			{`{}`, `{"errorMessage":"room/task: nobody to greet","errorType":"Lambda.Unknown"}`},
			{`{"name":"trouble"}`, `{"errorMessage":"room/task: panic","errorType":"Lambda.Unknown"}`},
			{`{"name":"Badr"}`, `{"name":"dear Badr"}`}, // the same process, after a panic
		} {
			if got := invoke(t, function, []byte(try.event)); got != try.want {
				t.Errorf("%s: %s, want %s", try.event, got, try.want)
			}
		}
	})
	t.Run("a request", func(t *testing.T) {
		function := awstest.RuntimeAPI(t, dir, "room/http", env)
		for name, want := range map[string]int{"through-cloudfront": http.StatusAccepted, "plain": http.StatusForbidden} {
			var answer events.APIGatewayV2HTTPResponse
			if err := json.Unmarshal([]byte(invoke(t, function, event(t, name))), &answer); err != nil || answer.StatusCode != want {
				t.Errorf("%s: %+v, %v, want %d", name, answer, err, want)
			}
		}
	})
}

func invoke(t *testing.T, function string, payload []byte) string {
	t.Helper()
	response, err := http.Post(function, "application/json", strings.NewReader(string(payload)))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}
