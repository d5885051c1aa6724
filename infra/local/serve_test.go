package local_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portal/infra"
	"portal/infra/local"
	"portal/infra/porttest"
)

type served struct {
	*testing.T
	dir   string
	clock *porttest.Clock
	files *local.Files
}

func serve(t *testing.T) *served {
	t.Helper()
	dir := t.TempDir()
	clock := porttest.NewClock(time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC))
	store := openIn(t, dir, local.Options{Now: clock.Now, BaseURL: "http://portal.test"})
	return &served{t, dir, clock, store.Files()}
}

// untouched requires that an upload has left nothing, not even a draft.
func (s *served) untouched() {
	s.Helper()
	err := filepath.WalkDir(filepath.Join(s.dir, "files"), func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			s.Errorf("there is a file %s", path)
		}
		return err
	})
	if err != nil {
		s.Fatal(err)
	}
}

// answer requires a problem of this status and code.
func (s *served) answer(r *http.Request, status int, code string) {
	s.Helper()
	w := httptest.NewRecorder()
	s.files.ServeHTTP(w, r)
	var body struct {
		Status int
		Code   string
		Title  string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
		s.Fatalf("status %d, body %q: %v", w.Code, w.Body, err)
	}
	if w.Code != status || body.Status != status || body.Code != code || w.Header().Get("Content-Type") != "application/problem+json" {
		s.Errorf("status %d, %+v, want %d %s", w.Code, body, status, code)
	}
}

type part struct{ name, value string }

