package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"portal/demo/story"
)

// TestNothingAcknowledgedIsLostWhenThePortalIsKilled plays the demonstration's
// stories
// against a real process that is killed (kill -9) at twenty random moments and
// started again. The story goes on where it was: every acknowledged step must
// be there, no number may be given twice, every letter must have come.
func TestNothingAcknowledgedIsLostWhenThePortalIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("starts real processes")
	}
	const kills = 20
	binary := filepath.Join(t.TempDir(), "portal")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	m := &machine{t: t, binary: binary, data: t.TempDir(), port: freePort(t)}
	m.start()
	defer m.kill()

	ctx, stop := context.WithTimeout(t.Context(), 4*time.Minute)
	defer stop()
	var done atomic.Int64
	killer := make(chan struct{})
	go func() {
		defer close(killer)
		for done.Load() < kills && ctx.Err() == nil {
			wait := time.NewTimer(time.Duration(50+rand.IntN(700)) * time.Millisecond)
			select {
			case <-ctx.Done():
				wait.Stop()
			case <-wait.C:
				m.kill()
				m.start()
				done.Add(1)
			}
		}
	}()
	base := fmt.Sprintf("http://localhost:%d", m.port)
	plays := 0
	for ; done.Load() < kills; plays++ {
		if err := m.play(ctx, base, lives[plays%len(lives)]); err != nil {
			t.Fatalf("play %d, after %d kills: %v", plays+1, done.Load(), err)
		}
	}
	<-killer
	if err := m.play(ctx, base, lives[plays%len(lives)]); err != nil {
		t.Fatalf("undisturbed: %v", err)
	}
	t.Logf("%d whole lives, %d kills", plays+1, done.Load())
}

// lives are the stories to be played, in turns.
var lives = []story.Story{story.Shipment, story.Licence, story.Registration}

// play plays one story; on a surprise what was told so far is shown.
func (m *machine) play(ctx context.Context, base string, which story.Story) error {
	var told bytes.Buffer
	err := story.Play(ctx, story.Portal{
		Base: base, People: story.Demo(), Stories: []story.Story{which}, Away: 30 * time.Second, Killed: true,
	}, &told)
	if err != nil {
		_ = m.process.Process.Signal(syscall.SIGQUIT) // it says where it stands
		_ = m.process.Wait()
		m.t.Logf("%s\n%s", told.Bytes(), m.log.Bytes())
	}
	return err
}

// machine is a portal process that comes back on the same data and port.
type machine struct {
	t            *testing.T
	binary, data string
	port         int
	process      *exec.Cmd
	log          bytes.Buffer
}

func (m *machine) start() {
	m.process = exec.Command(m.binary)
	m.process.Env = append(os.Environ(), fmt.Sprintf("PORT=%d", m.port), "DATA_DIR="+m.data)
	m.process.Stderr = io.Writer(&m.log)
	if err := m.process.Start(); err != nil {
		m.t.Errorf("start: %v", err)
		return
	}
	// It answers when it answers: the story tries again meanwhile. Only a
	// portal that never comes up must not go unseen.
	probe := &http.Client{Timeout: time.Second}
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		if answer, err := probe.Get(fmt.Sprintf("http://localhost:%d/api/health", m.port)); err == nil {
			answer.Body.Close()
			return
		}
		time.Sleep(10 * time.Millisecond) // another process has no bell to listen to
	}
	m.t.Errorf("the portal did not come up:\n%s", m.log.Bytes())
}

func (m *machine) kill() {
	_ = m.process.Process.Kill()
	_ = m.process.Wait()
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
