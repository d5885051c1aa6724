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
	"portal/functions/accounts/registry"
	"portal/functions/administration"
	"portal/shared/altcha"
)

// crashDeed is one thing done in the story: the process dies at every call that
// it causes, also long after the answer.
type crashDeed struct {
	name  string
	do    func(s *crashStage) error
	bells []crashBell
	calm  bool // the process lives: the same was done before, or nothing is decided
	deaf  bool // nothing rings, and nothing runs, until somebody sees to it
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
		crashStep(crashOmar, d, "visits", crashBody{"date": "2026-08-27", "place": "88 Beilun Road, Ningbo", "message": "Prévoir l'accès."}),
		crashUploads(crashOmar, d),
		crashStep(crashOmar, d, "visit-reports", crashBody{"result": "favourable_reserved", "note": "Étiquettes.", "upload": "{upload}", "name": "Procès-verbal"}),
		crashStep(crashOmar, d, "verdicts", crashVerdictsBody("conforming", "nonconforming")),
		crashStep(crashOmar, d, "answers", crashBody{}),
	}
}

// crashAccounts is what people do with their accounts, and administrators for
// them. Whoever registers is called Samira.
func crashAccounts() []crashDeed {
	const email, members = "samira@demo.example", "/api/administration/organisations/bureau-IT/members"
	link := func(name, path, letter, password string) crashDeed {
		return crashDeed{name: name, bells: crashOneBell, do: func(s *crashStage) error {
			token, err := s.tokenFrom(email, letter)
			if err != nil {
				return err
			}
			_, err = s.ask(crashRequest{method: http.MethodPost, path: path, want: http.StatusNoContent,
				body: crashBody{"token": token, "password": password, "again": password}})
			return err
		}}
	}
	agent := func(email string) crashBody {
		return crashBody{"name": "Widad Alami", "email": email, "lang": "fr", "roles": []string{"bureau_agent"}}
	}
	const first, second, third = "caravane lanterne 1912 olive", "menthe falaise 88 dromadaire", "phare olivier 47 argile"
	return []crashDeed{
		{name: "register", bells: crashAllBells, do: func(s *crashStage) error { return s.register(email) }},
		{name: "who is it", calm: true, do: func(s *crashStage) error { return s.findOut(email) }},
		link("create password", "/api/accounts/password-creations", "account_creation", first),
		crashAsks(crashNobody, "POST /api/accounts/password-forgotten", crashBody{"email": email}, http.StatusAccepted),
		link("reset password", "/api/accounts/password-resets", "password_reset", second),
		func() crashDeed {
			d := crashAsks("{samira}", "POST /api/accounts/password-changes", crashBody{"current": second, "password": third, "again": third}, http.StatusNoContent)
			return d.quiet()
		}(),
		crashAsks(crashAdmin, "PUT /api/administration/organisations/{chaouia}/subscription", crashBody{"code": "10092023I00000001139"}, http.StatusOK),
		crashKeeps("widad", crashAdmin, "POST "+members, agent("widad@demo.example"), "person"),
		crashKeeps("gone", crashAdmin, "POST "+members, agent("gone@demo.example"), "person").calmly(),
		crashAsks(crashAdmin, "DELETE "+members+"/{gone}", nil, http.StatusNoContent, http.StatusNotFound),
		crashAsks(crashSalma, "PUT /api/conformity/agents/demo-omar/absence", crashBody{"until": "2026-08-25"}, http.StatusOK),
	}
}

// crashOpeningDay is a portal deployed, before anybody is known.
func crashOpeningDay() []crashDeed {
	return []crashDeed{{name: "first administrator", bells: crashAllBells, do: func(s *crashStage) error {
		return s.surviving(func(again bool) error {
			_, err := s.portal.RunStep(s.ctx, "administration/first_administrator", []byte(`{"name":"Rachid Alaoui","email":"rachid@demo.example","lang":"fr"}`))
			if again && errors.Is(err, administration.ErrAdministered) {
				return nil // by the try that died
			}
			return err
		})
	}}}
}

