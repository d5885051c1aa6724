package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.etcd.io/bbolt"

	"portal/functions/certificates"
	"portal/infra"
	"portal/infra/local"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// rows are the rows of a partition of the dossiers table, or of one of its
// indexes, all pages of them.
func (h *harness) rows(q infra.Query) []infra.Row {
	h.t.Helper()
	var all []infra.Row
	for q.Limit = 1000; ; {
		page, err := h.portal.Dossiers().Query(context.Background(), q)
		if err != nil {
			h.t.Fatalf("query: %v", err)
		}
		all = append(all, page.Rows...)
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return all
		}
	}
}

// row reads one row into v; false when there is none.
func (h *harness) row(pk, sk string, v any) bool {
	h.t.Helper()
	row, err := h.portal.Dossiers().Get(context.Background(), infra.Key{PK: pk, SK: sk})
	if errors.Is(err, infra.ErrNotFound) {
		return false
	}
	if err == nil {
		err = row.Decode(v)
	}
	if err != nil {
		h.t.Fatalf("row %s %s: %v", pk, sk, err)
	}
	return true
}

// head is a dossier's head as stored.
func (h *harness) head(id string) conformity.Dossier {
	h.t.Helper()
	var d conformity.Dossier
	h.row(dossier.PK(id), dossier.SKHead, &d)
	return d
}

// events are a dossier's events as stored, in order.
func (h *harness) events(id string) []dossier.Event {
	h.t.Helper()
	var events []dossier.Event
	for _, row := range h.rows(infra.Query{PK: dossier.PK(id), Prefix: "event#"}) {
		var e dossier.Event
		if err := row.Decode(&e); err != nil {
			h.t.Fatalf("event: %v", err)
		}
		events = append(events, e)
	}
	return events
}

// certificate is a certificate in the register.
func (h *harness) certificate(number string) certificates.Entry {
	h.t.Helper()
	var e certificates.Entry
	if !h.row(certificates.PK(number), certificates.SKEntry, &e) {
		h.t.Fatalf("no certificate %s", number)
	}
	return e
}

// pending are the dossiers with an event that their execution has not heard.
func (h *harness) pending() []string {
	h.t.Helper()
	var ids []string
	for shard := range dossier.PendingShards {
		for _, row := range h.rows(infra.Query{Index: "pending", PK: dossier.PendingShard(shard)}) {
			ids = append(ids, dossier.IDOf(row.PK))
		}
	}
	return ids
}

// load is open/closed of a counter row: of an agent of a bureau
// ("load#bureau-BV", "agent#demo-omar"), or of a bureau ("load#bureaux", "BV").
func (h *harness) load(pk, sk string) string {
	h.t.Helper()
	var l struct{ Open, Closed int64 }
	h.row(pk, sk, &l)
	return fmt.Sprintf("%d/%d", l.Open, l.Closed)
}

// isWhole checks what must hold of every dossier at rest, at any time.
func (h *harness) isWhole(id string) {
	h.t.Helper()
	head, events := h.head(id), h.events(id)
	if err := dossier.Verify(events); err != nil {
		h.t.Errorf("%s: %v", id, err)
	}
	last := dossier.Event{}
	if len(events) > 0 {
		last = events[len(events)-1]
	}
	if head.Version != int64(len(events)) || head.Status != last.To || head.Chain != last.Hash {
		h.t.Errorf("%s: the head is at %d, %s; its %d events led to %s", id, head.Version, head.Status, len(events), last.To)
	}
	if !slices.Contains(conformity.Procedure.Statuses, head.Status) {
		h.t.Errorf("%s: no status: %q", id, head.Status)
	}
	asked := head.Status == conformity.AwaitingComplement || head.Status == conformity.AwaitingAnalyses || head.Status == conformity.UnderInspection
	if (head.Open != 0) != asked {
		h.t.Errorf("%s: %s with the open request %d", id, head.Status, head.Open)
	}
	h.keepsTime(head, events)
	if head.DepositN == 0 {
		return
	}
	var e dossier.Execution
	h.row(dossier.PK(id), dossier.SKExecution, &e)
	if e.Acknowledged != head.Version || e.Status != head.Status {
		h.t.Errorf("%s: the execution has heard %d, %s; the dossier is at %d, %s", id, e.Acknowledged, e.Status, head.Version, head.Status)
	}
	if slices.Contains(h.pending(), id) {
		h.t.Errorf("%s: still in the pending index", id)
	}
}

// dump is everything that the portal keeps of dossiers: every row of their
// table, every place in its indexes, every stored file. It reads the database
// file beside the open portal, which must be at rest.
func (h *harness) dump() map[string]string {
	h.t.Helper()
	data, err := os.ReadFile(filepath.Join(h.dir, "portal.db"))
	if err != nil {
		h.t.Fatalf("dump: %v", err)
	}
	still := filepath.Join(h.dir, "still.db")
	defer os.Remove(still)
	if err := os.WriteFile(still, data, 0o600); err != nil {
		h.t.Fatalf("dump: %v", err)
	}
	db, err := bbolt.Open(still, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		h.t.Fatalf("dump: %v", err)
	}
	defer db.Close()
	all := h.files("documents", "certificates", "incoming")
	err = db.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, bucket *bbolt.Bucket) error {
			if !bytes.HasPrefix(name, []byte(infra.DossiersTable+"/")) {
				return nil
			}
			return bucket.ForEach(func(key, value []byte) error {
				all[fmt.Sprintf("%s %q", name, key)] = string(value)
				return nil
			})
		})
	})
	if err != nil {
		h.t.Fatalf("dump: %v", err)
	}
	return all
}

// files are the stored files of some folders, with their bytes.
func (h *harness) files(folders ...string) map[string]string {
	h.t.Helper()
	all := map[string]string{}
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(h.dir, "files", folder), func(path string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) || err == nil && entry.IsDir() {
				return nil
			}
			if err != nil {
				return err
			}
			data, err := os.ReadFile(path)
			name, _ := filepath.Rel(h.dir, path)
			all[filepath.ToSlash(name)] = string(data)
			return err
		})
		if err != nil {
			h.t.Fatalf("files: %v", err)
		}
	}
	return all
}

// differs names what changed between two dumps, but for what is to be ignored.
func differs(before, after map[string]string, ignore ...string) []string {
	var names []string
	for name := range maps.Keys(before) {
		if before[name] != after[name] {
			names = append(names, name)
		}
	}
	for name := range maps.Keys(after) {
		if _, known := before[name]; !known {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(names, func(name string) bool {
		return slices.ContainsFunc(ignore, func(part string) bool { return strings.Contains(name, part) })
	})
}

// letters are the letters handed over since the last call, as "kind → name",
// in order.
func (h *harness) letters(after *uint64) []string {
	h.t.Helper()
	list := []string{}
	for _, letter := range h.handovers(after) {
		list = append(list, letter.Kind+" → "+nameOf(letter.To))
	}
	return list
}

// handovers are the hand-overs after one, oldest first; after becomes the last.
func (h *harness) handovers(after *uint64) []local.Handover {
	h.t.Helper()
	list, err := h.portal.Mail().Letters("", *after, 0, 1000)
	if err != nil {
		h.t.Fatalf("letters: %v", err)
	}
	slices.Reverse(list)
	if len(list) > 0 {
		*after = list[len(list)-1].N
	}
	return list
}
