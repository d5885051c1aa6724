package main

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"portal/demo/client"
	"portal/shared/conformity"
	"portal/shared/dossier"
)

// refusal is a request that must be refused, and leave no trace.
type refusal struct {
	name   string
	by     string // "" nobody
	method string
	on     dossier.Status // of the dossier, whose current version it names; "" for none
	path   string
	body   any
	with   []client.Option
	status int
	code   string
	faults []string // "pointer code", in order
}

const unknown = "01ARZ3NDEKTSV4RRFFQ69G5FAV"

var without = client.Header("If-Match", "")

func contentType(media string) client.Option {
	return func(r *http.Request) {
		r.Header.Set("Content-Type", media)
		if media == "" {
			r.Header.Del("Content-Type")
		}
	}
}

// large is a body over the limit that is JSON otherwise.
func large() []byte {
	return []byte(`{"lines":[],"padding":"` + strings.Repeat("a", 1<<20) + `"}`)
}

var refusals = []refusal{
	// who
	{"nobody is signed in", "", "GET", conformity.Draft, "", nil, nil, 401, "unauthenticated", nil},
	{"a session that nobody opened", "", "GET", conformity.Draft, "", nil, []client.Option{client.Header("Cookie", "session=demo-yasmine."+strings.Repeat("0", 64))}, 401, "unauthenticated", nil},
	{"a cookie that is no session", "", "GET", conformity.Draft, "", nil, []client.Option{client.Header("Cookie", `session="; a=b, c`)}, 401, "unauthenticated", nil},
	{"an agent files nothing", omar, "POST", "", dossiers, emptyBody, nil, 403, "forbidden", nil},
	{"an administrator reads nothing", admin, "GET", conformity.Closed, "", nil, nil, 403, "forbidden", nil},
	{"another importer's dossier", hamza, "GET", conformity.Draft, "", nil, nil, 404, "not_found", nil},
	{"another importer's events", hamza, "GET", conformity.Closed, "/events", nil, nil, 404, "not_found", nil},
	{"another bureau's supervisor", karim, "POST", conformity.Submitted, "/assignments", map[string]string{"agent": "demo-nadia"}, nil, 404, "not_found", nil},
	{"another bureau's agent", nadia, "POST", conformity.AwaitingEvaluation, "/takings-in-charge", nil, nil, 404, "not_found", nil},
	{"a draft is not yet the bureau's", salma, "GET", conformity.Draft, "", nil, nil, 404, "not_found", nil},
	{"an agent it is not assigned to", leila, "POST", conformity.AwaitingEvaluation, "/takings-in-charge", nil, nil, 403, "not_the_agent", nil},
	{"a supervisor is no agent", salma, "POST", conformity.InProcessing, "/answers", emptyBody, nil, 403, "forbidden", nil},
	{"another organisation's list", yasmine, "GET", "", dossiers + "?organisation=" + rif, nil, nil, 422, "invalid", []string{"organisation choice"}},
	{"in another organisation's name", yasmine, "POST", "", dossiers, map[string]string{"organisation": rif}, nil, 422, "invalid", []string{"/organisation choice"}},
	{"another bureau's queue", omar, "GET", "", "/api/conformity/queue?bureau=bureau-SG", nil, nil, 422, "invalid", []string{"bureau choice"}},
	{"absence of another bureau's agent", salma, "PUT", "", "/api/conformity/agents/demo-nadia/absence", map[string]string{"until": "2026-09-04"}, nil, 404, "not_found", nil},
	{"an agent of another bureau, and no reason", salma, "POST", conformity.InProcessing, "/assignments", map[string]string{"agent": "demo-nadia"}, nil, 422, "invalid", []string{"/agent agent_unknown", "/reason required"}},
	{"a supervisor as agent", salma, "POST", conformity.Submitted, "/assignments", map[string]string{"agent": "demo-salma"}, nil, 422, "invalid", []string{"/agent agent_unknown"}},
	{"the agent who has it", salma, "POST", conformity.InProcessing, "/assignments", map[string]string{"agent": "demo-omar", "reason": "Encore."}, nil, 422, "invalid", []string{"/agent agent_same"}},
	{"no PORTNET subscription", "newcomer", "POST", "", dossiers, emptyBody, nil, 403, "subscription_required", nil},

	// when
	{"a version of long ago", yasmine, "POST", conformity.Submitted, "/cancellations", reason, []client.Option{client.IfMatch(`"1"`)}, 412, "stale", nil},
	{"a version to come", yasmine, "POST", conformity.Submitted, "/cancellations", reason, []client.Option{client.IfMatch(`"99"`)}, 412, "stale", nil},
	{"a weak version", yasmine, "POST", conformity.Submitted, "/cancellations", reason, []client.Option{client.IfMatch(`W/"9"`)}, 412, "stale", nil},
	{"two versions", yasmine, "POST", conformity.Submitted, "/cancellations", reason, []client.Option{client.IfMatch(`"1", "2"`)}, 412, "stale", nil},
	{"no version", yasmine, "POST", conformity.Submitted, "/cancellations", reason, []client.Option{without}, 428, "precondition_required", nil},
	{"no version of a draft to delete", yasmine, "DELETE", conformity.Draft, "", nil, []client.Option{without}, 428, "precondition_required", nil},
	{"deposited already", yasmine, "POST", conformity.Submitted, "/deposits", nil, nil, 409, "not_allowed_in_status", nil},
	{"no longer a draft", yasmine, "DELETE", conformity.Closed, "", nil, nil, 409, "not_allowed_in_status", nil},
	{"nothing was asked", yasmine, "POST", conformity.InProcessing, "/complement-answers", map[string]any{"documents": []any{}}, nil, 409, "not_allowed_in_status", nil},
	{"nothing to upload now", omar, "POST", conformity.InProcessing, "/uploads", map[string]int{"size": 9}, nil, 409, "not_allowed_in_status", nil},

	// what
	{"verdicts wrong in every way", omar, "POST", conformity.InProcessing, "/verdicts", []byte(`{"verdicts":[{"line":0,"verdict":"good"},{"line":1,"verdict":"reserved"},{"line":"x"},{"line":2,"verdict":"conforming","secret":1}],"more":2}`), nil, 422, "invalid",
		[]string{" unknown_field", "/verdicts/0/line too_small", "/verdicts/0/verdict choice", "/verdicts/1/text required", "/verdicts/2/line type", "/verdicts/2/verdict required", "/verdicts/3 unknown_field"}},
	{"verdicts on lines that are not there, or twice", omar, "POST", conformity.InProcessing, "/verdicts", []byte(`{"verdicts":[{"line":3,"verdict":"conforming"},{"line":1,"verdict":"conforming"},{"line":1,"verdict":"conforming"},{"line":2,"verdict":"reserved","text":"  "}]}`), nil, 422, "invalid",
		[]string{"/verdicts/0/line line_unknown", "/verdicts/2/line duplicate", "/verdicts/3/text required"}},
	{"a visit without date and place", omar, "POST", conformity.InProcessing, "/visits", map[string]string{"date": "31/12/2026", "place": ""}, nil, 422, "invalid", []string{"/date date", "/place required"}},
	{"a visit yesterday", omar, "POST", conformity.InProcessing, "/visits", map[string]string{"date": "2026-08-23", "place": "Ningbo"}, nil, 422, "invalid", []string{"/date date_past"}},
	{"a complement without message", omar, "POST", conformity.InProcessing, "/complement-requests", emptyBody, nil, 422, "invalid", []string{"/message required"}},
	{"no document with the answer", yasmine, "POST", conformity.AwaitingComplement, "/complement-answers", map[string]any{"documents": []any{}}, nil, 422, "invalid", []string{"/documents too_few"}},
	{"documents that were never uploaded", yasmine, "POST", conformity.AwaitingComplement, "/complement-answers", []byte(`{"documents":[{"upload":"01ARZ3NDEKTSV4RRFFQ69G5FA0","name":"a"},{"upload":"01ARZ3NDEKTSV4RRFFQ69G5FA1","name":"b"}]}`), nil, 422, "document_refused", []string{"/documents/0/upload upload_not_found", "/documents/1/upload upload_not_found"}},
	{"half the lines have no verdict", omar, "POST", conformity.UnderInspection, "/answers", emptyBody, nil, 409, "not_allowed_in_status", nil},
	{"a form of the wrong shape", yasmine, "PUT", conformity.Draft, "/form/parties", []byte(`{"importer":{"name":7},"stranger":{}}`), nil, 422, "invalid", []string{" unknown_field", "/importer/name type"}},
	{"a document that is not there", yasmine, "DELETE", conformity.Draft, "/documents/nothing", nil, nil, 404, "not_found", nil},
	{"a link to a document that is not there", yasmine, "GET", conformity.Closed, "/documents/nothing", nil, nil, 404, "not_found", nil},
	{"a page of goods that is not there", yasmine, "GET", conformity.Closed, "/goods?page=2", nil, nil, 404, "not_found", nil},

	// how
	{"no JSON", omar, "POST", conformity.InProcessing, "/complement-requests", []byte(`message=secret`), nil, 400, "not_json", nil},
	{"half a JSON", omar, "POST", conformity.InProcessing, "/complement-requests", []byte(`{"message":"secret"`), nil, 400, "not_json", nil},
	{"two JSONs", omar, "POST", conformity.InProcessing, "/complement-requests", []byte(`{"message":"secret"} {}`), nil, 400, "not_json", nil},
	{"no body", omar, "POST", conformity.InProcessing, "/complement-requests", []byte{}, nil, 400, "bad_request", nil},
	{"text", omar, "POST", conformity.InProcessing, "/complement-requests", []byte(`{"message":"a"}`), []client.Option{contentType("text/plain")}, 415, "unsupported_media", nil},
	{"a form's post", omar, "POST", conformity.InProcessing, "/complement-requests", []byte(`{"message":"a"}`), []client.Option{contentType("application/x-www-form-urlencoded")}, 415, "unsupported_media", nil},
	{"no media type", omar, "POST", conformity.InProcessing, "/complement-requests", []byte(`{"message":"a"}`), []client.Option{contentType("")}, 415, "unsupported_media", nil},
	{"a body over the limit", yasmine, "PUT", conformity.Draft, "/goods", large(), nil, 413, "body_too_large", nil},
	{"a body over the limit under a key", omar, "POST", conformity.InProcessing, "/complement-requests", large(), []client.Option{client.Once("k")}, 413, "body_too_large", nil},
	{"an endless key", omar, "POST", conformity.InProcessing, "/complement-requests", message, []client.Option{client.Once(strings.Repeat("k", 256))}, 422, "invalid", []string{"Idempotency-Key too_long"}},
	{"from another site, says the browser", yasmine, "POST", conformity.Submitted, "/cancellations", reason, []client.Option{client.Header("Sec-Fetch-Site", "cross-site")}, 403, "cross_origin", nil},
	{"from another origin", yasmine, "POST", conformity.Submitted, "/cancellations", reason, []client.Option{client.Header("Origin", "https://evil.example")}, 403, "cross_origin", nil},
	{"a foreign deletion", yasmine, "DELETE", conformity.Draft, "", nil, []client.Option{client.Header("Origin", "null")}, 403, "cross_origin", nil},
	{"no such page size", yasmine, "GET", "", dossiers + "?limit=0", nil, nil, 422, "invalid", []string{"limit parameter"}},
	{"a page size that is no number", yasmine, "GET", "", dossiers + "?limit=secret", nil, nil, 422, "invalid", []string{"limit parameter"}},
	{"no such view", omar, "GET", "", "/api/conformity/queue?view=secret", nil, nil, 422, "invalid", []string{"view parameter"}},
	{"no such section", yasmine, "PUT", conformity.Draft, "/form/secret", emptyBody, nil, 422, "invalid", []string{"section parameter"}},
	{"days that are none", yasmine, "GET", "", dossiers + "?from=secret&to=2026-02-30", nil, nil, 422, "invalid", []string{"from date", "to date"}},
	{"a cursor that nobody gave", yasmine, "GET", "", dossiers + "?cursor=secret", nil, nil, 422, "invalid", []string{"cursor format"}},
	{"an identifier without end", yasmine, "GET", "", at(strings.Repeat("A", 41)), nil, nil, 422, "invalid", []string{"id parameter"}},
	{"no such dossier", yasmine, "GET", "", at(unknown), nil, nil, 404, "not_found", nil},
	{"no such route", yasmine, "GET", "", "/api/nothing", nil, nil, 404, "not_found", nil},
	{"no such step", omar, "POST", conformity.InProcessing, "/nothing", emptyBody, nil, 404, "not_found", nil},
	{"no such method", omar, "PATCH", conformity.InProcessing, "", emptyBody, nil, 405, "method_not_allowed", nil},
}

