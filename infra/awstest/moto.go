package awstest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"strings"
	"testing"
)

// moto starts moto's server. lambdaPort, where not empty, is the loopback port at which the services it emulates find the other AWS services: moto
// documents MOTO_PORT as its own port, and its state-machine interpreter sends every call to an AWS service there.
func moto(t testing.TB, lambdaPort string) (endpoint string) {
	t.Helper()
	require(t)
	python := installed(t, "venv", "bin", "python")
	dir := t.TempDir()
	var env []string
	if lambdaPort != "" {
		env = append(env, "MOTO_PORT="+lambdaPort)
	}
	return server{
		name:  "moto",
		ready: motoAnswers,
		env:   env,
		command: func(port string) *exec.Cmd {
			command := exec.Command(python, "-m", "moto.server", "-H", "127.0.0.1", "-p", port)
			command.Dir = dir
			return command
		},
	}.start(t)
}

// motoAnswers also has state machines executed; moto's default is only to record them.
func motoAnswers(ctx context.Context, endpoint string) error {
	body := strings.NewReader(`{"stepfunctions": {"execute_state_machine": true}}`)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint+"/moto-api/config", body)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("%w: %v", errNotReady, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated {
		return fmt.Errorf("moto refused its configuration: %s", response.Status)
	}
	return nil
}

// motoData reads what moto holds of one service: lists of records by the name of their kind.
func motoData(ctx context.Context, endpoint, service string) (map[string]json.RawMessage, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint+"/moto-api/data.json", nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("reading moto's data: %s", response.Status)
	}
	var services map[string]map[string]json.RawMessage
	if err := json.NewDecoder(response.Body).Decode(&services); err != nil {
		return nil, fmt.Errorf("reading moto's data: %w", err)
	}
	return services[service], nil
}
