package local_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"portal/infra"
	"portal/infra/local"
)

// The test binary runs itself as a portal that will be killed.
const crashFolder = "PORTAL_CRASH_FOLDER"

func TestMain(m *testing.M) {
	dir := os.Getenv(crashFolder)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := doomed(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// doomed writes pairs of rows and says which are done, and begins an upload
// that never ends.
func doomed(dir string) error {
	store, err := local.Open(dir, local.Options{IndexDelay: true})
	if err != nil {
		return err
	}
	ctx := context.Background()
	go uploadWithoutEnd(ctx, store.Files())
	for n := 1; ; n++ {
		value := map[string]int{"n": n}
		if err := store.Dossiers().Write(ctx,
			infra.Put{Key: infra.Key{PK: "pair", SK: "a"}, Value: value, Index: map[string]infra.Key{"owner": {PK: "o", SK: fmt.Sprint(n)}}},
			infra.Put{Key: infra.Key{PK: "pair", SK: "b"}, Value: value},
		); err != nil {
			return err
		}
		if err := store.Files().Put(ctx, fmt.Sprint("documents/", n), "text/plain", []byte(fmt.Sprint(n))); err != nil {
			return err
		}
		fmt.Println(n)
	}
}

func uploadWithoutEnd(ctx context.Context, files *local.Files) {
	form, err := files.UploadForm(ctx, infra.Upload{Key: "incoming/a", ContentType: "text/plain", MaxBytes: 1 << 40, Valid: time.Hour})
	if err != nil {
		panic(err)
	}
	r := post(append(fields(form.Fields), part{"file", "begin"})...)
	whole, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	begun := strings.NewReader(string(whole[:strings.Index(string(whole), "begin")]))
	r.Body = io.NopCloser(io.MultiReader(begun, endless{}))
	files.ServeHTTP(httptest.NewRecorder(), r)
}

// endless is a body that trickles for ever.
type endless struct{}

func (endless) Read(b []byte) (int, error) {
	time.Sleep(time.Millisecond)
	return copy(b, "more and more"), nil
}

func TestKilledPortalLosesNothingItAcknowledged(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		last := killAfter(t, dir, 5+7*round)
		store, err := local.Open(dir, local.Options{})
		if err != nil {
			t.Fatalf("after the kill: %v", err)
		}
		checkAfterKill(t, store, dir, last)
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter lets a portal acknowledge some writes, kills it while it goes on,
// and gives the last one it acknowledged.
func killAfter(t *testing.T, dir string, writes int) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashFolder+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := 0
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if last, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatal(err)
		}
		if last == writes && len(drafts(t, dir)) > 0 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		} else if last == writes {
			writes++ // the upload has not begun yet
		}
	}
	if err := cmd.Wait(); err == nil || last < writes {
		t.Fatalf("the portal ended by itself after %d writes: %v", last, err)
	}
	return last
}

func drafts(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "files", "~drafts", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func checkAfterKill(t *testing.T, store *local.Store, dir string, last int) {
	t.Helper()
	var pair [2]struct{ N int }
	for i, sk := range []string{"a", "b"} {
		row, err := store.Dossiers().Get(t.Context(), infra.Key{PK: "pair", SK: sk})
		if err != nil {
			t.Fatal(err)
		}
		if err := row.Decode(&pair[i]); err != nil {
			t.Fatal(err)
		}
	}
	if pair[0] != pair[1] || pair[0].N < last {
		t.Errorf("rows %d and %d, acknowledged %d", pair[0].N, pair[1].N, last)
	}
	page, err := store.Dossiers().Query(t.Context(), infra.Query{Index: "owner", PK: "o"})
	if err != nil || len(page.Rows) != 1 || string(page.Rows[0].Value) != fmt.Sprintf(`{"n":%d}`, pair[0].N) {
		t.Errorf("index %v, %v", page.Rows, err)
	}
	for n := 1; n <= last; n++ {
		data, err := store.Files().Read(t.Context(), fmt.Sprint("documents/", n), 10)
		if err != nil || string(data) != fmt.Sprint(n) {
			t.Errorf("file %d is %q, %v", n, data, err)
		}
	}
	if data, err := store.Files().Read(t.Context(), "incoming/a", 1<<20); !errors.Is(err, infra.ErrNotFound) {
		t.Errorf("half an upload of %d bytes is there, %v", len(data), err)
	}
	if left := drafts(t, dir); len(left) != 0 {
		t.Errorf("drafts %v are left", left)
	}
}

var _ http.Handler = (*local.Files)(nil)
