package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/step"
)

// rivalry is random people acting at once on requests of every kind, and on
// what came of them, on a portal whose executions lag behind and that is turned
// off now and then.
type rivalry struct {
	*rapid.T
	h        *harness
	dir      string
	browsers map[string]*browser
	dossiers []string         // all there are, oldest first
	over     map[string]bool  // those that nothing moves any more
	done     map[string]int64 // steps that succeeded on each; far below zero once discarded
	known    map[string]*tale // what was told of each when it was last looked at
	register ledger
	post     post
	tried    *tried
}

// tried counts what all rivals did, for the test to know that it tested
// something.
type tried struct {
	actions, done atomic.Int64
	mu            sync.Mutex
	seen          map[string]int // by what was done, or came of it
}

func (t *tried) saw(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen[what]++
}

// actsAWorld is how often somebody acts before the rivals begin anew: enough
// for a few requests to be answered, few enough to find the one that was wrong.
const actsAWorld = 200

// TestRandomRivalsBreakNothing plays as many actions as PORTAL_ACTIONS says, or
// a sample of them.
func TestRandomRivalsBreakNothing(t *testing.T) {
	from, asked := contest.snapshot(t), actionsAsked(t)
	workers := runtime.GOMAXPROCS(0)
	limitChecks(t, max(1, asked/actsAWorld/workers))
	did := &tried{seen: map[string]int{}}
	start := time.Now()
	t.Run("rivals", func(t *testing.T) {
		for n := range workers {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(rt *rapid.T) {
					r := enter(rt, from, did)
					defer r.leave()
					for range actsAWorld {
						r.something()
					}
					r.holds()
					r.counts()
				})
			})
		}
	})
	t.Logf("%d actions, of which %d were done, in %.0f s", did.actions.Load(), did.done.Load(), time.Since(start).Seconds())
	for _, what := range slices.Sorted(maps.Keys(did.seen)) {
		t.Logf("%6d %s", did.seen[what], what)
	}
	if asked >= 20_000 && !t.Failed() {
		did.everything(t)
	}
}

// actionsAsked is how many actions to play; the race detector makes each some
// ten times as dear.
func actionsAsked(t *testing.T) int {
	t.Helper()
	text := os.Getenv("PORTAL_ACTIONS")
	switch {
	case racing:
		return 400
	case text != "":
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("PORTAL_ACTIONS: %v", err)
		}
		return n
	case testing.Short():
		return 1_000
	}
	return 10_000
}

// wanted is what many rivals must have brought about.
var wanted = []string{
	"deposited on route B", "deposited on route C", "deposited coc revision", "deposited sor revision", "deposited sor renewal",
	"answered conforming to a coc B revision", "answered conforming to a sor renewal", "answered on a statement that is valid",
	`COC: replace from "valid" to "replaced"`, `COC: use_up from "valid" to "used_up"`, `COC: revoke from "valid" to "revoked"`,
	`COC: expire from "valid" to "expired"`, `SOR: renew from "valid" to "valid"`, `SOR: expire from "valid" to "expired"`,
	`SOR: replace from "valid" to "replaced"`, `SOR: revoke from "valid" to "revoked"`, `SOL: expire from "valid" to "expired"`,
	"letter statement_reminder", "letter certificate_replaced", "letter certificate_expired", "letter clock_overdue", "letter stale_draft",
	"refused: certificate_gone", "refused: incomplete", "refused: stale", "refused: forbidden", "refused: not_found",
	"assigned among many", "cancel", "discard", "goods imported", "answered twice alike",
}

// everything tells what so many actions should have brought about and did not:
// a property that nothing could break says nothing.
func (t *tried) everything(test *testing.T) {
	for _, what := range wanted {
		if t.seen[what] == 0 {
			test.Errorf("in %d actions there was never: %s", t.actions.Load(), what)
		}
	}
}

// limitChecks sets how many times a property is tried unless the command line
// says: a whole portal is not a pure function.
func limitChecks(t *testing.T, n int) {
	told := false
	flag.Visit(func(f *flag.Flag) { told = told || f.Name == "rapid.checks" })
	if told {
		return
	}
	if testing.Short() {
		n *= 5 // rapid takes a fifth
	}
	checks := flag.Lookup("rapid.checks")
	before := checks.Value.String()
	if err := checks.Value.Set(fmt.Sprint(n)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = checks.Value.Set(before) })
}

