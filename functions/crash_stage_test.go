package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"portal/functions/mail"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/infra/local"
	"portal/shared/dossier"
	"portal/shared/people"
	"portal/shared/step"
)

const crashSite = "http://portal.test"

// crashOpening is when the story begins: a Monday morning.
var crashOpening = time.Date(2026, 8, 24, 8, 0, 0, 0, time.UTC)

// crashBell is what becomes of the doorbell once the process was started again.
type crashBell string

const (
	crashLost    crashBell = "lost"    // nothing rings: the schedules find what is left
	crashDoubled crashBell = "doubled" // everything rings twice, news or not; no schedule runs
	crashLate    crashBell = "late"    // schedules first; then every ring, in the wrong order, twice
)

// crashSnapshot is a portal at rest: its folder, and what the story knows.
type crashSnapshot struct {
	files map[string][]byte
	marks map[string]string
}

// crashStage is a portal that dies and comes back on the same data.
type crashStage struct {
	crashGauge
	dir    string
	api    http.Handler
	others []infra.Maker

	store  *local.Store
	portal *local.Portal
	ctx    context.Context
	bell   crashBell
	late   []step.Ring       // of dossiers, still to ring
	marks  map[string]string // what the story knows: ids, links
	boots  int
}

// newCrashStage makes a stage in a folder of its own, in memory where there is
// such a thing. Its steps are made once: processes come and go under them.
func newCrashStage() (*crashStage, error) {
	place := "/dev/shm"
	if _, err := os.Stat(place); err != nil {
		place = ""
	}
	dir, err := os.MkdirTemp(place, "crash")
	if err != nil {
		return nil, err
	}
	s := &crashStage{dir: dir}
	built, others := s.build()
	s.others = others
	s.api = httpapi.New(built, s.portsFor("session"), slog.New(slog.DiscardHandler))
	return s, nil
}

func (s *crashStage) remove() { os.RemoveAll(s.dir) }

// open begins on a snapshot, in a living process.
func (s *crashStage) open(from *crashSnapshot) error {
	if err := os.RemoveAll(filepath.Join(s.dir, "data")); err != nil {
		return err
	}
	for name, data := range from.files {
		path := filepath.Join(s.dir, "data", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return err
		}
	}
	store, err := local.Open(filepath.Join(s.dir, "data"), local.Options{
		BaseURL: crashSite, Now: func() time.Time { return crashOpening }, NoSync: true,
	})
	if err != nil {
		return err
	}
	s.store, s.marks = store, maps.Clone(from.marks)
	s.bell, s.late, s.boots = "", nil, 0
	s.calls, s.points, s.broken = nil, nil, ""
	return s.boot()
}

func (s *crashStage) close() error {
	s.die()
	return s.store.Close()
}

