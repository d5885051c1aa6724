package main

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"portal/demo/client"
	"portal/functions/conformity"
	"portal/infra"
	rules "portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/step"
)

// kinds are the kinds of people, as one dossier of Atlas at BV sees them.
var kinds = []struct{ kind, name string }{
	{"anonymous", ""}, {"declarant", yasmine}, {"other declarant", hamza},
	{"supervisor", salma}, {"agent", omar}, {"colleague", leila},
	{"other supervisor", karim}, {"other agent", nadia}, {"ministry", driss}, {"administrator", admin},
}

// requests are the least that each step of the conformity room accepts, and the
// action that it is.
var requests = map[string]struct {
	body   any
	action dossier.Action
}{
	"conformity/create":               {body: emptyBody},
	"conformity/save_form":            {object("BV"), rules.EditForm},
	"conformity/save_goods":           {goods(1), rules.EditGoods},
	"conformity/request_upload":       {body: map[string]int{"size": 1}},
	"conformity/request_goods_upload": {body: map[string]any{"format": "csv", "size": 1}},
	"conformity/import_goods":         {map[string]string{"upload": placedGoods}, rules.EditGoods},
	"conformity/show_goods_template":  {}, "conformity/show_goods_guide": {},
	"conformity/attach_document":   {map[string]string{"upload": placed, "kind": "other", "name": "Pièce"}, rules.AttachDocument},
	"conformity/remove_document":   {nil, rules.RemoveDocument},
	"conformity/discard":           {nil, rules.Discard},
	"conformity/submit":            {nil, rules.Submit},
	"conformity/assign":            {map[string]string{"agent": "demo-leila", "reason": "Charge."}, rules.Assign},
	"conformity/unassign":          {reason, rules.Unassign},
	"conformity/take_charge":       {nil, rules.TakeCharge},
	"conformity/accept_review":     {emptyBody, rules.AcceptReview},
	"conformity/ask_complement":    {message, rules.AskComplement},
	"conformity/answer_complement": {map[string]any{"documents": []map[string]string{{"upload": placed, "name": "Pièce"}}}, rules.AnswerComplement},
	"conformity/ask_analyses":      {message, rules.AskAnalyses},
	"conformity/answer_analyses":   {map[string]any{"documents": []map[string]string{{"upload": placed, "name": "Pièce"}}}, rules.AnswerAnalyses},
	"conformity/plan_visit":        {map[string]string{"date": "2026-09-01", "place": "Ningbo"}, rules.PlanVisit},
	"conformity/close_visit":       {map[string]string{"result": "favourable", "upload": placed, "name": "PV"}, rules.CloseVisit},
	"conformity/give_verdicts":     {verdictsOn(rules.Conforming), rules.GiveVerdicts},
	"conformity/close_dossier":     {emptyBody, rules.Close},
	"conformity/cancel":            {reason, rules.Cancel},
	"conformity/show":              {}, "conformity/show_goods": {}, "conformity/show_control": {}, "conformity/show_differences": {}, "conformity/show_events": {}, "conformity/show_clock": {}, "conformity/download": {},
	"conformity/list": {}, "conformity/queue": {}, "conformity/agents": {}, "conformity/bureaux": {},
	"conformity/show_bureau_choice": {}, "conformity/show_dashboard": {}, "conformity/list_filters": {}, "conformity/remove_filter": {},
	"conformity/save_filter":    {body: map[string]string{"name": "Déposés", "list": "bureau", "status": "submitted"}},
	"conformity/assign_many":    {body: map[string]any{"agent": "demo-omar", "dossiers": []map[string]any{{"id": "none", "version": 1}}}},
	"conformity/request_export": {body: wanting("csv", "bureau")},
	"conformity/list_exports":   {}, "conformity/show_export": {},
	"conformity/set_absence": {body: map[string]string{"until": "2026-09-04"}},
}

// cell is one trial of the table.
type cell struct {
	step   step.Step
	status dossier.Status // "" for a step that is not about one dossier
	kind   int
}

func cells() []cell {
	var all []cell
	for _, make := range conformity.Steps {
		s := make(infra.Ports{})
		statuses := rules.Procedure.Statuses
		if !strings.Contains(s.Route.Path, "{id}") {
			statuses = []dossier.Status{""}
		}
		for _, status := range statuses {
			for kind := range kinds {
				if s.Kind == step.KindHTTP {
					all = append(all, cell{s, status, kind})
				}
			}
		}
	}
	return all
}

// TestRoleStepStatus tries every step of the room in every status as every kind
// of person, and holds the outcome against a table that people have read. A
// step that succeeds has spent its dossier: the trials that remain go on from a
// fresh copy.
func TestRoleStepStatus(t *testing.T) {
	t.Parallel()
	outcome := map[string]string{}
	for left := cells(); len(left) > 0; {
		left = tryAll(t, everywhere.open(t, overGateway), left, outcome)
	}
	golden := filepath.Join("testdata", "role_step_status.golden")
	got := drawn(outcome)
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("who may do what has changed; read the difference, then go test ./functions -run RoleStepStatus -update\n%s", difference(string(want), string(got)))
	}
	theAllowedActionsAreThoseThatSucceed(t, outcome)
}