func post(parts ...part) *http.Request {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, p := range parts {
		field := func() (io.Writer, error) { return w.CreateFormField(p.name) }
		if p.name == "file" {
			field = func() (io.Writer, error) { return w.CreateFormFile("file", "../../a.pdf") }
		}
		f, err := field()
		if err == nil {
			_, err = io.WriteString(f, p.value)
		}
		if err != nil {
			panic(err) // writes to memory
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/files", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

func (s *served) form(key string, max int64) map[string]string {
	s.Helper()
	form, err := s.files.UploadForm(s.Context(), infra.Upload{Key: key, ContentType: "application/pdf", MaxBytes: max, Valid: time.Minute})
	if err != nil {
		s.Fatal(err)
	}
	if form.URL != "http://portal.test/files" {
		s.Errorf("the form leads to %s", form.URL)
	}
	return form.Fields
}

func fields(form map[string]string) []part {
	return []part{{"key", form["key"]}, {"Content-Type", form["Content-Type"]}, {"policy", form["policy"]}, {"signature", form["signature"]}}
}

func TestUploadsAreRefusedByName(t *testing.T) {
	s := serve(t)
	form := s.form("incoming/a", 10)
	with := func(parts ...part) []part { return append(fields(form), parts...) }
	file := part{"file", "0123456789"}
	otherForm := s.form("incoming/b", 1000)

	for name, test := range map[string]struct {
		parts  []part
		status int
		code   string
	}{
		"too large":            {with(part{"file", "0123456789A"}), 413, "file_too_large"},
		"far too large":        {with(part{"file", strings.Repeat("x", 5<<20)}), 413, "file_too_large"},
		"empty":                {with(part{"file", ""}), 400, "bad_request"},
		"no file":              {with(), 400, "bad_request"},
		"file first":           {append([]part{file}, fields(form)...), 403, "upload_form_refused"},
		"no fields":            {[]part{file}, 403, "upload_form_refused"},
		"another field":        {with(part{"acl", "public"}, file), 403, "upload_form_refused"},
		"a field twice":        {with(part{"key", "incoming/a"}, file), 403, "upload_form_refused"},
		"an endless field":     {with(part{"note", strings.Repeat("x", 9000)}, file), 400, "bad_request"},
		"too many fields":      {with(make([]part, 20)...), 403, "upload_form_refused"},
		"another key":          {[]part{{"key", "incoming/x"}, fields(form)[1], fields(form)[2], fields(form)[3], file}, 403, "upload_form_refused"},
		"another type":         {[]part{fields(form)[0], {"Content-Type", "text/html"}, fields(form)[2], fields(form)[3], file}, 415, "file_type_refused"},
		"another's policy":     {[]part{fields(form)[0], fields(form)[1], fields(otherForm)[2], fields(form)[3], file}, 403, "upload_form_refused"},
		"another's signature":  {[]part{fields(form)[0], fields(form)[1], fields(form)[2], fields(otherForm)[3], file}, 403, "upload_form_refused"},
		"another's everything": {[]part{fields(form)[0], fields(form)[1], fields(otherForm)[2], fields(otherForm)[3], file}, 403, "upload_form_refused"},
	} {
		t.Run(name, func(t *testing.T) {
			inner := &served{t, s.dir, s.clock, s.files}
			inner.answer(post(test.parts...), test.status, test.code)
			inner.untouched()
		})
	}
	t.Run("no multipart", func(t *testing.T) {
		(&served{t, s.dir, s.clock, s.files}).answer(httptest.NewRequest(http.MethodPost, "/files", strings.NewReader("x")), 415, "unsupported_media")
	})
	t.Run("late", func(t *testing.T) {
		s.clock.Advance(time.Minute - time.Second)
		w := httptest.NewRecorder()
		s.files.ServeHTTP(w, post(with(file)...))
		if w.Code != http.StatusNoContent {
			t.Errorf("in the last second: status %d", w.Code)
		}
		if err := s.files.Delete(t.Context(), "incoming/a"); err != nil {
			t.Fatal(err)
		}
		s.clock.Advance(time.Second)
		inner := &served{t, s.dir, s.clock, s.files}
		inner.answer(post(with(file)...), 403, "upload_form_refused")
		inner.untouched()
	})
}

func TestUploadThatBreaksOffLeavesNothing(t *testing.T) {
	s := serve(t)
	whole, err := io.ReadAll(post(append(fields(s.form("incoming/a", 1000)), part{"file", strings.Repeat("x", 500)})...).Body)
	if err != nil {
		t.Fatal(err)
	}
	boundary := string(whole[2:bytes.Index(whole, []byte("\r\n"))])
	for cut := range len(whole) - len("--\r\n") { // with the last boundary the file is complete
		r := httptest.NewRequest(http.MethodPost, "/files", bytes.NewReader(whole[:cut]))
		r.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
		w := httptest.NewRecorder()
		s.files.ServeHTTP(w, r)
		if w.Code < 400 || w.Code > 499 {
			t.Fatalf("cut after %d bytes: status %d", cut, w.Code)
		}
	}
	s.untouched()
}

func TestDownloadHeaders(t *testing.T) {
	s := serve(t)
	if err := s.files.Put(t.Context(), "documents/a", "text/html", []byte("0123456789")); err != nil {
		t.Fatal(err)
	}
	link := s.link("documents/a")
	for name, test := range map[string]struct {
		method, span string
		status       int
		body         string
	}{
		"get": {http.MethodGet, "", 200, "0123456789"}, "head": {http.MethodHead, "", 200, ""}, "a range": {http.MethodGet, "bytes=2-4", 206, "234"},
	} {
		r := httptest.NewRequest(test.method, link, nil)
		if test.span != "" {
			r.Header.Set("Range", test.span)
		}
		w := httptest.NewRecorder()
		s.files.ServeHTTP(w, r)
		if w.Code != test.status || w.Body.String() != test.body {
			t.Errorf("%s: status %d, body %q", name, w.Code, w.Body)
		}
		for header, want := range map[string]string{
			"Content-Type": "text/html", "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store",
			"Content-Security-Policy": "sandbox; default-src 'none'", "Content-Disposition": infra.Disposition("reçu.pdf"),
		} {
			if got := w.Header().Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
	}
}

func (s *served) link(key string) string {
	s.Helper()
	link, err := s.files.Link(s.Context(), key, "reçu.pdf", time.Minute)
	if err != nil {
		s.Fatal(err)
	}
	return link
}

func TestDownloadsAreRefusedByName(t *testing.T) {
	s := serve(t)
	if err := s.files.Put(t.Context(), "documents/a", "application/pdf", []byte("x")); err != nil {
		t.Fatal(err)
	}
	link := s.link("documents/a")
	request := func(method, target string) *http.Request { return httptest.NewRequest(method, target, nil) }
	s.answer(request("GET", strings.Replace(link, "expires=", "expires=9", 1)), 403, "forbidden")
	s.answer(request("GET", strings.Replace(link, "name=", "name=x", 1)), 403, "forbidden")
	s.answer(request("GET", strings.Replace(link, "documents/a", "documents/b", 1)), 403, "forbidden")
	s.answer(request("GET", "/files/documents/a"), 403, "forbidden")
	s.answer(request("GET", "/files/documents/a?signature=zz"), 403, "forbidden")
	s.answer(request("GET", s.link("documents/missing")), 404, "not_found")
	s.answer(request("POST", link), 405, "method_not_allowed")
	s.answer(request("GET", "/files"), 405, "method_not_allowed")
	s.answer(request("DELETE", "/files"), 405, "method_not_allowed")
	s.answer(request("GET", "/elsewhere"), 404, "not_found")
	s.clock.Advance(time.Minute)
	s.answer(request("GET", link), 410, "link_expired")
}

func TestNoPathLeadsOutOfTheFolder(t *testing.T) {
	s := serve(t)
	if err := os.WriteFile(filepath.Join(s.dir, "secret~"), []byte("{}\nsecret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(s.dir, filepath.Join(s.dir, "files", "way")); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"way/secret", "../secret", "documents/../../secret"} {
		if data, err := s.files.Read(t.Context(), key, 100); err == nil || strings.Contains(string(data), "secret") {
			t.Errorf("read %s = %q, %v", key, data, err)
		}
		if err := s.files.Put(t.Context(), key, "text/plain", []byte("x")); err == nil {
			t.Errorf("put %s was done", key)
		}
		address := url.URL{Path: "/files/" + key}
		r := httptest.NewRequest(http.MethodGet, address.String(), nil)
		w := httptest.NewRecorder()
		s.files.ServeHTTP(w, r)
		if w.Code < 400 || strings.Contains(w.Body.String(), "secret~") {
			t.Errorf("get %s: status %d", key, w.Code)
		}
	}
	if data, err := os.ReadFile(filepath.Join(s.dir, "secret~")); err != nil || string(data) != "{}\nsecret" {
		t.Errorf("the file outside is %q, %v", data, err)
	}
}

func TestWritersOfOneFileLeaveOneOfThem(t *testing.T) {
	s := serve(t)
	errs := make(chan error, 16)
	for n := range cap(errs) {
		go func() {
			data := bytes.Repeat([]byte{byte('a' + n)}, 10_000)
			errs <- errors.Join(s.files.Put(s.Context(), "documents/a", "text/plain", data), s.sameBytes("documents/a", 10_000))
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func (s *served) sameBytes(key string, size int) error {
	data, err := s.files.Read(s.Context(), key, 1<<20)
	if err != nil {
		return err
	}
	if len(data) != size || strings.Trim(string(data), string(data[:1])) != "" {
		return fmt.Errorf("a mixture of %d bytes", len(data))
	}
	return nil
}
