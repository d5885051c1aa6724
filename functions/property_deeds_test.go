package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"portal/demo/client"
	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// deed is a request that somebody is about to send, about a dossier, about a
// certificate, or to open a draft.
type deed struct {
	who, what    string
	dossier      string
	number       string // of the certificate that it would end
	method, path string
	body         any
	version      string // "" sends none
	twice        bool   // under one Idempotency-Key, as a browser does that lost the answer
}

// outcome is a deed with its answers.
type outcome struct {
	deed
	reply
	again *reply
}

// act draws a deed and gives what sends it.
func (r *rivalry) act() func() outcome { return r.sending(r.draw()) }

func (r *rivalry) sending(d deed) func() outcome {
	b := r.as(d.who)
	return func() outcome {
		options := []client.Option{client.Once(r.h.portal.Ports.IDs.New())}
		if d.method != http.MethodPost {
			options = nil
		}
		if d.version != "" {
			options = append(options, client.IfMatch(d.version))
		}
		o := outcome{deed: d, reply: b.ask(d.method, d.path, d.body, options...)}
		if d.twice && d.method == http.MethodPost {
			again := b.ask(d.method, d.path, d.body, options...)
			o.again = &again
		}
		r.Logf("%s %s %s of %s: %d %s", d.who, d.what, d.path, d.version, o.Status, o.Problem().Code)
		return o
	}
}

func (r *rivalry) draw() deed {
	switch about := rapid.SampledFrom(weighted(map[string]int{"1 a dossier": 30, "2 a draft": 2, "3 a certificate": 2, "4 many dossiers": 1})).Draw(r.T, "about"); {
	case about == "2 a draft" && r.draftsOpen() < 6:
		return r.opening()
	case about == "3 a certificate" && len(r.register) > 0:
		return r.onCertificate()
	case about == "4 many dossiers":
		return r.onMany()
	}
	return r.onDossier()
}

// onDossier is a step on a dossier, mostly one that its author may do.
func (r *rivalry) onDossier() deed {
	id := r.pick()
	head := r.h.head(id)
	name, actions := rapid.SampledFrom(everybody).Draw(r.T, "who"), slices.Sorted(maps.Keys(deeds))
	if rapid.IntRange(0, 9).Draw(r.T, "sensible") < 9 {
		name, actions = r.likely(head, name)
	}
	action := rapid.SampledFrom(actions).Draw(r.T, "action")
	method, path, body := deeds[action](r, id, head)
	version := head.Version + int64(rapid.SampledFrom([]int{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 1}).Draw(r.T, "version"))
	return deed{
		who: name, what: action, dossier: id, method: method, path: at(id) + path, body: body,
		version: (&paper{Version: version}).tag(), twice: rapid.IntRange(0, 11).Draw(r.T, "answer lost") == 11,
	}
}

// pick draws a dossier: the newest rather than the oldest, one that is over
// seldom.
func (r *rivalry) pick() string {
	var open, over []string
	for _, id := range slices.Backward(r.dossiers) {
		if r.over[id] {
			over = append(over, id)
		} else {
			open = append(open, id)
		}
	}
	if len(open) == 0 || len(over) > 0 && rapid.IntRange(0, 24).Draw(r.T, "one that is over") == 24 {
		return rapid.SampledFrom(over).Draw(r.T, "dossier")
	}
	return rapid.SampledFrom(open).Draw(r.T, "dossier")
}

// likely draws somebody who may do something to a dossier, and what: seldom to
// end it.
func (r *rivalry) likely(d conformity.Dossier, otherwise string) (name string, actions []string) {
	people := map[dossier.Relation][]string{
		dossier.Declarant: declarants[d.Owner], dossier.Supervisor: supervisors[d.Body],
		dossier.Agent: {strings.TrimPrefix(d.Agent, "demo-")},
	}
	for _, relation := range []dossier.Relation{dossier.Agent, dossier.Supervisor, dossier.Declarant} {
		may := conformity.Procedure.Allowed(d.Status, relation)
		last := relation == dossier.Declarant
		if len(people[relation]) == 0 || len(may) == 0 || relation == dossier.Agent && d.Agent == "" {
			continue
		}
		name = rapid.SampledFrom(people[relation]).Draw(r.T, "likely who")
		if !last && rapid.IntRange(0, 5).Draw(r.T, "another") == 5 {
			continue
		}
		if actions = r.leadOn(d, may); len(actions) > 0 {
			return name, actions
		}
	}
	return otherwise, slices.Sorted(maps.Keys(deeds))
}

// leadOn weighs what somebody may do: what leads on comes first and often.
func (r *rivalry) leadOn(d conformity.Dossier, may []dossier.Action) []string {
	var actions []string
	if d.Status == conformity.Draft {
		actions = slices.Repeat([]string{"mend"}, 14)
	}
	judged := d.Tally != nil && d.Tally.Missing == 0
	if judged && slices.Contains(may, conformity.Close) {
		actions = slices.Repeat([]string{string(conformity.Close)}, 16)
	}
	for _, action := range may {
		switch action {
		case conformity.GiveVerdicts, conformity.TakeCharge, conformity.AcceptReview, conformity.Assign:
			if often := slices.Repeat([]string{string(action)}, 6); judged {
				actions = append(actions, string(action))
			} else {
				actions = append(often, actions...)
			}
		case conformity.Cancel, conformity.Discard:
			if rapid.IntRange(0, 14).Draw(r.T, "end it") == 14 {
				actions = append(actions, string(action))
			}
		default:
			actions = append(actions, string(action))
		}
	}
	return actions
}

