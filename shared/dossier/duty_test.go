package dossier

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/shared/calendar"
)

var terms = Terms{Target: 5, DueSoon: 1, Status: map[Status]int{working: 2, waiting: 10}}

// in is a head that came into a status at a time, with its clock.
func in(s Status, c Clock, when string) Head {
	return Head{ID: "d", Status: s, Since: moment(when), Clock: c}
}

// rung writes alarms as "kind at for day", times in Casablanca.
func rung(alarms []Alarm) []string {
	var list []string
	for _, a := range alarms {
		list = append(list, fmt.Sprintf("%s %s for %s", a.Kind, a.At.In(calendar.Casablanca()).Format("2006-01-02 15:04"), a.On))
	}
	return list
}

func TestAlarmsOfADossier(t *testing.T) {
	deposited := started(5, "2026-11-20 15:00") // a Friday, due on the next
	asked := enter(deposited, waiting, "2026-11-24 10:00")
	for _, c := range []struct {
		name string
		head Head
		want []string
	}{
		{"a draft has none", Head{Status: "draft"}, nil},
		{"a status too long, then soon, then over on a working day", in(working, deposited, "2026-11-20 15:00"),
			[]string{"status_over 2026-11-25 08:00 for 2026-11-24", "due_soon 2026-11-26 08:00 for 2026-11-27", "overdue 2026-11-30 08:00 for 2026-11-27"}},
		{"suspended, only the applicant's own delay", in(waiting, asked, "2026-11-24 10:00"), []string{"status_over 2026-12-09 08:00 for 2026-12-08"}},
		{"resumed with what remains", in(working, enter(asked, working, "2026-12-01 10:00"), "2026-12-01 10:00"),
			[]string{"due_soon 2026-12-03 08:00 for 2026-12-04", "status_over 2026-12-04 08:00 for 2026-12-03", "overdue 2026-12-07 08:00 for 2026-12-04"}},
		{"a status without a delay", in(resting, deposited, "2026-11-20 15:00"), []string{"due_soon 2026-11-26 08:00 for 2026-11-27", "overdue 2026-11-30 08:00 for 2026-11-27"}},
		{"over", in(over, enter(deposited, over, "2026-11-24 10:00"), "2026-11-24 10:00"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rung(c.head.Alarms(terms, calendar.Official())); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestOfWhatWasMissedOnlyWhatStillHelpsIsHeard(t *testing.T) {
	alarms := func() []Alarm {
		h := in(working, started(5, "2026-11-20 15:00"), "2026-11-20 15:00")
		return h.Alarms(terms, calendar.Official())
	}()
	for _, c := range []struct {
		at    string
		heard []AlarmKind
		next  string
	}{
		{"2026-11-25 07:59:59", nil, "2026-11-25 08:00"},
		{"2026-11-25 08:00", []AlarmKind{StatusOver}, "2026-11-26 08:00"},
		{"2026-11-27 23:00", []AlarmKind{StatusOver, DueSoon}, "2026-11-30 08:00"},
		{"2027-01-01 12:00", []AlarmKind{StatusOver, Overdue}, ""},
	} {
		heard, next := Ring(alarms, moment(c.at))
		var kinds []AlarmKind
		for _, a := range heard {
			kinds = append(kinds, a.Kind)
		}
		want := time.Time{}
		if c.next != "" {
			want = moment(c.next)
		}
		if !slices.Equal(kinds, c.heard) || !next.Equal(want) {
			t.Errorf("at %s: %v, next %v", c.at, kinds, next)
		}
	}
}

func TestEveryAlarmComesOnAWorkingDayWhenOfficesOpen(t *testing.T) {
	h := calendar.Official()
	rapid.Check(t, func(t *rapid.T) {
		c, changes := life(t)
		head := Head{Status: rapid.SampledFrom([]Status{waiting, working, resting}).Draw(t, "status"), Since: changes[len(changes)-1], Clock: c}
		terms := Terms{Target: c.Target, DueSoon: rapid.IntRange(0, 5).Draw(t, "soon"), Status: map[Status]int{waiting: 10, working: 3}}
		alarms := head.Alarms(terms, h)
		if !c.Stopped.IsZero() && alarms != nil {
			t.Fatalf("a stopped clock rings: %v", rung(alarms))
		}
		keys := map[string]bool{}
		for i, a := range alarms {
			local := a.At.In(calendar.Casablanca())
			if local.Hour() != 8 || local.Minute() != 0 || !h.IsWorkingDay(calendar.DateIn(a.At)) {
				t.Fatalf("%v", rung(alarms))
			}
			if a.Kind != DueSoon && !calendar.DateIn(a.At).After(a.On) {
				t.Fatalf("over before it is: %v", rung(alarms))
			}
			if i > 0 && a.At.Before(alarms[i-1].At) || keys[a.Key] {
				t.Fatalf("out of order, or twice: %v", rung(alarms))
			}
			keys[a.Key] = true
		}
		at := changes[0].Add(time.Duration(rapid.Int64Range(0, 400*24*3600).Draw(t, "at")) * time.Second)
		heard, next := Ring(alarms, at)
		for _, a := range heard {
			if a.At.After(at) || slices.ContainsFunc(heard, func(b Alarm) bool { return a.Kind == DueSoon && b.Kind == Overdue }) {
				t.Fatalf("heard %v at %v", rung(heard), at)
			}
		}
		if !next.IsZero() && !next.After(at) {
			t.Fatalf("next %v at %v", next, at)
		}
	})
}

func TestTheDatesOfAHead(t *testing.T) {
	h := calendar.Official()
	once := Start(Terms{Target: 5, Complements: Once}, moment("2026-11-20 15:00"))
	for _, c := range []struct {
		name                 string
		head                 Head
		due, statusDue, half string
	}{
		{"a draft", Head{}, "", "", ""},
		{"running", in(working, started(5, "2026-11-20 15:00"), "2026-11-20 15:00"), "2026-11-27", "2026-11-24", ""},
		{"where one complement may be asked for", in(working, once, "2026-11-20 15:00"), "2026-11-27", "2026-11-24", "2026-11-24"},
		{"suspended", in(waiting, enter(once, waiting, "2026-11-23 10:00"), "2026-11-23 10:00"), "", "2026-12-07", ""},
	} {
		c.head.Redate(terms, h, moment("2026-11-23 12:00"))
		if c.head.Due != c.due || c.head.StatusDue != c.statusDue || c.head.HalfOn != c.half {
			t.Errorf("%s: due %q, in this status %q, half %q", c.name, c.head.Due, c.head.StatusDue, c.head.HalfOn)
		}
	}
	ended := in(over, enter(once, over, "2026-11-24 10:00"), "2026-11-24 10:00")
	ended.Due, ended.StatusDue, ended.HalfOn = "2026-11-27", "2026-11-24", "2026-11-24"
	if ended.Redate(terms, h, moment("2027-01-01 10:00")); ended.Due != "2026-11-27" || ended.StatusDue != "" || ended.HalfOn != "" {
		t.Errorf("an ended dossier: %+v", ended)
	}
}

func TestNoticesGoOutWhenOfficesOpenInRamadanToo(t *testing.T) {
	for _, day := range []string{"2026-02-14", "2026-02-15", "2026-02-16", "2026-03-22", "2026-11-23"} {
		date, err := calendar.ParseDate(day)
		if err != nil {
			t.Fatal(err)
		}
		if at := Opening(date).In(calendar.Casablanca()); at.Hour() != 8 || calendar.DateIn(at) != date {
			t.Errorf("%s: %v", day, at)
		}
	}
}
