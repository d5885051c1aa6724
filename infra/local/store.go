// Package local is the local side of the ports: the portal's data in one
// folder of one machine. Tables, mailbox and clock are in one bbolt file, which
// also locks the folder; documents are files; keys are in a file of their own.
package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"portal/infra"
)

// Options is what a store is opened with.
type Options struct {
	// BaseURL is where the portal answers, without a final slash. Upload forms
	// and links start with it.
	BaseURL string
	// Now is the time on which the travelling clock is based; nil is time.Now.
	Now func() time.Time
	// IndexDelay makes queries of indexes see an older state until Settle, for
	// tests: on DynamoDB indexes lag behind too.
	IndexDelay bool
	// NoSync commits without waiting for the disk, for tests: what was written
	// survives the end of the process but not that of the machine.
	NoSync bool
}

// Store is the portal's data on one machine.
type Store struct {
	db       *bbolt.DB
	commits  committer
	clock    *Clock
	people   *Table
	dossiers *Table
	files    *Files
	mail     *Mailbox
	mac      *MAC
	hook     atomic.Pointer[func(table string, keys []infra.Key)]
}

// ErrInUse says that another process works in the folder.
var ErrInUse = errors.New("another portal is running on this data folder")

const databaseFile = "portal.db"

// Open opens the folder, or makes it. ErrInUse when another process has it
// open. Close it afterwards.
func Open(dir string, o Options) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	db, err := bbolt.Open(filepath.Join(dir, databaseFile), 0o600, &bbolt.Options{
		Timeout: time.Second, FreelistType: bbolt.FreelistMapType, NoSync: o.NoSync, NoGrowSync: o.NoSync,
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s: %w", dir, ErrInUse)
	}
	if err != nil {
		return nil, fmt.Errorf("data folder %s: %w", dir, err)
	}
	s := &Store{db: db, commits: committer{db: db}}
	if err := s.open(dir, o); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// open opens the parts, under the lock that the database holds.
func (s *Store) open(dir string, o Options) error {
	if o.Now == nil {
		o.Now = time.Now
	}
	if err := s.commits.run(context.Background(), createBuckets); err != nil {
		return err
	}
	var err error
	if s.clock, err = openClock(s.db, &s.commits, o.Now); err != nil {
		return err
	}
	if s.mac, err = openMAC(dir); err != nil {
		return err
	}
	if s.files, err = openFiles(dir, o, s.clock, s.mac); err != nil {
		return err
	}
	s.mail = &Mailbox{db: s.db, commits: &s.commits, clock: s.clock}
	s.people = s.table(infra.PeopleTable, o.IndexDelay)
	s.dossiers = s.table(infra.DossiersTable, o.IndexDelay)
	return s.Settle() // what a delaying store left behind
}

func (s *Store) table(name string, delay bool) *Table {
	return &Table{name: name, delay: delay, db: s.db, commits: &s.commits, clock: s.clock, committed: s.ring}
}

func createBuckets(tx *bbolt.Tx) error {
	names := append([][]byte{clockBucket}, mailBuckets...)
	for _, table := range []string{infra.PeopleTable, infra.DossiersTable} {
		names = append(names, tableBuckets(table)...)
	}
	for _, name := range names {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return broken{fmt.Errorf("bucket %s: %w", name, err)}
		}
	}
	return nil
}

// Close ends the store's work and lets go of the folder.
func (s *Store) Close() error {
	return errors.Join(s.files.close(), s.db.Close())
}

// Ports joins the store's ports with the runner of state machines.
func (s *Store) Ports(executions infra.Executions, settings infra.Settings) infra.Ports {
	return infra.Ports{
		People: s.people, Dossiers: s.dossiers, Files: s.files, Mail: s.mail, Executions: executions,
		MAC: s.mac, Clock: s.clock, IDs: s.IDs(), Settings: settings,
	}
}

// People is the table of accounts.
func (s *Store) People() *Table { return s.people }

// Dossiers is the table of dossiers.
func (s *Store) Dossiers() *Table { return s.dossiers }

// Files is the store of documents, and what serves them over HTTP.
func (s *Store) Files() *Files { return s.files }

// Mail is the mailbox, and its pages.
func (s *Store) Mail() *Mailbox { return s.mail }

// MAC is the keys.
func (s *Store) MAC() *MAC { return s.mac }

// Clock is the travelling clock, by which everything else here goes.
func (s *Store) Clock() *Clock { return s.clock }

// IDs makes identifiers by the travelling clock.
func (s *Store) IDs() infra.IDs { return infra.NewIDs(s.clock) }

// AfterCommit sets what is told of rows that were put with a key in the index
// "pending", after they are durable: the doorbell. The hook runs in the
// goroutine of whoever wrote, which waits for it; it may write itself. One hook
// at a time; nil for none.
func (s *Store) AfterCommit(hook func(table string, keys []infra.Key)) {
	if hook == nil {
		s.hook.Store(nil)
		return
	}
	s.hook.Store(&hook)
}

func (s *Store) ring(table string, keys []infra.Key) {
	if hook := s.hook.Load(); hook != nil {
		(*hook)(table, keys)
	}
}

// Settle brings delayed indexes up to date.
func (s *Store) Settle() error {
	for _, t := range []*Table{s.people, s.dossiers} {
		if err := t.settle(); err != nil {
			return err
		}
	}
	return nil
}

// Swept counts what a sweep removed.
type Swept struct {
	Rows  int // expired rows
	Files int // files whose folder has them vanish
}

// Sweep deletes what has been invisible or forgotten long enough: expired rows
// and uploads that nobody committed. Call it now and then; calling it twice or
// late does no harm.
func (s *Store) Sweep(ctx context.Context) (Swept, error) {
	var swept Swept
	for _, t := range []*Table{s.people, s.dossiers} {
		n, err := t.sweep(ctx)
		swept.Rows += n
		if err != nil {
			return swept, err
		}
	}
	n, err := s.files.sweep(ctx)
	swept.Files = n
	return swept, err
}