func TestRefusalsSayWhyAndChangeNothing(t *testing.T) {
	t.Parallel()
	everywhere.onEach(t, func(t *testing.T, h *harness) {
		h.tick = 0
		h.marks["newcomer"] = h.newcomer()
		before := h.dump()
		for _, r := range refusals {
			t.Run(r.name, func(t *testing.T) {
				outer := h.t
				defer func() { h.t = outer }()
				h.t = t
				b, path, options := h.visitor(), r.path, r.with
				if r.by != "" {
					b = h.as(r.by)
				}
				if r.on != "" {
					id := h.marks[string(r.on)]
					head := h.head(id)
					path = at(id) + path
					options = append([]client.Option{client.IfMatch((&paper{Version: head.Version}).tag())}, options...)
				}
				answer := b.ask(r.method, path, r.body, options...)
				p := answer.refused(r.status, r.code)
				if got := faults(p); !slices.Equal(got, r.faults) {
					t.Errorf("faults %q, want %q", got, r.faults)
				}
				if p.Title == "" || strings.HasPrefix(p.Title, "problem.") || strings.HasPrefix(p.Detail, "problem.") {
					t.Errorf("not in words: %q, %q", p.Title, p.Detail)
				}
				for _, f := range p.Errors {
					if f.Message == "" || strings.HasPrefix(f.Message, "fault.") {
						t.Errorf("%s: not in words: %q", f.Pointer, f.Message)
					}
				}
				if bytes.Contains(answer.Body, []byte("secret")) {
					t.Errorf("a value that was sent comes back: %s", answer.Body)
				}
				if changed := differs(before, h.dump()); len(changed) > 0 {
					t.Errorf("changed: %q", changed)
				}
			})
		}
	})
}

