package local

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"portal/infra"
	"portal/shared/problem"
)

const (
	mailboxPath = "/mailbox"
	lettersPage = 100
)

//go:embed mailbox.html
var mailboxHTML string

var mailboxTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("mailbox").Parse(mailboxHTML)
})

// ServeHTTP shows the mailbox, to read only:
//
//	GET /mailbox            the letters, one line for all copies of one
//	GET /mailbox/{n}        a letter
//	GET /mailbox/{n}.eml    the message as it would travel
//	GET /mailbox.json       {"letters": […]}, every hand-over
//
// The lists are newest first, 100 at a time; ?to= is an address, ?after= and
// ?before= are numbers n of letters, both exclusive.
func (m *Mailbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, r, problem.New("method_not_allowed"))
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	var err error
	switch rest := strings.TrimPrefix(r.URL.Path, mailboxPath); {
	case rest == "" || rest == "/":
		err = m.listPage(w, r)
	case rest == ".json":
		err = m.listJSON(w, r)
	case strings.HasSuffix(rest, ".eml"):
		err = m.rawMessage(w, strings.TrimSuffix(rest, ".eml"))
	default:
		err = m.letterPage(w, rest)
	}
	if errors.Is(err, infra.ErrNotFound) {
		err = problem.New("not_found")
	}
	if err != nil {
		refuse(w, r, err)
	}
}

// listed are the letters that a request asks for.
func (m *Mailbox) listed(r *http.Request) ([]Handover, error) {
	var bounds [2]uint64
	for i, name := range []string{"after", "before"} {
		text := r.URL.Query().Get(name)
		if text == "" {
			continue
		}
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return nil, problem.New("bad_request")
		}
		bounds[i] = n
	}
	return m.Letters(r.URL.Query().Get("to"), bounds[0], bounds[1], lettersPage)
}

func (m *Mailbox) listJSON(w http.ResponseWriter, r *http.Request) error {
	letters, err := m.listed(r)
	if err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"letters": letters})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text) // a client that has gone is no error of ours
	return nil
}

// line is one letter of the page: its newest hand-over there.
type line struct {
	Handover
	Again int // hand-overs beyond the first
}

func (m *Mailbox) listPage(w http.ResponseWriter, r *http.Request) error {
	letters, err := m.listed(r)
	if err != nil {
		return err
	}
	view := struct {
		To     string
		Lines  []line
		Before uint64 // where the older ones go on; 0 at the end
	}{To: r.URL.Query().Get("to")}
	seen := map[string]bool{}
	for _, h := range letters {
		if !seen[h.ID] {
			seen[h.ID] = true
			view.Lines = append(view.Lines, line{h, h.Copy - 1})
		}
	}
	if len(letters) == lettersPage {
		view.Before = letters[len(letters)-1].N
	}
	return page(w, "list", view)
}

func (m *Mailbox) letterPage(w http.ResponseWriter, path string) error {
	n, err := letterNumber(path)
	if err != nil {
		return err
	}
	h, _, err := m.Letter(n)
	if err != nil {
		return err
	}
	// Links of the letter open in a window of their own, outside the sandbox.
	return page(w, "letter", struct {
		Handover
		Frame string
	}{h, `<base target="_blank">` + h.HTML})
}

func (m *Mailbox) rawMessage(w http.ResponseWriter, path string) error {
	n, err := letterNumber(path)
	if err != nil {
		return err
	}
	_, raw, err := m.Letter(n)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "message/rfc822")
	w.Header().Set("Content-Disposition", infra.Disposition(strconv.FormatUint(n, 10)+".eml"))
	_, _ = w.Write(raw) // a client that has gone is no error of ours
	return nil
}

func letterNumber(path string) (uint64, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(path, "/"), 10, 64)
	if err != nil || !strings.HasPrefix(path, "/") {
		return 0, problem.New("not_found")
	}
	return n, nil
}

// page answers with one of the templates. No script runs on it, and a letter's
// HTML is in a frame that may neither run scripts nor send forms.
func page(w http.ResponseWriter, name string, view any) error {
	templates, err := mailboxTemplate()
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if err := templates.ExecuteTemplate(&body, name, view); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'self'; frame-ancestors 'none'")
	w.Header().Set("Referrer-Policy", "no-referrer")
	_, _ = w.Write(body.Bytes()) // a client that has gone is no error of ours
	return nil
}
