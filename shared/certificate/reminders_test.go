package certificate_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/identifiers"
)

func TestRemindersOfEachKind(t *testing.T) {
	policy := certificate.DefaultPolicy()
	for kind, want := range map[identifiers.CertificateKind][]int{
		identifiers.COC: {30, 15, 7, 0}, identifiers.SOR: {60, 30, 7, 0}, identifiers.SOL: {60, 30, 7, 0}, identifiers.NCR: nil, identifiers.CIA: nil,
	} {
		got := policy.Reminders(kind)
		if !slices.Equal(got, want) {
			t.Errorf("%s is reminded %v days before, want %v", kind, got, want)
		}
		if len(got) > 0 {
			got[0] = -1
			if policy.Reminders(kind)[0] == -1 {
				t.Errorf("the policy of %s was changed from outside", kind)
			}
		}
	}
}

func TestPlanOfADay(t *testing.T) {
	offsets := []int{30, 15, 7, 0}
	expires := calendar.On(2027, time.March, 31)
	for _, c := range []struct {
		name string
		left int // days to expiry
		done []int
		want certificate.Plan
	}{
		{"long before", 90, nil, certificate.Plan{Next: expires.AddDays(-30)}},
		{"on the day of the first", 30, nil, certificate.Plan{Due: true, Send: 30, Next: expires.AddDays(-15)}},
		{"the same day again", 30, []int{30}, certificate.Plan{Next: expires.AddDays(-15)}},
		{"a few days late", 20, nil, certificate.Plan{Due: true, Send: 30, Next: expires.AddDays(-15)}},
		{"so late that three have passed", 5, nil, certificate.Plan{Due: true, Send: 7, Skip: []int{15, 30}, Next: expires}},
		{"late, the first done in time", 5, []int{30}, certificate.Plan{Due: true, Send: 7, Skip: []int{15}, Next: expires}},
		{"on the expiry day", 0, []int{30, 15, 7}, certificate.Plan{Due: true, Send: 0}},
		{"all done", 0, []int{30, 15, 7, 0}, certificate.Plan{}},
		{"after expiry: none is sent", -1, []int{30}, certificate.Plan{Skip: []int{0, 7, 15}}},
		{"after expiry, all done", -10, []int{30, 15, 7, 0}, certificate.Plan{}},
		{"a nearer one was done: the further is stale", 10, []int{7}, certificate.Plan{Skip: []int{15, 30}, Next: expires}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := certificate.NextReminder(offsets, expires, expires.AddDays(-c.left), c.done)
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("plan %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestNothingToRemindOf(t *testing.T) {
	today := calendar.On(2026, 11, 21)
	if got := certificate.NextReminder([]int{30, 0}, calendar.Date{}, today, nil); !reflect.DeepEqual(got, certificate.Plan{}) {
		t.Errorf("a certificate without expiry: %+v", got)
	}
	if got := certificate.NextReminder(nil, today.AddDays(3), today, nil); !reflect.DeepEqual(got, certificate.Plan{}) {
		t.Errorf("a kind without reminders: %+v", got)
	}
}

// A sweep that misses days, runs twice or runs late still reminds of each
// offset at most once, in order, never after expiry, and leaves none undone.
func TestAnySweepRemindsInOrderAndAtMostOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offsets := anyOffsets(t)
		expires := calendar.On(2027, 1, 1).AddDays(rapid.IntRange(0, 1000).Draw(t, "expires"))
		day := expires.AddDays(-rapid.IntRange(0, 120).Draw(t, "issued"))

		var sent, done []int
		for !day.After(expires.AddDays(3)) {
			left := day.DaysUntil(expires)
			plan := certificate.NextReminder(offsets, expires, day, done)
			done = append(done, plan.Skip...)
			if plan.Due {
				if left < 0 || plan.Send < left {
					t.Fatalf("the reminder of %d days is sent %d days before expiry", plan.Send, left)
				}
				if nearer := slices.IndexFunc(offsets, func(o int) bool { return o >= left && o < plan.Send }); nearer >= 0 {
					t.Fatalf("%d is sent although %d has passed", plan.Send, offsets[nearer])
				}
				sent, done = append(sent, plan.Send), append(done, plan.Send)
			}
			if again := certificate.NextReminder(offsets, expires, day, done); again.Due || len(again.Skip) > 0 || again.Next != plan.Next {
				t.Fatalf("the same day again: %+v after %+v", again, plan)
			}
			if !plan.Next.IsZero() && !plan.Next.After(day) {
				t.Fatalf("next look on %v, planned on %v", plan.Next, day)
			}
			day = day.AddDays(rapid.IntRange(0, 25).Draw(t, "days until the next run"))
			if left < 0 {
				break
			}
		}
		// A last run long after catches up.
		last := certificate.NextReminder(offsets, expires, expires.AddDays(400), done)
		done = append(done, last.Skip...)

		if last.Due || !last.Next.IsZero() {
			t.Fatalf("long after expiry: %+v", last)
		}
		if !slices.IsSortedFunc(sent, func(a, b int) int { return b - a }) || len(slices.Compact(slices.Clone(sent))) != len(sent) {
			t.Fatalf("sent in the order %v", sent)
		}
		slices.Sort(done)
		if want := slices.Sorted(slices.Values(offsets)); !slices.Equal(done, want) {
			t.Fatalf("done %v, want %v each once", done, want)
		}
	})
}

// A sweep that follows Next alone, never looking on other days, misses nothing:
// every reminder goes out on its very day.
func TestASweepThatFollowsNextSendsEveryReminderOnItsDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offsets := anyOffsets(t)
		expires := calendar.On(2027, 1, 1).AddDays(rapid.IntRange(0, 1000).Draw(t, "expires"))
		day := expires.AddDays(-offsets[0] - 1)

		var sent []int
		for !day.IsZero() {
			plan := certificate.NextReminder(offsets, expires, day, sent)
			if len(plan.Skip) > 0 {
				t.Fatalf("%v skipped on %v", plan.Skip, day)
			}
			if plan.Due {
				if plan.Send != day.DaysUntil(expires) {
					t.Fatalf("%d sent %d days before", plan.Send, day.DaysUntil(expires))
				}
				sent = append(sent, plan.Send)
			}
			if !plan.Next.IsZero() && !plan.Next.After(day) {
				t.Fatalf("next look on %v, planned on %v", plan.Next, day)
			}
			day = plan.Next
		}
		if !slices.Equal(sent, offsets) {
			t.Fatalf("sent %v of %v", sent, offsets)
		}
	})
}

func anyOffsets(t *rapid.T) []int {
	offsets := rapid.SliceOfNDistinct(rapid.IntRange(0, 90), 1, 6, rapid.ID[int]).Draw(t, "offsets")
	slices.SortFunc(offsets, func(a, b int) int { return b - a })
	return offsets
}
