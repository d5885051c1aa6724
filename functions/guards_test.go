package main

import (
	"bytes"
	"go/ast"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// forbidden is an import that a part of the project may not have, and why.
type forbidden struct {
	who      func(sourceFile) bool
	packages []string // a package, or with a final slash all below it
	except   []string
	why      string
}

func shared(f sourceFile) bool { return f.in("shared") && !f.test() }

var boundaries = []forbidden{
	{shared, []string{"portal/infra", "portal/infra/", "portal/functions/", "portal/statemachines"}, nil,
		"shared/ is what is true; it knows neither who uses it nor where it runs"},
	{shared, []string{"github.com/aws/", "github.com/awslabs/", "go.etcd.io/"}, nil,
		"rules must not know where they are stored; ask a port in infra/ports.go"},
	{shared, []string{"net", "net/http", "net/smtp", "net/rpc", "net/netip"}, []string{"shared/step", "shared/problem"},
		"rules open no connection; only step and problem describe HTTP, without opening any"},
	{shared, []string{"os", "os/", "syscall", "io/ioutil"}, nil,
		"rules read no file and no environment; embed what they need"},
	{func(f sourceFile) bool { return !f.in("infra/aws", "infra/awstest") }, []string{"github.com/aws/", "github.com/awslabs/"}, nil,
		"infra/aws alone speaks to AWS, so that the same steps run on one machine"},
	{func(f sourceFile) bool { return !f.in("infra/local") && !f.test() }, []string{"go.etcd.io/"}, nil,
		"infra/local alone keeps bbolt files; ask the port Table"},
	{func(f sourceFile) bool {
		return !f.test() && !f.in("infra/aws", "infra/local", "functions/main_lambda.go", "functions/main_local.go") && !f.in(testRooms...)
	},
		[]string{"portal/infra/aws", "portal/infra/local"}, nil,
		"functions/main*.go alone choose a side; everything else asks ports"},
	{func(f sourceFile) bool {
		return f.in("functions") && !f.test() && f.folder() != "functions" && !f.in(testRooms...)
	}, []string{"os", "os/", "net/smtp", "go.etcd.io/"}, nil,
		"a step touches the world through ports alone; its role is written from what it declares"},
	{func(f sourceFile) bool { return !f.test() }, []string{"github.com/santhosh-tekuri/"}, nil,
		"forms are checked by shared/forms; this one is its oracle in tests, and compiles metaschemas for 7 ms of every start"},
	{func(f sourceFile) bool { return !f.test() }, []string{"github.com/danielgtaylor/"},
		[]string{"infra/httpapi/describe.go", "infra/httpapi/describe_problems.go"},
		"it draws the API's description when that is built; requests are read without it"},
	{func(f sourceFile) bool { return !f.test() }, []string{"html/template", "text/template", "net/rpc"}, []string{"infra/local", "infra/stack"},
		"they call methods by name, so that the linker keeps every method of everything and every Lambda is twice as large; write pages with shared/markup"},
	{func(f sourceFile) bool { return f.in("infra/httpapi", "infra/stack") && !f.test() }, []string{"portal/functions/", "portal/infra/local", "portal/infra/aws"}, nil,
		"it serves any steps on any ports"},
}

func (b forbidden) forbids(path string) bool {
	return slices.ContainsFunc(b.packages, func(p string) bool {
		return path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p)
	})
}

func TestEveryPartImportsOnlyWhatItMay(t *testing.T) {
	for _, f := range everySource(t) {
		for _, spec := range f.tree.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range boundaries {
				if b.who(f) && b.forbids(path) && !f.in(b.except...) {
					t.Errorf("%s imports %s: %s", f.path, path, b.why)
				}
			}
		}
	}
}

// clockReaders are the functions of package time that read or wait for the
// machine's clock.
var clockReaders = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer"}

func TestNobodyReadsTheClockWhereTimeIsGiven(t *testing.T) {
	for _, f := range everySource(t) {
		if f.test() || !f.in("shared", "functions", "statemachines", "infra/httpapi") || f.in("functions/main_local.go") || f.in(testRooms...) {
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			if e, ok := n.(*ast.SelectorExpr); ok {
				if from, name := selected(e); from == "time" && slices.Contains(clockReaders, name) {
					t.Errorf("%s:%d reads time.%s: time is given (Ports.Clock, or an argument), so that tests and demonstrations can travel", f.path, f.line(e), name)
				}
			}
			return true
		})
	}
}

// testRooms are packages that only tests import.
var testRooms = []string{"functions/accounts/accounttest", "infra/awstest", "infra/porttest", "infra/aws/gatewaytest"}

func TestEveryFolderSaysOnceWhatItIsFor(t *testing.T) {
	docs := map[string][]string{}
	for _, f := range everySource(t) {
		if f.test() {
			continue
		}
		docs[f.folder()] = append(docs[f.folder()], "")
		if f.tree.Doc != nil {
			docs[f.folder()][len(docs[f.folder()])-1] = f.path
		}
	}
	for folder, files := range docs {
		files = slices.DeleteFunc(files, func(path string) bool { return path == "" })
		switch len(files) {
		case 0:
			t.Errorf("%s has no package comment", folder)
		case 1:
		default:
			t.Errorf("%s says what it is for in several files: %v", folder, files)
		}
	}
}

const longestFile = 400 // lines

var unfinished = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)

func TestFilesAreShortAndFinished(t *testing.T) {
	for _, f := range everySource(t) {
		if lines := bytes.Count(f.text, []byte("\n")); lines > longestFile {
			t.Errorf("%s has %d lines; %d are the most: what does it do besides?", f.path, lines, longestFile)
		}
		for _, group := range f.tree.Comments {
			if mark := unfinished.FindString(group.Text()); mark != "" {
				t.Errorf("%s:%d says %s: do it, or say in the issue tracker who will", f.path, f.line(group), mark)
			}
		}
	}
}

var vague = regexp.MustCompile(`^(utils?|common|helpers?|types|models?|misc|base)(\.go)?$`)

func TestFoldersAndFilesAreNamedByWhatTheyHold(t *testing.T) {
	for _, f := range everySource(t) {
		for part := range strings.SplitSeq(strings.TrimSuffix(f.path, "_test.go"), "/") {
			if vague.MatchString(part) {
				t.Errorf("%s: %q says nothing of what it holds", f.path, part)
			}
		}
	}
}
