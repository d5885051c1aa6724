package calendar

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"
)

//go:embed data/holidays.json
var officialHolidays []byte

// Names are what a holiday is called in the portal's languages.
type Names struct {
	French  string `json:"fr"`
	Arabic  string `json:"ar"`
	English string `json:"en"`
}

// In is the name in a language of the portal, French when it is none.
func (n Names) In(lang string) string {
	switch lang {
	case "ar":
		return n.Arabic
	case "en":
		return n.English
	}
	return n.French
}

// FixedHoliday comes back on the same day of every Gregorian year.
type FixedHoliday struct {
	Month time.Month `json:"month"`
	Day   int        `json:"day"`
	Since int        `json:"since,omitempty"` // first year it was a holiday; 0: before every date of the portal
	Names Names      `json:"names"`
}

// LunarHoliday is one occurrence of a feast of the Hijri calendar: the sighting
// of the moon settles its date, so each one is dated by hand.
type LunarHoliday struct {
	Occasion string `json:"occasion"`         // muharram, fitr, adha, mawlid, or one an administrator adds
	Hijri    int    `json:"hijri"`            // Hijri year: a Gregorian year may hold the same feast twice
	First    Date   `json:"first"`            // first day off
	Days     int    `json:"days"`             // how many days off in a row
	Sample   bool   `json:"sample,omitempty"` // estimated, not announced
	Names    Names  `json:"names,omitzero"`   // taken from the occasion when empty
}

// HijriYear is the year of the Hijri calendar in the middle of a date's
// Gregorian year, reckoned from the mean length of the lunar year (354.367
// days); it may be off by one.
func HijriYear(d Date) int { return int((float64(d.Year())-621.57)*1.03069) + 1 }

// Plausible tells whether the Hijri year is one in which the first day can
// fall: a slip of the keyboard in either would date another feast.
func (l LunarHoliday) Plausible() bool {
	apart := HijriYear(l.First) - l.Hijri
	return apart >= -1 && apart <= 1
}

// Holidays is a table of public holidays. It is immutable: With returns a new
// one. The zero Holidays knows no holiday, only week-ends.
type Holidays struct {
	source    string
	date      Date
	occasions map[string]Names
	fixed     []FixedHoliday
	lunar     []LunarHoliday // one per occasion and Hijri year, by first day
}

// Holiday is what makes a given day a holiday.
type Holiday struct {
	Names  Names
	Sample bool // the date is an estimate
}

// Official is the table shipped with the portal, read once.
func Official() Holidays { return official() }

var official = sync.OnceValue(func() Holidays {
	table, err := ParseHolidays(officialHolidays)
	if err != nil {
		return Holidays{} // unreachable: the file is compiled in and a test reads it
	}
	return table
})

type holidayFile struct {
	Source    string           `json:"source"`
	Date      Date             `json:"date"`
	Occasions map[string]Names `json:"occasions"`
	Fixed     []FixedHoliday   `json:"fixed"`
	Lunar     []LunarHoliday   `json:"lunar"`
}

// ParseHolidays reads a table in the form of data/holidays.json. It errs when
// the JSON is malformed, a date does not exist, an entry is incomplete, or two
// entries date the same feast of the same Hijri year.
func ParseHolidays(data []byte) (Holidays, error) {
	var file holidayFile
	if err := json.Unmarshal(data, &file); err != nil {
		return Holidays{}, fmt.Errorf("read the table of holidays: %w", err)
	}
	for _, f := range file.Fixed {
		// 29 February is refused too: it is no day of every year.
		if f.Month < time.January || f.Month > time.December || f.Day < 1 || f.Day > daysIn(2001, f.Month) {
			return Holidays{}, fmt.Errorf("holiday %q: no day %d of month %d in every year", f.Names.French, f.Day, f.Month)
		}
	}
	table := Holidays{source: file.Source, date: file.Date, occasions: file.Occasions, fixed: file.Fixed}
	for _, l := range file.Lunar {
		if slices.ContainsFunc(table.lunar, l.sameFeast) {
			return Holidays{}, fmt.Errorf("holiday %s %d is dated twice", l.Occasion, l.Hijri)
		}
		table.lunar = append(table.lunar, l)
	}
	return table.With(table.lunar...)
}

// With is the table with these occurrences added; an occurrence of a feast and
// Hijri year already dated replaces it, which is how an announced date takes
// the place of an estimate. Each needs an occasion, a Hijri year, a first day
// and 1 to 15 days: the error says which one does not, and the table is then h.
func (h Holidays) With(extra ...LunarHoliday) (Holidays, error) {
	lunar := slices.Clone(h.lunar)
	for _, e := range extra {
		if err := e.check(); err != nil {
			return h, err
		}
		lunar = append(slices.DeleteFunc(lunar, e.sameFeast), e)
	}
	slices.SortStableFunc(lunar, func(a, b LunarHoliday) int { return a.First.Compare(b.First) })
	h.lunar = lunar
	return h, nil
}

// Source says where the table comes from.
func (h Holidays) Source() string { return h.source }

// Date is the day the table was drawn up.
func (h Holidays) Date() Date { return h.date }

// LastDated is the latest lunar holiday of the table: working days counted
// beyond it ignore the feasts nobody has dated yet. Zero when there is none.
func (h Holidays) LastDated() Date {
	if len(h.lunar) == 0 {
		return Date{}
	}
	last := h.lunar[len(h.lunar)-1]
	return last.First.AddDays(last.Days - 1)
}

// On lists what makes that day a holiday, fixed holidays first; nothing when it
// is none.
func (h Holidays) On(d Date) []Holiday {
	var found []Holiday
	for _, f := range h.fixed {
		if f.Month == d.month && f.Day == d.day && d.year >= f.Since {
			found = append(found, Holiday{Names: f.Names})
		}
	}
	for _, l := range h.lunar {
		if !d.Before(l.First) && d.Before(l.First.AddDays(l.Days)) {
			found = append(found, Holiday{Names: h.namesOf(l), Sample: l.Sample})
		}
	}
	return found
}

func (h Holidays) namesOf(l LunarHoliday) Names {
	if l.Names != (Names{}) {
		return l.Names
	}
	return h.occasions[l.Occasion]
}

// The bound on days keeps a slip of the keyboard from making every search for
// a working day run for ever.
func (l LunarHoliday) check() error {
	if l.Occasion == "" || l.Hijri < 1 || l.First.IsZero() || l.Days < 1 || l.Days > 15 {
		return fmt.Errorf("holiday %q of Hijri year %d: an occasion, a Hijri year, a first day and 1 to 15 days are needed", l.Occasion, l.Hijri)
	}
	return nil
}

func (l LunarHoliday) sameFeast(other LunarHoliday) bool {
	return l.Occasion == other.Occasion && l.Hijri == other.Hijri
}
