package sweeps_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/certificate"
	"portal/shared/dossier"
	"portal/shared/identifiers"
)

// Whatever becomes of the sweeps — run twice, late, several at once, on indexes
// that lag behind, dead at any call of a port — each reminder goes out at most
// once and of the present last day, each expiry is marked exactly once and told
// at least once, and an address that complained hears nothing.
func TestSweepsKeepTheirPromisesWhateverBecomesOfThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := open(t, tempDir(t))
		defer r.close()
		kinds := []identifiers.CertificateKind{identifiers.COC, identifiers.SOR, identifiers.SOL}
		for i := range rapid.IntRange(1, 5).Draw(t, "certificates") {
			kind := rapid.SampledFrom(kinds).Draw(t, fmt.Sprintf("kind %d", i))
			days := rapid.IntRange(0, 70).Draw(t, fmt.Sprintf("days %d", i))
			holder := rapid.SampledFrom([]string{listening, listening, deaf, ""}).Draw(t, fmt.Sprintf("holder %d", i))
			r.enter(kind, holder, days)
		}
		deaths := 0
		t.Repeat(map[string]func(*rapid.T){
			"days pass": func(t *rapid.T) { r.pass(rapid.SampledFrom([]int{1, 1, 1, 2, 7, 20, 40}).Draw(t, "days")) },
			"settle":    func(*rapid.T) { r.settle() },
			"a sweep runs": func(t *rapid.T) {
				if err := r.sweep(rapid.SampledFrom(everySweep).Draw(t, "sweep"), -1, false); err != nil {
					t.Fatalf("%v", err)
				}
			},
			"a sweep dies": func(t *rapid.T) {
				deaths++
				_ = r.sweep(rapid.SampledFrom(everySweep).Draw(t, "sweep"), rapid.IntRange(0, 40).Draw(t, "call"), rapid.Bool().Draw(t, "after"))
			},
			"sweeps run at once": func(t *rapid.T) {
				name := rapid.SampledFrom(everySweep).Draw(t, "sweep")
				var all sync.WaitGroup
				for range 3 {
					all.Go(func() {
						if err := r.sweep(name, -1, false); err != nil {
							t.Errorf("%v", err)
						}
					})
				}
				all.Wait()
			},
			"one is renewed":  func(t *rapid.T) { r.renewed(rapid.SampledFrom(r.issued).Draw(t, "number")) },
			"one is replaced": func(t *rapid.T) { r.replaced(rapid.SampledFrom(r.issued).Draw(t, "number")) },
			"one is renewed or replaced while a sweep looks at it": func(t *rapid.T) {
				number, act := rapid.SampledFrom(r.issued).Draw(t, "number"), r.renewed
				if rapid.Bool().Draw(t, "replaced") {
					act = r.replaced
				}
				g := &gauge{left: -1, turns: rapid.IntRange(8, 20).Draw(t, "turns"), rival: func() { act(number) }}
				if err := r.start(rapid.SampledFrom(everySweep).Draw(t, "sweep"), g); err != nil {
					t.Fatalf("%v", err)
				}
			},
		})
		for range 3 { // the days after, with everything working
			r.pass(1)
			for _, name := range everySweep {
				r.settle()
				if err := r.sweep(name, -1, false); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
		}
		r.settle()
		r.keptPromises(deaths)
	})
}

// At whatever call a statement is renewed or replaced under a sweep's hands,
// the sweep does nothing of the old last day any more, and undoes nothing.
func TestASweepHeedsWhatARivalChangesUnderItsHands(t *testing.T) {
	for _, name := range []string{lapse, remind} {
		for _, days := range []int{0, 1} { // from its last day
			for turn := range dossier.DueShards + 6 {
				for what, act := range map[string]func(*register, string){"renewed": (*register).renewed, "replaced": (*register).replaced} {
					t.Run(fmt.Sprintf("%s %d days on, %s before call %d", name, days, what, turn), func(t *testing.T) {
						r := open(t, t.TempDir())
						defer r.close()
						number := r.enter(identifiers.SOR, listening, 60).Number.String()
						r.pass(60 + days)
						r.settle()
						if err := r.start(name, &gauge{left: -1, turns: turn, rival: func() { act(r, number) }}); err != nil {
							t.Fatal(err)
						}
						for range 2 {
							for _, name := range everySweep {
								r.settle()
								if err := r.sweep(name, -1, false); err != nil {
									t.Fatal(err)
								}
							}
							r.pass(1)
						}
						r.pass(-1)
						r.settle()
						r.keptPromises(0)
					})
				}
			}
		}
	}
}