// tryAll tries cells while their dossiers are as the scene left them, and gives
// those that are left.
func tryAll(t *testing.T, h *harness, todo []cell, outcome map[string]string) (left []cell) {
	defer h.close()
	h.tick = 0
	people := map[string]*browser{"": h.visitor()}
	for _, kind := range kinds[1:] {
		people[kind.name] = h.as(kind.name)
	}
	spent, before, succeeded := map[dossier.Status]bool{}, map[string]string{}, false
	for _, c := range todo {
		if _, known := requests[c.step.Name]; !known {
			t.Fatalf("the table has no request for %s", c.step.Name)
		}
		if spent[c.status] {
			left = append(left, c)
			continue
		}
		id := h.marks[string(c.status)]
		if _, read := before[id]; !read || succeeded {
			before[id] = h.partition(id)
		}
		answer := people[kinds[c.kind].name].tries(c, id)
		outcome[c.key()] = strings.TrimSpace(fmt.Sprint(answer.Status, " ", answer.Problem().Code))
		succeeded = answer.Status < 300
		spent[c.status] = succeeded && c.step.Route.Method != http.MethodGet && c.status != ""
		if !succeeded && h.partition(id) != before[id] {
			t.Errorf("%s was refused and changed the dossier", c.key())
		}
	}
	return left
}

func (c cell) key() string {
	return c.step.Name + "|" + string(c.status) + "|" + kinds[c.kind].kind
}

// tries does a cell's request with the dossier's current version, unless told
// otherwise.
func (b *browser) tries(c cell, id string, options ...client.Option) reply {
	document := "none"
	if id != "" {
		documents := b.h.rows(infra.Query{PK: dossier.PK(id), Prefix: "dossier.document#"})
		_, document, _ = strings.Cut(documents[0].SK, "#")
	}
	path := strings.NewReplacer("{id}", id, "{document}", document, "{section}", "object", "{person}", "demo-omar").Replace(c.step.Route.Path)
	version := client.IfMatch((&paper{Version: b.h.head(id).Version}).tag())
	return b.ask(c.step.Route.Method, path, requests[c.step.Name].body, append([]client.Option{version}, options...)...)
}

// partition is every row of a dossier as one text.
func (h *harness) partition(id string) string {
	if id == "" {
		return ""
	}
	var b strings.Builder
	for _, row := range h.rows(infra.Query{PK: dossier.PK(id)}) {
		fmt.Fprintf(&b, "%s %s\n", row.SK, row.Value)
	}
	return b.String()
}

// drawn is the table: a block a step, a line a status, a column a kind of
// person.
func drawn(outcome map[string]string) []byte {
	var out bytes.Buffer
	last := ""
	var lines *tabwriter.Writer
	for _, c := range cells() {
		if c.step.Name != last {
			if lines != nil {
				lines.Flush()
			}
			fmt.Fprintf(&out, "\n%s: %s %s\n", c.step.Name, c.step.Route.Method, c.step.Route.Path)
			lines = tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
			fmt.Fprint(lines, "status")
			for _, kind := range kinds {
				fmt.Fprint(lines, "\t", kind.kind)
			}
			fmt.Fprintln(lines)
			last = c.step.Name
		}
		if c.kind == 0 {
			status := string(c.status)
			if status == "" {
				status = "any"
			}
			fmt.Fprint(lines, status)
		}
		fmt.Fprint(lines, "\t", outcome[c.key()])
		if c.kind == len(kinds)-1 {
			fmt.Fprintln(lines)
		}
	}
	lines.Flush()
	return bytes.TrimLeft(out.Bytes(), "\n")
}

// difference lists the lines that only one of two texts has.
func difference(want, got string) string {
	var b strings.Builder
	has := func(text string) map[string]bool {
		return maps.Collect(func(yield func(string, bool) bool) {
			for _, line := range strings.Split(text, "\n") {
				if !yield(line, true) {
					return
				}
			}
		})
	}
	wanted, gotten := has(want), has(got)
	for _, line := range slices.Sorted(maps.Keys(wanted)) {
		if !gotten[line] {
			fmt.Fprintln(&b, "-", line)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(gotten)) {
		if !wanted[line] {
			fmt.Fprintln(&b, "+", line)
		}
	}
	return b.String()
}

// theAllowedActionsAreThoseThatSucceed holds what a dossier says one may do
// against what one could.
func theAllowedActionsAreThoseThatSucceed(t *testing.T, outcome map[string]string) {
	h := everywhere.open(t, overHTTP)
	for _, status := range rules.Procedure.Statuses {
		for _, kind := range kinds[1:] {
			could := []string{}
			for _, c := range cells() {
				action := requests[c.step.Name].action
				if action == rules.Assign && status != rules.Submitted {
					action = rules.Reassign
				}
				if c.status == status && kinds[c.kind].kind == kind.kind && action != "" && strings.HasPrefix(outcome[c.key()], "2") {
					could = append(could, string(action))
				}
			}
			may := h.as(kind.name).allowedOn(h.marks[string(status)])
			could = slices.Compact(sorted(could...)) // some actions have several steps
			if !slices.Equal(sorted(may...), could) {
				t.Errorf("%s, %s: may %v, could %v", status, kind.kind, may, could)
			}
		}
	}
}
