//go:build linux

package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const benchStarts = 21

// start measures from the start of the process to its first request for an
// invocation, against a program that has the same clients of AWS and nothing
// else; and what the packages do before main.
func (b *benchRun) start(t *testing.T) {
	dir := t.TempDir()
	portal, floor := filepath.Join(dir, "bootstrap"), filepath.Join(dir, "floor")
	benchBuild(t, "", portal, "./functions")
	benchBuild(t, "", floor, "./infra/aws/floor")
	api := benchListen(t)
	for range 2 {
		api.run(t, portal, "")
		api.run(t, floor, "")
	}
	var ours, least benchStarted
	for n := range benchStarts {
		order := []func(){func() { ours.add(api.run(t, portal, "")) }, func() { least.add(api.run(t, floor, "")) }}
		if n%2 == 1 {
			slices.Reverse(order)
		}
		order[0]()
		order[1]()
	}
	table := benchTable{}
	table.row("exec to first /next", "portal", "floor", "ratio", "from…to")
	compare := func(name string, a, b []float64, digits int) float64 {
		ratios := benchRatios(a, b)
		table.row(name, fmt.Sprintf("%.*f", digits, benchMedian(a)), fmt.Sprintf("%.*f", digits, benchMedian(b)), benchRatio(benchMedian(ratios)),
			benchRatio(benchQuantile(ratios, .25))+"…"+benchRatio(benchQuantile(ratios, .75)))
		return benchMedian(ratios)
	}
	wall := compare("wall, ms", ours.wall, least.wall, 1)
	compare("CPU, ms", ours.cpu, least.cpu, 1)
	compare("resident, MB", ours.rss, least.rss, 1)
	compare("  of it anonymous", ours.anon, least.anon, 1)
	inits, floorInits := benchInits(t, api, portal), benchInits(t, api, floor)
	table.row("package init, ms", fmt.Sprintf("%.2f", inits.ms), fmt.Sprintf("%.2f", floorInits.ms), benchRatio(inits.ms/floorInits.ms), "")
	table.row("package init, KB", fmt.Sprintf("%.0f", inits.bytes/1024), fmt.Sprintf("%.0f", floorInits.bytes/1024), benchRatio(inits.bytes/floorInits.bytes), "")
	sizes, zips := [2]float64{}, [2]float64{}
	for i, binary := range []string{portal, floor} {
		sizes[i], zips[i] = benchSize(t, binary), benchZipped(t, binary)
	}
	table.row("binary, bytes", fmt.Sprintf("%.0f", sizes[0]), fmt.Sprintf("%.0f", sizes[1]), benchRatio(sizes[0]/sizes[1]), "")
	table.row("archive, bytes", fmt.Sprintf("%.0f", zips[0]), fmt.Sprintf("%.0f", zips[1]), benchRatio(zips[0]/zips[1]), "")
	table.note("%d starts of each, one after the other; %s, _HANDLER=conformity/submit", benchStarts, runtime.GOARCH)
	table.print(os.Stdout, "Start of the Lambda binary, against its floor")

	top := benchTable{}
	top.row("package", "ms", "KB", "also in the floor")
	for _, p := range inits.packages[:min(10, len(inits.packages))] {
		also := "no"
		if slices.ContainsFunc(floorInits.packages, func(f benchInit) bool { return f.name == p.name }) {
			also = "yes"
		}
		top.row(p.name, fmt.Sprintf("%.3f", p.ms), fmt.Sprintf("%.1f", p.bytes/1024), also)
	}
	top.print(os.Stdout, "The ten longest package initialisations of the portal's Lambda binary")
	b.promise("exec to first /next, against the floor", wall, 1.2)
	b.promise("package init over the floor, of 10 ms", (inits.ms-floorInits.ms)/10, 1)
	b.promise("package init over the floor, of 4 MB", (inits.bytes-floorInits.bytes)/(4<<20), 1)
}

// benchBuild builds a Lambda binary for this machine. overlay may be "".
func benchBuild(t *testing.T, overlay, out, pkg string) time.Duration {
	t.Helper()
	args := []string{"build", "-tags", "lambda,lambda.norpc", "-trimpath", "-ldflags=-s -w"}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	build := exec.Command("go", append(args, "-o", out, pkg)...)
	build.Dir = ".."
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	start := time.Now()
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", pkg, err, said)
	}
	return time.Since(start)
}

func benchSize(t *testing.T, path string) float64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return float64(info.Size())
}

// benchZipped is the size of the archive that a deployment uploads.
func benchZipped(t *testing.T, binary string) float64 {
	t.Helper()
	pack := exec.Command("go", "run", "./infra/package", "-o", binary+".zip", binary)
	pack.Dir = ".."
	if said, err := pack.CombinedOutput(); err != nil {
		t.Fatalf("package: %v\n%s", err, said)
	}
	return benchSize(t, binary+".zip")
}

