package calendar

import "time"

// IsWorkingDay tells whether d is neither Saturday, Sunday nor a holiday.
func (h Holidays) IsWorkingDay(d Date) bool {
	if weekday := d.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
		return false
	}
	return len(h.On(d)) == 0
}

// OnOrAfter is d when it is a working day, else the next working day.
func (h Holidays) OnOrAfter(d Date) Date {
	for !h.IsWorkingDay(d) {
		d = d.AddDays(1)
	}
	return d
}

// AddWorkingDays is the n-th working day after d, d itself not counted, or the
// n-th before it when n is negative. 0 gives d back, working day or not.
func (h Holidays) AddWorkingDays(d Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = d.AddDays(step)
		if h.IsWorkingDay(d) {
			n--
		}
	}
	return d
}

// WorkingDaysBetween counts the working days after from, up to and including
// to; 0 when to is not after from. It is the inverse of AddWorkingDays.
func (h Holidays) WorkingDaysBetween(from, to Date) int {
	count := 0
	for d := from.AddDays(1); !d.After(to); d = d.AddDays(1) {
		if h.IsWorkingDay(d) {
			count++
		}
	}
	return count
}

// AddClearDays is the last day of a *délai franc* of n days that starts on d:
// neither the first day nor the last one counts, so n whole days lie between
// them, and a delay that would end on a day off ends on the next working day.
func (h Holidays) AddClearDays(d Date, n int) Date { return h.OnOrAfter(d.AddDays(n + 1)) }

// AddClearMonths is the same for a délai franc counted in calendar months: the
// day after the clamped anniversary, or the next working day.
func (h Holidays) AddClearMonths(d Date, n int) Date { return h.OnOrAfter(d.AddMonths(n).AddDays(1)) }
