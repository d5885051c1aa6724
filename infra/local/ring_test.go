package local_test

import (
	"context"
	"log/slog"
	"regexp"
	"slices"
	"testing"
	"time"

	"portal/infra"
	"portal/infra/local"
	"portal/shared/step"
	"portal/statemachines"
)

var substitution = regexp.MustCompile(`\$\{(\w+)\}`)

// machineSteps are steps by the names that the state machines call, doing
// nothing.
func machineSteps(t *testing.T) []infra.Maker {
	t.Helper()
	var list []infra.Maker
	known := map[string]bool{}
	for _, machine := range statemachines.Names() {
		text, err := statemachines.Definition(machine)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range substitution.FindAllSubmatch(text, -1) {
			name := statemachines.StepOf(string(found[1]))
			if known[name] {
				continue
			}
			known[name] = true
			list = append(list, func(infra.Ports) step.Step {
				return step.Task(step.Declaration{Name: name}, func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil })
			})
		}
	}
	return list
}

func TestAStartRingsForWhatAKilledPortalLeftUntold(t *testing.T) {
	store := openIn(t, t.TempDir(), local.Options{NoSync: true})
	for pk, table := range map[string]*local.Table{"person#1": store.People(), "dossier#1": store.Dossiers()} {
		waiting := infra.Key{PK: pk, SK: "news"}
		told := infra.Key{PK: pk + "0", SK: "news"}
		for _, key := range []infra.Key{waiting, told} {
			index := map[string]infra.Key{"pending": {PK: "all", SK: key.PK}}
			if err := table.Write(t.Context(), infra.Put{Key: key, Value: struct{}{}, Index: index}); err != nil {
				t.Fatal(err)
			}
		}
		if err := table.Write(t.Context(), infra.Delete{Key: told}); err != nil {
			t.Fatal(err)
		}
	}
	heard := make(chan string, 10)
	listener := func(name string, source step.Source) infra.Maker {
		return func(infra.Ports) step.Step {
			return step.Event(step.Declaration{Name: name}, source, func(_ context.Context, ring step.Ring) (struct{}, error) {
				for _, key := range ring.Keys {
					heard <- key
				}
				return struct{}{}, nil
			})
		}
	}
	portal, err := local.NewPortal(store, append(machineSteps(t), listener("test/people", step.PeopleChanges), listener("test/dossiers", step.DossierChanges)),
		infra.Settings{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- portal.Run(ctx) }()
	var keys []string
	for len(keys) < 2 {
		select {
		case key := <-heard:
			keys = append(keys, key)
		case <-ctx.Done():
			t.Fatalf("heard only of %v", keys)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	slices.Sort(keys)
	if want := []string{"dossier#1", "person#1"}; !slices.Equal(keys, want) || len(heard) > 0 {
		t.Errorf("heard of %v and %d more, want %v", keys, len(heard), want)
	}
}