// deeds make a request of an action: mostly right, sometimes not.
var deeds map[string]func(r *rivalry, id string, d conformity.Dossier) (method, path string, body any)

func init() { // mending a draft draws one of them
	deeds = map[string]func(r *rivalry, id string, d conformity.Dossier) (method, path string, body any){
		"mend": (*rivalry).mend,
		"edit_form": func(r *rivalry, _ string, d conformity.Dossier) (string, string, any) {
			return "PUT", "/form/object", r.object(d.Owner)
		},
		"edit_goods": func(r *rivalry, id string, _ conformity.Dossier) (string, string, any) {
			if rapid.Bool().Draw(r.T, "by hand") {
				return "PUT", "/goods", wares(r.codes(4)...)
			}
			mode := rapid.SampledFrom([]string{"replace", "append"}).Draw(r.T, "mode")
			return "POST", "/goods-imports", map[string]string{"upload": r.goodsFile(id), "mode": mode}
		},
		"attach_document": func(r *rivalry, id string, _ conformity.Dossier) (string, string, any) {
			return "POST", "/documents", r.attachment(id, rapid.SampledFrom([]string{"invoice", "packing_list", "test_report", "technical_file"}).Draw(r.T, "kind"))
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
			if rapid.Bool().Draw(r.T, "all conforming") {
				return "POST", "/verdicts", verdictsOn(all(conformity.Conforming, max(1, d.Lines))...)
			}
			verdict := rapid.SampledFrom([]conformity.Verdict{conformity.NotSubject, conformity.Conforming, conformity.Reserved, conformity.NonConforming})
			return "POST", "/verdicts", verdictsOn(rapid.SliceOfN(verdict, max(1, d.Lines-1), d.Lines+1).Draw(r.T, "verdicts")...)
		},
		"close":  just("/answers", emptyBody),
		"cancel": just("/cancellations", reason),
	}
}

func just(path string, body any) func(*rivalry, string, conformity.Dossier) (string, string, any) {
	return func(*rivalry, string, conformity.Dossier) (string, string, any) { return "POST", path, body }
}

func toAgent(r *rivalry, _ string, d conformity.Dossier) (string, string, any) {
	return "POST", "/assignments", agent("demo-" + r.agentFor(d.Body))
}

// agentFor draws an agent of a bureau, seldom of another.
func (r *rivalry) agentFor(body string) string {
	if own := agents[body]; len(own) > 0 && rapid.IntRange(0, 9).Draw(r.T, "of another bureau") < 9 {
		return rapid.SampledFrom(own).Draw(r.T, "agent")
	}
	return rapid.SampledFrom([]string{nadia, imane, omar, leila}).Draw(r.T, "agent")
}

// onMany gives many dossiers to one agent.
func (r *rivalry) onMany() deed {
	body := rapid.SampledFrom([]string{bureauBV, "bureau-SG", "bureau-IT"}).Draw(r.T, "bureau")
	var list []map[string]any
	named := map[string]bool{}
	for range rapid.IntRange(1, 6).Draw(r.T, "how many") {
		if id := r.pick(); !named[id] {
			named[id] = true
			version := r.h.head(id).Version + int64(rapid.SampledFrom([]int{0, 0, 0, 0, -1, 1}).Draw(r.T, "version"))
			list = append(list, map[string]any{"id": id, "version": max(1, version)})
		}
	}
	return deed{
		who: rapid.SampledFrom(supervisors[body]).Draw(r.T, "who"), what: "assign many", method: http.MethodPost, path: "/api/conformity/assignments",
		body:  map[string]any{"agent": "demo-" + r.agentFor(body), "reason": "Charge.", "dossiers": list},
		twice: rapid.IntRange(0, 3).Draw(r.T, "answer lost") == 3,
	}
}

func withFiles(path string) func(*rivalry, string, conformity.Dossier) (string, string, any) {
	return func(r *rivalry, id string, _ conformity.Dossier) (string, string, any) {
		documents := []map[string]string{}
		for range rapid.SampledFrom([]int{1, 2, 0}).Draw(r.T, "files") {
			documents = append(documents, map[string]string{"upload": r.file(id), "name": "Pièce"})
		}
		return "POST", path, map[string]any{"documents": documents}
	}
}

// goodsFile puts a goods file under incoming/, as an upload does.
func (r *rivalry) goodsFile(id string) string {
	codes := r.codes(4)
	if rapid.IntRange(0, 9).Draw(r.T, "bad cell") == 9 {
		codes[0] = "mouton"
	}
	return r.place(id, "text/csv", goodsCSV(len(codes), func(n int, row []string) { row[0] = codes[n] }))
}

func (r *rivalry) attachment(id, kind string) map[string]string {
	return map[string]string{"upload": r.file(id), "kind": kind, "name": "Pièce"}
}

// file is a PDF under incoming/, as an upload leaves it, seldom none.
func (r *rivalry) file(id string) string {
	if rapid.IntRange(0, 19).Draw(r.T, "bad file") == 19 {
		return r.place(id, "application/pdf", []byte("MZ"))
	}
	return r.place(id, "application/pdf", goodPDF())
}

func (r *rivalry) place(id, contentType string, data []byte) (upload string) {
	upload = r.h.portal.Ports.IDs.New()
	if err := r.h.portal.Files().Put(r.h.context(), "incoming/"+id+"/"+upload, contentType, data); err != nil {
		r.Fatalf("%v", err)
	}
	return upload
}
