package infra_test

import (
	"errors"
	"mime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/infra"
)

func TestFileKeys(t *testing.T) {
	for key, good := range map[string]bool{
		"documents/0a1b": true, "incoming/01JPA9V7M0.pdf": true, "a": true, "...": true, "a/.b": true, "a_b-c=d.e": true,
		"": false, "/": false, "a//b": false, "a/": false, "/a": false, "a/..": false, "../a": false, ".": false, "a b": false,
		"é": false, "a\\b": false, "a~": false, "a:b": false, "a\n": false, "a%b": false,
		strings.Repeat("a/", 511) + "aa": true, strings.Repeat("a/", 512) + "a": false, strings.Repeat("a", 201): false,
	} {
		if err := infra.CheckFileKey(key); (err == nil) != good {
			t.Errorf("%.40q: %v", key, err)
		}
	}
}

func TestNoFileKeyLeadsUpwards(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		key := rapid.StringOfN(rapid.RuneFrom([]rune(`./\a~:`+"\x00")), 0, 12, -1).Draw(r, "key")
		if infra.CheckFileKey(key) != nil {
			return
		}
		for _, segment := range strings.Split(key, "/") {
			if segment == "" || segment == "." || segment == ".." || strings.ContainsAny(segment, "\\~:\x00") {
				r.Fatalf("%q is allowed", key)
			}
		}
	})
}

func TestDispositionGivesTheNameBack(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		name := rapid.StringN(1, 40, 100).Draw(r, "name")
		header := infra.Disposition(name)
		for _, c := range []byte(header) {
			if c < ' ' || c > '~' {
				r.Fatalf("header %q", header)
			}
		}
		kind, params, err := mime.ParseMediaType(header)
		if err != nil || kind != "attachment" || params["filename"] != name {
			r.Fatalf("header %q: %v, name %q, want %q", header, err, params["filename"], name)
		}
	})
	want := `attachment; filename="Certificat n_ 12 _x_.pdf"; filename*=UTF-8''Certificat%20n%C2%B0%2012%20%22x%22.pdf`
	if got := infra.Disposition(`Certificat n° 12 "x".pdf`); got != want {
		t.Errorf("disposition\n %s\nwant\n %s", got, want)
	}
}

func TestUploadsAndLinksHaveBounds(t *testing.T) {
	good := infra.Upload{Key: "incoming/a", ContentType: "application/pdf", MaxBytes: 1, Valid: time.Minute}
	if err := infra.CheckUpload(good); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*infra.Upload){
		"size":     func(u *infra.Upload) { u.MaxBytes = 0 },
		"moment":   func(u *infra.Upload) { u.Valid = time.Millisecond },
		"eternity": func(u *infra.Upload) { u.Valid = infra.MaxValid + 1 },
	} {
		bad := good
		spoil(&bad)
		if err := infra.CheckUpload(bad); !errors.Is(err, infra.ErrLimit) {
			t.Errorf("%s: %v, want ErrLimit", name, err)
		}
	}
	for _, kind := range []string{"", "pdf", "application/", "a/b\nc: d", "application/pdf;", "text/plain; charset"} {
		bad := good
		bad.ContentType = kind
		if err := infra.CheckUpload(bad); err == nil && kind != "application/pdf;" {
			t.Errorf("content type %q was accepted", kind)
		}
	}
	for _, name := range []string{"", ".", "..", "a/b", "a\x00", "a\u0085", "\xff", strings.Repeat("é", 101)} {
		if err := infra.CheckLink("a", name, time.Minute); err == nil {
			t.Errorf("file name %q was accepted", name)
		}
	}
}
