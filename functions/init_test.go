package main

import (
	"bytes"
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Package initialisation is paid by every Lambda at every cold start: what is
// large is made when first needed (sync.OnceValue). Time depends on the machine
// and is only told; what is allocated does not.
const mostInitBytes = 4 << 20

var initLine = regexp.MustCompile(`^init (\S+) @[\d.]+ ms, ([\d.]+) ms clock, (\d+) bytes, (\d+) allocs`)

func TestLambdaStartsWithNextToNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the Lambda binary")
	}
	binary := filepath.Join(t.TempDir(), "bootstrap")
	build := exec.Command("go", "build", "-tags", "lambda,lambda.norpc", "-trimpath", "-ldflags=-s -w", "-o", binary, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	holdsNoModuleOfTests(t, binary)
	run := exec.Command(binary)
	run.Env = []string{"GODEBUG=inittrace=1", "_HANDLER=nobody/nothing"}
	var trace bytes.Buffer
	run.Stderr = &trace
	if err := run.Run(); err == nil {
		t.Error("a misspelt handler was served")
	}
	var bytesOf, clock float64
	packages := 0
	for line := range strings.Lines(trace.String()) {
		match := initLine.FindStringSubmatch(strings.TrimSpace(line))
		if match == nil {
			continue
		}
		packages++
		ms, _ := strconv.ParseFloat(match[2], 64)
		size, _ := strconv.ParseFloat(match[3], 64)
		clock += ms
		bytesOf += size
		if size > 256<<10 || ms > 2 {
			t.Logf("%s: %.2f ms, %.0f KB", match[1], ms, size/1024)
		}
	}
	if packages < 20 {
		t.Fatalf("only %d packages were traced:\n%s", packages, trace.String())
	}
	t.Logf("%d packages: %.2f ms, %.2f MB", packages, clock, bytesOf/(1<<20))
	if bytesOf > mostInitBytes {
		t.Errorf("package initialisation allocates %.2f MB, %d MB at most", bytesOf/(1<<20), mostInitBytes>>20)
	}
}

// holdsNoModuleOfTests finds what only tests and one machine may use.
func holdsNoModuleOfTests(t *testing.T, binary string) {
	t.Helper()
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Deps) < 5 {
		t.Errorf("only %d modules were found in the Lambda binary", len(info.Deps))
	}
	for _, module := range info.Deps {
		for _, banned := range []string{"github.com/santhosh-tekuri/jsonschema", "github.com/danielgtaylor/huma", "go.etcd.io/bbolt", "pgregory.net/rapid", "github.com/xuri/excelize"} {
			if strings.HasPrefix(module.Path, banned) {
				t.Errorf("the Lambda binary holds %s", module.Path)
			}
		}
	}
}
