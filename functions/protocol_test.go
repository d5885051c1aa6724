package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portal/demo/client"
	"portal/infra"
	"portal/shared/step"
)

func TestHEADAnswersAsGETWithoutABody(t *testing.T) {
	t.Parallel()
	everywhere.onEach(t, func(t *testing.T, h *harness) {
		id := h.marks["closed"]
		for _, path := range []string{"/api/health", at(id), at(id) + "/events", dossiers, "/api/openapi.json", "/c/" + h.as(yasmine).looks(id).Certificates[0].Number} {
			get := h.as(yasmine).ask(http.MethodGet, path, nil)
			head := h.as(yasmine).ask(http.MethodHead, path, nil)
			if head.Status != get.Status || len(head.Body) > 0 || head.Header.Get("ETag") != get.Header.Get("ETag") || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") {
				t.Errorf("%s: HEAD %d %v %d bytes, GET %d %v", path, head.Status, head.Header, len(head.Body), get.Status, get.Header)
			}
		}
		if head := h.visitor().ask(http.MethodHead, at(id), nil); head.Status != http.StatusUnauthorized || len(head.Body) > 0 {
			t.Errorf("HEAD by nobody: %d, %d bytes", head.Status, len(head.Body))
		}
	})
}

func TestAWrongMethodIsToldTheRightOnes(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		for path, want := range map[string]string{
			dossiers:                  "GET, HEAD, POST",
			at(unknown):               "DELETE, GET, HEAD",
			at(unknown) + "/deposits": "POST",
			at(unknown) + "/goods":    "GET, HEAD, PUT",
			"/api/accounts/sessions":  "GET, HEAD, POST",
			"/api/health":             "GET, HEAD",
			"/c/COC-2026-1-T9":        "GET, HEAD",
		} {
			answer := h.as(yasmine).ask(http.MethodPatch, path, emptyBody)
			answer.refused(http.StatusMethodNotAllowed, "method_not_allowed")
			if got := answer.Header.Get("Allow"); got != want {
				t.Errorf("%s allows %q, want %q", path, got, want)
			}
		}
	})
}

// broken is a step that panics with what must not be told.
func broken(infra.Ports) step.Step {
	return step.HTTP(step.Declaration{Name: "test/broken", Who: step.Anyone()}, http.MethodGet, "/api/test/broken",
		func(context.Context, *struct{}) (*struct{}, error) { panic("amina's password") })
}

// failing is a step that fails with what must not be told.
func failing(infra.Ports) step.Step {
	return step.HTTP(step.Declaration{Name: "test/failing", Who: step.Anyone()}, http.MethodGet, "/api/test/failing",
		func(context.Context, *struct{}) (*struct{}, error) {
			return nil, fmt.Errorf("row person#amina is damaged")
		})
}

func TestWhatBreaksInsideIsABareProblem(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		for _, path := range []string{"/api/test/broken", "/api/test/failing"} {
			answer := h.visitor().ask(http.MethodGet, path, nil)
			p := answer.refused(http.StatusInternalServerError, "internal")
			if strings.Contains(string(answer.Body), "amina") || len(p.Errors) > 0 {
				t.Errorf("%s tells %s", path, answer.Body)
			}
			if lines := h.log.take(); len(lines) != 1 {
				t.Errorf("%s: logged %q", path, lines)
			}
			h.visitor().wants(http.StatusOK, http.MethodGet, "/api/health", nil)
		}
	}, broken, failing)
}

func TestOddPathsFindNothingAndBreakNothing(t *testing.T) {
	t.Parallel()
	everywhere.onEach(t, func(t *testing.T, h *harness) {
		id := h.marks["closed"]
		for _, path := range []string{
			dossiers + "/%ff", dossiers + "/%00", dossiers + "/a%2Fb", dossiers + "/a%23b", dossiers + "/%E2%98%83", dossiers + "/a%0d%0ab",
			at(id) + "%20", at(id) + "%23dossier", at(id) + "/documents/%ff", at(id) + "/documents/%23", at(id) + "/documents/a%2fb",
			"/api/certificates/%ff", "/api/certificates/COC%2F2026", "/api/forms/%ff/%00", "/api/forms/conformity/..%2fobject",
			"/api/lists/%ff", "/api/administration/organisations/%ff/members", "/api/%ff", "/api//nothing/%2f",
		} {
			answer := h.as(yasmine).ask(http.MethodGet, path, nil)
			if strings.HasPrefix(path, "/api/administration") {
				if answer.Status != http.StatusForbidden && answer.Status != http.StatusBadRequest {
					t.Errorf("%s: %d %s", path, answer.Status, answer.Body)
				}
				answer = h.as(admin).ask(http.MethodGet, path, nil)
			}
			if answer.Status != http.StatusNotFound && !(strings.Contains(path, "%ff") && answer.Status == http.StatusBadRequest) {
				t.Errorf("%s: %d %s", path, answer.Status, answer.Body)
			}
		}
		for _, query := range []string{"reference=%ff", "status=%ff", "limit=5&limit=%ff", "organisation=%c3"} {
			h.as(yasmine).ask(http.MethodGet, dossiers+"?"+query, nil).refused(http.StatusBadRequest, "bad_request")
		}
		for _, query := range []string{"reference=%00", "reference=%23", "organisation=" + atlas + "&reference=x%0ay"} {
			var found struct{ Dossiers []paper }
			h.as(yasmine).reads(dossiers+"?"+query, &found)
			if len(found.Dossiers) > 0 {
				t.Errorf("%s finds %d dossiers", query, len(found.Dossiers))
			}
		}
		for _, query := range []string{"status=%00", "status=x%0ay"} {
			h.as(yasmine).ask(http.MethodGet, dossiers+"?"+query, nil).refused(http.StatusUnprocessableEntity, "invalid")
		}
		if page := h.visitor().ask(http.MethodGet, "/c/%ff", nil); page.Status != http.StatusNotFound && page.Status != http.StatusBadRequest {
			t.Errorf("/c/%%ff: %d", page.Status)
		}
	})
}

