package awstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	startLimit = 2 * time.Minute // a server takes 1 to 3 s to start, and ten times that on a machine busy with other tests
	stopLimit  = 5 * time.Second
	pollEvery  = 20 * time.Millisecond
)

// errNotReady tells start to ask again; any other error from a probe ends the start.
var errNotReady = errors.New("not ready")

// server is one process that listens on a loopback port.
type server struct {
	name string
	// command builds the process for a port; env is added to the few variables of the machine that it needs.
	command func(port string) *exec.Cmd
	env     []string
	// ready returns nil once the server at endpoint answers as itself.
	ready func(ctx context.Context, endpoint string) error
	// parent says that it starts processes of its own, so that it must be asked to end before it is made to. The others have nothing to lose.
	parent bool
}

// start runs the server until the test ends and returns its endpoint. A free port can be lost to another process between its choice and its use: the
// server then ends at once, and start tries others.
func (s server) start(t testing.TB) string {
	t.Helper()
	var problem error
	for range 3 {
		port := freePort(t)
		endpoint := "http://127.0.0.1:" + port
		process, err := s.launch(port)
		if err != nil {
			t.Fatalf("awstest: starting %s: %v", s.name, err)
		}
		if problem = process.await(s.ready, endpoint); problem == nil {
			t.Cleanup(process.stop)
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("%s said:\n%s", s.name, process.output.tail())
				}
			})
			return endpoint
		}
		process.stop()
		problem = fmt.Errorf("%w; it said:\n%s", problem, process.output.tail())
	}
	t.Fatalf("awstest: %s did not start: %v", s.name, problem)
	return ""
}

type process struct {
	command *exec.Cmd
	parent  bool
	output  *transcript
	ended   chan struct{} // closed once the process is gone
}

func (s server) launch(port string) (*process, error) {
	command := s.command(port)
	p := &process{command: command, parent: s.parent, output: &transcript{}, ended: make(chan struct{})}
	command.Stdout, command.Stderr = p.output, p.output
	command.Env = environment(s.env...)
	command.WaitDelay = stopLimit
	tieToThisProcess(command)
	if err := command.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = command.Wait()
		close(p.ended)
	}()
	return p, nil
}

func (p *process) await(ready func(context.Context, string) error, endpoint string) error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		err := ready(ctx, endpoint)
		if err == nil || !errors.Is(err, errNotReady) {
			return err
		}
		select {
		case <-p.ended:
			return fmt.Errorf("it ended: %v", p.command.ProcessState)
		case <-ctx.Done():
			return fmt.Errorf("no answer within %v", startLimit)
		case <-tick.C:
		}
	}
}

func (p *process) stop() {
	if p.parent {
		_ = p.command.Process.Signal(os.Interrupt)
		select {
		case <-p.ended:
			return
		case <-time.After(stopLimit):
		}
	}
	_ = p.command.Process.Kill()
	<-p.ended
}

// answers is the probe of servers whose any HTTP answer shows that they are up.
func answers(ctx context.Context, endpoint string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint+"/", nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("%w: %v", errNotReady, err)
	}
	return response.Body.Close()
}

func freePort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// transcript keeps what a server prints, for the message of a failed test.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *transcript) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func (r *transcript) tail() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(r.text.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}