// enter begins on a scene, in memory where there is such a thing.
func enter(rt *rapid.T, from *snapshot, did *tried) *rivalry {
	place := "/dev/shm"
	if _, err := os.Stat(place); err != nil {
		place = ""
	}
	dir, err := os.MkdirTemp(place, "rivalry")
	if err != nil {
		rt.Fatalf("%v", err)
	}
	r := &rivalry{
		T: rt, dir: dir, over: map[string]bool{}, done: map[string]int64{}, known: map[string]*tale{},
		register: ledger{}, post: post{sent: map[string]int{}, warned: map[string]calendar.Date{}}, tried: did,
	}
	r.turnOn(from)
	for _, owner := range []string{atlas, rif} {
		for _, row := range r.h.rows(infra.Query{Index: "owner", PK: "owner#" + owner}) {
			r.found(strings.TrimPrefix(row.PK, "dossier#"))
		}
	}
	return r
}

func (r *rivalry) leave() {
	r.h.close()
	os.RemoveAll(r.dir)
}

// found takes up a dossier as it stands.
func (r *rivalry) found(id string) {
	r.dossiers = append(r.dossiers, id)
	r.done[id] = r.h.head(id).Version
	for _, e := range r.h.events(id) {
		if e.Content.Relation == "system" {
			r.done[id]--
		}
	}
}

// turnOn starts the portal; what rang and was not heard is lost.
func (r *rivalry) turnOn(from *snapshot) {
	r.h = start(r, r.dir, from, overGateway)
	r.h.lazy = true
	r.browsers = map[string]*browser{}
}

func (r *rivalry) turnOff() {
	r.h.close()
	r.turnOn(&snapshot{now: r.h.base(), marks: r.h.marks})
}

// as is somebody's browser, opened once.
func (r *rivalry) as(name string) *browser {
	if r.browsers[name] == nil {
		r.browsers[name] = r.h.as(name)
	}
	return r.browsers[name]
}

// happenings are what may happen, each as often as its weight. The first is
// what a counterexample is made of when it is made small.
var happenings = weighted(map[string]int{
	"0 nothing": 1, "1 an act": 60, "2 acts at once": 9, "2 all for one certificate": 4, "3 the executions follow": 8,
	"4 hours go by": 3, "5 days go by": 1, "5 days go by, no schedule runs": 2, "6 schedules run late": 2, "7 off": 1, "8 a look": 1,
})

func weighted(weights map[string]int) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(weights)) {
		list = append(list, slices.Repeat([]string{name}, weights[name])...)
	}
	return list
}

func (r *rivalry) something() {
	switch rapid.SampledFrom(happenings).Draw(r.T, "what") {
	case "1 an act":
		r.count(r.act()())
	case "2 acts at once":
		r.count(atOnce(r.act(), r.act(), r.act())...)
	case "2 all for one certificate":
		r.count(atOnce(r.clash()...)...)
	case "3 the executions follow":
		r.h.settle()
	case "4 hours go by":
		r.h.travel(r.later(rapid.IntRange(1, 48).Draw(r.T, "hours")))
	case "5 days go by":
		r.h.travel(r.later(24 * rapid.IntRange(3, 12).Draw(r.T, "days")))
	case "5 days go by, no schedule runs":
		r.h.sleep(r.later(24 * rapid.IntRange(3, 90).Draw(r.T, "days off")))
	case "6 schedules run late":
		r.wake()
	case "7 off":
		r.turnOff()
	case "8 a look":
		r.holds()
	}
}

func (r *rivalry) later(hours int) time.Time {
	return r.h.portal.Clock().Now().Add(time.Duration(hours) * time.Hour)
}

var schedules = sync.OnceValue(func() []string {
	var names []string
	for _, s := range allSteps() {
		if s.Kind == step.KindSchedule {
			names = append(names, s.Name)
		}
	}
	return names
})

// wake runs every schedule once, as a portal does that is turned on, in any
// order, and some of them twice.
func (r *rivalry) wake() {
	r.h.settle()
	r.h.run("sweeps/reconcile") // what rang when it was turned off
	names := rapid.Permutation(schedules()).Draw(r.T, "schedules")
	again := rapid.SliceOfN(rapid.SampledFrom(schedules()), 0, 3).Draw(r.T, "again")
	for _, name := range slices.Concat(names, again) {
		r.h.run(name)
	}
	r.holds()
	r.swept()
	r.counts()
}

// people of the portal by what they are to a dossier.
var (
	declarants  = map[string][]string{atlas: {yasmine, anas}, rif: {hamza}}
	supervisors = map[string][]string{bureauBV: {salma, sara}, "bureau-SG": {karim}, "bureau-IT": {imane}, "bureau-TR": {younes}}
	agents      = map[string][]string{bureauBV: {omar, leila}, "bureau-SG": {nadia}, "bureau-IT": {imane}, "bureau-TR": {younes}}
	everybody   = []string{yasmine, anas, hamza, salma, sara, omar, leila, karim, nadia, imane}
)

// open tells whether somebody may still move a dossier.
func moving(d conformity.Dossier) bool {
	return d.ID != "" && !conformity.Procedure.IsFinal(d.Status)
}
