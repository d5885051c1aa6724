package letters

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"portal/shared/i18n"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var portal = Portal{URL: "https://portal.example", Phone: "05 20 47 31 00", Address: "http://reclamation.portnet.ma/"}

// mails are every account mail, with the content that its step gives it.
var mails = map[string]Content{
	"account_creation": {Values: map[string]string{"name": "Yasmine El Amrani"}, Action: "https://portal.example/mot-de-passe#token=dG9rZW4&kind=creation"},
	"account_invited":  {Values: map[string]string{"name": "Omar Tazi", "organisation": "Bureau Veritas Maroc"}, Action: "https://portal.example/mot-de-passe#token=dG9rZW4&kind=creation"},
	"membership_added": {Values: map[string]string{"name": "Omar Tazi", "organisation": "Bureau Veritas Maroc"}},
	"password_reset":   {Values: map[string]string{"name": "Yasmine El Amrani"}, Action: "https://portal.example/mot-de-passe#token=dG9rZW4&kind=reset"},
	"password_changed": {Values: map[string]string{"name": "Yasmine El Amrani", "when": "21/11/2026 13:04"}},
	"new_device":       {Values: map[string]string{"name": "Yasmine El Amrani", "when": "21/11/2026 13:04", "agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"}},
	"account_slowed":   {Values: map[string]string{"name": "Yasmine El Amrani", "when": "21/11/2026 13:04"}},
}

func TestEveryAccountMailInEveryLanguageIsItsGoldenFile(t *testing.T) {
	for kind, content := range mails {
		for _, lang := range i18n.Langs {
			compare(t, kind+"."+lang, kind, lang, content)
		}
	}
}

func TestAMailWithATableAndLinksIsItsGoldenFile(t *testing.T) {
	content := mails["account_creation"]
	content.Table = &Table{Caption: "form.accounts.register", Headings: []string{"form.account.company", "form.account.email"}, Rows: [][]string{
		{"Argan & Fils <SARL>", "contact@argan.example"}, {"شركة الأركان", "argan@example.ma"},
	}}
	content.Links = []Link{{Label: "COC-2026-17-4K", URL: "https://portal.example/c?a=1&b=2"}}
	for _, lang := range i18n.Langs {
		compare(t, "table."+lang, "account_creation", lang, content)
	}
}

func compare(t *testing.T, file, kind, lang string, content Content) {
	t.Helper()
	l, err := Render(kind, lang, content, portal)
	if err != nil {
		t.Errorf("%s in %s: %v", kind, lang, err)
		return
	}
	for ext, got := range map[string]string{"txt": "Subject: " + l.Subject + "\n\n" + l.Text, "html": l.HTML} {
		path := filepath.Join("testdata", file+"."+ext)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from its golden file (-update rewrites it):\n%s", path, got)
		}
	}
}

func TestEveryMailEndsWithTheAssistanceAndSaysThatItIsAutomatic(t *testing.T) {
	for kind, content := range mails {
		for _, lang := range i18n.Langs {
			l, err := Render(kind, lang, content, portal)
			if err != nil {
				t.Fatal(err)
			}
			automatic := i18n.Text(lang, "mail.automatic", nil)
			if !strings.HasSuffix(l.Text, automatic+"\n") {
				t.Errorf("%s in %s: the text ends with %q", kind, lang, l.Text[len(l.Text)-60:])
			}
			for _, part := range []string{automatic, portal.Phone, portal.Address, portal.URL} {
				if !strings.Contains(l.Text, part) || !strings.Contains(l.HTML, part) {
					t.Errorf("%s in %s: no %q", kind, lang, part)
				}
			}
		}
	}
}

func TestNothingInAMailIsFetchedOrRun(t *testing.T) {
	fetched := regexp.MustCompile(`(?i)<(script|img|link|iframe|form|object)|url\(|\son\w+=`)
	for kind, content := range mails {
		l, err := Render(kind, "fr", content, portal)
		if err != nil {
			t.Fatal(err)
		}
		if found := fetched.FindString(l.HTML); found != "" {
			t.Errorf("%s has %q", kind, found)
		}
	}
}

var element = regexp.MustCompile(`<[^>]*>`)

func TestWhatPeopleTypeNeverBecomesMarkupNorAHeader(t *testing.T) {
	plain, err := Render("new_device", "fr", mails["new_device"], portal)
	if err != nil {
		t.Fatal(err)
	}
	want := slices.DeleteFunc(element.FindAllString(plain.HTML, -1), func(e string) bool { return e == "<br>" })
	rapid.Check(t, func(t *rapid.T) {
		nasty := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			`<script>alert(1)</script>`, "x\r\nBcc: everybody@example.org", `"><img src=x onerror=y>`, "{when}", "{name", "\u202e", "\xff", "</bdi>",
		})).Draw(t, "typed")
		l, err := Render("new_device", "fr", Content{Values: map[string]string{"name": nasty, "when": nasty, "agent": nasty}}, portal)
		if err != nil {
			t.Fatal(err)
		}
		got := element.FindAllString(l.HTML, -1)
		got = slices.DeleteFunc(got, func(e string) bool { return e == "<br>" }) // line breaks stay
		if len(got) != len(want) {
			t.Fatalf("%d elements, usually %d", len(got), len(want))
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("element %q, usually %q", got[i], want[i])
			}
		}
	})
}

func TestSubjectsStayOneLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := oneLine(rapid.String().Draw(t, "typed"))
		if strings.ContainsAny(s, "\r\n\t\x00\x7f\u2028\u202e") || strings.TrimSpace(s) != s {
			t.Fatalf("%q", s)
		}
	})
	l := letter{kind: "x", lang: "fr", Content: Content{Values: map[string]string{"name": "Ali\r\nBcc: a@b.c"}}}
	if got := oneLine(fill("Bonjour {name}", l.Values, oneLine)); got != "Bonjour Ali Bcc: a@b.c" {
		t.Errorf("%q", got)
	}
}

func TestMistakesOfTheProgramAreErrors(t *testing.T) {
	for _, c := range []struct {
		why, kind string
		content   Content
		want      string
	}{
		{"an unknown kind", "no_such_kind", Content{}, "no mail.no_such_kind.subject"},
		{"a missing value", "account_creation", Content{Action: "https://portal.example"}, "leaves {name} open"},
		{"a button without label", "password_changed", Content{Values: map[string]string{"name": "A", "when": "B"}, Action: "https://portal.example"}, "no mail.password_changed.action"},
		{"a row too short", "membership_added", Content{Values: map[string]string{"name": "A", "organisation": "B"}, Table: &Table{Headings: []string{"a", "b"}, Rows: [][]string{{"1"}}}}, "row 0 has 1 cells"},
	} {
		if _, err := Render(c.kind, "fr", c.content, portal); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.why, err)
		}
	}
}

func TestAnUnknownLanguageIsFrench(t *testing.T) {
	french, err := Render("account_creation", "fr", mails["account_creation"], portal)
	if err != nil {
		t.Fatal(err)
	}
	german, err := Render("account_creation", "de", mails["account_creation"], portal)
	if err != nil || german != french {
		t.Errorf("%v\n%s", err, german.Text)
	}
}

func TestArabicMailsReadFromTheRight(t *testing.T) {
	l, err := Render("account_creation", "ar", mails["account_creation"], portal)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(l.HTML, `<html lang="ar" dir="rtl">`) || !strings.Contains(l.Text, "\u2068Yasmine El Amrani\u2069") {
		t.Errorf("%s\n%s", l.HTML[:60], l.Text)
	}
}
