package xlsx

import "time"

// epoch is day 0 of the spreadsheets' count of days. They take 1900 for a leap
// year, so it is a day early for dates from March of that year on.
var epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// When is a cell with a date or a date with its time, by its style (Dated or
// Timed), as a clock on the wall of t's zone tells it; cells have no zone.
// Empty for the zero time.
func When(t time.Time, style Style) Entry {
	if t.IsZero() {
		return Entry{style: style}
	}
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	return Figure(wall.Sub(epoch).Hours()/24, style)
}
