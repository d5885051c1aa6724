package infra_test

import (
	"bytes"
	"flag"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"portal/infra"
)

var update = flag.Bool("update", false, "write the golden files anew")

var written = time.Date(2026, 3, 14, 9, 26, 53, 0, time.FixedZone("", 3600))

func letter() infra.Letter {
	return infra.Letter{
		ID: "01JPA9V7M0-conformity_deposited", Kind: "conformity_deposited", Lang: "fr",
		From: "Guichet unique des dépôts à l'export <portal@example.com>", To: "someone@example.org",
		Subject: "Votre demande de certificat de conformité a été déposée sous la référence 2026-000123",
		Text:    "Bonjour,\n\nVotre demande a été déposée le 14/03/2026 à 09:26.\n.\nFrom here = " + strings.Repeat("long ", 30) + "\n",
		HTML:    "<p>Votre demande a été <b>déposée</b>.</p>\n<p dir=\"rtl\">تم إيداع طلبكم</p>\n",
	}
}

func TestMessageIsWrittenAsInTheGoldenFile(t *testing.T) {
	got, err := infra.MIME(letter(), written)
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "letter.eml")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("message\n%s\nwant\n%s", got, want)
	}
	if again, _ := infra.MIME(letter(), written); !bytes.Equal(got, again) {
		t.Error("the same letter gave another message")
	}
}

func TestMessageKeepsTheRulesOfMail(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		l := letter()
		l.Subject = rapid.StringOf(rapid.RuneFrom([]rune("aé م=?_ <>,\"\\😀"))).Draw(r, "subject")
		l.Text, l.HTML = rapid.StringN(1, 300, -1).Draw(r, "text"), rapid.StringN(1, 300, -1).Draw(r, "html")
		raw, err := infra.MIME(l, written)
		if err != nil {
			if l.Subject != "" && l.Subject == strings.TrimSpace(l.Subject) {
				r.Fatal(err)
			}
			return
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
			if len(line) > 78 || strings.ContainsAny(line, "\r\n") || strings.IndexFunc(line, func(c rune) bool { return c > '~' }) >= 0 {
				r.Fatalf("line of %d bytes: %q", len(line), line)
			}
		}
		message, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			r.Fatal(err)
		}
		if subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject")); err != nil || subject != l.Subject {
			r.Fatalf("subject %q, %v, want %q", subject, err, l.Subject)
		}
		if from, err := mail.ParseAddress(message.Header.Get("From")); err != nil || from.Name != l.From[:strings.Index(l.From, " <")] {
			r.Fatalf("from %v, %v", from, err)
		}
		if len(message.Header) != 9 {
			r.Fatalf("headers %v", message.Header)
		}
	})
}

func TestMessageHeaders(t *testing.T) {
	raw, err := infra.MIME(letter(), written)
	if err != nil {
		t.Fatal(err)
	}
	message, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if date, err := message.Header.Date(); err != nil || !date.Equal(written) {
		t.Errorf("date %v, %v", date, err)
	}
	for name, want := range map[string]string{
		"Message-ID": "<01JPA9V7M0-conformity_deposited@example.com>", "Auto-Submitted": "auto-generated", "Content-Language": "fr",
		"MIME-Version": "1.0", "To": "<someone@example.org>",
	} {
		if got := message.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestNothingInALetterAddsAHeader(t *testing.T) {
	header := regexp.MustCompile(`(?mi)^(bcc|x-[a-z]+):`)
	for _, attack := range []string{"\r\nBcc: x@example.com", "\nBcc: x@example.com", "\rBcc: x@example.com", "\r\n\r\nbody", "\x00", "\u2028Bcc: x@example.com"} {
		for name, spoil := range map[string]func(*infra.Letter){
			"from": func(l *infra.Letter) { l.From = "Portal" + attack + " <portal@example.com>" }, "sender": func(l *infra.Letter) { l.From += attack },
			"to": func(l *infra.Letter) { l.To += attack }, "quoted": func(l *infra.Letter) { l.To = "\"a" + attack + "\"@example.com" },
			"subject": func(l *infra.Letter) { l.Subject += attack }, "id": func(l *infra.Letter) { l.ID += attack }, "lang": func(l *infra.Letter) { l.Lang += attack },
		} {
			l := letter()
			spoil(&l)
			raw, err := infra.MIME(l, written)
			if err != nil {
				if strings.Contains(err.Error(), "Bcc") {
					t.Errorf("%s: the error repeats the letter: %v", name, err)
				}
				continue
			}
			head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
			if header.Match(head) {
				t.Errorf("%s with %q made\n%s", name, attack, head)
			}
		}
	}
}

func TestLettersThatAreNoMail(t *testing.T) {
	for name, spoil := range map[string]func(*infra.Letter){
		"address beyond ASCII": func(l *infra.Letter) { l.To = "é@example.com" },
		"domain beyond ASCII":  func(l *infra.Letter) { l.To = "a@exämple.com" },
		"endless address":      func(l *infra.Letter) { l.To = strings.Repeat("a", 250) + "@example.com" },
		"list of addresses":    func(l *infra.Letter) { l.To = "a@example.com, b@example.com" },
		"no subject":           func(l *infra.Letter) { l.Subject = "" },
		"blank subject":        func(l *infra.Letter) { l.Subject = "  " },
		"broken subject":       func(l *infra.Letter) { l.Subject = "a\xff" },
		"no HTML":              func(l *infra.Letter) { l.HTML = "" },
		"another language":     func(l *infra.Letter) { l.Lang = "es" },
		"id of another shape":  func(l *infra.Letter) { l.ID = "a@b" },
	} {
		l := letter()
		spoil(&l)
		if _, err := infra.MIME(l, written); err == nil {
			t.Errorf("%s: a message was written", name)
		}
	}
}

func FuzzMIME(f *testing.F) {
	f.Add("Objet", "someone@example.org", "Portal <p@example.com>", "id")
	f.Fuzz(func(t *testing.T, subject, to, from, id string) {
		l := letter()
		l.Subject, l.To, l.From, l.ID = subject, to, from, id
		raw, err := infra.MIME(l, written)
		if err != nil {
			return
		}
		message, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil || len(message.Header) != 9 {
			t.Errorf("headers %v, %v", message.Header, err)
		}
	})
}
