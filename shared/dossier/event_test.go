package dossier

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func chain(t interface{ Fatal(...any) }, n int, content func(i int) *Content) []Event {
	var events []Event
	prev, status := "", Status("")
	for i := range n {
		to := Status(fmt.Sprintf("s%d", i%3))
		e := Event{N: int64(i + 1), At: time.Date(2026, 11, 21, 10, i, 0, 0, time.UTC), Action: "move", From: status, To: to, Content: content(i)}
		if err := e.Seal(prev, fmt.Sprintf("salt%d", i)); err != nil {
			t.Fatal(err)
		}
		events, prev, status = append(events, e), e.Hash, to
	}
	return events
}

func said(i int) *Content {
	return &Content{Person: "p", Name: "Amina", Relation: Agent, Reason: fmt.Sprint("because ", i), Details: map[string]any{"n": i, "b": "x"}}
}

func TestAChainVerifiesAfterAStoreHasReadItBack(t *testing.T) {
	events := chain(t, 5, said)
	raw, err := json.Marshal(events)
	if err != nil {
		t.Fatal(err)
	}
	var back []Event
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if err := Verify(back); err != nil {
		t.Error(err)
	}
}

func TestErasingPersonalDataKeepsTheChain(t *testing.T) {
	events := chain(t, 4, said)
	events[1].Erase()
	events[3].Erase()
	if err := Verify(events); err != nil {
		t.Error(err)
	}
	raw, _ := json.Marshal(events[1])
	if string(raw) == "" || json.Valid(raw) && containsText(raw, "Amina") {
		t.Errorf("the erased event still says %s", raw)
	}
}

func containsText(raw []byte, text string) bool {
	for i := 0; i+len(text) <= len(raw); i++ {
		if string(raw[i:i+len(text)]) == text {
			return true
		}
	}
	return false
}

func TestEveryAlterationOfAChainIsFound(t *testing.T) {
	for name, alter := range map[string]func([]Event) []Event{
		"another reason":        func(e []Event) []Event { e[2].Content.Reason = "other"; return e },
		"another person":        func(e []Event) []Event { e[0].Content.Person = "q"; return e },
		"another status":        func(e []Event) []Event { e[3].To = "s9"; return e },
		"another action":        func(e []Event) []Event { e[1].Action = "forge"; return e },
		"another instant":       func(e []Event) []Event { e[1].At = e[1].At.Add(time.Hour); return e },
		"an event taken out":    func(e []Event) []Event { return append(e[:2:2], e[3:]...) },
		"the order changed":     func(e []Event) []Event { e[1], e[2] = e[2], e[1]; return e },
		"an event put in twice": func(e []Event) []Event { return append(e[:2:2], e[1:]...) },
		"another salt":          func(e []Event) []Event { e[2].Salt = "x"; return e },
		"another hash":          func(e []Event) []Event { e[4].Hash = e[3].Hash; return e },
	} {
		if err := Verify(alter(chain(t, 5, said))); err == nil {
			t.Errorf("%s is not found", name)
		}
	}
}

func TestDiffGivesTheChangesThatLeadFromOneToTheOther(t *testing.T) {
	for _, tc := range []struct{ before, after, want string }{
		{`{}`, `{}`, `null`},
		{``, `{"a":1}`, `[{"pointer":"/a","after":1}]`},
		{`{"a":1}`, `{}`, `[{"pointer":"/a","before":1}]`},
		{`{"a":{"b":"x","c":[1,2]}}`, `{"a":{"b":"y","c":[1,3,4]}}`, `[{"pointer":"/a/b","before":"x","after":"y"},{"pointer":"/a/c/1","before":2,"after":3},{"pointer":"/a/c/2","after":4}]`},
		{`{"a/b":{"~":1}}`, `{"a/b":{"~":2}}`, `[{"pointer":"/a~1b/~0","before":1,"after":2}]`},
	} {
		changes, err := Diff(json.RawMessage(tc.before), json.RawMessage(tc.after))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := json.Marshal(changes); string(got) != tc.want {
			t.Errorf("%s → %s: %s, want %s", tc.before, tc.after, got, tc.want)
		}
	}
}

func TestShardsAreStableAndWithinBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.String().Draw(t, "id")
		n := rapid.Uint32Range(1, 64).Draw(t, "n")
		if s := Shard(id, n); s >= n || s != Shard(id, n) {
			t.Fatalf("shard %d of %d", s, n)
		}
	})
}

func TestAnEventKeepsAsManyChangesAsARowHoldsAndSaysHowManyThereWere(t *testing.T) {
	c := &Content{}
	for i := range 500 {
		c.Changes = append(c.Changes, Change{Pointer: fmt.Sprint("/", i), Before: strings.Repeat("é", 400), After: strings.Repeat("ش", 400)})
	}
	c.Fit()
	raw, err := json.Marshal(c)
	if err != nil || len(raw) > 110<<10 || len(c.Changes) == 0 || c.Details["changes"] != 500 {
		t.Errorf("%d bytes, %d changes, %v, %v", len(raw), len(c.Changes), c.Details, err)
	}
	few := &Content{Changes: c.Changes[:3]}
	few.Fit()
	if len(few.Changes) != 3 || few.Details != nil {
		t.Errorf("%v", few)
	}
}
