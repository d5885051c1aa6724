package infra

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MIME writes a letter as a message of RFC 5322: text and HTML as
// multipart/alternative in quoted-printable UTF-8, the subject in encoded words
// (RFC 2047), the Message-ID made of the letter's ID and the sender's domain,
// marked as automatic (RFC 3834). The same letter and date give the same bytes.
// Headers are built from checked parts only, so nothing in a letter can add
// one; an error says which part is not fit for a mail and never repeats it.
func MIME(l Letter, date time.Time) ([]byte, error) {
	from, domain, err := address("sender", l.From)
	if err != nil {
		return nil, err
	}
	to, _, err := address("recipient", l.To)
	if err != nil {
		return nil, err
	}
	if err := checkLetter(l); err != nil {
		return nil, err
	}
	boundary := boundaryOf(l)
	var b bytes.Buffer
	for _, field := range [][2]string{
		{"From", from},
		{"To", to},
		{"Subject", encodeSubject(l.Subject)},
		{"Date", date.UTC().Format(time.RFC1123Z)},
		{"Message-ID", "<" + l.ID + "@" + domain + ">"},
		{"Auto-Submitted", "auto-generated"},
		{"Content-Language", l.Lang},
		{"MIME-Version", "1.0"},
		{"Content-Type", "multipart/alternative;\r\n boundary=\"" + boundary + "\""},
	} {
		fmt.Fprintf(&b, "%s: %s\r\n", field[0], field[1])
	}
	for _, part := range [][2]string{{"text/plain", l.Text}, {"text/html", l.HTML}} {
		fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", boundary, part[0])
		if err := writeQuoted(&b, part[1]); err != nil {
			return nil, fmt.Errorf("mail: %w", err)
		}
	}
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return b.Bytes(), nil
}

func checkLetter(l Letter) error {
	switch {
	case l.ID == "" || len(l.ID) > 200 || strings.Trim(l.ID, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "":
		return errors.New("mail: the id is not made of letters, digits, '-' and '_'")
	case l.Lang != "fr" && l.Lang != "ar" && l.Lang != "en":
		return errors.New("mail: unknown language")
	case l.Subject == "" || l.Subject != strings.TrimSpace(l.Subject) || strings.ContainsFunc(l.Subject, unicode.IsControl) || !utf8.ValidString(l.Subject):
		return errors.New("mail: the subject is not one line of text")
	case l.Text == "" || l.HTML == "":
		return errors.New("mail: a letter needs text and HTML")
	}
	return nil
}

// address checks one mailbox and writes it for a header. Addresses beyond
// ASCII need SMTPUTF8, which few servers speak: they are refused.
func address(role, s string) (written, domain string, err error) {
	a, err := mail.ParseAddress(s)
	if err != nil || strings.ContainsAny(s, "\r\n") {
		return "", "", fmt.Errorf("mail: the %s is not an address", role)
	}
	for i := 0; i < len(a.Address); i++ {
		if c := a.Address[i]; c <= ' ' || c > '~' {
			return "", "", fmt.Errorf("mail: the address of the %s is not ASCII", role)
		}
	}
	if len(a.Address) > maxAddress {
		return "", "", fmt.Errorf("mail: the address of the %s is too long", role)
	}
	domain = a.Address[strings.LastIndexByte(a.Address, '@')+1:]
	if plain(a.Name) {
		return a.String(), domain, nil
	}
	return encodeWords(a.Name) + "\r\n " + (&mail.Address{Address: a.Address}).String(), domain, nil
}

// maxAddress is the longest address that fits a path of RFC 5321 (section
// 4.5.3.1.3).
const maxAddress = 254

// boundaryOf never occurs in quoted-printable text, for "=_" is no escape
// there (RFC 2045, section 6.7).
func boundaryOf(l Letter) string {
	sum := sha256.Sum256([]byte(l.ID))
	return "=_" + hex.EncodeToString(sum[:12])
}

func writeQuoted(b *bytes.Buffer, text string) error {
	w := quotedprintable.NewWriter(b)
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	return w.Close()
}

func encodeSubject(subject string) string {
	if plain(subject) {
		return subject
	}
	return encodeWords(subject)
}

// encodeWords writes a text in base64 encoded words on lines of their own,
// each of at most 75 characters and cut between characters (RFC 2047).
func encodeWords(text string) string {
	const most = 42 // bytes: 56 in base64, 68 as an encoded word, and room for the name of the header
	var words []string
	for rest := text; rest != ""; {
		cut := min(most, len(rest))
		for cut < len(rest) && !utf8.RuneStart(rest[cut]) {
			cut--
		}
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(rest[:cut]))+"?=")
		rest = rest[cut:]
	}
	return strings.Join(words, "\r\n ")
}

// plain tells whether a text can stand in a header as it is, on one line.
func plain(text string) bool {
	if len(text) > 60 || strings.Contains(text, "=?") {
		return false
	}
	for i := 0; i < len(text); i++ {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
