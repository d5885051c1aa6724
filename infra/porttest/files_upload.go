package porttest

import (
	"bytes"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"time"

	"portal/infra"
)

func testUpload(t *filesTest) {
	key := "incoming/" + t.home
	form := t.form(infra.Upload{Key: key, ContentType: "application/pdf", MaxBytes: 1 << 20, Valid: time.Minute})
	for _, data := range [][]byte{[]byte("x"), bytes.Repeat([]byte("y\r\n"), 1000), bytes.Repeat([]byte{0}, 1<<20)} {
		if status := t.post(form, data); status < 200 || status > 299 {
			t.Fatalf("upload of %d bytes: status %d", len(data), status)
		}
		t.has(key, data)
	}
	link, err := t.files.Link(t.Context(), key, "a.pdf", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, header, _ := t.fetch(link); header.Get("Content-Type") != "application/pdf" {
		t.Errorf("content type %q", header.Get("Content-Type"))
	}
	for name, u := range map[string]infra.Upload{
		"no size":         {Key: key, ContentType: "application/pdf", Valid: time.Minute},
		"no time":         {Key: key, ContentType: "application/pdf", MaxBytes: 1},
		"over seven days": {Key: key, ContentType: "application/pdf", MaxBytes: 1, Valid: 8 * 24 * time.Hour},
		"no content type": {Key: key, MaxBytes: 1, Valid: time.Minute},
		"two lines":       {Key: key, ContentType: "text/plain\r\nx: y", MaxBytes: 1, Valid: time.Minute},
	} {
		if _, err := t.files.UploadForm(t.Context(), u); err == nil {
			t.Errorf("form with %s was signed", name)
		}
	}
}

func testRefusedUploads(t *filesTest) {
	key, other := "incoming/"+t.home, "incoming/"+t.home+"x"
	upload := infra.Upload{Key: key, ContentType: "application/pdf", MaxBytes: 1000, Valid: time.Minute}
	refused := func(name string, form infra.UploadForm, data []byte) {
		t.Helper()
		if status := t.post(form, data); status < 400 || status > 499 {
			t.Errorf("%s: status %d", name, status)
		}
		t.absent(key)
		t.absent(other)
	}
	good := t.form(upload)
	refused("one byte too many", good, make([]byte, 1001))
	refused("very much too large", good, make([]byte, 4<<20))
	refused("empty file", good, nil)
	for _, field := range slices.Sorted(maps.Keys(good.Fields)) {
		without := t.form(upload)
		delete(without.Fields, field)
		refused("without "+field, without, []byte("x"))
		forged := t.form(upload)
		forged.Fields[field] += "x"
		refused("other "+field, forged, []byte("x"))
	}
	html := t.form(upload)
	html.Fields["Content-Type"] = "text/html"
	refused("as HTML", html, []byte("x"))
	mixed := t.form(upload)
	mixed.Fields["key"] = other
	refused("under another key", mixed, []byte("x"))

	t.clock.Advance(-time.Hour)
	late := t.form(upload)
	t.clock.Advance(time.Hour)
	refused("late", late, []byte("x"))

	if status := t.post(good, []byte("x")); status < 200 || status > 299 {
		t.Errorf("the good form: status %d", status)
	}
	t.has(key, []byte("x"))
}

func (t *filesTest) form(u infra.Upload) infra.UploadForm {
	t.Helper()
	form, err := t.files.UploadForm(t.Context(), u)
	if err != nil {
		t.Fatalf("upload form: %v", err)
	}
	return form
}

// post sends a form as a browser does and gives the status.
func (t *filesTest) post(form infra.UploadForm, data []byte) int {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, name := range slices.Sorted(maps.Keys(form.Fields)) {
		if err := w.WriteField(name, form.Fields[name]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "scan été.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	status, _, _ := t.do(http.MethodPost, form.URL, w.FormDataContentType(), &body)
	return status
}
