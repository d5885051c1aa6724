package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/demo/client"
	"portal/shared/conformity"
	"portal/shared/pdf"
)

func TestDocumentsThatAreRefusedAreNotKept(t *testing.T) {
	t.Parallel()
	drafted.onEach(t, func(t *testing.T, h *harness) {
		h.tick = 0
		b, id := h.as(yasmine), h.marks["draft1"]
		version := client.IfMatch(b.looks(id).tag())
		before := h.dump()
		for _, refused := range []struct {
			name string
			data []byte
			code string
		}{
			{"a program", []byte("MZ this is no PDF"), pdf.NotAPDF},
			{"a picture", []byte("\x89PNG\r\n\x1a\n"), pdf.NotAPDF},
			{"a page of HTML", []byte("<html><script>alert(1)</script>"), pdf.NotAPDF},
			{"a header without a file", []byte("%PDF-1.7\n"), pdf.Damaged},
			{"half a file", goodPDF()[:len(goodPDF())/2], pdf.Damaged},
			{"encrypted, no password to open", sample("encrypted-rc4-owner-only"), pdf.Encrypted},
			{"encrypted", sample("encrypted-aes256"), pdf.Encrypted},
			{"a script", sample("javascript"), pdf.ActiveContent},
			{"a hidden script", sample("javascript-names-object-streams"), pdf.ActiveContent},
			{"a program to launch", sample("launch"), pdf.ActiveContent},
			{"an attachment", sample("attachment"), pdf.ActiveContent},
			{"a form that sends itself", sample("submit-form"), pdf.ActiveContent},
		} {
			upload := b.uploads(id, refused.data)
			body := map[string]string{"upload": upload, "kind": "other", "name": refused.name}
			p := b.ask(http.MethodPost, at(id)+"/documents", body, version).refused(http.StatusUnprocessableEntity, "document_refused")
			if got := faults(p); !slices.Equal(got, []string{"/upload " + refused.code}) || p.Errors[0].Message == "" {
				t.Errorf("%s: %q", refused.name, got)
			}
			if changed := differs(before, h.dump()); len(changed) > 0 {
				t.Errorf("%s: left behind: %q", refused.name, changed)
			}
			// It is gone, not kept for another try.
			p = b.ask(http.MethodPost, at(id)+"/documents", body, version).refused(http.StatusUnprocessableEntity, "document_refused")
			if got := faults(p); !slices.Equal(got, []string{"/upload upload_not_found"}) {
				t.Errorf("%s, again: %q", refused.name, got)
			}
		}
	})
}

// Of several documents each is judged, and none is kept unless all are right.
func TestOneBadDocumentSpoilsTheAnswer(t *testing.T) {
	t.Parallel()
	everywhere.onEach(t, func(t *testing.T, h *harness) {
		b, id := h.as(yasmine), h.marks[string(conformity.AwaitingComplement)]
		before := h.dump()
		var documents []map[string]string
		for _, name := range []string{"cairo", "javascript", "ghostscript", "encrypted-aes256"} {
			documents = append(documents, map[string]string{"upload": b.uploads(id, sample(name)), "name": name})
		}
		body := map[string]any{"documents": documents}
		p := b.ask(http.MethodPost, at(id)+"/complement-answers", body, client.IfMatch("*")).refused(http.StatusUnprocessableEntity, "document_refused")
		if got := faults(p); !slices.Equal(got, []string{"/documents/1/upload pdf_active_content", "/documents/3/upload pdf_encrypted"}) {
			t.Errorf("%q", got)
		}
		if changed := differs(before, h.dump(), "incoming/"); len(changed) > 0 {
			t.Errorf("left behind: %q", changed)
		}
		// The good ones are still there to be sent again.
		body["documents"] = []map[string]string{documents[0], documents[2]}
		done := b.does(id, "complement-answers", body)
		if done.Status != "in_processing" || len(done.Documents) != 5 {
			t.Errorf("%+v", done)
		}
		for name := range h.files("incoming") {
			if !strings.Contains(name, placed) && !strings.Contains(name, placedGoods) {
				t.Errorf("left under incoming: %s", name)
			}
		}
	})
}

func TestDocumentsAreKeptUnderWhatTheyContain(t *testing.T) {
	t.Parallel()
	drafted.onEach(t, func(t *testing.T, h *harness) {
		b, id := h.as(yasmine), h.marks["draft1"]
		before := h.files("documents")
		for _, name := range []string{"cairo", "scan-pillow", "signed"} {
			sum := sha256.Sum256(sample(name))
			b.does(id, "documents", map[string]string{"upload": b.uploads(id, sample(name)), "kind": "other", "name": name})
			key := "files/documents/" + hex.EncodeToString(sum[:]) + ".pdf~"
			_, stored, _ := strings.Cut(h.files("documents")[key], "\n")
			if !bytes.Equal([]byte(stored), sample(name)) {
				t.Errorf("%s is not kept as it came", name)
			}
			documents := b.looks(id).Documents
			b.downloads(at(id) + "/documents/" + documents[len(documents)-1].ID)
		}
		if got := len(h.files("documents")) - len(before); got != 3 {
			t.Errorf("%d new files", got)
		}
		if left := h.files("incoming"); len(left) > 0 {
			t.Errorf("left under incoming: %q", slices.Collect(maps.Keys(left)))
		}
	})
}

