package porttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"portal/infra"
)

// OpenFiles opens a store that signs by this clock, and answers over HTTP at
// the addresses it gives. What judges signatures may read the real time, so
// the suite puts the clock back to make something late.
type OpenFiles func(t *testing.T, clock infra.Clock) infra.Files

// Files is the conformance suite of infra.Files.
func Files(t *testing.T, open OpenFiles) {
	for _, group := range []struct {
		name string
		test func(*filesTest)
	}{
		{"a file comes back as it was put", testPutRead},
		{"keys are plain paths", testFileKeys},
		{"a link downloads the file under a name", testLinks},
		{"a link serves nothing else", testForgedLinks},
		{"a form uploads one file", testUpload},
		{"a form is refused whole", testRefusedUploads},
		{"a cancelled context stops every verb", testFilesCancelled},
	} {
		t.Run(group.name, func(t *testing.T) {
			clock := NewClock(time.Now())
			group.test(&filesTest{T: t, files: open(t, clock), clock: clock, home: "documents/" + fresh()[len("test#"):]})
		})
	}
}

type filesTest struct {
	*testing.T
	files infra.Files
	clock *Clock
	home  string // prefix of the keys of this test
}

func (t *filesTest) put(key string, data []byte) {
	t.Helper()
	if err := t.files.Put(t.Context(), key, "application/pdf", data); err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
}

func (t *filesTest) has(key string, want []byte) {
	t.Helper()
	got, err := t.files.Read(t.Context(), key, 10<<20)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("read %s = %d bytes, %v, want %d", key, len(got), err, len(want))
	}
}

func (t *filesTest) absent(key string) {
	t.Helper()
	if got, err := t.files.Read(t.Context(), key, 10<<20); !errors.Is(err, infra.ErrNotFound) {
		t.Fatalf("read %s = %d bytes, %v, want ErrNotFound", key, len(got), err)
	}
}

func testPutRead(t *filesTest) {
	key := t.home + "/a"
	t.absent(key)
	data := bytes.Repeat([]byte{0, 255, '\r', '\n', 'x'}, 200_000)
	t.put(key, data)
	t.has(key, data)
	t.put(key, data)
	t.has(key, data)
	t.put(key, []byte("other"))
	t.has(key, []byte("other"))

	if got, err := t.files.Read(t.Context(), key, 5); err != nil || string(got) != "other" {
		t.Errorf("read of exactly the maximum = %q, %v", got, err)
	}
	if _, err := t.files.Read(t.Context(), key, 4); !errors.Is(err, infra.ErrTooLarge) {
		t.Errorf("read over the maximum = %v, want ErrTooLarge", err)
	}
	for range 2 {
		if err := t.files.Delete(t.Context(), key); err != nil {
			t.Fatalf("delete: %v", err)
		}
		t.absent(key)
	}
}

func testFileKeys(t *filesTest) {
	for _, key := range []string{t.home, t.home + "/b", t.home + "/b/c", t.home + "/B.pdf", t.home + "/b_c-d=1.2"} {
		t.put(key, []byte(key))
	}
	for _, key := range []string{t.home, t.home + "/b", t.home + "/b/c", t.home + "/B.pdf", t.home + "/b_c-d=1.2"} {
		t.has(key, []byte(key))
	}
	for _, key := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", "a/..", `a\b`, `..\a`, "a b", "é", "a\x00", "a\n", "a%2fb",
		"~a", "a?b", "a#b", "C:/a", strings.Repeat("k", 1025), strings.Repeat("k", 201) + "/a",
	} {
		if err := t.files.Put(t.Context(), key, "application/pdf", []byte("x")); err == nil {
			t.Errorf("put %q was done", key)
		}
		if _, err := t.files.Read(t.Context(), key, 1); err == nil || errors.Is(err, infra.ErrTooLarge) {
			t.Errorf("read %q: %v", key, err)
		}
		if err := t.files.Delete(t.Context(), key); err == nil {
			t.Errorf("delete %q was done", key)
		}
		if _, err := t.files.Link(t.Context(), key, "a.pdf", time.Minute); err == nil {
			t.Errorf("link to %q was signed", key)
		}
		if _, err := t.files.UploadForm(t.Context(), infra.Upload{Key: key, ContentType: "application/pdf", MaxBytes: 1, Valid: time.Minute}); err == nil {
			t.Errorf("form for %q was signed", key)
		}
	}
}