// newcomer is a declarant of a company without a PORTNET subscription.
func (h *harness) newcomer() string {
	h.t.Helper()
	b := h.visitor()
	b.registers("newcomer")
	token := h.linkIn("newcomer", "account_creation")
	const password = "caravane lanterne 1912 olive"
	b.wants(http.StatusNoContent, http.MethodPost, "/api/accounts/password-creations", map[string]string{"token": token, "password": password, "again": password})
	if err := b.SignIn(h.context(), emailOf("newcomer"), password); err != nil {
		h.t.Fatalf("%v", err)
	}
	var me struct{ Person string }
	b.reads("/api/accounts/me", &me)
	return me.Person
}

func TestStaleAndUntimelyStepsTellHowThingsStand(t *testing.T) {
	t.Parallel()
	everywhere.onEach(t, func(t *testing.T, h *harness) {
		id := h.marks[string(conformity.UnderEvaluation)]
		b := h.as(omar)
		var current paper
		stale := b.ask(http.MethodPost, at(id)+"/reviews", emptyBody, client.IfMatch(`"3"`)).refused(http.StatusPreconditionFailed, "stale")
		if err := (&client.Answer{Body: stale.Current}).Decode(&current); err != nil {
			t.Fatal(err)
		}
		if now := b.looks(id); current.Version != now.Version || current.Status != now.Status || !slices.Equal(current.Allowed, now.Allowed) || current.ID != id {
			t.Errorf("current %+v, want %+v", current, now)
		}
		untimely := b.ask(http.MethodPost, at(id)+"/answers", emptyBody, client.IfMatch(b.looks(id).tag())).refused(http.StatusConflict, "not_allowed_in_status")
		if untimely.Dossier != string(conformity.UnderEvaluation) || !slices.Equal(untimely.Allowed, []string{"accept_review", "ask_complement"}) || !strings.Contains(untimely.Detail, "En cours d'évaluation") {
			t.Errorf("told %+v", untimely)
		}
	})
}