// What a sweep that died had held is told by one sweep of the next day, of two
// at once, and of two of which the second reads a late index.
func TestWhatWasHeldIsToldOnce(t *testing.T) {
	for call := range 30 {
		r := open(t, t.TempDir())
		r.enter(identifiers.COC, listening, 0)
		r.pass(1)
		r.settle()
		died := r.sweep(expire, call, true) != nil
		clear(r.told)
		r.pass(1)
		r.settle()
		var all sync.WaitGroup
		for range 2 {
			all.Go(func() {
				if err := r.sweep(tellAgain, -1, false); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if err := r.sweep(tellAgain, -1, false); err != nil {
			t.Error(err)
		}
		for letter, copies := range r.told {
			if copies > 1 {
				t.Errorf("died after call %d: %d times %s", call, copies, letter)
			}
		}
		r.close()
		if !died {
			return
		}
	}
	t.Error("it never finished")
}

// willRemind wants what is left to remind of to be due on its day.
func (r *register) willRemind(e certificates.Entry) {
	if e.Status != certificate.Valid {
		return
	}
	m, err := certificates.LoadReminder(context.Background(), r.store.Dossiers(), e.Number.String())
	if err != nil || m.Expires != e.Expires {
		r.t.Errorf("%s, valid until %v: reminders %+v, %v", e.Number, e.Expires, m, err)
		return
	}
	plan := certificate.NextReminder(certificate.DefaultPolicy().Reminders(e.Kind()), e.Expires, r.today(), m.Done)
	if plan.Next.IsZero() {
		return
	}
	for shard := range dossier.DueShards {
		page, err := r.store.Dossiers().Query(context.Background(), infra.Query{
			Index: "due", PK: dossier.DuePK(certificates.DutyRemind, shard), From: plan.Next.String(), To: plan.Next.String() + "~", Limit: infra.MaxPage,
		})
		if err != nil {
			r.t.Fatalf("%v", err)
		}
		for _, row := range page.Rows {
			if row.PK == certificates.PK(e.Number.String()) {
				return
			}
		}
	}
	r.t.Errorf("nobody will remind of %s on %v", e.Number, plan.Next)
}

// renewed renews a certificate that may be.
func (r *register) renewed(number string) {
	e := r.load(number)
	from, until := certificate.DefaultPolicy().Renewable(e.Kind(), e.Expires)
	if from.IsZero() || e.Ended() || r.today().Before(from) || r.today().After(until) {
		return
	}
	r.renew(e)
}

// replaced replaces a certificate that may be by one of the same last day.
func (r *register) replaced(number string) {
	e := r.load(number)
	if e.Ended() {
		return
	}
	next := r.enter(e.Kind(), e.Holder, max(0, r.today().DaysUntil(e.Expires)))
	r.writes(r.store.Dossiers(), certificates.Replace(e, next.Number, certificates.Act{At: r.now})...)
}

func (r *register) keptPromises(deaths int) {
	for letter, copies := range r.told {
		if strings.HasSuffix(letter, " to deaf@portal.example") {
			r.t.Errorf("%s, which complained", letter)
		}
		if strings.Contains(letter, "reminder") && copies > 1 || deaths == 0 && copies > 1 {
			r.t.Errorf("%d times %s", copies, letter)
		}
	}
	for _, number := range r.issued {
		e := r.load(number)
		if now := e.StatusAt(r.today()); now != e.Status {
			r.t.Errorf("%s is %s and marked %s", number, now, e.Status)
		}
		r.expiredOnceAndTold(e, r.events(number))
		r.willRemind(e)
		if left := r.rows(number, "notice#"); len(left) > 0 {
			r.t.Errorf("%s was not told: %s", number, left[0].Value)
		}
	}
}

// expiredOnceAndTold walks through a history: what expires was valid, once, and
// its holder and bureau hear of it, unless it was valid again before.
func (r *register) expiredOnceAndTold(e certificates.Entry, events []certificates.Event) {
	edition, at := 0, certificate.Status("")
	for n, event := range events {
		if event.From != at {
			r.t.Errorf("%s: %s from %q, it was %q", e.Number, event.Action, event.From, at)
		}
		at = event.To
		switch event.Action {
		case certificates.ActionRenew:
			edition++
		case certificates.ActionExpire:
			renewed := n+1 < len(events) && events[n+1].Action == certificates.ActionRenew
			id := e.Number.String() + "-"
			if edition > 0 {
				id += fmt.Sprint(edition) + "-"
			}
			what := "expired"
			if e.IsStatement() {
				what = "lapsed"
			}
			if !renewed && r.told[id+what+"-supervisor to supervisor@portal.example"] == 0 {
				r.t.Errorf("the bureau never heard that %s expired", e.Number)
			}
			if !renewed && e.Holder == listening && r.told[id+what+" to listener@portal.example"] == 0 {
				r.t.Errorf("its holder never heard that %s expired", e.Number)
			}
		}
	}
	if at != e.Status || int64(len(events)) != e.Rev {
		r.t.Errorf("%s is %s at %d; its %d events led to %s", e.Number, e.Status, e.Rev, len(events), at)
	}
}

func (r *register) rows(number, prefix string) []infra.Row {
	page, err := r.store.Dossiers().Query(context.Background(), infra.Query{PK: certificates.PK(number), Prefix: prefix, Limit: infra.MaxPage})
	if err != nil {
		r.t.Fatalf("%v", err)
	}
	return page.Rows
}

func (r *register) events(number string) []certificates.Event {
	var events []certificates.Event
	for _, row := range r.rows(number, "event#") {
		var e certificates.Event
		if err := row.Decode(&e); err != nil {
			r.t.Fatalf("%v", err)
		}
		events = append(events, e)
	}
	return events
}

// What a sweep asks of its ports is the same among few certificates and among
// many, and nothing but eight looks at the index when nothing is due.
func TestASweepsCostIsThatOfWhatIsDue(t *testing.T) {
	costs := map[string][]int{}
	for _, stored := range []int{10, 1000} {
		r := open(t, t.TempDir())
		for i := range stored {
			r.enter([]identifiers.CertificateKind{identifiers.COC, identifiers.SOR}[i%2], listening, 200+i%100)
		}
		r.settle()
		r.measure(costs, "idle")
		r.enter(identifiers.COC, listening, 30)
		r.enter(identifiers.SOR, listening, 60)
		r.settle()
		r.measure(costs, "two to remind of")
		r.enter(identifiers.COC, listening, 0)
		r.enter(identifiers.SOL, listening, 0)
		r.pass(1)
		r.settle()
		r.measure(costs, "two over")
		r.close()
	}
	for what, calls := range costs {
		if calls[0] != calls[1] {
			t.Errorf("%s: %d calls among 10, %d among 1000", what, calls[0], calls[1])
		}
		if strings.HasSuffix(what, "idle") && calls[0] != dossier.DueShards {
			t.Errorf("%s: %d calls", what, calls[0])
		}
		if strings.HasPrefix(what, lapse) && strings.HasSuffix(what, "two to remind of") && calls[0] != dossier.DueShards {
			t.Errorf("%s: a sweep pays for another's: %d calls", what, calls[0])
		}
	}
}

func (r *register) measure(costs map[string][]int, what string) {
	r.t.Helper()
	for _, name := range everySweep {
		g := &gauge{left: -1}
		if err := r.start(name, g); err != nil {
			r.t.Fatalf("%s: %v", name, err)
		}
		costs[name+": "+what] = append(costs[name+": "+what], g.calls)
	}
}