// Bodies that are JSON, but that no field or store can hold.
func TestOddBodiesAreRefusedOrKeptAndBreakNothing(t *testing.T) {
	t.Parallel()
	everywhere.onEach(t, func(t *testing.T, h *harness) {
		long := strings.Repeat("9", 400)
		line := `{"hs":"8516.10.00.90","designation":"a","origin":"CN","quantity":%s,"unit":"C62","value":1}`
		for _, odd := range []struct {
			by, status, method, path, body string
			want                           int
		}{
			{omar, "in_processing", "POST", "/verdicts", `{"verdicts":[{"line":1.0,"verdict":"conforming"},{"line":2e0,"verdict":"conforming"}]}`, 200},
			{omar, "in_processing", "POST", "/verdicts", `{"verdicts":[{"line":1e400,"verdict":"conforming"}]}`, 422},
			{omar, "in_processing", "POST", "/verdicts", `{"verdicts":[{"line":` + long + `,"verdict":"conforming"}]}`, 422},
			{omar, "in_processing", "POST", "/verdicts", `{"verdicts":[{"line":1.5,"verdict":"conforming"}]}`, 422},
			{omar, "in_processing", "POST", "/complement-requests", "{\"message\":\"a\xff\\u0000\\ud800b\"}", 200},
			{yasmine, "draft", "POST", "/uploads", `{"size":1.0}`, 201},
			{yasmine, "draft", "PUT", "/goods", `{"lines":[` + fmt.Sprintf(line, "1e400") + `]}`, 422},
			{yasmine, "draft", "PUT", "/goods", `{"lines":[` + fmt.Sprintf(line, long) + `]}`, 422},
			{yasmine, "draft", "PUT", "/goods", `{"lines":[` + fmt.Sprintf(line, "0.1234567890123456789012345678901234567890123456789") + `]}`, 422},
			{yasmine, "draft", "PUT", "/goods", `{"lines":[` + fmt.Sprintf(line, "1e-400") + `]}`, 422},
			{yasmine, "draft", "PUT", "/form/inspection", `{"shipment":{"invoice":{"value":1e400}}}`, 422},
			{yasmine, "draft", "PUT", "/form/inspection", `{"shipment":{"invoice":{"value":` + long + `}}}`, 422},
			{yasmine, "draft", "PUT", "/form/inspection", `{"shipment":{"invoice":{"value":0.12345678901234567890123456789012345678901234567890}}}`, 422},
			{yasmine, "draft", "PUT", "/form/object", "{\"bureau\":\"\xff\"}", 200},
			{yasmine, "draft", "PUT", "/form/inspection", `{"shipment":{"invoice":{"value":48250.50}}}`, 200},
			{yasmine, "draft", "PUT", "/form/object", `{"object":null}`, 422},
			{yasmine, "draft", "PUT", "/form/object", `{"object":"coc","object":"other"}`, 200},
			{yasmine, "draft", "PUT", "/form/object", `[]`, 422},
			{yasmine, "draft", "PUT", "/form/object", `null`, 422},
			{yasmine, "draft", "PUT", "/form/parties", strings.Repeat(`{"importer":`, 5000) + `1` + strings.Repeat(`}`, 5000), 422},
			{yasmine, "draft", "PUT", "/form/parties", strings.Repeat(`[`, 200000), 400},
		} {
			id := h.marks[odd.status]
			answer := h.as(odd.by).ask(odd.method, at(id)+odd.path, []byte(odd.body), client.IfMatch("*"))
			if answer.Status != odd.want {
				t.Errorf("%s %.90s: %d %s", odd.path, odd.body, answer.Status, answer.Body)
			}
			h.as(yasmine).looks(id)
			h.isWhole(id)
		}
	})
}

