package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"portal/infra"
)

// snapshot is a portal at rest: its folder, and the time.
type snapshot struct {
	files map[string][]byte
	now   time.Time
	marks map[string]string
}

// capture closes the portal and keeps what it was.
func (h *harness) capture() *snapshot {
	h.close()
	s := &snapshot{files: map[string][]byte{}, now: h.base(), marks: h.marks}
	err := filepath.WalkDir(h.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(h.dir, path)
		if err != nil {
			return err
		}
		s.files[name], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		h.t.Fatalf("capture: %v", err)
	}
	return s
}

func (s *snapshot) restore(dir string) error {
	for name, data := range s.files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// scene is a portal that many tests start from, played once.
type scene struct {
	from *scene
	play func(*harness)

	mu    sync.Mutex
	taken *snapshot
}

func (s *scene) snapshot(t *testing.T) *snapshot {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken != nil {
		return s.taken
	}
	before := &snapshot{now: opening, marks: map[string]string{}}
	if s.from != nil {
		before = s.from.snapshot(t)
	}
	h := start(t, t.TempDir(), before, overHTTP)
	defer h.close()
	s.play(h)
	if !t.Failed() {
		s.taken = h.capture()
	} else {
		t.FailNow()
	}
	return s.taken
}

// open starts a portal on the scene for one test.
func (s *scene) open(t *testing.T, by transport, more ...infra.Maker) *harness {
	t.Helper()
	h := start(t, t.TempDir(), s.snapshot(t), by, more...)
	t.Cleanup(h.close)
	return h
}

// onEach runs a test over every transport, on a portal each.
func (s *scene) onEach(t *testing.T, test func(*testing.T, *harness), more ...infra.Maker) {
	t.Helper()
	s.snapshot(t)
	for _, by := range transports {
		t.Run(string(by), func(t *testing.T) { test(t, s.open(t, by, more...)) })
	}
}