// boot starts a process on the data. What the one before kept in memory is
// gone: rings, and where its executions stood.
func (s *crashStage) boot() error {
	s.boots++
	portal, err := local.NewPortal(s.store, s.others, localSettings(crashSite), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	s.portal, s.ports, s.dead = portal, portal.Ports, false
	s.ctx, s.die = context.WithCancel(context.Background())
	switch s.bell {
	case crashLost:
		s.store.AfterCommit(nil)
	case crashLate:
		s.store.AfterCommit(func(table string, keys []infra.Key) {
			for _, key := range keys {
				if table == infra.DossiersTable {
					s.late = append(s.late, step.Ring{Keys: []string{key.PK}})
				}
			}
		})
	}
	return nil
}

// surviving does something that may be cut short by a crash, until it was done
// to its end. again tells that an earlier try may have had its effect.
func (s *crashStage) surviving(do func(again bool) error) error {
	for tries := 0; ; tries++ {
		err := do(tries > 0)
		if !s.dead {
			return err
		}
		if tries > len(s.points) {
			return errors.New("died more often than it was told to")
		}
		if err := s.boot(); err != nil {
			return err
		}
	}
}

// settle lets happen what can happen now.
func (s *crashStage) settle() error {
	return s.surviving(func(bool) error { return s.portal.Settle(s.ctx) })
}

// runs runs a step that is nobody's, with an input, and lets happen what
// follows.
func (s *crashStage) runs(name string, input any) error {
	raw, err := json.Marshal(input)
	if err != nil {
		return err
	}
	err = s.surviving(func(bool) error {
		_, err := s.portal.RunStep(s.ctx, name, raw)
		return err
	})
	return errors.Join(err, s.settle())
}

// travel puts the clock forward; no schedule runs.
func (s *crashStage) travel(by time.Duration) error {
	return s.store.Clock().Travel(context.Background(), s.store.Clock().Now().Add(by))
}

// recover is what happens after a crash whatever people do.
func (s *crashStage) recover(bell crashBell) error {
	if bell == crashDoubled {
		return s.ringTwice()
	}
	var err error
	for range 2 { // what a schedule that died began is old enough for the next
		err = errors.Join(err, s.travel(10*time.Minute), s.runs("sweeps/reconcile", nil), s.runs("mail/redeliver", nil), s.runs("conformity/resume_exports", nil))
	}
	for _, ring := range slices.Backward(s.late) {
		for _, listener := range []string{"lifecycle/pump", "conformity/build_exports"} {
			err = errors.Join(err, s.runs(listener, ring), s.runs(listener, ring))
		}
	}
	return err
}

// ringTwice rings for every dossier, every export under way and every letter of
// the outbox.
func (s *crashStage) ringTwice() error {
	var all step.Ring
	for _, name := range slices.Sorted(maps.Keys(s.marks)) {
		if strings.HasPrefix(name, "D") && len(s.marks[name]) == 26 {
			all.Keys = append(all.Keys, dossier.PK(s.marks[name]))
		}
	}
	exports, err := s.store.Dossiers().Query(context.Background(), infra.Query{Index: "pending", PK: "exports#all"})
	if err != nil {
		return err
	}
	for _, row := range exports.Rows {
		all.Keys = append(all.Keys, row.PK)
	}
	all.Keys = append(all.Keys, all.Keys...)
	outbox, err := s.store.People().Query(context.Background(), infra.Query{Index: "pending", PK: mail.Outbox})
	if err != nil {
		return err
	}
	var letters step.Ring
	for _, row := range outbox.Rows {
		letters.Keys = append(letters.Keys, row.PK, row.PK)
	}
	for range 2 {
		err = errors.Join(err, s.runs("lifecycle/pump", all), s.runs("conformity/build_exports", all), s.runs("mail/deliver", letters))
	}
	return err
}

// crashRequest is what a person asks of the portal.
type crashRequest struct {
	by           string // id of a person; "" for nobody
	method, path string
	body         any
	want         int
	// lost are the statuses of the same request once more, when the first
	// answer was lost and the request bears no Idempotency-Key.
	lost []int
}

// ask sends a request as a browser does: when the connection is lost it asks
// again, under the same Idempotency-Key.
func (s *crashStage) ask(r crashRequest) (body []byte, err error) {
	raw, err := s.expand(r.body)
	if err != nil {
		return nil, err
	}
	path := s.expander().Replace(r.path)
	headers := map[string]string{"Content-Type": "application/json", "If-Match": s.tag(path)}
	if r.method == http.MethodPost {
		headers["Idempotency-Key"] = rand.Text()
	}
	if r.by != "" {
		cookie, err := s.session(s.expander().Replace(r.by))
		if err != nil {
			return nil, err
		}
		headers["Cookie"] = "session=" + cookie
	}
	err = s.surviving(func(again bool) error {
		request := httptest.NewRequestWithContext(s.ctx, r.method, crashSite+path, bytes.NewReader(raw))
		for name, value := range headers {
			request.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		s.api.ServeHTTP(w, request)
		body = w.Body.Bytes()
		if w.Code == r.want || again && slices.Contains(r.lost, w.Code) {
			return nil
		}
		return fmt.Errorf("%s %s: %d %s", r.method, path, w.Code, body)
	})
	return body, err
}

// session gives a person a session, outside of all counting.
func (s *crashStage) session(person string) (string, error) {
	secret := s.store.IDs().Secret()
	value, now := hex.EncodeToString(secret[:]), s.store.Clock().Now()
	return person + "." + value, s.store.People().Write(context.Background(), infra.Put{
		Key:     infra.Key{PK: people.PersonPK(person), SK: people.SessionSK(httpapi.SessionHash(value))},
		Value:   people.Session{Created: now, LastSeen: now, Agent: "test"},
		Expires: now.Add(people.SessionMax),
	})
}

// tag is the version of the dossier, or the revision of the certificate, that a
// path is about, "" for none.
func (s *crashStage) tag(path string) string {
	if rest, found := strings.CutPrefix(path, "/api/certificates/"); found {
		number, _, _ := strings.Cut(rest, "/")
		return s.crashRevision(number)
	}
	rest, found := strings.CutPrefix(path, "/api/conformity/dossiers/")
	if !found {
		return ""
	}
	id, _, _ := strings.Cut(rest, "/")
	row, err := s.store.Dossiers().Get(context.Background(), infra.Key{PK: dossier.PK(id), SK: dossier.SKHead})
	var head dossier.Head
	if err != nil || row.Decode(&head) != nil {
		return ""
	}
	return crashTagOf(head.Version)
}

func crashTagOf(version int64) string { return fmt.Sprintf("%q", fmt.Sprint(version)) }

// expander puts what the story knows in the place of {its name}.
func (s *crashStage) expander() *strings.Replacer {
	pairs := []string{"{site}", crashSite}
	for name, value := range s.marks {
		pairs = append(pairs, "{"+name+"}", value)
	}
	return strings.NewReplacer(pairs...)
}

func (s *crashStage) expand(body any) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	raw, err := json.Marshal(body)
	return []byte(s.expander().Replace(string(raw))), err
}

// capture closes the portal and keeps what it was.
func (s *crashStage) capture() (*crashSnapshot, error) {
	if err := s.close(); err != nil {
		return nil, err
	}
	kept := &crashSnapshot{files: map[string][]byte{}, marks: s.marks}
	root := filepath.Join(s.dir, "data")
	return kept, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		kept.files[name], err = os.ReadFile(path)
		return err
	})
}