// crashCaughtUp is what the schedules alone put right: a bell that nobody heard.
func crashCaughtUp() []crashDeed {
	forgotten := crashAsks(crashNobody, "POST /api/accounts/password-forgotten", crashBody{"email": "omar@demo.example"}, http.StatusAccepted)
	return []crashDeed{
		crashStep(crashSalma, "D2", "assignments", crashBody{"agent": crashOmar}).unheard(),
		crashLater("sweeps/reconcile"),
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
	tell(crashDraft("D1", "BV")...)
	tell(crashUploads(crashYasmine, "D1").calmly(),
		crashKeepsDocument(crashStep(crashYasmine, "D1", "documents", crashBody{"upload": "{upload}", "kind": "other", "name": "Autre"})).calmly(),
		crashAsks(crashYasmine, "DELETE /api/conformity/dossiers/{D1}/documents/{document}", nil, http.StatusOK, http.StatusPreconditionFailed).quiet())
	tell(crashLife("D1")...)
	tell(crashCalmly(crashDraft("D2", "automatic"))...)
	tell(crashStep(crashYasmine, "D2", "deposits", nil))
	tell(crashCaughtUp()...)
	tell(crashCalmly([]crashDeed{
		crashStep(crashOmar, "D2", "takings-in-charge", nil),
		crashStep(crashOmar, "D2", "reviews", crashBody{}),
		crashStep(crashOmar, "D2", "verdicts", crashVerdictsBody("not_subject", "not_subject")),
	})...)
	tell(crashStep(crashOmar, "D2", "answers", crashBody{}))
	tell(crashCalmly(crashDraft("D3", "IT"))...)
	tell(crashStep(crashYasmine, "D3", "deposits", nil),
		crashStep(crashYasmine, "D3", "cancellations", crashBody{"reason": "Le navire est dérouté."}))
	tell(crashCalmly(crashDraft("D4", "BV"))...)
	tell(crashAsks(crashYasmine, "DELETE /api/conformity/dossiers/{D4}", nil, http.StatusNoContent, http.StatusNotFound).quiet())
	// The CoC lasts until 24 November. What a sweep that died had held is told
	// the day after.
	tell(crashRuns("sweeps/remind_renewals", time.October, 25, 26), crashRuns("sweeps/expire_certificates", time.November, 25, 26))
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

// register solves a captcha and registers a company. A captcha that was spent
// in vain is answered by a new one.
func (s *crashStage) register(email string) error {
	for range 1 + len(s.points) {
		payload, err := s.captcha()
		if err != nil {
			return err
		}
		_, err = s.ask(crashRequest{method: http.MethodPost, path: "/api/accounts/registrations", want: http.StatusAccepted, body: crashBody{
			"company": "Comptoir Chaouia SARL", "address": "27, rue Ibn Batouta, Casablanca", "email": email,
			"phone": "+212 5 22 11 22 33", "name": "Samira Bennani", "lang": "fr", "altcha": payload,
		}})
		if err == nil || !strings.Contains(err.Error(), "captcha_refused") {
			return err
		}
	}
	return errors.New("no captcha is good enough")
}

// captcha is a solved challenge, an easy one.
func (s *crashStage) captcha() (string, error) {
	secret := s.store.IDs().Secret()
	clear(secret[12:20]) // the number hidden is zero
	challenge := altcha.New(secret, s.store.Clock().Now())
	sum, err := s.store.MAC().Sum(context.Background(), "altcha", challenge.Message())
	if err != nil {
		return "", err
	}
	solution, ok := altcha.Solve(challenge.Signed(sum))
	if !ok {
		return "", errors.New("the challenge has no solution")
	}
	return solution.Payload()
}

// findOut marks the person of an e-mail and their only organisation.
func (s *crashStage) findOut(email string) error {
	id, err := registry.HolderOf(context.Background(), s.store.People(), email)
	if err != nil {
		return err
	}
	p, err := registry.Person(context.Background(), s.store.People(), id)
	if err != nil {
		return err
	}
	s.marks["samira"], s.marks["chaouia"] = id, p.Memberships[0].Organisation
	return nil
}

// tokenFrom is the token of the link in the newest letter of a kind.
func (s *crashStage) tokenFrom(email, kind string) (string, error) {
	letters, err := s.store.Mail().Letters(email, 0, 0, 10)
	if err != nil {
		return "", err
	}
	for _, letter := range letters {
		if _, token, found := strings.Cut(letter.Text, "#token="); found && letter.Kind == kind {
			token, _, _ = strings.Cut(token, "&")
			return token, nil
		}
	}
	return "", fmt.Errorf("no letter %s to %s", kind, email)
}

// seed makes the people of the demonstration.
func (s *crashStage) seed() error {
	_, err := administration.Seed(context.Background(), s.portal.Ports)
	return errors.Join(err, s.settle())
}
