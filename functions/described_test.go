package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"portal/infra"
	"portal/infra/awstest"
	"portal/infra/httpapi"
	"portal/shared/conformity"
	"portal/shared/control"
	"portal/shared/dossier"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/step"
)

// stocked is the portal with dossiers of Atlas at BV in each status, several in
// those that most steps start from, and with statements and certificates.
var stocked = &scene{from: everywhere, play: func(h *harness) {
	registered.play(h)
	h.marks["coc"] = h.looksFor(string(conformity.Closed), "COC")
	h.marks["ncr"] = h.looksFor(string(conformity.Closed), "NCR")
	for _, status := range []dossier.Status{conformity.Draft, conformity.Submitted, conformity.UnderEvaluation, conformity.InProcessing} {
		for n := range 3 {
			p := h.as(yasmine).drafts("BV", 2)
			h.brings(p.ID, status)
			h.marks[fmt.Sprint(status, n)] = p.ID
		}
	}
}}

// in are the scene's dossiers in a status.
func (h *harness) in(status dossier.Status) []string {
	ids := []string{h.marks[string(status)]}
	for n := range 3 {
		if id := h.marks[fmt.Sprint(status, n)]; id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// looksFor is the number of the certificate of a kind that a dossier has.
func (h *harness) looksFor(mark, kind string) string {
	h.t.Helper()
	for _, c := range h.as(yasmine).looks(h.marks[mark]).Certificates {
		if c.Kind == kind {
			return c.Number
		}
	}
	h.t.Fatalf("%s has no %s", mark, kind)
	return ""
}

// TestStrangersFindTheAPIAsItIsDescribed lets Schemathesis, which knows nothing
// of the portal but its description, ask everything of a running one: as nobody,
// and of each kind of person what their role lets them do. What is left out is
// written in its configuration.
func TestStrangersFindTheAPIAsItIsDescribed(t *testing.T) {
	for _, who := range []struct {
		name  string
		least int // operations that must have been done, not only refused
	}{{"", 15}, {yasmine, 17}, {salma, 15}, {omar, 15}, {admin, 7}, {amina, 1}, {driss, 1}} {
		t.Run(cmp.Or(who.name, "nobody"), func(t *testing.T) {
			t.Parallel()
			h := stocked.open(t, overHTTP)
			may, _ := h.operationsOf(who.name)
			if done := h.schemathesis(t, who.name, may); len(done) < who.least {
				t.Errorf("only %d operations were done, %d at least were expected: %v", len(done), who.least, done)
			}
		})
	}
}

// The same for what needs a session, without one: briefly, as nothing begins.
func TestStrangersWithoutASessionDoNothingThatNeedsOne(t *testing.T) {
	t.Parallel()
	h := stocked.open(t, overHTTP)
	_, mayNot := h.operationsOf("")
	done := h.schemathesis(t, "", mayNot, "--phases", "fuzzing", "--max-examples", "3")
	if want := []string{"get /api/openapi.json"}; !slices.Equal(done, want) {
		t.Errorf("done: %v", done)
	}
}

// schemathesis asks these operations of the portal, as somebody, and gives those
// that were done.
func (h *harness) schemathesis(t *testing.T, name string, operations []string, options ...string) []string {
	t.Helper()
	done := &reach{done: map[string]bool{}}
	server := httptest.NewServer(h.alive(done))
	defer server.Close()
	folder, err := filepath.Abs(filepath.Join("..", "infra", "apitest"))
	if err != nil {
		t.Fatal(err)
	}
	arguments := append([]string{"--config-file", filepath.Join(folder, "schemathesis.toml"), "--no-color", "run", server.URL + "/api/openapi.json"}, options...)
	for _, id := range operations {
		arguments = append(arguments, "--include-operation-id", id)
	}
	known, session := h.known(name)
	command := awstest.Command(t, "schemathesis", arguments...)
	command.Dir = t.TempDir()
	command.Env = append(command.Env, "PORTAL_URL="+server.URL, "PORTAL_SESSION="+session, "PORTAL_KNOWN="+known,
		"PORTAL_HOOKS="+filepath.Join(folder, "hooks.py"), "PYTHONDONTWRITEBYTECODE=1")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	list := done.list()
	t.Logf("%d of %d operations done: %s\n%s", len(list), len(operations), strings.Join(list, ", "), out[max(0, len(out)-400):])
	return list
}

// reach notes which operations succeeded.
type reach struct {
	mu   sync.Mutex
	done map[string]bool
}

func (c *reach) note(r *http.Request, status int) {
	path, method, operation := description().operation(r)
	if operation == nil || status >= 300 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done[method+" "+path] = true
}

func (c *reach) list() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []string
	for operation := range c.done {
		list = append(list, operation)
	}
	slices.Sort(list)
	return list
}

// alive is the portal for whoever comes by themselves: after each request
// everything happens that it left to be done, and a moment passes.
func (h *harness) alive(done *reach) http.Handler {
	portal := h.portal.Handler(true)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		portal.ServeHTTP(seen, r)
		done.note(r, seen.status)
		h.settle()
		h.now.Add(int64(h.tick / 10))
	})
}

