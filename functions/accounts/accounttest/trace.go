package accounttest

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"portal/infra"
)

// Trace remembers what the steps asked of tables and keys, without values: two
// requests with equal traces cannot be told apart by the work they cause.
type Trace struct {
	mu     sync.Mutex
	calls  []string
	before map[string]func()
}

// Before makes something happen once, just before the first call that begins
// so: a rival, at the worst moment.
func (t *Trace) Before(call string, happens func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.before == nil {
		t.before = map[string]func(){}
	}
	t.before[call] = happens
}

// Take gives the calls since, and forgets them.
func (t *Trace) Take() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	taken := t.calls
	t.calls = nil
	return taken
}

// Add remembers a call, after what was to happen before it.
func (t *Trace) Add(format string, args ...any) {
	said := fmt.Sprintf(format, args...)
	t.mu.Lock()
	t.calls = append(t.calls, said)
	var due []func()
	for call, happens := range t.before {
		if strings.HasPrefix(said, call) {
			due = append(due, happens)
			delete(t.before, call)
		}
	}
	t.mu.Unlock()
	for _, happens := range due {
		happens()
	}
}

func kind(key infra.Key) string {
	head, _, _ := strings.Cut(key.PK, "#")
	sort, _, _ := strings.Cut(key.SK, "#")
	return head + "/" + sort
}

type tracedTable struct {
	infra.Table
	trace *Trace
}

func (t tracedTable) Get(ctx context.Context, key infra.Key) (infra.Row, error) {
	t.trace.Add("Get %s", kind(key))
	return t.Table.Get(ctx, key)
}

func (t tracedTable) Query(ctx context.Context, q infra.Query) (infra.Page, error) {
	t.trace.Add("Query %s", kind(infra.Key{PK: q.PK, SK: q.Prefix + q.From}))
	return t.Table.Query(ctx, q)
}

func (t tracedTable) Write(ctx context.Context, ops ...infra.Op) error {
	said := "Write"
	for _, op := range ops {
		said += fmt.Sprintf(" %T %s", op, kind(op.Target()))
	}
	t.trace.Add("%s", said)
	return t.Table.Write(ctx, ops...)
}

type tracedMAC struct {
	infra.MAC
	trace *Trace
}

func (m tracedMAC) Sum(ctx context.Context, purpose string, message []byte) ([]byte, error) {
	m.trace.Add("Sum %s", purpose)
	return m.MAC.Sum(ctx, purpose, message)
}
