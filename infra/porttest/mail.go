package porttest

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"portal/infra"
)

// MailFixture is a mail port and what a test must do outside of it.
type MailFixture struct {
	Mail infra.Mail
	// Sent gives the raw messages handed over for an address, oldest first.
	Sent func(t *testing.T, to string) [][]byte
	// Suppress makes an address one that bounced or complained.
	Suppress func(t *testing.T, address string)
}

// Mail is the conformance suite of infra.Mail.
func Mail(t *testing.T, open func(t *testing.T, clock infra.Clock) MailFixture) {
	clock := NewClock(time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC))
	fixture := open(t, clock)
	address := func() string { return strings.ToLower(strings.TrimPrefix(fresh(), "test#")) + "@example.com" }

	for name, letter := range letters() {
		t.Run(name+" arrives as it was written", func(t *testing.T) {
			letter.To = address()
			if err := fixture.Mail.Send(t.Context(), letter); err != nil {
				t.Fatalf("send: %v", err)
			}
			sent := fixture.Sent(t, letter.To)
			if len(sent) != 1 {
				t.Fatalf("%d messages", len(sent))
			}
			checkMessage(t, sent[0], letter)
		})
	}
	t.Run("a letter handed over twice keeps its Message-ID, another has its own", func(t *testing.T) {
		letter := letters()["a French letter"]
		letter.To = address()
		another := letter
		another.ID += "-other"
		for _, l := range []infra.Letter{letter, letter, another} {
			if err := fixture.Mail.Send(t.Context(), l); err != nil {
				t.Fatal(err)
			}
		}
		ids := map[string]int{}
		for _, raw := range fixture.Sent(t, letter.To) {
			message, err := mail.ReadMessage(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			ids[message.Header.Get("Message-ID")]++
		}
		if len(ids) != 2 {
			t.Fatalf("message ids %v", ids)
		}
	})
	t.Run("an address that bounced is refused, others are not", func(t *testing.T) {
		letter := letters()["a French letter"]
		letter.To = address()
		fixture.Suppress(t, letter.To)
		if err := fixture.Mail.Send(t.Context(), letter); !errors.Is(err, infra.ErrSuppressed) {
			t.Fatalf("send = %v, want ErrSuppressed", err)
		}
		if sent := fixture.Sent(t, letter.To); len(sent) != 0 {
			t.Fatalf("%d messages all the same", len(sent))
		}
		letter.To = address()
		if err := fixture.Mail.Send(t.Context(), letter); err != nil {
			t.Fatalf("another address: %v", err)
		}
	})
	for name, spoil := range map[string]func(*infra.Letter){
		"lines in the subject":  func(l *infra.Letter) { l.Subject += "\r\nBcc: x@example.com" },
		"lines in the address":  func(l *infra.Letter) { l.To += "\r\nBcc: x@example.com" },
		"two addresses":         func(l *infra.Letter) { l.To += ", x@example.com" },
		"no address":            func(l *infra.Letter) { l.To = "" },
		"lines in the sender":   func(l *infra.Letter) { l.From += "\nBcc: x@example.com" },
		"lines in the id":       func(l *infra.Letter) { l.ID += "\r\nBcc: x@example.com" },
		"no id":                 func(l *infra.Letter) { l.ID = "" },
		"lines in the language": func(l *infra.Letter) { l.Lang = "fr\r\nBcc: x@example.com" },
		"no text":               func(l *infra.Letter) { l.Text = "" },
	} {
		t.Run("a letter with "+name+" is not sent", func(t *testing.T) {
			letter := letters()["a French letter"]
			to := address()
			letter.To = to
			spoil(&letter)
			if err := fixture.Mail.Send(t.Context(), letter); err == nil || errors.Is(err, infra.ErrSuppressed) {
				t.Fatalf("send = %v", err)
			}
			if sent := fixture.Sent(t, to); len(sent) != 0 {
				t.Fatalf("%d messages", len(sent))
			}
		})
	}
	t.Run("a cancelled context stops it", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		letter := letters()["a French letter"]
		letter.To = address()
		if err := fixture.Mail.Send(ctx, letter); !errors.Is(err, context.Canceled) {
			t.Fatalf("send = %v", err)
		}
	})
}