func TestHeadersWithCommasArriveWhole(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		b := h.visitor()
		for accept, want := range map[string]string{
			"ar-MA,ar;q=0.9,fr;q=0.8": "ar", "de,en-GB;q=0.7,fr;q=0.3": "en", "de": "fr", "": "fr", "*": "fr", "fr;q=0,en": "en",
		} {
			answer := b.ask(http.MethodGet, "/api/nothing", nil, client.Header("Accept-Language", accept))
			if got := answer.Header.Get("Content-Language"); got != want {
				t.Errorf("Accept-Language %q is answered in %q, want %q", accept, got, want)
			}
		}
		const browser = "Mozilla/5.0 (X11; Linux x86_64, like Gecko), Firefox/140.0"
		b.wants(http.StatusNoContent, http.MethodPost, "/api/accounts/sessions",
			map[string]string{"email": emailOf(yasmine), "password": "olivier phare tramway 47"}, client.Header("User-Agent", browser))
		if answer := b.ask(http.MethodGet, "/api/accounts/sessions", nil); !strings.Contains(string(answer.Body), browser) {
			t.Errorf("the sessions do not show the browser: %s", answer.Body)
		}
	})
}

func TestCookies(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		value := h.openSession("demo-yasmine")
		_, secret, _ := strings.Cut(value, ".")
		for cookie, want := range map[string]int{
			"session=" + value:                            200,
			"lang=ar; session=" + value + "; theme=dark":  200,
			"session=demo-hamza." + secret:                401,
			"session=demo-yasmine.":                       401,
			"session=." + secret:                          401,
			"Session=" + value:                            401,
			"session=x; session=" + value:                 401, // the first counts: nobody can add a session behind it
			"session=person#." + secret:                   401,
			"session=" + strings.Repeat("a", 3000) + ".b": 401,
		} {
			answer := h.visitor().ask(http.MethodGet, "/api/accounts/me", nil, client.Header("Cookie", cookie))
			if answer.Status != want {
				t.Errorf("%s: %d, want %d", cookie, answer.Status, want)
			}
			if strings.Contains(cookie, "lang=ar") && !strings.Contains(string(h.visitor().ask(http.MethodGet, "/api/nothing", nil, client.Header("Cookie", cookie)).Body), "غير") {
				t.Error("the cookie lang does not choose the language")
			}
		}
		b := h.visitor()
		answer := b.wants(http.StatusNoContent, http.MethodPost, "/api/accounts/sessions", map[string]string{"email": emailOf(yasmine), "password": "olivier phare tramway 47"})
		set := answer.Header.Values("Set-Cookie")
		if len(set) != 2 {
			t.Fatalf("%d cookies: %q", len(set), set)
		}
		for _, line := range set {
			for _, attribute := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
				if !strings.Contains(line, attribute) {
					t.Errorf("a cookie without %s", attribute)
				}
			}
		}
		b.wants(http.StatusNoContent, http.MethodDelete, "/api/accounts/sessions/current", nil)
		b.ask(http.MethodGet, "/api/accounts/me", nil).refused(http.StatusUnauthorized, "unauthenticated")
	})
}

// Whoever asks from one address is counted as one, whatever they claim.
func TestAForgedAddressDoesNotLiftLimits(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		h.tick = 0
		b := h.visitor()
		for n := range 31 {
			forged := func(r *http.Request) {
				address := fmt.Sprintf("198.51.100.%d", n)
				for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "True-Client-Ip", "Cf-Connecting-Ip"} {
					r.Header.Set(name, address)
				}
				r.Header.Set("Forwarded", "for="+address)
				r.Header.Set("CloudFront-Viewer-Address", address+":1234")
			}
			answer := b.ask(http.MethodPost, "/api/accounts/registrations", registration("samira", "no solution"), forged)
			if n < 30 {
				answer.refused(http.StatusUnprocessableEntity, "captcha_refused")
			} else {
				answer.refused(http.StatusTooManyRequests, "too_many_requests")
			}
		}
	})
}

func TestTheSitesOwnRequestsPass(t *testing.T) {
	t.Parallel()
	staged.onEach(t, func(t *testing.T, h *harness) {
		for _, options := range [][]client.Option{
			{client.Header("Origin", site)},
			{client.Header("Origin", site), client.Header("Sec-Fetch-Site", "same-origin")},
			{client.Header("Sec-Fetch-Site", "none")},
			{client.Header("Content-Type", "application/json; charset=utf-8")},
		} {
			h.as(yasmine).wants(http.StatusCreated, http.MethodPost, dossiers, emptyBody, options...)
		}
		for _, name := range []string{"X-Content-Type-Options", "Cache-Control"} {
			if got := h.as(yasmine).ask(http.MethodGet, dossiers, nil).Header.Get(name); got != map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}[name] {
				t.Errorf("%s: %q", name, got)
			}
		}
	})
}
