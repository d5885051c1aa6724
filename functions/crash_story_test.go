package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"portal/demo/client"
	"portal/functions/administration"
)

// crashDeed is one thing done in the story: the process dies at every call that
// it causes, also long after the answer.
type crashDeed struct {
	name  string
	do    func(s *crashStage) error
	bells []crashBell
	calm  bool // the process lives: the same was done before, or nothing is decided
	deaf  bool // nothing rings, and nothing runs, until somebody sees to it
	// whoever: which executions there were is not compared, only what they did.
	whoever bool
	// finally is what goes on at last, in a process that lives.
	finally func(s *crashStage) error
}

// The people of the story, by their ids; the others have marks.
const (
	crashYasmine = "demo-yasmine" // declarant of Atlas
	crashSalma   = "demo-salma"   // supervisor of the bureau BV
	crashOmar    = "demo-omar"    // agent of BV
	crashLeila   = "demo-leila"   // agent of BV
	crashAdmin   = "demo-admin"
	crashNobody  = ""
)

var (
	crashAllBells = []crashBell{crashLost, crashDoubled, crashLate}
	crashOneBell  = []crashBell{crashLost} // where nothing rings
)

type crashBody = map[string]any

// crashAsks is a deed of one request.
func crashAsks(by, route string, body any, want int, lost ...int) crashDeed {
	method, path, _ := strings.Cut(route, " ")
	return crashDeed{name: route, bells: crashAllBells, do: func(s *crashStage) error {
		_, err := s.ask(crashRequest{by, method, path, body, want, lost})
		return err
	}}
}

// crashStep is a step on a dossier by one POST.
func crashStep(by, dossier, step string, body any) crashDeed {
	return crashAsks(by, "POST /api/conformity/dossiers/{"+dossier+"}/"+step, body, http.StatusOK)
}

// crashSave replaces a part of a draft. When the answer is lost, the same once
// more is told that the draft has gone on: by itself.
func crashSave(dossier, part string, body any) crashDeed {
	return crashAsks(crashYasmine, "PUT /api/conformity/dossiers/{"+dossier+"}/"+part, body, http.StatusOK, http.StatusPreconditionFailed).quiet()
}

// quiet is a deed by which nothing rings.
func (d crashDeed) quiet() crashDeed { d.bells = crashOneBell; return d }

// calmly is a deed in which the process lives.
func (d crashDeed) calmly() crashDeed { d.calm = true; return d }

// unheard is a calm deed of which no bell rings and after which nothing runs.
func (d crashDeed) unheard() crashDeed { d.calm, d.deaf = true, true; return d }

// crashKeeps is a request of whose answer the story keeps something: the first
// of these members that the answer has.
func crashKeeps(mark, by, route string, body any, members ...string) crashDeed {
	d := crashAsks(by, route, body, http.StatusCreated)
	method, path, _ := strings.Cut(route, " ")
	d.do = func(s *crashStage) error {
		raw, err := s.ask(crashRequest{by: by, method: method, path: path, body: body, want: http.StatusCreated})
		if err != nil {
			return err
		}
		answer := map[string]any{}
		err = json.Unmarshal(raw, &answer)
		for _, member := range members {
			if text, ok := answer[member].(string); ok {
				s.marks[mark] = text
				return err
			}
		}
		return errors.Join(err, fmt.Errorf("%s: the answer has no %v: %s", route, members, raw))
	}
	return d
}

func crashCreates(dossier string) crashDeed {
	return crashKeeps(dossier, crashYasmine, "POST /api/conformity/dossiers", crashBody{}, "id").quiet()
}

// crashUploads puts a PDF in the store, for a step that names it {upload}.
func crashUploads(by, dossier string) crashDeed {
	return crashDeed{name: "POST uploads", bells: crashOneBell, do: func(s *crashStage) error {
		raw, err := s.ask(crashRequest{by: by, method: http.MethodPost, path: "/api/conformity/dossiers/{" + dossier + "}/uploads",
			body: crashBody{"size": len(crashPDF())}, want: http.StatusCreated})
		if err != nil {
			return err
		}
		var granted struct {
			Upload string
			Form   client.Form
		}
		if err := json.Unmarshal(raw, &granted); err != nil {
			return err
		}
		s.marks["upload"] = granted.Upload
		files := crashTransport{s.store.Files()}
		answer, err := client.New(crashSite, files).Post(context.Background(), granted.Form, "a.pdf", "application/pdf", crashPDF())
		if err == nil && answer.Status >= 300 {
			err = fmt.Errorf("upload: %d %s", answer.Status, answer.Body)
		}
		return err
	}}
}

