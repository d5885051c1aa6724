package local_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/infra"
	"portal/infra/local"
	"portal/infra/porttest"
)

func raw(text string) json.RawMessage { return json.RawMessage(text) }

func letter(id, to string) infra.Letter {
	return infra.Letter{
		ID: id, Kind: "account_link", From: "Portal <portal@example.com>", To: to, Lang: "fr",
		Subject: "Sujet " + id, Text: "Texte " + id, HTML: "<p>Texte " + id + "</p>",
	}
}

func send(t *testing.T, mailbox *local.Mailbox, letters ...infra.Letter) {
	t.Helper()
	for _, l := range letters {
		if err := mailbox.Send(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
}

func get(handler http.Handler, target string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, target, nil))
	return answer
}

func TestMailboxJSON(t *testing.T) {
	clock := porttest.NewClock(time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC))
	mailbox := open(t, local.Options{Now: clock.Now}).Mail()
	send(t, mailbox, letter("a", "one@example.com"), letter("b", "two@example.com"), letter("a", "one@example.com"),
		letter("c", "One@Example.com"), letter("d", "one@example.com.example.com"))

	for _, test := range []struct{ query, want string }{
		{"", "5:d/1 4:c/1 3:a/2 2:b/1 1:a/1"},
		{"?to=one@example.com", "4:c/1 3:a/2 1:a/1"},
		{"?to=ONE@example.com", "4:c/1 3:a/2 1:a/1"},
		{"?to=one@example.com&after=1", "4:c/1 3:a/2"},
		{"?to=one@example.com&after=4", ""},
		{"?to=one@example.com&before=4", "3:a/2 1:a/1"},
		{"?after=2&before=5", "4:c/1 3:a/2"},
		{"?before=1", ""},
		{"?to=nobody@example.com", ""},
		{"?to=one", ""},
	} {
		answer := get(mailbox, "/mailbox.json"+test.query)
		var body struct{ Letters []local.Handover }
		if err := json.Unmarshal(answer.Body.Bytes(), &body); err != nil || answer.Code != http.StatusOK || body.Letters == nil {
			t.Fatalf("%s: status %d, %v: %s", test.query, answer.Code, err, answer.Body)
		}
		var got []string
		for _, h := range body.Letters {
			got = append(got, fmt.Sprintf("%d:%s/%d", h.N, h.ID, h.Copy))
		}
		if text := strings.Join(got, " "); text != test.want {
			t.Errorf("%q gives %q, want %q", test.query, text, test.want)
		}
	}
	letters, err := mailbox.Letters("two@example.com", 0, 0, 1)
	if err != nil || len(letters) != 1 {
		t.Fatal(err)
	}
	want := local.Handover{N: 2, Copy: 1, ID: "b", At: clock.Now(), Kind: "account_link", From: "Portal <portal@example.com>",
		To: "two@example.com", Subject: "Sujet b", Lang: "fr", Text: "Texte b", HTML: "<p>Texte b</p>"}
	if letters[0] != want {
		t.Errorf("hand-over %+v, want %+v", letters[0], want)
	}
}

func TestMailboxShowsAHundredAtATime(t *testing.T) {
	mailbox := open(t, local.Options{}).Mail()
	for n := range 103 {
		send(t, mailbox, letter(fmt.Sprint("id", n), "one@example.com"))
	}
	var body struct{ Letters []local.Handover }
	if err := json.Unmarshal(get(mailbox, "/mailbox.json").Body.Bytes(), &body); err != nil || len(body.Letters) != 100 {
		t.Fatalf("%d letters, %v", len(body.Letters), err)
	}
	page := get(mailbox, "/mailbox?to=one@example.com").Body.String()
	older := `/mailbox?before=4&amp;to=one%40example.com`
	if !strings.Contains(page, older) {
		t.Errorf("the page has no link to %s", older)
	}
	page = get(mailbox, strings.ReplaceAll(older, "&amp;", "&")).Body.String()
	if strings.Count(page, "<li>") != 3 || strings.Contains(page, "Older") {
		t.Errorf("the last page:\n%s", page)
	}
}