// benchRuntime is a Lambda runtime that never has an invocation.
type benchRuntime struct {
	address string
	asked   chan time.Time
	release chan struct{}
}

func benchListen(t *testing.T) *benchRuntime {
	t.Helper()
	r := &benchRuntime{asked: make(chan time.Time, 1), release: make(chan struct{})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r.address = listener.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", func(_ http.ResponseWriter, request *http.Request) {
		r.asked <- time.Now()
		select {
		case <-request.Context().Done():
		case <-r.release:
		}
	})
	server := &http.Server{Handler: mux}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() {
		close(r.release)
		server.Close()
	})
	return r
}

// benchStart is one start of a process.
type benchStart struct {
	wall, cpu time.Duration
	rss, anon float64 // MB
	said      string
}

type benchStarted struct{ wall, cpu, rss, anon []float64 }

func (s *benchStarted) add(one benchStart) {
	s.wall, s.cpu = append(s.wall, float64(one.wall)/1e6), append(s.cpu, float64(one.cpu)/1e6)
	s.rss, s.anon = append(s.rss, one.rss), append(s.anon, one.anon)
}

// run starts a binary as Lambda does, until it asks for its first invocation.
func (r *benchRuntime) run(t *testing.T, binary, debug string) benchStart {
	t.Helper()
	command := exec.Command(binary)
	command.Env = []string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=en_US.UTF-8", "TZ=:UTC", "GODEBUG=" + debug,
		"AWS_LAMBDA_RUNTIME_API=" + r.address, "_HANDLER=conformity/submit", "LAMBDA_TASK_ROOT=" + filepath.Dir(binary),
		"AWS_LAMBDA_FUNCTION_NAME=bench", "AWS_LAMBDA_FUNCTION_VERSION=1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", "AWS_EXECUTION_ENV=AWS_Lambda_provided.al2023",
		"AWS_REGION=eu-west-3", "AWS_DEFAULT_REGION=eu-west-3", "AWS_ACCESS_KEY_ID=bench", "AWS_SECRET_ACCESS_KEY=bench", "AWS_SESSION_TOKEN=bench",
		"TABLE_PEOPLE=people", "TABLE_DOSSIERS=dossiers", "BUCKET=files", "BASE_URL=https://portal.example", "ORIGIN_SECRET=bench", "ENVIRONMENT=bench",
	}
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	start := time.Now()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	var one benchStart
	select {
	case at := <-r.asked:
		one.wall = at.Sub(start)
		one.rss, one.anon = benchResident(command.Process.Pid)
	case <-time.After(30 * time.Second):
		defer t.Fatalf("%s asked for nothing:\n%s", filepath.Base(binary), &said)
	}
	_ = command.Process.Kill()
	_ = command.Wait()
	one.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	one.said = said.String()
	return one
}

// benchResident reads a process's resident memory, in MB.
func benchResident(pid int) (all, anonymous float64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0
	}
	field := func(name string) float64 {
		_, after, _ := strings.Cut(string(status), "\n"+name+":")
		words := strings.Fields(after)
		if len(words) == 0 {
			return 0
		}
		kb, _ := strconv.ParseFloat(words[0], 64)
		return kb / 1024
	}
	return field("VmRSS"), field("RssAnon")
}

// benchInit is what one package does before main.
type benchInit struct {
	name      string
	ms, bytes float64
}

// benchInitialised is what all packages do, the longest first.
type benchInitialised struct {
	packages  []benchInit
	ms, bytes float64
}

var benchInitLine = regexp.MustCompile(`(?m)^init (\S+) @\S+ ms, (\S+) ms clock, (\d+) bytes`)

// benchInits takes the shortest of several runs for each package: what a busy
// machine adds is not the package's.
func benchInits(t *testing.T, api *benchRuntime, binary string) benchInitialised {
	t.Helper()
	best := map[string]benchInit{}
	for range 7 {
		for _, match := range benchInitLine.FindAllStringSubmatch(api.run(t, binary, "inittrace=1").said, -1) {
			one := benchInit{name: match[1]}
			one.ms, _ = strconv.ParseFloat(match[2], 64)
			one.bytes, _ = strconv.ParseFloat(match[3], 64)
			if before, seen := best[one.name]; !seen || one.ms < before.ms {
				best[one.name] = one
			}
		}
	}
	var all benchInitialised
	for _, one := range best {
		all.packages = append(all.packages, one)
		all.ms += one.ms
		all.bytes += one.bytes
	}
	slices.SortFunc(all.packages, func(a, b benchInit) int {
		if a.ms != b.ms {
			return int((b.ms - a.ms) * 1e6)
		}
		return strings.Compare(a.name, b.name)
	})
	return all
}