var crashPDF = sync.OnceValue(func() []byte {
	data, err := os.ReadFile("../shared/pdf/testdata/reportlab.pdf")
	if err != nil {
		panic(err)
	}
	return data
})

// crashRuns runs a scheduled step on these days. A process that is started
// again runs it again.
func crashRuns(step string, month time.Month, days ...int) crashDeed {
	return crashDeed{name: step, bells: crashOneBell, do: func(s *crashStage) error {
		for _, day := range days {
			at := time.Date(2026, month, day, 11, 0, 0, 0, time.UTC)
			if err := s.travel(at.Sub(s.store.Clock().Now())); err != nil {
				return err
			}
			if err := s.runs(step, nil); err != nil {
				return err
			}
		}
		return nil
	}}
}

// crashDraft fills in a complete draft.
func crashDraft(dossier, bureau string) []crashDeed {
	deeds := []crashDeed{
		crashCreates(dossier),
		crashSave(dossier, "form/object", crashBody{"object": "coc", "type": "new", "route": "A", "bureau": bureau}),
		crashSave(dossier, "form/parties", crashPartiesBody()),
		crashSave(dossier, "form/inspection", crashInspectionBody()),
		crashSave(dossier, "goods", crashGoodsBody()),
	}
	for _, kind := range []string{"invoice", "packing_list", "test_report"} {
		deeds = append(deeds, crashUploads(crashYasmine, dossier),
			crashStep(crashYasmine, dossier, "documents", crashBody{"upload": "{upload}", "kind": kind, "name": "Pièce"}).quiet())
	}
	return deeds
}

// crashCalmly is deeds in which the process lives.
func crashCalmly(deeds []crashDeed) []crashDeed {
	var calm []crashDeed
	for _, d := range deeds {
		calm = append(calm, d.calmly())
	}
	return calm
}

// crashUnheard is deeds that the executions sleep through.
func crashUnheard(deeds []crashDeed) []crashDeed {
	var list []crashDeed
	for _, d := range deeds {
		list = append(list, d.unheard())
	}
	return list
}

// crashLife is a dossier's whole life from its deposit to the answer, through
// every status.
func crashLife(d string) []crashDeed {
	message, reason := crashBody{"message": "Merci de joindre la notice."}, crashBody{"reason": "Elle est absente."}
	documents := crashBody{"documents": []crashBody{{"upload": "{upload}", "name": "Notice"}}}
	return []crashDeed{
		crashStep(crashYasmine, d, "deposits", nil),
		crashStep(crashSalma, d, "assignments", crashBody{"agent": crashLeila}),
		crashStep(crashSalma, d, "unassignments", reason),
		crashStep(crashSalma, d, "assignments", crashBody{"agent": crashLeila}),
		crashStep(crashSalma, d, "assignments", crashBody{"agent": crashOmar, "reason": "Charge."}),
		crashStep(crashOmar, d, "takings-in-charge", nil),
		crashStep(crashOmar, d, "reviews", crashBody{}),
		crashStep(crashOmar, d, "complement-requests", message),
		crashUploads(crashYasmine, d),
		crashStep(crashYasmine, d, "complement-answers", documents),
		crashStep(crashOmar, d, "analyses-requests", message),
		crashUploads(crashYasmine, d),
		crashStep(crashYasmine, d, "analyses-answers", documents),
		crashStep(crashOmar, d, "visits", crashBody{"date": "2026-11-02", "place": "88 Beilun Road, Ningbo", "message": "Prévoir l'accès."}),
		crashUploads(crashOmar, d),
		crashStep(crashOmar, d, "visit-reports", crashBody{"result": "favourable_reserved", "note": "Étiquettes.", "upload": "{upload}", "name": "Procès-verbal"}),
		crashStep(crashOmar, d, "verdicts", crashVerdictsBody("conforming", "nonconforming")),
		crashStep(crashOmar, d, "answers", crashBody{}),
	}
}

