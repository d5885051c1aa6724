package main

import (
	"fmt"
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portal/shared/conformity"
	"portal/shared/i18n"
	"portal/shared/people"
	"portal/shared/problem"
)

var textPlaceholder = regexp.MustCompile(`\{[a-z_]+\}`)

func placeholdersOf(lang, key string) []string {
	found := textPlaceholder.FindAllString(i18n.Text(lang, key, nil), -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestCatalogueSaysTheSameInEveryLanguage(t *testing.T) {
	keys := map[string]bool{}
	for _, lang := range i18n.Langs {
		for _, key := range i18n.Keys(lang) {
			keys[key] = true
		}
	}
	for key := range keys {
		want := placeholdersOf(i18n.Default, key)
		for _, lang := range i18n.Langs {
			switch {
			case !i18n.Has(lang, key):
				t.Errorf("%s.json has no %s", lang, key)
			case strings.TrimSpace(i18n.Text(lang, key, nil)) == "":
				t.Errorf("%s.json: %s is empty", lang, key)
			case !slices.Equal(placeholdersOf(lang, key), want):
				t.Errorf("%s.json: %s holds %v, in %s it holds %v", lang, key, placeholdersOf(lang, key), i18n.Default, want)
			}
		}
	}
}

// faultCodes finds every code of a fault that the sources write out.
func faultCodes(t *testing.T) map[string]string {
	codes := map[string]string{}
	for _, f := range everySource(t) {
		if f.test() || !f.in("shared", "functions", "infra/httpapi") {
			continue
		}
		note := func(e ast.Expr) {
			if code, ok := goText(e); ok {
				codes[code] = fmt.Sprintf("%s:%d", f.path, f.line(e))
			}
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				from, name := selected(n.Fun)
				if from == "problem" && name == "Field" && len(n.Args) == 2 {
					note(n.Args[1])
				}
				if called, ok := n.Fun.(*ast.Ident); ok && called.Name == "add" && f.in("shared/forms") && len(n.Args) == 3 {
					note(n.Args[1])
				}
			case *ast.CompositeLit:
				if _, name := selected(n.Type); name == "Fault" {
					note(field(n, "Code"))
				}
				if list, ok := n.Type.(*ast.ArrayType); ok {
					if _, name := selected(list.Elt); name == "Fault" {
						for _, e := range n.Elts {
							if c, ok := e.(*ast.CompositeLit); ok {
								note(field(c, "Code"))
							}
						}
					}
				}
			}
			return true
		})
	}
	return codes
}

// problemCodes finds every code of a problem that the sources write out.
func problemCodes(t *testing.T) map[string]string {
	codes := map[string]string{}
	for _, f := range everySource(t) {
		if f.test() || !f.in("shared", "functions", "infra") {
			continue
		}
		note := func(e ast.Expr) {
			if code, ok := goText(e); ok {
				codes[code] = fmt.Sprintf("%s:%d", f.path, f.line(e))
			}
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				from, name := selected(n.Fun)
				if from == "problem" && name == "New" && len(n.Args) == 1 {
					note(n.Args[0])
				}
				if from == "problem" && name == "Is" && len(n.Args) == 2 {
					note(n.Args[1])
				}
			case *ast.CompositeLit:
				if from, name := selected(n.Type); from == "problem" && name == "Problem" {
					note(field(n, "Code"))
				}
			}
			return true
		})
	}
	return codes
}

func TestEveryCodeHasItsText(t *testing.T) {
	need := func(key, by string) {
		if !i18n.Has(i18n.Default, key) {
			t.Errorf("%s needs the text %s", by, key)
		}
	}
	faults := faultCodes(t)
	if len(faults) < 20 {
		t.Errorf("only %d codes of faults were found", len(faults))
	}
	for code, by := range faults {
		need("fault."+code, by)
	}
	for code, by := range problemCodes(t) {
		if _, ok := problem.Kinds[code]; !ok {
			t.Errorf("%s makes the problem %q, which problem.Kinds does not declare", by, code)
		}
	}
	for code := range problem.Kinds {
		need("problem."+code, "problem "+code)
		need("problem."+code+".detail", "problem "+code)
	}
	for _, status := range conformity.Procedure.Statuses {
		need("status."+string(status), "a status")
	}
	for _, transition := range conformity.Procedure.Transitions {
		need("action."+string(transition.Action), "an action")
	}
	for _, role := range people.Roles {
		need("role."+string(role), "a role")
	}
}

// families are keys that are put together from a name and what follows it: the
// rest of such a key is written out somewhere by itself.
var families = []string{
	"action.", "bureau_choice.", "certificate.action.", "clock.", "clock.state.", "check.says.", "certificate.kind.", "certificate.status.", "control.", "document.", "export.", "fault.", "form.", "goods_file.", "mail.", "organisation_kind.",
	"password.strength.", "problem.", "response.", "role.", "status.", "verdict.", "visit.", "waits.", "warning.", "paper.",
}

// TestNoTextIsLeftOver looks for every key, or for what its family leaves of
// it, in everything that is written by hand.
func TestNoTextIsLeftOver(t *testing.T) {
	words := map[string]bool{}
	word := regexp.MustCompile(`[A-Za-z][A-Za-z0-9_.]*`)
	err := walkProject(func(path string) error {
		if form, ok := strings.CutSuffix(filepath.Base(path), ".schema.json"); ok {
			words[form] = true // a form is called by its file
		}
		if strings.HasPrefix(path, "shared/i18n/") || strings.HasSuffix(path, "_test.go") || !slices.Contains([]string{".go", ".json", ".html", ".ts", ".tsx"}, filepath.Ext(path)) {
			return nil
		}
		text, err := os.ReadFile(filepath.Join("..", path))
		for _, w := range word.FindAllString(string(text), -1) {
			w = strings.TrimRight(w, ".")
			words[w], words[strings.ToLower(w)] = true, true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range slices.Sorted(slices.Values(i18n.Keys(i18n.Default))) {
		if !words[key] && !spelt(words, key) {
			t.Errorf("nothing says the text %s", key)
		}
	}
}

// spelt tells whether some family leaves of a key only what is written out.
func spelt(words map[string]bool, key string) bool {
	for _, family := range families {
		rest, ok := strings.CutPrefix(key, family)
		if !ok {
			continue
		}
		if words[rest] || words[strings.TrimSuffix(rest, ".detail")] {
			return true
		}
		parts := strings.Split(rest, ".")
		if !slices.ContainsFunc(parts, func(part string) bool { return !words[part] }) {
			return true
		}
	}
	return false
}

func TestSpeltFindsOnlyWhatIsWritten(t *testing.T) {
	words := maps.Collect(maps.All(map[string]bool{"invalid": true, "account_creation": true, "subject": true}))
	for key, want := range map[string]bool{
		"problem.invalid": true, "problem.invalid.detail": true, "mail.account_creation.subject": true,
		"problem.lost": false, "mail.account_creation.footer": false, "invalid": false,
	} {
		if spelt(words, key) != want {
			t.Errorf("%s is spelt: %v, want %v", key, !want, want)
		}
	}
}