func TestMailboxPages(t *testing.T) {
	mailbox := open(t, local.Options{}).Mail()
	if page := get(mailbox, "/mailbox").Body.String(); !strings.Contains(page, "No letters") {
		t.Errorf("the empty mailbox:\n%s", page)
	}
	evil := letter("evil", "one@example.com")
	evil.Subject = `<script>alert(1)</script>`
	evil.HTML = `<p id="x">"quoted" & <script>alert(1)</script></p>`
	evil.Text = `</pre><script>alert(1)</script>`
	send(t, mailbox, evil, letter("twice", "one@example.com"), letter("twice", "one@example.com"))

	list := get(mailbox, "/mailbox")
	if list.Code != http.StatusOK || strings.Count(list.Body.String(), "<li>") != 2 || !strings.Contains(list.Body.String(), "handed over 2 times") {
		t.Errorf("the list:\n%s", list.Body)
	}
	page := get(mailbox, "/mailbox/1")
	if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), "&lt;base target=&#34;_blank&#34;&gt;&lt;p id=&#34;x&#34;&gt;") {
		t.Errorf("the letter:\n%s", page.Body)
	}
	for name, answer := range map[string]*httptest.ResponseRecorder{"list": list, "letter": page} {
		if strings.Contains(answer.Body.String(), "<script") {
			t.Errorf("%s: a script came through:\n%s", name, answer.Body)
		}
		if !strings.Contains(answer.Header().Get("Content-Security-Policy"), "default-src 'none'") || answer.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: headers %v", name, answer.Header())
		}
	}
	if body := page.Body.String(); !strings.Contains(body, `sandbox="allow-popups allow-popups-to-escape-sandbox"`) {
		t.Error("the letter is not in a sandbox")
	}
	eml := get(mailbox, "/mailbox/2.eml")
	message, err := mail.ReadMessage(eml.Body)
	if err != nil || message.Header.Get("Subject") != "Sujet twice" || eml.Header().Get("Content-Type") != "message/rfc822" {
		t.Errorf("the message: %v, %v", err, eml.Header())
	}
}

func TestMailboxRefusals(t *testing.T) {
	mailbox := open(t, local.Options{}).Mail()
	for target, status := range map[string]int{
		"/mailbox/1": 404, "/mailbox/x": 404, "/mailbox/1.eml": 404, "/mailbox/1/2": 404, "/mailbox1": 404, "/mailbox.xml": 404,
		"/mailbox.json?after=x": 400, "/mailbox?before=-1": 400,
	} {
		answer := get(mailbox, target)
		if answer.Code != status || answer.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: status %d, %s", target, answer.Code, answer.Header().Get("Content-Type"))
		}
	}
	answer := httptest.NewRecorder()
	mailbox.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, "/mailbox", nil))
	if answer.Code != http.StatusMethodNotAllowed || answer.Header().Get("Allow") == "" {
		t.Errorf("post: status %d", answer.Code)
	}
}

func TestSuppressedAddressIsOneWhateverItsCase(t *testing.T) {
	mailbox := open(t, local.Options{}).Mail()
	if err := mailbox.Suppress(t.Context(), "One@example.com"); err != nil {
		t.Fatal(err)
	}
	if err := mailbox.Send(t.Context(), letter("a", "oNe@example.com")); !errors.Is(err, infra.ErrSuppressed) {
		t.Errorf("send = %v", err)
	}
}

func TestLettersOfManySendersAreAllKept(t *testing.T) {
	mailbox := open(t, local.Options{}).Mail()
	errs := make(chan error, 50)
	for n := range cap(errs) {
		go func() { errs <- mailbox.Send(t.Context(), letter(fmt.Sprint("id", n%10), "one@example.com")) }()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	letters, err := mailbox.Letters("", 0, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var copies []int
	for _, h := range letters {
		copies = append(copies, h.Copy)
	}
	slices.Sort(copies)
	if len(letters) != 50 || letters[0].N != 50 || copies[49] != 5 || copies[9] != 1 || copies[10] != 2 {
		t.Errorf("%d letters, copies %v", len(letters), copies)
	}
}
