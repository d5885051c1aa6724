package certificate

import (
	"slices"

	"portal/shared/calendar"
)

// Plan is what is to be done on a day about the reminders of one certificate.
// Record Send and Skip as done before sending: the same plan then comes out
// empty, whoever asks again.
type Plan struct {
	Due  bool          // whether a reminder is to be sent
	Send int           // which one, in days before expiry, when Due
	Skip []int         // those whose day went by unseen: recorded, never sent
	Next calendar.Date // the first later day with something to do; zero: none is left
}

// NextReminder plans the reminders of a certificate that expires on a day, given
// the offsets of its policy (days before expiry) and those already done, sent or
// skipped. Late, it sends only the reminder nearest to the expiry and skips the
// further ones: nobody is told « 30 jours » when 7 are left. After the expiry
// day it sends none. A certificate without expiry has none.
func NextReminder(offsets []int, expires, today calendar.Date, done []int) Plan {
	if expires.IsZero() {
		return Plan{}
	}
	var plan Plan
	left := today.DaysUntil(expires)
	passed := left < 0 // once a nearer reminder is done, or the expiry is over, further ones are stale
	for _, offset := range nearestFirst(offsets) {
		switch {
		case slices.Contains(done, offset):
			passed = true
		case offset < left:
			plan.Next = expires.AddDays(-offset) // overwritten by further ones, which come sooner
		case passed:
			plan.Skip = append(plan.Skip, offset)
		default:
			plan.Due, plan.Send, passed = true, offset, true
		}
	}
	return plan
}

func nearestFirst(offsets []int) []int {
	sorted := slices.Clone(offsets)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}
