package main

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/demo/client"
	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// rivalry is random people acting on a few dossiers at once, on a portal whose
// executions lag behind and that is turned off now and then.
type rivalry struct {
	*rapid.T
	h    *harness
	dir  string
	done map[string]int64 // steps that succeeded on each dossier; far below zero once discarded
}

// contested are the dossiers of the scene contest: a complete draft of Atlas's,
// one of Rif's just deposited, and one of Atlas's in processing.
var contested = []string{"draft1", "draft2", "draft3"}

var contest = &scene{from: drafted, play: func(h *harness) {
	h.as(hamza).does(h.marks["draft3"], "deposits", noBody)
	h.brings(h.marks["draft2"], conformity.InProcessing)
}}

var everybody = []string{yasmine, anas, hamza, salma, sara, omar, leila, karim, nadia, imane}

func TestRandomRivalsNeverBreakADossier(t *testing.T) {
	limitChecks(t, map[bool]int{false: 24, true: 8}[racing])
	from := contest.snapshot(t)
	rapid.Check(t, func(rt *rapid.T) {
		r := &rivalry{T: rt, done: map[string]int64{}}
		r.open(from)
		for _, mark := range contested {
			id := r.h.marks[mark]
			r.done[id] = r.h.head(id).Version
		}
		defer func() { r.h.close(); os.RemoveAll(r.dir) }()
		for range rapid.IntRange(40, 80).Draw(rt, "acts") {
			switch rapid.IntRange(0, 18).Draw(rt, "what") {
			case 16:
				r.holds()
			case 17:
				r.open(r.h.capture())
			case 18:
				r.h.travel(r.h.portal.Clock().Now().Add(time.Duration(rapid.IntRange(1, 48).Draw(rt, "hours")) * time.Hour))
			case 14, 15:
				r.count(atOnce(r.act(), r.act(), r.act())...)
			default:
				r.count(r.act()())
			}
		}
		r.holds()
	})
}

// limitChecks sets how many times a property is tried unless the command line
// says: a whole portal is not a pure function.
func limitChecks(t *testing.T, n int) {
	told := false
	flag.Visit(func(f *flag.Flag) { told = told || f.Name == "rapid.checks" })
	if told {
		return
	}
	checks := flag.Lookup("rapid.checks")
	before := checks.Value.String()
	if err := checks.Value.Set(fmt.Sprint(n)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = checks.Value.Set(before) })
}

// open starts the portal on what was kept; what rang and was not heard is lost.
func (r *rivalry) open(from *snapshot) {
	dir, err := os.MkdirTemp("", "rivalry")
	if err != nil {
		r.Fatalf("%v", err)
	}
	if r.dir != "" {
		os.RemoveAll(r.dir)
	}
	r.dir = dir
	r.h = start(r, dir, from, overGateway)
	r.h.lazy = true
}

// act draws a step and gives the request that does it.
func (r *rivalry) act() func() reply {
	id := r.h.marks[rapid.SampledFrom(contested).Draw(r.T, "dossier")]
	head := r.h.head(id)
	name, actions := rapid.SampledFrom(everybody).Draw(r.T, "who"), slices.Collect(maps.Keys(deeds))
	if rapid.IntRange(0, 9).Draw(r.T, "sensible") < 9 {
		name, actions = r.likely(head, name)
	}
	slices.Sort(actions)
	action := rapid.SampledFrom(actions).Draw(r.T, "action")
	b := r.h.as(name)
	method, path, body := deeds[action](r, id, head)
	version := head.Version + int64(rapid.SampledFrom([]int{0, 0, 0, 0, 0, -1, 1}).Draw(r.T, "version"))
	return func() reply {
		answer := b.ask(method, at(id)+path, body, client.IfMatch((&paper{Version: version}).tag()))
		r.Logf("%s %s %s of %d: %d %s", name, action, id[20:], version, answer.Status, answer.Problem().Code)
		if answer.Status >= 500 {
			r.Errorf("%s %s: %s", name, action, answer.Body)
		}
		answer.Header.Set("Dossier", id)
		return answer
	}
}

// likely draws somebody who may do something to a dossier, and what: seldom to
// end it.
func (r *rivalry) likely(d conformity.Dossier, otherwise string) (name string, actions []string) {
	people := map[dossier.Relation][]string{
		dossier.Declarant:  {map[string]string{rif: hamza}[d.Owner]},
		dossier.Supervisor: {map[string]string{"bureau-SG": karim, "bureau-IT": imane, "bureau-TR": younes}[d.Body]},
		dossier.Agent:      {strings.TrimPrefix(d.Agent, "demo-")},
	}
	if d.Owner == atlas {
		people[dossier.Declarant] = []string{yasmine, anas}
	}
	if d.Body == bureauBV {
		people[dossier.Supervisor] = []string{salma, sara}
	}
	for _, relation := range []dossier.Relation{dossier.Agent, dossier.Supervisor, dossier.Declarant} {
		last := relation == dossier.Declarant
		name = rapid.SampledFrom(people[relation]).Draw(r.T, "likely who")
		may := conformity.Procedure.Allowed(d.Status, relation)
		if name == "" || len(may) == 0 || !last && rapid.IntRange(0, 3).Draw(r.T, "another") == 3 {
			continue
		}
		for _, action := range may {
			ends := action == conformity.Cancel || action == conformity.Discard
			if action == conformity.GiveVerdicts || action == conformity.Close || action == conformity.Submit {
				actions = append(actions, string(action), string(action)) // what leads on
			}
			if !ends || rapid.IntRange(0, 14).Draw(r.T, "end it") == 14 {
				actions = append(actions, string(action))
			}
		}
		if len(actions) > 0 {
			return name, actions
		}
	}
	return otherwise, slices.Collect(maps.Keys(deeds))
}

