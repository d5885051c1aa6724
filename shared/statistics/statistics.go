// Package statistics turns the events of dossiers into counters: how many
// stand in each status, what was deposited and answered in a month, and how
// long each step takes (the conformity specification, "Views"). It says what
// an event adds to which counter, and reads the counters back; who stores them
// sees to it that every event is counted once.
package statistics

import (
	"strings"
	"time"

	"portal/shared/calendar"
	"portal/shared/dossier"
)

// Standing is how the counters hold a dossier: what they have counted of its
// life so far. The zero Standing is a dossier not yet counted.
type Standing struct {
	N      int64          `json:"n"` // last event counted
	Status dossier.Status `json:"status"`
	Since  time.Time      `json:"since"`           // in this status
	Agent  string         `json:"agent,omitempty"` // who has it, "" for nobody
}

// Event is an event as the counters see it.
type Event struct {
	N     int64
	At    time.Time
	To    dossier.Status
	Agent string // who has the dossier from now on, "" for nobody
	End   End
}

// End is how an event ends a dossier; "" for one that goes on.
type End string

// The ends of a dossier.
const (
	Answered  End = "answered"
	Cancelled End = "cancelled"
)

// Case is what a dossier is to the counters.
type Case struct {
	Kind     string        // what is asked for, such as coc_A
	Response string        // the answer, once given
	Due      calendar.Date // by when the answer was due; zero when never
}

// Nobody stands in the place of an agent for dossiers that have none.
const Nobody = "nobody"

// Row is one row of counters: the body's own (Agent "") or an agent's, under
// its name.
type Row struct{ Agent, Name string }

// Counters is what is to be added to rows, by the name of the counter.
type Counters map[Row]map[string]int64

// Now names the row that counts dossiers by their status as it is now.
const Now = "now"

// Month names the row of what happened in the month of a date. Rows that tell
// how long steps took in that month begin with it.
func Month(d calendar.Date) string { return "month#" + d.String()[:len("2026-08")] }

// StepRow names the row of the times that dossiers spent in a status, which
// they left in that month.
func StepRow(month string, status dossier.Status) string { return month + "#" + string(status) }

// The counters of a month, each followed by a kind and, for answers, by the
// response: deposited.coc_A, answered.coc_A.conforming.
const (
	deposited = "deposited"
	onTime    = "on_time"
	late      = "late"
)

// Count adds to the counters what an event changes, and gives the standing
// after it. An event that was counted before changes nothing. The time spent
// in a status is that of one stay, nights and week-ends included; it counts in
// the month in which the stay ends and, of agents, for whoever has the dossier
// then.
func (c Counters) Count(s Standing, e Event, k Case) Standing {
	if e.N <= s.N {
		return s
	}
	month := Month(calendar.DateIn(e.At))
	moved := s.Status != e.To
	if moved {
		c.shift("", s.Status, e.To)
	}
	if moved || s.Agent != e.Agent {
		c.add(Row{holder(s.Agent), Now}, string(s.Status), -1)
		c.add(Row{holder(e.Agent), Now}, string(e.To), 1)
	}
	if s.Status == "" {
		c.add(Row{"", month}, deposited+"."+k.Kind, 1)
	} else if moved {
		c.both(s.Agent, StepRow(month, s.Status), func(r Row) { c.observe(r, e.At.Sub(s.Since)) })
	}
	c.end(s.Agent, month, e, k)
	if !moved {
		return Standing{N: e.N, Status: s.Status, Since: s.Since, Agent: e.Agent}
	}
	return Standing{N: e.N, Status: e.To, Since: e.At, Agent: e.Agent}
}

func (c Counters) end(agent, month string, e Event, k Case) {
	if e.End == "" {
		return
	}
	name := string(e.End) + "." + k.Kind
	if e.End == Answered {
		name += "." + k.Response
	}
	c.both(agent, month, func(r Row) {
		c.add(r, name, 1)
		if e.End != Answered || k.Due.IsZero() {
			return
		}
		if calendar.DateIn(e.At).After(k.Due) {
			c.add(r, late, 1)
		} else {
			c.add(r, onTime, 1)
		}
	})
}

// both does it to the body's row and, when somebody has the dossier, to theirs.
func (c Counters) both(agent, name string, do func(Row)) {
	do(Row{"", name})
	if agent != "" {
		do(Row{agent, name})
	}
}

func (c Counters) shift(agent string, from, to dossier.Status) {
	c.add(Row{agent, Now}, string(from), -1)
	c.add(Row{agent, Now}, string(to), 1)
}

func (c Counters) observe(r Row, held time.Duration) {
	for name, n := range observed(held) {
		c.add(r, name, n)
	}
}

// add keeps no zero: two events counted together may cancel out.
func (c Counters) add(r Row, name string, n int64) {
	if name == "" {
		return // before the deposit there is no status
	}
	if c[r] == nil {
		c[r] = map[string]int64{}
	}
	if c[r][name] += n; c[r][name] == 0 {
		delete(c[r], name)
	}
	if len(c[r]) == 0 {
		delete(c, r)
	}
}

func holder(agent string) string {
	if agent == "" {
		return Nobody
	}
	return agent
}

// Figures are the counters of a month, read back.
type Figures struct {
	Deposited map[string]int64            // by kind
	Cancelled map[string]int64            // by kind
	Answered  map[string]map[string]int64 // by kind, then response
	OnTime    int64                       // answered by the day they were due
	Late      int64                       // answered after it
}

// ReadFigures reads the row of a month. Counters it does not know are left
// out: a newer portal may count more.
func ReadFigures(row map[string]int64) Figures {
	f := Figures{Deposited: map[string]int64{}, Cancelled: map[string]int64{}, Answered: map[string]map[string]int64{}, OnTime: row[onTime], Late: row[late]}
	for name, n := range row {
		what, rest, _ := strings.Cut(name, ".")
		switch what {
		case deposited:
			f.Deposited[rest] += n
		case string(Cancelled):
			f.Cancelled[rest] += n
		case string(Answered):
			kind, response, _ := strings.Cut(rest, ".")
			if f.Answered[kind] == nil {
				f.Answered[kind] = map[string]int64{}
			}
			f.Answered[kind][response] += n
		}
	}
	return f
}
