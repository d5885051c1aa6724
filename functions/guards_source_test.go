package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// sourceFile is a Go file of the project, read for the guards.
type sourceFile struct {
	path  string // from the root of the project, with slashes
	text  []byte
	tree  *ast.File
	lines *token.FileSet
}

func (f sourceFile) folder() string { return filepath.ToSlash(filepath.Dir(f.path)) }

func (f sourceFile) test() bool { return strings.HasSuffix(f.path, "_test.go") }

// in tells whether the file lies in one of these folders, at any depth, or is
// one of them.
func (f sourceFile) in(paths ...string) bool {
	for _, p := range paths {
		if f.path == p || strings.HasPrefix(f.path, p+"/") {
			return true
		}
	}
	return false
}

func (f sourceFile) line(n ast.Node) int { return f.lines.Position(n.Pos()).Line }

// sourceFiles is every Go file of the project.
var sourceFiles = sync.OnceValues(func() ([]sourceFile, error) {
	var files []sourceFile
	lines := token.NewFileSet()
	err := walkProject(func(path string) error {
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(filepath.Join("..", path))
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(lines, path, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, sourceFile{path, text, tree, lines})
		return nil
	})
	return files, err
})

// walkProject visits every file that is written by hand.
func walkProject(visit func(path string) error) error {
	return filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			switch name := d.Name(); {
			case name == "..":
				return nil
			case strings.HasPrefix(name, "."), name == "testdata", name == "node_modules", name == "dist", name == "data":
				return filepath.SkipDir
			}
			return nil
		}
		relative, err := filepath.Rel("..", path)
		if err != nil {
			return err
		}
		return visit(filepath.ToSlash(relative))
	})
}

func everySource(t *testing.T) []sourceFile {
	t.Helper()
	files, err := sourceFiles()
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 100 {
		t.Fatalf("only %d Go files were found", len(files))
	}
	return files
}

// goText is the value of a string literal.
func goText(e ast.Expr) (string, bool) {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(literal.Value)
	return s, err == nil
}

// selected is what an expression like pkg.Name selects; "" for other shapes.
func selected(e ast.Expr) (from, name string) {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	if x, ok := s.X.(*ast.Ident); ok {
		return x.Name, s.Sel.Name
	}
	return "", s.Sel.Name
}

// field is the value of a field in a composite literal with field names.
func field(c *ast.CompositeLit, name string) ast.Expr {
	for _, e := range c.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := pair.Key.(*ast.Ident); ok && key.Name == name {
				return pair.Value
			}
		}
	}
	return nil
}