func TestTheStoreItselfRefusesWhatItsFormDoesNotAllow(t *testing.T) {
	t.Parallel()
	drafted.onEach(t, func(t *testing.T, h *harness) {
		b, id := h.as(yasmine), h.marks["draft1"]
		_, form := b.requestsUpload(id, 100)
		other, _ := h.as(hamza).requestsUpload(h.marks["draft3"], 100)
		change := func(field, value string) client.Form {
			changed := client.Form{URL: form.URL, Fields: maps.Clone(form.Fields)}
			changed.Fields[field] = value
			return changed
		}
		before := h.dump()
		refuse := func(name string, form client.Form, media string, data []byte, status int, code string) {
			t.Helper()
			if p := b.posts(form, media, data); p.Status != status || p.Problem().Code != code {
				t.Errorf("%s: %d %s, want %d %s", name, p.Status, p.Body, status, code)
			}
			if changed := differs(before, h.dump()); len(changed) > 0 {
				t.Errorf("%s: left behind: %q", name, changed)
			}
		}
		refuse("4 MB", form, "application/pdf", append(goodPDF()[:len(goodPDF()):len(goodPDF())], make([]byte, 4<<20)...), 413, "file_too_large")
		refuse("a byte too many", form, "application/pdf", make([]byte, pdf.MaxBytes+1), 413, "file_too_large")
		refuse("nothing", form, "application/pdf", nil, 400, "bad_request")
		refuse("another content type", change("Content-Type", "text/html"), "text/html", goodPDF(), 415, "file_type_refused")
		refuse("another place", change("key", "documents/mine.pdf"), "application/pdf", goodPDF(), 403, "upload_form_refused")
		refuse("another's dossier", change("key", "incoming/"+h.marks["draft3"]+"/"+other), "application/pdf", goodPDF(), 403, "upload_form_refused")
		refuse("a field more", change("acl", "public-read"), "application/pdf", goodPDF(), 403, "upload_form_refused")
		refuse("another policy", change("policy", "e30="), "application/pdf", goodPDF(), 403, "upload_form_refused")
		refuse("no signature", change("signature", ""), "application/pdf", goodPDF(), 403, "upload_form_refused")
		h.sleep(h.portal.Clock().Now().Add(time.Hour))
		refuse("too late", form, "application/pdf", goodPDF(), 403, "upload_form_refused")

		b.ask(http.MethodPost, at(id)+"/uploads", map[string]int{"size": pdf.MaxBytes + 1}).refused(http.StatusUnprocessableEntity, "invalid")
		if upload := b.uploads(id, append(goodPDF()[:len(goodPDF()):len(goodPDF())], bytes.Repeat([]byte("\n"), pdf.MaxBytes-len(goodPDF()))...)); upload == "" {
			t.Error("3 MB are refused")
		}
	})
}

// An upload belongs to the dossier it was asked for, and to nobody after a day.
func TestAnUploadServesOneDossierForOneDay(t *testing.T) {
	t.Parallel()
	drafted.onEach(t, func(t *testing.T, h *harness) {
		b, id := h.as(yasmine), h.marks["draft1"]
		upload := b.uploads(id, goodPDF())
		attach := func(id string) reply {
			body := map[string]string{"upload": upload, "kind": "other", "name": "a"}
			return b.ask(http.MethodPost, at(id)+"/documents", body, client.IfMatch("*"))
		}
		attach(h.marks["draft2"]).refused(http.StatusUnprocessableEntity, "document_refused")
		h.sleep(h.portal.Clock().Now().Add(25 * time.Hour))
		if _, err := h.portal.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		attach(id).refused(http.StatusUnprocessableEntity, "document_refused")
	})
}

func TestADraftHoldsFiftyDocumentsAndLeavesNothing(t *testing.T) {
	t.Parallel()
	h := drafted.open(t, overGateway)
	id := h.marks["draft1"]
	b := h.as(yasmine)
	for n := 4; n <= 51; n++ {
		upload := fmt.Sprintf("01ARZ3NDEKTSV4RRFFQ69G5F%02d", n)
		if err := h.portal.Files().Put(h.context(), "incoming/"+id+"/"+upload, "application/pdf", goodPDF()); err != nil {
			t.Fatal(err)
		}
		answer := b.ask(http.MethodPost, at(id)+"/documents", map[string]string{"upload": upload, "kind": "other", "name": "a"}, client.IfMatch("*"))
		if n <= 50 && answer.Status != http.StatusOK {
			t.Fatalf("%d: %d %s", n, answer.Status, answer.Body)
		}
		if n == 51 {
			answer.refused(http.StatusUnprocessableEntity, "invalid")
		}
	}
	b.downloads(at(id) + "/documents/" + b.looks(id).Documents[7].ID)
	b.wants(http.StatusNoContent, http.MethodDelete, at(id), nil, client.IfMatch("*"))
	if left := h.partition(id); left != "" {
		t.Errorf("a deleted draft leaves %s", left)
	}
	b.ask(http.MethodGet, at(id), nil).refused(http.StatusNotFound, "not_found")
	b.ask(http.MethodDelete, at(id), nil, client.IfMatch("*")).refused(http.StatusNotFound, "not_found")
	if other := h.partition(h.marks["draft2"]); other == "" {
		t.Error("the other draft is gone too")
	}
}
