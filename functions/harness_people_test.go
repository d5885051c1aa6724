package main

import (
	"context"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"

	"portal/demo/client"
	"portal/functions/administration"
	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/altcha"
	"portal/shared/people"
)

// opening is when every scene begins: a Monday morning, a week before the last
// day of a month after which three months later is not.
var opening = time.Date(2026, 8, 24, 8, 0, 0, 0, time.UTC)

// The cast: people of the demonstration, and two who join them.
const (
	yasmine = "yasmine" // declarant of Atlas
	hamza   = "hamza"   // declarant of Rif
	salma   = "salma"   // supervisor of the bureau BV
	omar    = "omar"    // agent of BV
	leila   = "leila"   // agent of BV
	karim   = "karim"   // supervisor of the bureau SG
	nadia   = "nadia"   // agent of SG
	imane   = "imane"   // supervisor and agent of IT, which assigns by itself
	younes  = "younes"  // the same of TR
	driss   = "driss"   // officer of the ministry
	amina   = "amina"   // officer of the customs administration
	admin   = "admin"   // administrator of the portal
	anas    = "anas"    // another declarant of Atlas
	sara    = "sara"    // another supervisor of BV
)

const atlas, rif, bureauBV = "demo-atlas", "demo-rif", "bureau-BV"

// staged is the portal with its cast.
var staged = &scene{play: func(h *harness) {
	ports := h.portal.Ports
	if _, err := administration.Seed(context.Background(), ports); err != nil {
		h.t.Fatalf("seed: %v", err)
	}
	for _, name := range []string{yasmine, hamza, salma, omar, leila, karim, nadia, imane, younes, driss, amina, admin} {
		h.marks[name] = "demo-" + name
	}
	h.marks[anas] = h.invite(anas, "Anas Filali", atlas, people.Declarant)
	h.marks[sara] = h.invite(sara, "Sara Berrada", bureauBV, people.Supervisor)
}}

// invite has the administrator add somebody, who follows the mailed link.
func (h *harness) invite(name, full, organisation string, role people.Role) string {
	h.t.Helper()
	var added struct {
		Person string `json:"person"`
	}
	body := map[string]any{"name": full, "email": emailOf(name), "lang": "fr", "roles": []people.Role{role}}
	h.as(admin).wants(http.StatusCreated, http.MethodPost, "/api/administration/organisations/"+organisation+"/members", body).into(&added)
	newcomer := h.visitor()
	token := h.linkIn(name, "account_invited")
	const password = "dromadaire falaise 88 menthe"
	newcomer.wants(http.StatusNoContent, http.MethodPost, "/api/accounts/password-creations",
		map[string]string{"token": token, "password": password, "again": password})
	return added.Person
}

// linkIn is the token of the link in the newest letter of a kind.
func (h *harness) linkIn(name, kind string) string {
	h.t.Helper()
	letters, err := h.portal.Mail().Letters(emailOf(name), 0, 0, 10)
	if err != nil {
		h.t.Fatalf("letters: %v", err)
	}
	for _, letter := range letters {
		if _, after, found := strings.Cut(letter.Text, "#token="); found && letter.Kind == kind {
			token, _, _ := strings.Cut(after, "&")
			return token
		}
	}
	h.t.Fatalf("no letter %s to %s", kind, name)
	return ""
}

func emailOf(name string) string { return name + "@demo.example" }

// nameOf is the one of the cast who has an address.
func nameOf(email string) string { return strings.TrimSuffix(email, "@demo.example") }

// openSession gives a person a session and returns its cookie's value.
func (h *harness) openSession(person string) string {
	secret := h.portal.Ports.IDs.Secret()
	value, now := hex.EncodeToString(secret[:]), h.portal.Clock().Now()
	err := h.portal.People().Write(context.Background(), infra.Put{
		Key:     infra.Key{PK: people.PersonPK(person), SK: people.SessionSK(httpapi.SessionHash(value))},
		Value:   people.Session{Created: now, LastSeen: now, Agent: "test"},
		Expires: now.Add(people.SessionMax),
	})
	if err != nil {
		h.t.Fatalf("session: %v", err)
	}
	return person + "." + value
}

// browser is somebody's browser.
type browser struct {
	*client.Client
	h    *harness
	name string
}

// as is the browser of one of the cast, signed in.
func (h *harness) as(name string) *browser {
	h.t.Helper()
	person := h.marks[name]
	if person == "" {
		h.t.Fatalf("%s is not of the cast", name)
	}
	return &browser{client.New(site, &wire{h: h, person: person}), h, name}
}

// visitor is a browser in which nobody has signed in.
func (h *harness) visitor() *browser {
	return &browser{client.New(site, &wire{h: h}), h, "visitor"}
}

// reply is an answer in a test.
type reply struct {
	*client.Answer
	h *harness
}

// ask sends a request.
func (b *browser) ask(method, path string, body any, options ...client.Option) reply {
	b.h.t.Helper()
	answer, err := b.Do(context.Background(), method, path, body, options...)
	if err != nil {
		b.h.t.Fatalf("%s %s: %v", method, path, err)
	}
	return reply{answer, b.h}
}

// wants sends a request that must be answered with this status.
func (b *browser) wants(status int, method, path string, body any, options ...client.Option) reply {
	b.h.t.Helper()
	answer := b.ask(method, path, body, options...)
	if answer.Status != status {
		b.h.t.Fatalf("%s: %s %s: %d %s, want %d", b.name, method, path, answer.Status, answer.Body, status)
	}
	return answer
}

// reads gets a page of JSON.
func (b *browser) reads(path string, v any) {
	b.h.t.Helper()
	b.wants(http.StatusOK, http.MethodGet, path, nil).into(v)
}

func (r reply) into(v any) {
	r.h.t.Helper()
	if err := r.Decode(v); err != nil {
		r.h.t.Fatalf("%v: %s", err, r.Body)
	}
}

// refused is the problem of an answer that must be this one.
func (r reply) refused(status int, code string) client.Problem {
	r.h.t.Helper()
	p := r.Problem()
	if r.Status != status || p.Code != code || r.Header.Get("Content-Type") != "application/problem+json" {
		r.h.t.Errorf("answer %d %s, want %d %s", r.Status, r.Body, status, code)
	}
	return p
}

// faults are the pointers and codes of a problem's faults, in order.
func faults(p client.Problem) []string {
	var list []string
	for _, f := range p.Errors {
		list = append(list, f.Pointer+" "+f.Code)
	}
	slices.Sort(list)
	return list
}

// registers asks for an account of a company of its own.
func (b *browser) registers(name string, options ...client.Option) reply {
	b.h.t.Helper()
	var challenge altcha.Challenge
	b.reads("/api/accounts/challenge", &challenge)
	solution, _ := altcha.Solve(challenge)
	payload, err := solution.Payload()
	if err != nil {
		b.h.t.Fatalf("%v", err)
	}
	return b.wants(http.StatusAccepted, http.MethodPost, "/api/accounts/registrations", registration(name, payload), options...)
}

func registration(name, payload string) map[string]string {
	return map[string]string{
		"company": "Comptoir Chaouia SARL", "address": "27, rue Ibn Batouta, Casablanca", "email": emailOf(name),
		"phone": "+212 5 22 11 22 33", "name": "Samira Bennani", "lang": "fr", "altcha": payload,
	}
}
