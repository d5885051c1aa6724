//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"portal/infra"
	"portal/shared/people"
)

// benchWatch stands before the ports and remembers what is asked of them.
type benchWatch struct {
	mu    sync.Mutex
	calls []benchCall
	rows  map[infra.Key]benchRow // of the dossiers table, as last put
	count atomic.Int64           // of a table's calls, when only they are counted
}

// benchCall is one call of a port. Exactly one of the fields after verb is set
// for a table's calls.
type benchCall struct {
	port, verb string
	get        infra.Key
	query      infra.Query
	ops        []benchOp
}

// benchOp is an operation of a Write, with its value as JSON of a type.
type benchOp struct {
	op   infra.Op
	json []byte       // of a Put
	kind reflect.Type // of a Put
}

// benchRow is a stored row with what a Query does not tell of it.
type benchRow struct {
	value []byte
	index map[string]infra.Key
}

func (w *benchWatch) ports(p infra.Ports) infra.Ports {
	p.People = benchWatchedTable{p.People, w, infra.PeopleTable}
	p.Dossiers = benchWatchedTable{p.Dossiers, w, infra.DossiersTable}
	p.Files = benchWatchedFiles{p.Files, w}
	return p
}

// take gives the calls since it was last called.
func (w *benchWatch) take() []benchCall {
	w.mu.Lock()
	defer w.mu.Unlock()
	calls := w.calls
	w.calls = nil
	return calls
}

func (w *benchWatch) saw(c benchCall) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, c)
}

// wrote keeps the rows of the dossiers table.
func (w *benchWatch) wrote(ops []benchOp) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.rows == nil {
		w.rows = map[infra.Key]benchRow{}
	}
	for _, o := range ops {
		switch op := o.op.(type) {
		case infra.Put:
			w.rows[op.Key] = benchRow{o.json, op.Index}
		case infra.Delete:
			delete(w.rows, op.Key)
		}
	}
}

type benchWatchedTable struct {
	infra.Table
	watch *benchWatch
	name  string
}

func (t benchWatchedTable) Get(ctx context.Context, key infra.Key) (infra.Row, error) {
	t.watch.saw(benchCall{port: t.name, verb: "Get", get: key})
	return t.Table.Get(ctx, key)
}

func (t benchWatchedTable) Query(ctx context.Context, q infra.Query) (infra.Page, error) {
	t.watch.saw(benchCall{port: t.name, verb: "Query", query: q})
	return t.Table.Query(ctx, q)
}

func (t benchWatchedTable) Draw(ctx context.Context, key infra.Key) (int64, error) {
	t.watch.saw(benchCall{port: t.name, verb: "Draw", get: key})
	return t.Table.Draw(ctx, key)
}

func (t benchWatchedTable) Write(ctx context.Context, ops ...infra.Op) error {
	call := benchCall{port: t.name, verb: "Write"}
	for _, op := range ops {
		recorded := benchOp{op: op}
		if put, ok := op.(infra.Put); ok {
			var err error
			if recorded.json, err = json.Marshal(put.Value); err != nil {
				return err
			}
			recorded.kind = reflect.TypeOf(put.Value)
		}
		call.ops = append(call.ops, recorded)
	}
	t.watch.saw(call)
	err := t.Table.Write(ctx, ops...)
	if err == nil && t.name == infra.DossiersTable {
		t.watch.wrote(call.ops)
	}
	return err
}

type benchWatchedFiles struct {
	infra.Files
	watch *benchWatch
}

func (f benchWatchedFiles) saw(verb string) { f.watch.saw(benchCall{port: "files", verb: verb}) }

func (f benchWatchedFiles) UploadForm(ctx context.Context, u infra.Upload) (infra.UploadForm, error) {
	f.saw("UploadForm")
	return f.Files.UploadForm(ctx, u)
}

func (f benchWatchedFiles) Read(ctx context.Context, key string, most int64) ([]byte, error) {
	f.saw("Read")
	return f.Files.Read(ctx, key, most)
}

func (f benchWatchedFiles) Put(ctx context.Context, key, contentType string, data []byte) error {
	f.saw("Put")
	return f.Files.Put(ctx, key, contentType, data)
}

func (f benchWatchedFiles) Delete(ctx context.Context, key string) error {
	f.saw("Delete")
	return f.Files.Delete(ctx, key)
}

func (f benchWatchedFiles) Link(ctx context.Context, key, filename string, valid time.Duration) (string, error) {
	f.saw("Link")
	return f.Files.Link(ctx, key, filename, valid)
}

// moved is a call as it would have been about another dossier. Values keep
// their Go types, so that writing them costs the port what it cost for the step.
func (c benchCall) moved(from, to string) (benchCall, error) {
	key := func(k infra.Key) infra.Key {
		if strings.HasPrefix(k.PK, "idem#") {
			return infra.Key{PK: "idem#" + people.Hash(to), SK: k.SK}
		}
		return infra.Key{PK: strings.ReplaceAll(k.PK, from, to), SK: strings.ReplaceAll(k.SK, from, to)}
	}
	c.get, c.query.PK = key(c.get), strings.ReplaceAll(c.query.PK, from, to)
	ops := make([]benchOp, len(c.ops))
	for i, o := range c.ops {
		switch op := o.op.(type) {
		case infra.Put:
			value := reflect.New(o.kind)
			if err := json.Unmarshal([]byte(strings.ReplaceAll(string(o.json), from, to)), value.Interface()); err != nil {
				return c, err
			}
			op.Key, op.Value = key(op.Key), value.Elem().Interface()
			index := make(map[string]infra.Key, len(op.Index))
			for name, k := range op.Index {
				index[name] = key(k)
			}
			op.Index = index
			o.op = op
		case infra.Delete:
			op.Key = key(op.Key)
			o.op = op
		}
		ops[i] = o
	}
	c.ops = ops
	return c, nil
}

// again makes the call, and gives the rows that it read.
func (c benchCall) again(ctx context.Context, p infra.Ports) ([]infra.Row, error) {
	table := p.Dossiers
	if c.port == infra.PeopleTable {
		table = p.People
	}
	switch c.verb {
	case "Get":
		row, err := table.Get(ctx, c.get)
		if errors.Is(err, infra.ErrNotFound) {
			return nil, nil // as it was for the step
		}
		return []infra.Row{row}, err
	case "Query":
		page, err := table.Query(ctx, c.query)
		return page.Rows, err
	}
	ops := make([]infra.Op, len(c.ops))
	for i := range c.ops {
		ops[i] = c.ops[i].op
	}
	return nil, table.Write(ctx, ops...)
}

// counting is ports that only count.
func (w *benchWatch) counting(p infra.Ports) infra.Ports {
	p.People, p.Dossiers = benchCountedTable{p.People, w}, benchCountedTable{p.Dossiers, w}
	return p
}

type benchCountedTable struct {
	infra.Table
	watch *benchWatch
}

func (t benchCountedTable) Get(ctx context.Context, key infra.Key) (infra.Row, error) {
	t.watch.count.Add(1)
	return t.Table.Get(ctx, key)
}

func (t benchCountedTable) Query(ctx context.Context, q infra.Query) (infra.Page, error) {
	t.watch.count.Add(1)
	return t.Table.Query(ctx, q)
}

func (t benchCountedTable) Write(ctx context.Context, ops ...infra.Op) error {
	t.watch.count.Add(1)
	return t.Table.Write(ctx, ops...)
}