// count notes what succeeded.
func (r *rivalry) count(answers ...reply) {
	for _, a := range answers {
		switch id := a.Header.Get("Dossier"); a.Status {
		case http.StatusOK:
			r.done[id]++
		case http.StatusNoContent:
			r.done[id] = -1 << 20 // discarded
		}
	}
}

// deeds make a request of an action: mostly right, sometimes not.
var deeds = map[string]func(r *rivalry, id string, d conformity.Dossier) (method, path string, body any){
	"edit_form": func(r *rivalry, _ string, _ conformity.Dossier) (string, string, any) {
		return "PUT", "/form/object", object(rapid.SampledFrom([]string{"BV", "BV", "SG", "IT", "automatic", "XX"}).Draw(r.T, "bureau"))
	},
	"edit_goods": func(r *rivalry, _ string, _ conformity.Dossier) (string, string, any) {
		return "PUT", "/goods", goods(rapid.IntRange(1, 4).Draw(r.T, "lines"))
	},
	"attach_document": func(r *rivalry, id string, _ conformity.Dossier) (string, string, any) {
		return "POST", "/documents", map[string]string{"upload": r.file(id), "kind": rapid.SampledFrom([]string{"invoice", "packing_list", "test_report"}).Draw(r.T, "kind"), "name": "Pièce"}
	},
	"remove_document": func(r *rivalry, id string, _ conformity.Dossier) (string, string, any) {
		rows := r.h.rows(infra.Query{PK: dossier.PK(id), Prefix: "dossier.document#"})
		if len(rows) == 0 {
			return "DELETE", "/documents/nothing", nil
		}
		_, document, _ := strings.Cut(rapid.SampledFrom(rows).Draw(r.T, "document").SK, "#")
		return "DELETE", "/documents/" + document, nil
	},
	"discard": func(*rivalry, string, conformity.Dossier) (string, string, any) {
		return "DELETE", "", nil
	},
	"submit":            just("/deposits", nil),
	"assign":            toAgent,
	"reassign":          toAgent,
	"unassign":          just("/unassignments", reason),
	"take_charge":       just("/takings-in-charge", nil),
	"accept_review":     just("/reviews", emptyBody),
	"ask_complement":    just("/complement-requests", message),
	"answer_complement": withFiles("/complement-answers"),
	"ask_analyses":      just("/analyses-requests", message),
	"answer_analyses":   withFiles("/analyses-answers"),
	"plan_visit": func(r *rivalry, _ string, _ conformity.Dossier) (string, string, any) {
		return "POST", "/visits", visit(r.h)
	},
	"close_visit": func(r *rivalry, id string, _ conformity.Dossier) (string, string, any) {
		return "POST", "/visit-reports", map[string]string{"result": "unfavourable", "upload": r.file(id), "name": "PV"}
	},
	"give_verdicts": func(r *rivalry, _ string, d conformity.Dossier) (string, string, any) {
		verdict := rapid.SampledFrom([]conformity.Verdict{conformity.NotSubject, conformity.Conforming, conformity.Reserved, conformity.NonConforming})
		return "POST", "/verdicts", verdictsOn(rapid.SliceOfN(verdict, max(1, d.Lines-1), d.Lines+1).Draw(r.T, "verdicts")...)
	},
	"close":  just("/answers", emptyBody),
	"cancel": just("/cancellations", reason),
}

func just(path string, body any) func(*rivalry, string, conformity.Dossier) (string, string, any) {
	return func(*rivalry, string, conformity.Dossier) (string, string, any) { return "POST", path, body }
}

func toAgent(r *rivalry, _ string, _ conformity.Dossier) (string, string, any) {
	person := rapid.SampledFrom([]string{"demo-omar", "demo-leila", "demo-nadia", "demo-imane"}).Draw(r.T, "agent")
	return "POST", "/assignments", agent(person)
}

func withFiles(path string) func(*rivalry, string, conformity.Dossier) (string, string, any) {
	return func(r *rivalry, id string, _ conformity.Dossier) (string, string, any) {
		var documents []map[string]string
		for range rapid.IntRange(0, 2).Draw(r.T, "files") {
			documents = append(documents, map[string]string{"upload": r.file(id), "name": "Pièce"})
		}
		return "POST", path, map[string]any{"documents": slices.Concat([]map[string]string{}, documents)}
	}
}

// file puts a file under incoming/, as an upload does.
func (r *rivalry) file(id string) string {
	upload := r.h.portal.Ports.IDs.New()
	data := goodPDF()
	if rapid.IntRange(0, 9).Draw(r.T, "bad file") == 9 {
		data = []byte("MZ")
	}
	if err := r.h.portal.Files().Put(r.h.context(), "incoming/"+id+"/"+upload, "application/pdf", data); err != nil {
		r.Fatalf("%v", err)
	}
	return upload
}