func TestStepsRefusedForWhatTheDossierLacks(t *testing.T) {
	t.Parallel()
	judging.onEach(t, func(t *testing.T, h *harness) {
		id := h.marks["judged1"]
		h.as(omar).does(id, "verdicts", verdictsOn(conformity.Conforming))
		before := h.dump()
		missing := h.as(omar).ask(http.MethodPost, at(id)+"/answers", emptyBody, client.IfMatch("*")).refused(http.StatusConflict, "verdicts_missing")
		if !strings.Contains(missing.Detail, "2") {
			t.Errorf("does not say how many: %s", missing.Detail)
		}
		if changed := differs(before, h.dump()); len(changed) > 0 {
			t.Errorf("changed: %q", changed)
		}
		h.as(salma).does(id, "unassignments", reason)
		h.as(salma).ask(http.MethodPost, at(id)+"/unassignments", reason, client.IfMatch("*")).refused(http.StatusConflict, "no_agent")
		h.as(omar).ask(http.MethodPost, at(id)+"/answers", emptyBody, client.IfMatch("*")).refused(http.StatusForbidden, "not_the_agent")

		draft := h.as(yasmine).opens()
		var want []string
		for _, f := range draft.Missing {
			want = append(want, f.Pointer+" "+f.Code)
		}
		incomplete := h.as(yasmine).ask(http.MethodPost, at(draft.ID)+"/deposits", nil, client.IfMatch(draft.tag())).refused(http.StatusUnprocessableEntity, "incomplete")
		if got := faults(incomplete); !slices.Equal(got, sorted(want...)) || len(got) < 13 || !slices.Contains(got, "/goods/lines too_few") {
			t.Errorf("incomplete for %q, the draft lacks %q", got, want)
		}
	})
}

// What does not exist and what is another's are answered alike.
func TestNothingTellsAStrangerThatADossierExists(t *testing.T) {
	t.Parallel()
	everywhere.onEach(t, func(t *testing.T, h *harness) {
		none := h.as(hamza).ask(http.MethodGet, at(unknown), nil)
		there := h.as(hamza).ask(http.MethodGet, at(h.marks["closed"]), nil)
		if none.Status != there.Status || !bytes.Equal(none.Body, there.Body) {
			t.Errorf("%s\n%s", none.Body, there.Body)
		}
		number := h.head(h.marks["closed"]).Number
		var found struct{ Dossiers []paper }
		h.as(hamza).reads(dossiers+"?reference="+number, &found)
		h.as(karim).reads("/api/conformity/queue?reference="+number, &found)
		if len(found.Dossiers) > 0 {
			t.Errorf("found by its number: %+v", found)
		}
	})
}
