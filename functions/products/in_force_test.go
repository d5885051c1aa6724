package products

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/infra"
	"portal/infra/local"
	"portal/shared/calendar"
	"portal/shared/control"
	"portal/shared/identifiers"
	"portal/shared/reference"
)

func table(t *testing.T) infra.Table {
	t.Helper()
	store, err := local.Open(t.TempDir(), local.Options{BaseURL: "http://portal.test", NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store.Dossiers()
}

// published writes a version as publish_control_list leaves it.
func published(t *rapid.T, to infra.Table, list control.List, withdrawn bool) Publication {
	digest, rows, err := staged(list)
	if err != nil {
		t.Fatal(err)
	}
	p := Publication{Listing: Listing{Edition: list.Edition, Digest: digest, Entries: list.Len()}}
	if withdrawn {
		p.Withdrawal = &Withdrawal{At: time.Unix(1, 0), Reason: "r"}
	}
	rows = append(rows, infra.Put{Key: nameKey(p.Version), Value: p.Listing}, infra.Put{Key: versionKey(p.Listing), Value: p})
	if err := to.Write(t.Context(), rows...); err != nil {
		t.Fatal(err)
	}
	return p
}

var anyList = rapid.Custom(func(t *rapid.T) []control.Entry {
	codes := rapid.SliceOfNDistinct(rapid.StringMatching(`[1-3][0-9][12]{2,4}`), 1, 30, func(s string) string { return s }).Draw(t, "codes")
	entries := make([]control.Entry, len(codes))
	for i, code := range codes {
		entries[i] = control.Entry{HS: code, Control: control.None, Names: reference.Names{French: "Produit " + code}}
	}
	return entries
})

func TestTheListInForceIsTheLastThatBeganAndStands(t *testing.T) {
	n := 0
	store := table(t)
	rapid.Check(t, func(t *rapid.T) {
		n++
		to := prefixed{store, fmt.Sprintf("%d/", n)}
		first := calendar.On(2027, 1, 1)
		var all []Publication
		lists := map[string]control.List{}
		for i := range rapid.IntRange(0, 8).Draw(t, "versions") {
			edition := control.Edition{Version: fmt.Sprintf("v%d", i), InForce: first.AddDays(rapid.IntRange(0, 20).Draw(t, "day")), Source: "s"}
			if slices.ContainsFunc(all, func(p Publication) bool { return p.InForce == edition.InForce && p.Withdrawal == nil }) {
				continue // no two that stand begin on one day
			}
			list, faults := control.NewList(edition, anyList.Draw(t, "list"))
			if len(faults) > 0 {
				t.Fatalf("%v", faults)
			}
			lists[edition.Version] = list
			all = append(all, published(t, to, list, rapid.Bool().Draw(t, "withdrawn")))
		}
		day := first.AddDays(rapid.IntRange(-5, 25).Draw(t, "asked"))
		want := control.Shipped()
		for _, p := range all {
			if p.Withdrawal == nil && !p.InForce.After(day) && (want.Sample || p.InForce.After(want.InForce)) {
				want = lists[p.Version]
			}
		}
		got, err := InForce(t.Context(), to, day)
		if err != nil || got.Version != want.Version || got.Len() != want.Len() {
			t.Fatalf("on %s %s (%v), want %s", day, got.Version, err, want.Version)
		}
		named, err := Version(t.Context(), to, want.Version)
		if err != nil || named.Len() != want.Len() || named.InForce != want.InForce {
			t.Fatalf("%s: %+v, %v", want.Version, named.Edition, err)
		}
		// The part of a list that some codes need says the same of them.
		codes := rapid.SliceOfN(rapid.StringMatching(`[1-3][0-9][12]{8}`), 1, 12).Draw(t, "goods")
		asked := make([]identifiers.HS, len(codes))
		for i, code := range codes {
			asked[i], _ = identifiers.ParseHS(code)
		}
		part, err := InForce(t.Context(), to, day, asked...)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range asked {
			mine, found := part.Lookup(code)
			whole, listed := want.Lookup(code)
			if found != listed || mine.HS != whole.HS {
				t.Fatalf("%s is under %q in the part, %q in the whole", code, mine.HS, whole.HS)
			}
		}
	})
}

func TestNoListIsAnErrorOfItsOwn(t *testing.T) {
	store := table(t)
	if _, err := InForce(t.Context(), store, shipped().InForce.AddDays(-1)); !errors.Is(err, ErrNoList) {
		t.Errorf("before the first: %v", err)
	}
	for _, name := range []string{"none", "", "a/b", "~", "-x", ".", "x#y", "é", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		if _, err := Version(t.Context(), store, name); !errors.Is(err, ErrNoList) {
			t.Errorf("%q: %v", name, err)
		}
	}
	list, err := InForce(t.Context(), store, shipped().InForce, identifiers.HS{})
	if err != nil || list.Version != shipped().Version {
		t.Errorf("%+v %v", list.Edition, err)
	}
}

// A shelf reads a version once, and holds few.
func TestAShelfReadsAVersionOnce(t *testing.T) {
	counted := &counting{Table: table(t)}
	var listings []Listing
	rapid.Check(t, func(rt *rapid.T) {
		if len(listings) == 0 {
			for i := range 5 {
				list, _ := control.NewList(control.Edition{Version: fmt.Sprintf("v%d", i), InForce: calendar.On(2027, 1, 1+i)}, anyList.Draw(rt, "list"))
				listings = append(listings, published(rt, counted, list, false).Listing)
			}
		}
		kept := &shelf{}
		counted.queries = 0
		read := map[string]bool{}
		for range 20 {
			l := listings[rapid.IntRange(0, mostShelved-1).Draw(rt, "which")]
			if list, err := kept.whole(rt.Context(), counted, l); err != nil || list.Version != l.Version || list.Len() != l.Entries {
				rt.Fatalf("%+v %v", list.Edition, err)
			}
			read[l.Version] = true
		}
		if counted.queries != len(read) {
			rt.Fatalf("%d queries for %d versions", counted.queries, len(read))
		}
		for _, l := range listings {
			if _, err := kept.whole(rt.Context(), counted, l); err != nil || len(kept.lists) > mostShelved {
				rt.Fatalf("%d kept, %v", len(kept.lists), err)
			}
		}
	})
}
