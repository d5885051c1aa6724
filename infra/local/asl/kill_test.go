package asl

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"portal/infra"
)

const (
	killedFile       = "ASL_KILLED_FILE"
	killedExecutions = 9
	killedEvents     = 8
)

// TestTheKilledProcess is not a test but what TestKilledProcesses kills: it
// runs reviews on a file until all have ended, and prints every effect.
func TestTheKilledProcess(t *testing.T) {
	file := os.Getenv(killedFile)
	if file == "" {
		t.Skip("run by TestKilledProcesses")
	}
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{Timeout: 10 * time.Second, NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	list := make([]string, killedEvents)
	for i := range list {
		list[i] = "decide"
	}
	b := &rig{TB: t, db: db}
	b.functions = map[string]function{
		"park": b.selfWaking(), "next": events(append(list, "close")...), "acknowledge": acknowledge,
		"effect": func(_ context.Context, payload json.RawMessage) (any, error) {
			var in struct {
				ID    string
				Event struct{ N int }
			}
			err := json.Unmarshal(payload, &in)
			fmt.Printf("effect %s %d\n", in.ID, in.Event.N)
			return nil, err
		},
	}
	if b.runner, err = Open(db, wall{}, b.invoke); err != nil {
		t.Fatal(err)
	}
	b.register("review", reviewMachine)
	for n := range killedExecutions {
		id := fmt.Sprintf("d%d", n)
		if _, err := b.runner.State(t.Context(), "review", id); err != nil {
			b.start("review", id, map[string]any{"id": id, "n": 0})
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- b.runner.Run(ctx) }()
	b.settle()
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	db.Close()
	fmt.Println("all ended")
}

func TestKilledProcesses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "executions.db")
	effects := map[string]int{}
	kills := 0
	for !runAndKill(t, file, effects, kills < 5) {
		kills++
	}
	if kills == 0 {
		t.Error("nothing was killed")
	}
	repeated := 0
	for n := range killedExecutions {
		for event := range killedEvents {
			did := effects[fmt.Sprintf("effect d%d %d", n, event+1)]
			if did == 0 {
				t.Errorf("d%d never had the effect of event %d", n, event+1)
			}
			repeated += did - 1
		}
	}
	if workers := 8 + 1; repeated > kills*workers {
		t.Errorf("%d effects were repeated after %d kills", repeated, kills)
	}
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{Timeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	b := &rig{TB: t, db: db}
	b.restart()
	want := strings.Repeat("Await Next Which? Effect Acknowledge ", killedEvents) + "Await Next Which? Closed"
	for n := range killedExecutions {
		b.wantState("review", fmt.Sprintf("d%d", n), infra.Succeeded)
		b.wantPath("review", fmt.Sprintf("d%d", n), want)
	}
}

// runAndKill runs the process, kills it after some effects if it may, and
// tells whether it came to its end.
func runAndKill(t *testing.T, file string, effects map[string]int, kill bool) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestTheKilledProcess$")
	cmd.Env = append(os.Environ(), killedFile+"="+file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	left := 1 + rand.IntN(20)
	ended := false
	var said []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said = append(said, lines.Text())
		switch {
		case strings.HasPrefix(lines.Text(), "effect "):
			effects[lines.Text()]++
		case lines.Text() == "all ended":
			ended = true
		}
		if left--; kill && left == 0 {
			cmd.Process.Kill()
		}
	}
	if err := cmd.Wait(); err != nil && !(kill && left <= 0) {
		t.Fatalf("the process failed: %v\n%s", err, strings.Join(said, "\n"))
	}
	return ended
}