// crashCaughtUp is what the schedules alone put right: a bell that nobody heard.
func crashCaughtUp() []crashDeed {
	forgotten := crashAsks(crashNobody, "POST /api/accounts/password-forgotten", crashBody{"email": "omar@demo.example"}, http.StatusAccepted)
	return []crashDeed{
		crashStep(crashSalma, "D2", "assignments", crashBody{"agent": crashOmar}).unheard(),
		crashLater("sweeps/reconcile"),
		crashFails("conformity/tell_agent", crashStep(crashSalma, "D2", "assignments", crashBody{"agent": crashLeila, "reason": "Charge."})),
		forgotten.unheard(),
		crashLater("mail/redeliver"),
	}
}

// crashLater runs a scheduled step ten minutes later.
func crashLater(step string) crashDeed {
	return crashDeed{name: step, bells: crashAllBells, do: func(s *crashStage) error {
		if err := s.travel(10 * time.Minute); err != nil {
			return err
		}
		return s.runs(step, nil)
	}}
}

// crashStory is the whole story in order.
func crashStory() []crashDeed {
	var story []crashDeed
	tell := func(deeds ...crashDeed) { story = append(story, deeds...) }
	tell(crashAccounts()...)
	tell(crashImports()...)
	tell(crashDraft("D1", "BV")...)
	tell(crashUploads(crashYasmine, "D1").calmly(),
		crashKeepsDocument(crashStep(crashYasmine, "D1", "documents", crashBody{"upload": "{upload}", "kind": "other", "name": "Autre"})).calmly(),
		crashAsks(crashYasmine, "DELETE /api/conformity/dossiers/{D1}/documents/{document}", nil, http.StatusOK, http.StatusPreconditionFailed).quiet())
	tell(crashLife("D1")...)
	tell(crashCalmly(crashDraft("D2", "automatic"))...)
	tell(crashStep(crashYasmine, "D2", "deposits", nil))
	tell(crashCaughtUp()...)
	tell(crashCalmly([]crashDeed{
		crashStep(crashLeila, "D2", "takings-in-charge", nil),
		crashStep(crashLeila, "D2", "reviews", crashBody{}),
		crashStep(crashLeila, "D2", "verdicts", crashVerdictsBody("not_subject", "not_subject")),
	})...)
	tell(crashStep(crashLeila, "D2", "answers", crashBody{}))
	tell(crashOffice()...)
	tell(crashCalmly(crashDraft("D3", "IT"))...)
	tell(crashStep(crashYasmine, "D3", "deposits", nil),
		crashStep(crashYasmine, "D3", "cancellations", crashBody{"reason": "Le navire est dérouté."}))
	tell(crashLists()...)
	tell(crashClocks()...)
	// The CoC lasts until 24 November, the licence of before the portal until 20.
	// What a sweep that died had held is told the day after.
	tell(crashRuns("sweeps/remind_renewals", time.October, 25, 26))
	tell(crashRegister()...)
	tell(crashStatements()...)
	tell(crashRuns("sweeps/remind_renewals", time.November, 13, 14),
		crashRuns("sweeps/lapse_registrations", time.November, 22, 23).toldLater(),
		crashRuns("sweeps/expire_certificates", time.November, 28, 29).toldLater())
	tell(crashForgotten(crashRenewal()...)...)
	tell(crashCalmly(crashDraft("D4", "BV"))...)
	tell(crashDiscards("D4"))
	tell(crashDeed{name: "feedback", bells: crashOneBell, do: func(s *crashStage) error {
		return s.runs("mail/feedback", crashBody{"kind": "bounce", "addresses": []string{"gone@demo.example", "lost@demo.example"}})
	}})
	return story
}

// crashKeepsDocument keeps which document a dossier was given last.
func crashKeepsDocument(d crashDeed) crashDeed {
	ask := d.do
	d.do = func(s *crashStage) error {
		if err := ask(s); err != nil {
			return err
		}
		raw, err := s.ask(crashRequest{by: crashYasmine, method: http.MethodGet, path: "/api/conformity/dossiers/{D1}", want: http.StatusOK})
		if err != nil {
			return err
		}
		var shown struct{ Documents []struct{ ID, Kind string } }
		err = json.Unmarshal(raw, &shown)
		for _, document := range shown.Documents {
			if document.Kind == "other" {
				s.marks["document"] = document.ID
			}
		}
		return err
	}
	return d
}

// seed makes the people of the demonstration.
func (s *crashStage) seed() error {
	_, err := administration.Seed(context.Background(), s.portal.Ports)
	return errors.Join(err, s.settle())
}
