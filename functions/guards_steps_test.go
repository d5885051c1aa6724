package main

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portal/infra/local/asl"
	"portal/shared/problem"
	"portal/shared/step"
	"portal/statemachines"
)

// declarations finds the step names declared in each file of the rooms.
func declarations(t *testing.T) map[string][]string {
	declared := map[string][]string{}
	for _, f := range everySource(t) {
		if f.test() || !f.in("functions") {
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			c, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			if from, name := selected(c.Type); from == "step" && name == "Declaration" {
				if text, ok := goText(field(c, "Name")); ok {
					declared[f.path] = append(declared[f.path], text)
				} else {
					t.Errorf("%s:%d declares a step without writing its name out", f.path, f.line(c))
				}
			}
			return true
		})
	}
	return declared
}

func TestAStepIsDeclaredInTheFileOfItsName(t *testing.T) {
	declared := declarations(t)
	where := map[string]string{}
	for path, names := range declared {
		for _, name := range names {
			where[name] = path
			if path != "functions/"+name+".go" {
				t.Errorf("%s declares the step %s, which belongs in functions/%s.go", path, name, name)
			}
		}
	}
	listed := map[string]bool{}
	for _, s := range allSteps() {
		if listed[s.Name] {
			t.Errorf("the step %s is listed twice", s.Name)
		}
		listed[s.Name] = true
		if where[s.Name] == "" {
			t.Errorf("the step %s is declared nowhere", s.Name)
		}
	}
	for name, path := range where {
		if !listed[name] {
			t.Errorf("%s declares the step %s, which no room lists", path, name)
		}
	}
}

// unhoused are routes outside /api/<room>/, and why. The edge sends them to
// their room by name.
var unhoused = map[string]string{
	"certificates/page":      "printed in QR codes, so it is short",
	"certificates/list":      "the room's own collection",
	"portal/health":          "the portal's own",
	"products/page":          "told from mouth to mouth, so it is short",
	"products/list_products": "the room's own collection",
	"portal/openapi":         "the portal's own",
	"portal/show_form":       "of every room",
	"portal/show_list":       "of every room",
}

func TestEveryRouteIsItsRoomsAndItsStepsAlone(t *testing.T) {
	taken := map[string]string{}
	for _, s := range allSteps() {
		if s.Kind != step.KindHTTP {
			continue
		}
		route := parameters.ReplaceAllString(s.Route.Method+" "+s.Route.Path, "{}")
		if by := taken[route]; by != "" {
			t.Errorf("%s and %s both answer %s", by, s.Name, route)
		}
		taken[route] = s.Name
		if !s.Who.Declared() {
			t.Errorf("%s does not say who may do it", s.Name)
		}
		at := "/api/" + s.Room() + "/"
		if inside := strings.HasPrefix(s.Route.Path, at); inside == (unhoused[s.Name] != "") {
			t.Errorf("%s answers %s: inside %s it needs no exception, outside it needs one with a reason", s.Name, s.Route.Path, at)
		}
	}
}

var parameters = regexp.MustCompile(`\{[^}]*\}`)

func TestEveryStepSaysWhatItDoes(t *testing.T) {
	for _, s := range allSteps() {
		if s.Summary == "" || strings.HasSuffix(s.Summary, ".") || strings.Contains(s.Summary, "\n") {
			t.Errorf("the summary of %s is %q; it is one line without a full stop", s.Name, s.Summary)
		}
		for _, code := range s.Problems {
			if _, ok := problem.Kinds[code]; !ok {
				t.Errorf("%s may answer the problem %q, which nobody has declared", s.Name, code)
			}
		}
	}
}

func TestGrantsAreWholePrefixes(t *testing.T) {
	for _, s := range allSteps() {
		for _, table := range []step.TableGrants{s.Grants.People, s.Grants.Dossiers} {
			prefixes := slices.Concat(table.Read, table.Write)
			for _, list := range table.Index {
				prefixes = append(prefixes, list...)
			}
			for _, p := range prefixes {
				if len(p) < 2 || !strings.HasSuffix(p, "#") || strings.ContainsAny(p, "*?$") {
					t.Errorf("%s is granted the keys %q; a prefix is a name and ends in #", s.Name, p)
				}
			}
		}
		for _, p := range slices.Concat(s.Grants.Files.Read, s.Grants.Files.Write, s.Grants.Files.Delete, s.Grants.Files.Upload) {
			if len(p) < 2 || !strings.HasSuffix(p, "/") || strings.ContainsAny(p, "*?$") {
				t.Errorf("%s is granted the files %q; a folder ends in /", s.Name, p)
			}
		}
		for _, machine := range s.Grants.Start {
			if !slices.Contains(statemachines.Names(), machine) {
				t.Errorf("%s may start %s, which is no machine", s.Name, machine)
			}
		}
	}
}

// callable finds the steps that machines may call.
func callable() map[string]step.Kind {
	kinds := map[string]step.Kind{}
	for _, s := range allSteps() {
		if s.Kind == step.KindTask || s.Kind == step.KindEvent {
			kinds[s.Name] = s.Kind
		}
	}
	return kinds
}

func TestMachinesCallStepsThatExist(t *testing.T) {
	kinds := callable()
	for _, name := range statemachines.Names() {
		text, err := statemachines.Definition(name)
		if err != nil {
			t.Fatal(err)
		}
		machine, err := asl.Parse(text, func(substitution string) (string, bool) {
			called := statemachines.StepOf(substitution)
			_, ok := kinds[called]
			if ok && statemachines.SubstitutionOf(called) != substitution {
				t.Errorf("%s calls ${%s}, which should be ${%s}", name, substitution, statemachines.SubstitutionOf(called))
			}
			return called, ok
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := asl.Check(machine); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// byHand are tasks that no machine calls.
var byHand = []string{"administration/first_administrator"}

func TestEveryTaskIsCalled(t *testing.T) {
	var texts strings.Builder
	for _, name := range statemachines.Names() {
		text, err := statemachines.Definition(name)
		if err != nil {
			t.Fatal(err)
		}
		texts.Write(text)
	}
	for name, kind := range callable() {
		called := strings.Contains(texts.String(), "${"+statemachines.SubstitutionOf(name)+"}")
		if kind == step.KindTask && called == slices.Contains(byHand, name) {
			t.Errorf("the task %s: called by a machine %v, by hand %v", name, called, !called)
		}
	}
}

func TestTableOfPatternsNamesEveryIndex(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "table.md"))
	if err != nil {
		t.Fatal(err)
	}
	for table, names := range indexNames() {
		for _, name := range names {
			if !strings.Contains(string(page), "`"+name+"`") {
				t.Errorf("docs/table.md does not say what the index `%s` of %s is for, and what it costs", name, table)
			}
		}
	}
}