func testLinks(t *filesTest) {
	t.put(t.home+"/a", []byte("%PDF-1.7"))
	for _, name := range []string{
		"certificate.pdf", "Certificat de conformité n° 12.pdf", "شهادة.pdf", `a"b\c.pdf`, "100% sûr; x=y.pdf", "a,b.pdf", "it's.pdf",
	} {
		link, err := t.files.Link(t.Context(), t.home+"/a", name, time.Minute)
		if err != nil {
			t.Fatalf("link: %v", err)
		}
		status, header, body := t.fetch(link)
		if status != http.StatusOK || string(body) != "%PDF-1.7" {
			t.Fatalf("%s: status %d, %q", name, status, body)
		}
		if got := header.Get("Content-Type"); got != "application/pdf" {
			t.Errorf("content type %q", got)
		}
		disposition, params, err := mime.ParseMediaType(header.Get("Content-Disposition"))
		if err != nil || disposition != "attachment" || params["filename"] != name {
			t.Errorf("disposition %q, %v: name %q, want %q", header.Get("Content-Disposition"), err, params["filename"], name)
		}
	}
	for _, name := range []string{"", "a/b.pdf", "a\r\nSet-Cookie: x", "..", strings.Repeat("a", 300)} {
		if _, err := t.files.Link(t.Context(), t.home+"/a", name, time.Minute); err == nil {
			t.Errorf("a link under the name %q was signed", name)
		}
	}
	for _, valid := range []time.Duration{0, -time.Minute, 8 * 24 * time.Hour} {
		if _, err := t.files.Link(t.Context(), t.home+"/a", "a.pdf", valid); !errors.Is(err, infra.ErrLimit) {
			t.Errorf("link valid %v: %v, want ErrLimit", valid, err)
		}
	}
}

func testForgedLinks(t *filesTest) {
	t.put(t.home+"/a", []byte("a"))
	t.put(t.home+"/b", []byte("b"))
	good, err := t.files.Link(t.Context(), t.home+"/a", "a.pdf", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	missing, err := t.files.Link(t.Context(), t.home+"/missing", "a.pdf", time.Minute)
	if err != nil {
		t.Fatalf("link to an absent file: %v", err)
	}
	t.clock.Advance(-time.Hour)
	late, err := t.files.Link(t.Context(), t.home+"/a", "a.pdf", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	t.clock.Advance(time.Hour)
	bad := map[string]string{"missing": missing, "late": late, "other key": strings.Replace(good, t.home+"/a", t.home+"/b", 1)}
	address, err := url.Parse(good)
	if err != nil {
		t.Fatal(err)
	}
	bad["unsigned"] = strings.TrimSuffix(good, address.RawQuery)
	for name := range address.Query() {
		forged := address.Query()
		forged.Set(name, forged.Get(name)+"1")
		other := *address
		other.RawQuery = forged.Encode()
		bad["other "+name] = other.String()
	}
	for name, link := range bad {
		if status, _, _ := t.fetch(link); status < 400 || status > 499 {
			t.Errorf("%s: status %d", name, status)
		}
	}
	if status, _, body := t.fetch(good); status != http.StatusOK || string(body) != "a" {
		t.Errorf("the good link: %d, %q", status, body)
	}
}

func testFilesCancelled(t *filesTest) {
	t.put(t.home, []byte("x"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := t.files.Read(ctx, t.home, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("read = %v", err)
	}
	if err := t.files.Put(ctx, t.home, "application/pdf", []byte("y")); !errors.Is(err, context.Canceled) {
		t.Errorf("put = %v", err)
	}
	if err := t.files.Delete(ctx, t.home); !errors.Is(err, context.Canceled) {
		t.Errorf("delete = %v", err)
	}
	t.has(t.home, []byte("x"))
}

func (t *filesTest) fetch(link string) (int, http.Header, []byte) {
	t.Helper()
	return t.do(http.MethodGet, link, "", nil)
}

func (t *filesTest) do(method, address, contentType string, body io.Reader) (int, http.Header, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(fmt.Errorf("%s: %w", method, err))
	}
	defer answer.Body.Close()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, data
}