func letters() map[string]infra.Letter {
	return map[string]infra.Letter{
		"a French letter": {
			ID: "01JPA9V7M0-conformity_deposited", Kind: "conformity_deposited", From: "Guichet unique <portal@example.com>",
			Subject: "Votre demande a été déposée", Lang: "fr",
			Text: "Bonjour,\n\nVotre demande a été déposée.\n.\nFrom here = fine\n", HTML: "<p>Votre demande a été <b>déposée</b>.</p>\n",
		},
		"an Arabic letter": {
			ID: "01JPA9V7M1", Kind: "conformity_deposited", From: "portal@example.com",
			Subject: strings.Repeat("تم إيداع طلبكم ", 12) + "12", Lang: "ar",
			Text: strings.Repeat("تم إيداع طلبكم. ", 200), HTML: `<p dir="rtl">` + strings.Repeat("تم إيداع طلبكم. ", 200) + "</p>",
		},
		"an English letter": {
			ID: "01JPA9V7M2", Kind: "conformity_deposited", From: "portal@example.com",
			Subject: "Your request =?utf-8?q?was?= deposited, " + strings.Repeat("and more ", 20) + "end", Lang: "en",
			Text: strings.Repeat("long line ", 300) + "\r\nspace at the end \n\ttab\n", HTML: "<p>" + strings.Repeat("x", 3000) + "</p>",
		},
	}
}

func checkMessage(t *testing.T, raw []byte, want infra.Letter) {
	t.Helper()
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("message: %v", err)
	}
	header := message.Header
	subject, err := new(mime.WordDecoder).DecodeHeader(header.Get("Subject"))
	if err != nil || subject != want.Subject {
		t.Errorf("subject %q, %v, want %q", subject, err, want.Subject)
	}
	from, err := mail.ParseAddress(header.Get("From"))
	if wanted, _ := mail.ParseAddress(want.From); err != nil || *from != *wanted {
		t.Errorf("from %v, %v", from, err)
	}
	if to, err := mail.ParseAddress(header.Get("To")); err != nil || to.Address != want.To {
		t.Errorf("to %v, %v", to, err)
	}
	if id := header.Get("Message-ID"); !strings.HasPrefix(id, "<"+want.ID+"@") {
		t.Errorf("message id %q", id)
	}
	if header.Get("Content-Language") != want.Lang || header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("language %q, auto-submitted %q", header.Get("Content-Language"), header.Get("Auto-Submitted"))
	}
	kind, params, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q, %v", kind, err)
	}
	parts := multipart.NewReader(message.Body, params["boundary"])
	for _, wanted := range []struct{ kind, text string }{{"text/plain", want.Text}, {"text/html", want.HTML}} {
		part, err := parts.NextRawPart()
		if err != nil {
			t.Fatalf("part: %v", err)
		}
		kind, params, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil || kind != wanted.kind || !strings.EqualFold(params["charset"], "utf-8") {
			t.Errorf("part %q %v, %v", kind, params, err)
		}
		text, err := decodePart(part)
		if err != nil || lines(text) != lines(wanted.text) {
			t.Errorf("%s is %q, %v, want %q", kind, text, err, wanted.text)
		}
	}
	if _, err := parts.NextRawPart(); err != io.EOF {
		t.Errorf("after the parts: %v", err)
	}
}

func decodePart(part *multipart.Part) (string, error) {
	var r io.Reader = part
	switch strings.ToLower(part.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		r = quotedprintable.NewReader(part)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, part)
	}
	text, err := io.ReadAll(r)
	return string(text), err
}

// lines makes texts comparable, for mail turns line ends into CRLF.
func lines(text string) string {
	return strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
}
