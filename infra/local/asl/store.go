package asl

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"portal/infra"
)

var (
	executionsBucket  = []byte("asl.executions")  // machine/name → execution
	historyBucket     = []byte("asl.history")     // machine/name, 0, batch → entries
	agendaBucket      = []byte("asl.agenda")      // instant, machine/name → nothing
	endedBucket       = []byte("asl.ended")       // instant, machine/name → nothing
	definitionsBucket = []byte("asl.definitions") // hash → definition; as many as there were releases
)

// store keeps executions in a bbolt file. Writers that come while a commit is
// under way share the next one, because the commit's fsync is what costs.
type store struct {
	db      *bbolt.DB
	commits atomic.Int64

	mu     sync.Mutex
	queue  []*job
	leader chan struct{} // full while a writer commits for all in the queue

	// crash, in tests, makes a commit fail before or after it is durable.
	crash func(durable bool) error
}

// job is one writer's part of a commit. One that refuses does so before it
// changes anything, so that the others' parts stand.
type job struct {
	do   func(txn) error
	err  error
	done chan struct{}
}

// txn is a transaction; dirty tells that it changed something.
type txn struct {
	tx    *bbolt.Tx
	dirty *bool
}

func openStore(db *bbolt.DB) (*store, error) {
	buckets := [][]byte{executionsBucket, historyBucket, agendaBucket, endedBucket, definitionsBucket}
	err := db.Update(func(tx *bbolt.Tx) error {
		for _, name := range buckets {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("asl: open: %w", err)
	}
	return &store{db: db, leader: make(chan struct{}, 1)}, nil
}

func (s *store) read(do func(txn) error) error {
	return s.db.View(func(tx *bbolt.Tx) error { return do(txn{tx: tx}) })
}

// load reads one execution. infra.ErrNotFound.
func (s *store) load(key string) (x *execution, err error) {
	err = s.read(func(t txn) error {
		x, err = t.load(key)
		return err
	})
	return x, err
}

// write does a job in a commit that it may share with others, and returns once
// that is durable.
func (s *store) write(do func(txn) error) error {
	j := &job{do: do, done: make(chan struct{})}
	s.mu.Lock()
	s.queue = append(s.queue, j)
	s.mu.Unlock()

	select {
	case <-j.done:
	case s.leader <- struct{}{}:
		s.lead(j)
	}
	return j.err
}

// lead commits the whole queue, in which j is unless another leader was
// faster.
func (s *store) lead(j *job) {
	defer func() { <-s.leader }()
	select {
	case <-j.done:
		return
	default:
	}
	s.mu.Lock()
	batch := s.queue
	s.queue = nil
	s.mu.Unlock()
	err := errors.New("asl: the commit was abandoned") // stands when a job panics
	defer func() {
		for _, j := range batch {
			if j.err == nil {
				j.err = err
			}
			close(j.done)
		}
	}()
	err = s.commit(batch)
}

var errClean = errors.New("asl: nothing to commit")

func (s *store) commit(batch []*job) error {
	err := s.db.Update(func(tx *bbolt.Tx) error {
		dirty := false
		for _, j := range batch {
			changed := false
			j.err = j.do(txn{tx: tx, dirty: &changed})
			if j.err != nil && changed {
				return j.err // half done: nobody's part may stay
			}
			dirty = dirty || changed
		}
		if !dirty {
			return errClean // spare the fsync
		}
		return s.crashing(false)
	})
	if errors.Is(err, errClean) {
		return nil
	}
	if err == nil {
		s.commits.Add(1)
		err = s.crashing(true)
	}
	if err != nil {
		return fmt.Errorf("asl: commit: %w", err)
	}
	return nil
}

func (s *store) crashing(durable bool) error {
	if s.crash == nil {
		return nil
	}
	return s.crash(durable)
}

func (t txn) load(key string) (*execution, error) {
	data := t.tx.Bucket(executionsBucket).Get([]byte(key))
	if data == nil {
		return nil, fmt.Errorf("asl: execution %s: %w", key, infra.ErrNotFound)
	}
	x := &execution{}
	if err := json.Unmarshal(data, x); err != nil {
		return nil, fmt.Errorf("asl: execution %s: %w", key, err)
	}
	return x, nil
}

func (t txn) exists(key string) bool {
	return t.tx.Bucket(executionsBucket).Get([]byte(key)) != nil
}

// save stores an execution, its place in the agenda and what happened to it.
func (t txn) save(x *execution, log []Entry) error {
	if err := t.schedule(x); err != nil {
		return err
	}
	if len(log) > 0 {
		data, err := encode(log)
		if err != nil {
			return err
		}
		if err := t.tx.Bucket(historyBucket).Put(historyKey(x.key(), x.Batches), data); err != nil {
			return err
		}
		x.Batches++
	}
	if x.Status != infra.Running {
		if err := t.tx.Bucket(endedBucket).Put(instantKey(instant(x.Ended), x.key()), nil); err != nil {
			return err
		}
	}
	return t.put(x)
}

func (t txn) put(x *execution) error {
	*t.dirty = true
	data, err := encode(x)
	if err != nil {
		return err
	}
	return t.tx.Bucket(executionsBucket).Put([]byte(x.key()), data)
}

func (t txn) schedule(x *execution) error {
	due := x.due()
	if due == x.Agenda {
		return nil
	}
	*t.dirty = true
	agenda := t.tx.Bucket(agendaBucket)
	if x.Agenda != notDue {
		if err := agenda.Delete(instantKey(x.Agenda, x.key())); err != nil {
			return err
		}
	}
	x.Agenda = due
	if due == notDue {
		return nil
	}
	return agenda.Put(instantKey(due, x.key()), nil)
}

// define keeps a definition for as long as there are executions that started
// with it.
func (t txn) define(m *Machine) error {
	b := t.tx.Bucket(definitionsBucket)
	if b.Get([]byte(m.hash)) != nil {
		return nil
	}
	return b.Put([]byte(m.hash), m.source)
}

func instantKey(at uint64, key string) []byte {
	return append(binary.BigEndian.AppendUint64(nil, at), key...)
}

func instantOf(key []byte) uint64 { return binary.BigEndian.Uint64(key) }

func historyKey(key string, batch uint64) []byte {
	return binary.BigEndian.AppendUint64(append([]byte(key), 0), batch)
}
