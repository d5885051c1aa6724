package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"portal/functions/certificates"
	"portal/infra"
	"portal/infra/local"
	"portal/shared/dossier"
)

// crashRows is everything a closed portal keeps, byte for byte: its rows by
// "table pk sk", its letters, its executions, the names of its files.
type crashRows map[string][]byte

// crashScan reads a closed portal's folder.
func crashScan(dir string) (crashRows, error) {
	rows := crashRows{}
	db, err := bbolt.Open(filepath.Join(dir, "portal.db"), 0o600, &bbolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		return nil, err
	}
	err = db.View(func(tx *bbolt.Tx) error {
		for _, table := range []string{infra.PeopleTable, infra.DossiersTable} {
			err := tx.Bucket([]byte(table + "/rows")).ForEach(func(place, record []byte) error {
				length := int(binary.BigEndian.Uint16(place))
				pk, sk := place[2:2+length], bytes.TrimRight(place[2+length:], "\x00")
				head, n := binary.Uvarint(record)
				rows[table+" "+string(pk)+" "+string(sk)] = bytes.Clone(record[n+int(head):])
				return nil
			})
			if err != nil {
				return err
			}
		}
		for bucket, name := range map[string]string{"asl.executions": "execution ", "mail/letters": "letter "} {
			err := tx.Bucket([]byte(bucket)).ForEach(func(key, value []byte) error {
				rows[name+string(key)] = bytes.Clone(value)
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return rows, errors.Join(err, db.Close(), crashScanFiles(dir, rows))
}

func crashScanFiles(dir string, rows crashRows) error {
	root := filepath.Join(dir, "files")
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || err == nil && entry.IsDir() {
			return nil
		}
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		rows["file "+filepath.ToSlash(name)] = content
		return err
	})
}

// crashOutcome is what a portal did since a snapshot, said so that two who did
// the same say the same: without what is random, without times, and without
// numbers, of which a crash may waste one.
type crashOutcome struct {
	lines   []string
	copies  map[string]int // of each letter
	defects []string       // what must not be, whatever else happened
}

// crashCompare tells what a closed portal did since a snapshot.
func crashCompare(before, now crashRows, marks map[string]string) crashOutcome {
	mask := crashMask(marks)
	out := crashOutcome{copies: map[string]int{}}
	touched := map[string]bool{}
	for key, value := range now {
		if !bytes.Equal(before[key], value) {
			out.tell(key, value, mask)
			if pk, _, found := strings.Cut(strings.TrimPrefix(key, infra.DossiersTable+" dossier#"), " "); found {
				touched[pk] = true
			}
		}
	}
	for key := range before {
		if _, kept := now[key]; !kept && !crashIgnored(key) {
			out.lines = append(out.lines, "gone: "+mask(key))
		}
	}
	for id := range touched {
		out.verify(id, now)
	}
	out.papers(now)
	for letter := range out.copies {
		out.lines = append(out.lines, "letter "+letter)
	}
	slices.Sort(out.lines)
	return out
}

// crashIgnored are rows that say nothing of what was done: how often somebody
// tried, who has a session, and how far numbers were drawn; and files that go
// by themselves.
func crashIgnored(key string) bool {
	for _, prefix := range []string{"people rate#", "people spent#", "dossiers counter#", "file incoming/", "file ~drafts/"} {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return strings.HasPrefix(key, "people person#") && strings.Contains(key, " session#")
}

func (o *crashOutcome) tell(key string, value []byte, mask func(string) string) {
	kind, _, _ := strings.Cut(key, " ")
	switch {
	case crashIgnored(key):
	case kind == "letter":
		var l local.Handover
		_ = json.Unmarshal(value, &l)
		o.copies[mask(l.Kind+" "+l.ID+" to "+l.To)]++
	case kind == "execution":
		var x struct {
			Status infra.ExecutionState `json:"status"`
			Error  string               `json:"error"`
		}
		_ = json.Unmarshal(value, &x)
		o.lines = append(o.lines, mask(key)+" "+string(x.Status)+x.Error)
	case kind == "file":
		o.lines = append(o.lines, mask(key))
	case strings.HasSuffix(key, " "+dossier.SKExecution):
		var e dossier.Execution
		_ = json.Unmarshal(value, &e)
		o.lines = append(o.lines, fmt.Sprintf("%s generation %d has heard %d events and played %d, %s, waits: %v",
			mask(key), e.Generation, e.Acknowledged, e.Played, e.Status, e.Token != ""))
	default:
		o.lines = append(o.lines, mask(key+" "+string(value)))
	}
}

// verify holds a dossier's head against its chain of events, and its execution
// against both.
func (o *crashOutcome) verify(id string, now crashRows) {
	wrong := func(format string, args ...any) { o.defects = append(o.defects, id+": "+fmt.Sprintf(format, args...)) }
	at := infra.DossiersTable + " " + dossier.PK(id) + " "
	var head dossier.Head
	if json.Unmarshal(now[at+dossier.SKHead], &head) != nil {
		return // discarded: its rows are in the lines
	}
	var events []dossier.Event
	for n := int64(1); n <= head.Version; n++ {
		var e dossier.Event
		if err := json.Unmarshal(now[at+dossier.SKEvent(n)], &e); err != nil {
			wrong("event %d: %v", n, err)
		}
		events = append(events, e)
	}
	if err := dossier.Verify(events); err != nil {
		wrong("%v", err)
	}
	if last := events[len(events)-1]; head.Chain != last.Hash || head.Status != last.To {
		wrong("the head says %s, its last event led to %s", head.Status, last.To)
	}
	if now[at+dossier.SKEvent(head.Version+1)] != nil {
		wrong("an event beyond the head's version %d", head.Version)
	}
	if head.DepositN == 0 {
		return
	}
	var e dossier.Execution
	if err := json.Unmarshal(now[at+dossier.SKExecution], &e); err != nil || e.Acknowledged != head.Version || e.Status != head.Status {
		wrong("at %d, %s; the execution has heard %d, %s (%v)", head.Version, head.Status, e.Acknowledged, e.Status, err)
	}
	if now[at+dossier.SKPending] != nil {
		wrong("still pending")
	}
}

// papers requires that every edition of every certificate of the register has
// its PDF, and the other way round, and that no letter was left in the outbox.
func (o *crashOutcome) papers(now crashRows) {
	editions := map[string]bool{}
	for key, value := range now {
		if strings.HasPrefix(key, "dossiers certificate#") && strings.HasSuffix(key, " "+certificates.SKEntry) {
			var e certificates.Entry
			_ = json.Unmarshal(value, &e)
			for edition := range e.Edition + 1 {
				file := "file " + certificates.PaperKey(e.Number.String(), edition) + "~"
				editions[file] = true
				if printed := edition > 0 || e.Former == ""; printed && !bytes.Contains(now[file], []byte("%PDF-")) {
					o.defects = append(o.defects, fmt.Sprintf("edition %d of %s has no PDF", edition, e.Number))
				}
			}
		}
		if strings.HasPrefix(key, "people ") && strings.Contains(key, " mail#") {
			o.defects = append(o.defects, "left in the outbox: "+key)
		}
	}
	for key := range now {
		if strings.HasPrefix(key, "file certificates/") && !editions[key] {
			o.defects = append(o.defects, key+" is in no register")
		}
	}
}

var crashRandom = []struct {
	pattern *regexp.Regexp
	mask    string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT[0-9:.]+Z?`), "<time>"},
	{regexp.MustCompile(`[0-9a-f]{32,}`), "<hash>"},
	{regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{26}`), "<id>"},
	{regexp.MustCompile(`(COC|SOR|SOL|NCR)-\d{4}-\d+-\w\w`), "<$1>"},
	{regexp.MustCompile(`"password":"[^"]*"`), `"password":"<hash>"`},
	{regexp.MustCompile(`\b(BV|SG|IT|TR|[A-Z]{2,4})-20\d\d-\d+`), "<$1-number>"},
	{regexp.MustCompile(`"seconds":\d+,?`), ""},
	{regexp.MustCompile(`"(to_\d+|beyond)":`), `"<bucket>":`},
	{regexp.MustCompile(`"(rev|version|held_s)":\d+`), `"$1":<n>`},
	{regexp.MustCompile(`(status_over-\w+)-\d+`), "$1-<since>"},
}

// crashMask names what the story knows and hides what is random.
func crashMask(marks map[string]string) func(string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(marks)) {
		if len(marks[name]) == 26 || strings.Contains(name, "'s ") { // an identifier, or a number of somebody's
			pairs = append(pairs, marks[name], "<"+name+">")
		}
	}
	known := strings.NewReplacer(pairs...)
	return func(text string) string {
		text = known.Replace(text)
		for _, r := range crashRandom {
			text = r.pattern.ReplaceAllString(text, r.mask)
		}
		return text
	}
}

// crashDiff are the lines that only one of two outcomes has.
func crashDiff(want, got []string) string {
	counts := map[string]int{}
	for _, line := range want {
		counts[line]--
	}
	for _, line := range got {
		counts[line]++
	}
	var diff []string
	for line, n := range counts {
		for ; n < 0; n++ {
			diff = append(diff, "\n  missing "+line)
		}
		for ; n > 0; n-- {
			diff = append(diff, "\n  too much "+line)
		}
	}
	slices.Sort(diff)
	return strings.Join(diff, "")
}
