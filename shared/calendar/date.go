package calendar

import (
	"cmp"
	"errors"
	"time"
)

// ErrDate refuses a text that is not an existing day written YYYY-MM-DD.
var ErrDate = errors.New("calendar: not a date written YYYY-MM-DD")

const isoDate = "2006-01-02"

// Date is a civil date in Africa/Casablanca, without a time of day. Two dates
// are the same day exactly when they are ==. The zero Date means no date; its
// text is empty.
type Date struct {
	year  int
	month time.Month
	day   int
}

// On is the date of that year, month and day; values out of range carry over
// as in time.Date, so 31 November is 1 December.
func On(year int, month time.Month, day int) Date {
	return dateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateIn is the day it is in Casablanca at that instant.
func DateIn(at time.Time) Date { return dateOf(at.In(Casablanca())) }

// ParseDate reads YYYY-MM-DD (RFC 3339 full-date). ErrDate when it is anything
// else or no such day exists.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(isoDate, text)
	if err != nil || t.Year() == 0 {
		return Date{}, ErrDate
	}
	return dateOf(t), nil
}

func dateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// Year is the Gregorian year.
func (d Date) Year() int { return d.year }

// Month is the month of the year.
func (d Date) Month() time.Month { return d.month }

// Day is the day of the month, from 1.
func (d Date) Day() int { return d.day }

// IsZero tells whether there is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Compare is negative when d is before other, 0 on the same day, positive after.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.year, other.year), cmp.Compare(d.month, other.month), cmp.Compare(d.day, other.day))
}

// Before tells whether d is an earlier day than other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// After tells whether d is a later day than other.
func (d Date) After(other Date) bool { return d.Compare(other) > 0 }

// AddDays is the date that many days later, or earlier when negative.
func (d Date) AddDays(days int) Date { return On(d.year, d.month, d.day+days) }

// AddMonths is the same day of the month that many months later. Where that
// month is too short it is its last day: 31 August + 3 months is 30 November.
func (d Date) AddMonths(months int) Date {
	first := On(d.year, d.month+time.Month(months), 1)
	return On(first.year, first.month, min(d.day, daysIn(first.year, first.month)))
}

// AddYears is the same day that many years later; 29 February becomes the 28th
// in a common year.
func (d Date) AddYears(years int) Date { return d.AddMonths(12 * years) }

// DaysUntil counts the days from d to other; negative when other is earlier.
func (d Date) DaysUntil(other Date) int {
	return int(other.utc().Sub(d.utc()) / (24 * time.Hour))
}

// StartOfDay is the first instant of the day in Casablanca, in UTC.
func (d Date) StartOfDay() time.Time {
	return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, Casablanca()).UTC()
}

// EndOfDay is the first instant, in UTC, that no longer belongs to the day in
// Casablanca: what is valid through d is valid at t exactly when
// t.Before(d.EndOfDay()).
func (d Date) EndOfDay() time.Time { return d.AddDays(1).StartOfDay() }

// Contains tells whether the instant falls on that day in Casablanca.
func (d Date) Contains(at time.Time) bool { return DateIn(at) == d }

// String is YYYY-MM-DD, or empty when there is no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(isoDate)
}

// MarshalText writes the same text as String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote; an empty text is no date. ErrDate otherwise.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

func (d Date) utc() time.Time { return time.Date(d.year, d.month, d.day, 0, 0, 0, 0, time.UTC) }

func daysIn(year int, month time.Month) int { return On(year, month+1, 0).day }