type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// operationsOf are the ids of the operations that somebody may do, and of those
// they may not: of nobody, what needs no session; of a person, what does, as
// the rest answers them as it answers nobody.
func (h *harness) operationsOf(name string) (may, mayNot []string) {
	h.t.Helper()
	var caller people.Caller
	if name != "" {
		row, err := h.portal.People().Get(context.Background(), infra.Key{PK: people.PersonPK(h.marks[name]), SK: "person"})
		var person people.Person
		if err := errors.Join(err, row.Decode(&person)); err != nil {
			h.t.Fatalf("%s: %v", name, err)
		}
		caller = people.Caller{Person: person.ID, Memberships: person.Memberships}
	}
	for _, s := range allSteps() {
		id := strings.NewReplacer("/", "-", "_", "-").Replace(s.Name)
		switch {
		case s.Kind != step.KindHTTP:
		case s.Who.Public() == (name == "") && s.Who.Allows(caller):
			may = append(may, id)
		default:
			mayNot = append(mayNot, id)
		}
	}
	return may, mayNot
}

// known is what infra/apitest/hooks.py is told there is, and the session of the
// one who asks.
func (h *harness) known(name string) (told, session string) {
	h.t.Helper()
	spared, ended, sessions := []string{}, []string{}, []string{}
	if name != "" {
		session = h.openSession(h.marks[name])
		spared = append(spared, h.marks[name], sessionID(session))
		for range 10 {
			ended = append(ended, h.openSession(h.marks[name]))
			sessions = append(sessions, sessionID(h.openSession(h.marks[name])))
		}
	}
	var filed []string
	for _, status := range conformity.Procedure.Statuses {
		filed = append(filed, h.in(status)...)
	}
	numbers := []string{h.marks["coc"], h.marks["ncr"], h.marks["sor"], h.marks["sol"]}
	organisations := []string{atlas, rif, bureauBV}
	members := []string{h.marks[leila], h.marks[anas], h.marks[sara]}
	var rooms, names []string
	for _, form := range forms.Names() {
		room, name, _ := strings.Cut(form, "/")
		rooms, names = append(rooms, room), append(names, name)
	}
	type values map[string][]string
	paths := map[string]values{
		"/api/conformity/dossiers/{id}":          {"id": filed},
		"/api/conformity/agents/{person}":        {"person": {h.marks[omar], h.marks[leila]}},
		"/api/administration/organisations/{id}": {"id": organisations, "person": members},
		"/api/certificates/{number}":             {"number": numbers},
		"/c/{number}":                            {"number": numbers},
		"/api/accounts/sessions/{id}":            {"id": sessions},
		"/api/forms/{room}/{name}":               {"room": rooms, "name": names},
		"/api/lists/{list}":                      {"list": {"countries", "ports"}},
		"/api/products/control-lists/{version}":  {"version": {control.Shipped().Version}},
	}
	for _, c := range cells() {
		if action := requests[c.step.Name].action; action != "" && c.kind == 0 {
			if _, may := conformity.Procedure.Next(action, c.status, conformity.FullReview); may {
				operation := c.step.Route.Method + " " + c.step.Route.Path
				paths[operation] = values{"id": append(paths[operation]["id"], h.in(c.status)...)}
			}
		}
	}
	raw, err := json.Marshal(map[string]any{
		"spared": spared, "ended": ended,
		"paths":   paths,
		"queries": values{"hs": {"8516.72.00.00"}, "q": {"8516", "Grille"}, "organisation": {atlas}, "bureau": {bureauBV}},
		"bodies": values{
			"organisation": {atlas}, "agent": {h.marks[omar], h.marks[leila]}, "upload": {placed, placedGoods}, "bureau": {"BV", "SG"},
			"statement": numbers, "certificate": numbers, "revises": numbers, "renews": numbers, "from": filed,
		},
	})
	if err != nil {
		h.t.Fatalf("known: %v", err)
	}
	return string(raw), session
}

// sessionID names a session to its owner, from its cookie's value.
func sessionID(cookie string) string {
	_, secret, _ := strings.Cut(cookie, ".")
	return httpapi.SessionHash(secret)[:16]
}
