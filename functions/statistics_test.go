package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/statistics"
)

// recount is the counters as they must be: told anew from heads and chains of
// events, by another way than the portal's. A counter is named by its row and
// itself, as "statistics#bureau-BV now submitted".
type recount map[string]int64

// add counts for a bureau and, when somebody has the dossier, for them.
func (c recount) add(body, agent, row, counter string, n int64) {
	c["statistics#"+body+" "+row+" "+counter] += n
	if agent != "" {
		c["statistics#"+body+"#"+agent+" "+row+" "+counter] += n
	}
}

// tell counts a dossier's whole life.
func (c recount) tell(d conformity.Dossier, events []dossier.Event) {
	if d.DepositN == 0 {
		return
	}
	kind := strings.TrimSuffix(d.Object+"_"+d.Route, "_")
	holder := d.Agent
	if holder == "" {
		holder = statistics.Nobody
	}
	c.add(d.Body, holder, "now", string(d.Status), 1)
	month := func(at time.Time) string { return "month#" + calendar.DateIn(at).String()[:7] }
	c.add(d.Body, "", month(d.Deposited.UTC()), "deposited."+kind, 1)
	agent, since := "", time.Time{}
	for _, e := range events[d.DepositN-1:] {
		if e.From != e.To && e.N > d.DepositN {
			row := month(e.At) + "#" + string(e.From)
			c.add(d.Body, agent, row, "stays", 1)
			c.add(d.Body, agent, row, "seconds", int64(e.At.Sub(since)/time.Second))
		}
		if e.From != e.To {
			since = e.At
		}
		switch e.Action {
		case conformity.Close:
			c.add(d.Body, agent, month(e.At), "answered."+kind+"."+string(d.Response), 1)
			c.add(d.Body, agent, month(e.At), map[bool]string{true: "late", false: "on_time"}[calendar.DateIn(e.At).String() > d.Due], 1)
		case conformity.Cancel:
			c.add(d.Body, agent, month(e.At), "cancelled."+kind, 1)
		case conformity.Assign, conformity.Reassign, conformity.Unassign:
			agent, _ = e.Content.Details["agent"].(string)
		}
	}
	if agent != d.Agent {
		panic("the events say another agent than the head")
	}
}

// statistics are the counters as stored, but for buckets, which are held
// against the stays that they divide.
func (h *harness) statistics() recount {
	h.t.Helper()
	counters := recount{}
	for _, bureau := range []string{"BV", "SG", "IT", "TR", "AP"} {
		for _, person := range append([]string{"", "#" + statistics.Nobody}, h.agentKeys()...) {
			pk := "statistics#bureau-" + bureau + person
			for _, row := range h.rows(infra.Query{PK: pk}) {
				values, buckets := map[string]int64{}, int64(0)
				if err := json.Unmarshal(row.Value, &values); err != nil {
					h.t.Fatalf("%s %s: %v", pk, row.SK, err)
				}
				for counter, n := range values {
					if strings.HasPrefix(counter, "to_") || counter == "beyond" {
						buckets += n
						continue
					}
					counters[pk+" "+row.SK+" "+counter] = n
				}
				if buckets != values["stays"] {
					h.t.Errorf("%s %s: %d stays in buckets of %d", pk, row.SK, values["stays"], buckets)
				}
			}
		}
	}
	return counters
}

func (h *harness) agentKeys() []string {
	var keys []string
	for _, name := range []string{omar, leila, nadia, imane, younes, salma, karim} {
		keys = append(keys, "#"+h.marks[name])
	}
	return keys
}

// differences are the counters that are not as recounted; one that is zero is
// as good as none.
func (c recount) differences(stored recount) []string {
	var list []string
	names := maps.Clone(c)
	maps.Copy(names, stored)
	for name := range names {
		if c[name] != stored[name] {
			list = append(list, fmt.Sprintf("%s: counted %d, there are %d", name, stored[name], c[name]))
		}
	}
	slices.Sort(list)
	return list
}

// countsRight holds the statistics against a recount of these dossiers, which
// are all there are.
func (h *harness) countsRight(ids ...string) {
	h.t.Helper()
	want := recount{}
	for _, id := range ids {
		want.tell(h.head(id), h.events(id))
	}
	for _, difference := range want.differences(h.statistics()) {
		h.t.Errorf("%s", difference)
	}
}

func TestTheStatisticsAreARecountOfTheChains(t *testing.T) {
	t.Parallel()
	h := archive.open(t, overHTTP)
	var ids []string
	for mark, id := range h.marks {
		if mark != "draft" && len(id) == 26 && h.head(id).ID != "" {
			ids = append(ids, id)
		}
	}
	if len(ids) != 7 {
		t.Fatalf("%d dossiers", len(ids))
	}
	h.countsRight(ids...)
	if got := h.statistics()["statistics#bureau-BV month#2026-08 answered.coc_A.conforming"]; got != 1 {
		t.Errorf("answered %d", got)
	}
	if len(recount{}.differences(h.statistics())) == 0 {
		t.Error("a recount of nothing finds nothing wrong")
	}
}

// A dossier from before there were statistics is counted with its whole life
// by the first event that is.
func TestADossierThatWasNeverCountedIsCountedWhole(t *testing.T) {
	t.Parallel()
	h := everywhere.open(t, overHTTP)
	var ids []string
	for _, status := range conformity.Procedure.Statuses {
		ids = append(ids, h.marks[string(status)])
	}
	h.forgets("statistics#bureau-BV", "statistics#bureau-BV#demo-omar", "statistics#bureau-BV#nobody")
	for _, id := range ids {
		h.forgets(dossier.PK(id)) // its standing only
	}
	id := h.marks[string(conformity.InProcessing)]
	h.as(omar).does(id, "answers", emptyBody)
	h.countsRight(id)
}

// forgets deletes the counters of a partition, or how far a dossier was counted.
func (h *harness) forgets(pks ...string) {
	h.t.Helper()
	for _, pk := range pks {
		for _, row := range h.rows(infra.Query{PK: pk}) {
			if strings.HasPrefix(pk, "dossier#") && row.SK != "statistics" {
				continue
			}
			if err := h.portal.Dossiers().Write(h.context(), infra.Delete{Key: row.Key}); err != nil {
				h.t.Fatalf("%v", err)
			}
		}
	}
}
