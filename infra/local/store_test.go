package local_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"portal/infra"
	"portal/infra/local"
	"portal/infra/porttest"
)

var dossier = infra.Key{PK: "dossier#1", SK: "head"}

func TestSecondPortalOnOneFolderIsToldSo(t *testing.T) {
	dir := t.TempDir()
	openIn(t, dir, local.Options{})
	second, err := local.Open(dir, local.Options{})
	if !errors.Is(err, local.ErrInUse) {
		t.Fatalf("a second portal: %v, %v, want ErrInUse", second, err)
	}
}

func TestFolderIsReadableByItsOwnerAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	openIn(t, dir, local.Options{})
	for name, want := range map[string]os.FileMode{".": 0o700, "files": 0o700, "portal.db": 0o600, "mac.key": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
}

func TestEverythingIsThereAfterARestart(t *testing.T) {
	dir := t.TempDir()
	ctx := t.Context()
	store, err := local.Open(dir, local.Options{IndexDelay: true})
	if err != nil {
		t.Fatal(err)
	}
	put := infra.Put{Key: dossier, Value: map[string]any{"n": 1}, Index: map[string]infra.Key{"owner": {PK: "org#1", SK: "a"}}}
	sum, sumErr := store.MAC().Sum(ctx, "mail", []byte("m"))
	_, drawErr := store.People().Draw(ctx, infra.Key{PK: "counter#1", SK: "-"})
	if err := errors.Join(sumErr, drawErr,
		store.Dossiers().Write(ctx, put),
		store.Files().Put(ctx, "documents/a", "application/pdf", []byte("x")),
		store.Mail().Send(ctx, letter("1", "a@example.com")),
		store.Clock().Travel(ctx, time.Now().Add(1000*time.Hour)),
		store.Close(),
	); err != nil {
		t.Fatal(err)
	}

	store = openIn(t, dir, local.Options{})
	if row, err := store.Dossiers().Get(ctx, dossier); err != nil || string(row.Value) != `{"n":1}` {
		t.Errorf("row %s, %v", row.Value, err)
	}
	page, err := store.Dossiers().Query(ctx, infra.Query{Index: "owner", PK: "org#1"})
	if err != nil || len(page.Rows) != 1 {
		t.Errorf("the delayed index has %d rows, %v", len(page.Rows), err)
	}
	if n, err := store.People().Draw(ctx, infra.Key{PK: "counter#1", SK: "-"}); err != nil || n != 2 {
		t.Errorf("drew %d, %v", n, err)
	}
	if data, err := store.Files().Read(ctx, "documents/a", 1); err != nil || string(data) != "x" {
		t.Errorf("file %q, %v", data, err)
	}
	if letters, err := store.Mail().Letters("a@example.com", 0, 0, 10); err != nil || len(letters) != 1 {
		t.Errorf("%d letters, %v", len(letters), err)
	}
	if again, err := store.MAC().Sum(ctx, "mail", []byte("m")); err != nil || !slices.Equal(again, sum) {
		t.Errorf("another key: %v", err)
	}
	if ahead := time.Until(store.Clock().Now()); ahead < 999*time.Hour || ahead > 1000*time.Hour {
		t.Errorf("the clock is %v ahead", ahead)
	}
}

