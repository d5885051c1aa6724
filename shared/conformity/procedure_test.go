package conformity

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"portal/shared/dossier"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestWhoMayDoWhatInWhichStatusIsAsAgreed holds the whole table of relation ×
// status → actions; a change of it is a change that people will notice.
func TestWhoMayDoWhatInWhichStatusIsAsAgreed(t *testing.T) {
	var table bytes.Buffer
	for _, status := range Procedure.Statuses {
		for _, rel := range []dossier.Relation{dossier.Declarant, dossier.Supervisor, dossier.Agent, dossier.Colleague} {
			fmt.Fprintf(&table, "%-20s %-10s %v\n", status, rel, Procedure.Allowed(status, rel))
		}
	}
	const golden = "testdata/allowed.golden"
	if *update {
		if err := os.WriteFile(golden, table.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, table.Bytes()) {
		t.Errorf("the table changed:\n%s", table.Bytes())
	}
}

func TestEveryStatusIsReachedFromTheDraftAndHasAWayOutUnlessFinal(t *testing.T) {
	reached := map[dossier.Status]bool{Draft: true}
	for range Procedure.Statuses {
		for _, tr := range Procedure.Transitions {
			for _, from := range tr.From {
				if reached[from] && tr.To != "" {
					reached[tr.To] = true
				}
			}
		}
	}
	for _, s := range Procedure.Statuses {
		if !reached[s] {
			t.Errorf("%s is never reached", s)
		}
		ways := Procedure.Allowed(s, dossier.Declarant, dossier.Supervisor, dossier.Agent)
		if Procedure.IsFinal(s) != (len(ways) == 0) {
			t.Errorf("%s: final %v, ways out %v", s, Procedure.IsFinal(s), ways)
		}
	}
}

func TestNoActionHasTwoOutcomesInOneStatus(t *testing.T) {
	type key struct {
		dossier.Action
		dossier.Status
		dossier.Lane
	}
	seen := map[key]bool{}
	for _, tr := range Procedure.Transitions {
		for _, from := range tr.From {
			for _, lane := range []dossier.Lane{FullReview, LightReview} {
				if tr.Lane != "" && tr.Lane != lane {
					continue
				}
				k := key{tr.Action, from, lane}
				if seen[k] {
					t.Errorf("%s in %s stands twice in lane %s", tr.Action, from, lane)
				}
				seen[k] = true
			}
			if !slices.Contains(Procedure.Statuses, from) || (tr.To != "" && !slices.Contains(Procedure.Statuses, tr.To)) {
				t.Errorf("%s: unknown status", tr.Action)
			}
		}
	}
}

func TestThoseWhoAreExpectedToActNextCan(t *testing.T) {
	for _, s := range Procedure.Statuses {
		who := ActsNext(s)
		if who == "" {
			if !Procedure.IsFinal(s) {
				t.Errorf("nobody acts next in %s", s)
			}
			continue
		}
		if len(Procedure.Allowed(s, who)) == 0 {
			t.Errorf("%s is to act next in %s and cannot", who, s)
		}
	}
}