func TestTablesAreApart(t *testing.T) {
	store := open(t, local.Options{})
	if err := store.People().Write(t.Context(), infra.Put{Key: dossier, Value: struct{}{}}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Dossiers().Get(t.Context(), dossier); !errors.Is(err, infra.ErrNotFound) {
		t.Errorf("the row of one table is in the other: %v", err)
	}
}

func TestPortsAreTheStore(t *testing.T) {
	store := open(t, local.Options{})
	ports := store.Ports(nil, infra.Settings{BaseURL: "http://localhost:8080"})
	if ports.People != store.People() || ports.Dossiers != store.Dossiers() || ports.Files != store.Files() ||
		ports.Mail != store.Mail() || ports.MAC != store.MAC() || ports.Clock != store.Clock() || ports.IDs == nil ||
		ports.Settings.BaseURL != "http://localhost:8080" {
		t.Errorf("ports %+v", ports)
	}
}

func TestDoorbellRingsForPendingRowsAfterTheCommit(t *testing.T) {
	store := open(t, local.Options{})
	ctx := t.Context()
	type ring struct {
		table string
		keys  []infra.Key
	}
	var rings []ring
	store.AfterCommit(func(table string, keys []infra.Key) {
		rings = append(rings, ring{table, keys})
		row, err := store.Dossiers().Get(ctx, keys[0])
		if table == infra.DossiersTable && err != nil {
			t.Errorf("the row is not there yet: %v %v", row, err)
		}
		if err := store.Dossiers().Write(ctx, infra.Put{Key: infra.Key{PK: "heard", SK: "-"}, Value: struct{}{}}); err != nil {
			t.Errorf("the hook cannot write: %v", err)
		}
	})
	pending := map[string]infra.Key{"pending": {PK: "all", SK: "1"}}
	one, two, other := dossier, infra.Key{PK: "dossier#2", SK: "head"}, infra.Key{PK: "dossier#3", SK: "head"}
	if err := store.Dossiers().Write(ctx,
		infra.Put{Key: one, Value: struct{}{}, Index: pending},
		infra.Put{Key: other, Value: struct{}{}, Index: map[string]infra.Key{"owner": {PK: "o", SK: "1"}}},
		infra.Put{Key: two, Value: struct{}{}, Index: pending},
	); err != nil {
		t.Fatal(err)
	}
	if len(rings) != 1 || rings[0].table != infra.DossiersTable || !slices.Equal(rings[0].keys, []infra.Key{one, two}) {
		t.Fatalf("rings %+v", rings)
	}
	if err := store.People().Write(ctx, infra.Put{Key: one, Value: struct{}{}, Index: pending}); err != nil {
		t.Fatal(err)
	}
	if len(rings) != 2 || rings[1].table != infra.PeopleTable {
		t.Fatalf("rings %+v", rings)
	}

	refused := infra.Put{Key: one, Value: struct{}{}, Index: pending, If: []infra.Cond{infra.Absent()}}
	if err := store.Dossiers().Write(ctx, refused); !errors.Is(err, infra.ErrConditionFailed) {
		t.Fatal(err)
	}
	store.AfterCommit(nil)
	if err := store.Dossiers().Write(ctx, infra.Put{Key: one, Value: struct{}{}, Index: pending}); err != nil {
		t.Fatal(err)
	}
	if len(rings) != 2 {
		t.Errorf("it rang for a write that was refused, or after it was taken away: %+v", rings)
	}
}

func TestDelayedIndexesShowTheOlderState(t *testing.T) {
	store := open(t, local.Options{IndexDelay: true})
	ctx := t.Context()
	owner := func() string {
		t.Helper()
		page, err := store.Dossiers().Query(ctx, infra.Query{Index: "owner", PK: "org#1"})
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, row := range page.Rows {
			text += row.SK + string(row.Value)
		}
		return text
	}
	write := func(ops ...infra.Op) {
		t.Helper()
		if err := store.Dossiers().Write(ctx, ops...); err != nil {
			t.Fatal(err)
		}
	}
	at := map[string]infra.Key{"owner": {PK: "org#1", SK: "1"}}
	for _, next := range []struct {
		op    infra.Op
		shown string
	}{
		{infra.Put{Key: dossier, Value: map[string]int{"n": 1}, Index: at}, `head{"n":1}`},
		{infra.Add{Key: dossier, Values: map[string]int64{"n": 1}}, `head{"n":2}`},
		{infra.Delete{Key: dossier}, ``},
	} {
		before := owner()
		write(next.op)
		if got := owner(); got != before {
			t.Errorf("the index followed at once: %q after %q", got, before)
		}
		if err := store.Settle(); err != nil {
			t.Fatal(err)
		}
		if got := owner(); got != next.shown {
			t.Errorf("after settling the index shows %q, want %q", got, next.shown)
		}
	}
}

func TestAddRefusesWhatIsNoInteger(t *testing.T) {
	store := open(t, local.Options{})
	ctx := t.Context()
	value := `{"text":"x","half":1.5,"null":null,"most":9223372036854775807,"least":-9223372036854775808}`
	if err := store.Dossiers().Write(ctx, infra.Put{Key: dossier, Value: raw(value)}); err != nil {
		t.Fatal(err)
	}
	for name, by := range map[string]int64{"text": 1, "half": 1, "null": 1, "most": 1, "least": -1} {
		err := store.Dossiers().Write(ctx, infra.Delete{Key: infra.Key{PK: "x", SK: "y"}}, infra.Add{Key: dossier, Values: map[string]int64{name: by}})
		if err == nil || errors.Is(err, infra.ErrConditionFailed) {
			t.Errorf("adding to %s: %v", name, err)
		}
	}
	if row, err := store.Dossiers().Get(ctx, dossier); err != nil || string(row.Value) != value {
		t.Errorf("row %s, %v", row.Value, err)
	}
}

func TestWritersWhoWaitAreNotHeldUpByOneRefusal(t *testing.T) {
	store := open(t, local.Options{})
	results := make(chan error, 40)
	for n := range cap(results) {
		go func() {
			put := infra.Put{Key: infra.Key{PK: "p", SK: string(rune('A' + n))}, Value: struct{}{}}
			if n%2 == 1 {
				put.If = []infra.Cond{infra.Present()}
			}
			results <- store.People().Write(context.Background(), put)
		}()
	}
	refused := 0
	for range cap(results) {
		err := <-results
		if errors.Is(err, infra.ErrConditionFailed) {
			refused++
		} else if err != nil {
			t.Error(err)
		}
	}
	page, err := store.People().Query(t.Context(), infra.Query{PK: "p"})
	if err != nil || refused != 20 || len(page.Rows) != 20 {
		t.Errorf("%d refused, %d rows, %v", refused, len(page.Rows), err)
	}
}

func TestSweepOfUploads(t *testing.T) {
	clock := porttest.NewClock(time.Date(2026, 3, 14, 0, 0, 0, 0, time.UTC))
	store := open(t, local.Options{Now: clock.Now})
	ctx := t.Context()
	put := func(keys ...string) {
		t.Helper()
		for _, key := range keys {
			if err := store.Files().Put(ctx, key, "application/pdf", []byte("x")); err != nil {
				t.Fatal(err)
			}
		}
	}
	has := func(key string) bool {
		t.Helper()
		_, err := store.Files().Read(ctx, key, 1)
		if err != nil && !errors.Is(err, infra.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	if swept, err := store.Sweep(ctx); err != nil || swept != (local.Swept{}) {
		t.Errorf("an empty store: swept %+v, %v", swept, err)
	}
	put("incoming/old", "incoming/1/deep/old", "documents/old", "incomings/old")
	clock.Advance(23 * time.Hour)
	put("incoming/new", "incoming/2/new")
	for _, step := range []struct {
		wait  time.Duration
		swept int
	}{{time.Hour, 0}, {time.Second, 2}, {time.Second, 0}, {23 * time.Hour, 2}} {
		clock.Advance(step.wait)
		if swept, err := store.Sweep(ctx); err != nil || swept.Files != step.swept {
			t.Errorf("swept %+v, %v, want %d files", swept, err, step.swept)
		}
	}
	for key, want := range map[string]bool{"incoming/old": false, "incoming/1/deep/old": false, "incoming/new": false, "documents/old": true, "incomings/old": true} {
		if has(key) != want {
			t.Errorf("%s is there: %v", key, !want)
		}
	}
	put("exports/1/list")
	for _, step := range []struct {
		wait  time.Duration
		swept int
	}{{8 * 24 * time.Hour, 0}, {time.Second, 1}} {
		clock.Advance(step.wait)
		if swept, err := store.Sweep(ctx); err != nil || swept.Files != step.swept {
			t.Errorf("swept %+v, %v, want %d exports", swept, err, step.swept)
		}
	}
	put("incoming/1/deep/again")
	if !has("incoming/1/deep/again") {
		t.Error("a folder that was swept cannot be used again")
	}
}
