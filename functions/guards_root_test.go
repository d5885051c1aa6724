package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portal/infra"
	"portal/infra/aws"
	"portal/infra/httpapi"
	"portal/infra/local"
	"portal/infra/stack"
	"portal/shared/step"
	"portal/statemachines"
)

// apart are templates that are stacks of their own.
var apart = []string{"template.yaml", "infra/global.yaml"}

func TestRootIsACompleteTableOfContents(t *testing.T) {
	all := stacks(t)
	listed := map[string]bool{}
	locations := map[string]string{}
	for id, r := range all["template.yaml"].Resources {
		location, _ := r.Properties["Location"].(string)
		locations[id] = location
		listed[location] = true
		nested, ok := all[location]
		if !ok {
			t.Errorf("%s is at %q, where there is no template", id, location)
			continue
		}
		given, _ := r.Properties["Parameters"].(map[string]any)
		if have, want := slices.Sorted(maps.Keys(given)), slices.Sorted(maps.Keys(nested.Parameters)); !slices.Equal(have, want) {
			t.Errorf("%s is given %v, %s wants %v", id, have, location, want)
		}
	}
	for path := range all {
		if !listed[path] && !slices.Contains(apart, path) {
			t.Errorf("template.yaml does not list %s", path)
		}
	}
	for _, r := range all["template.yaml"].Resources {
		for name, value := range r.Properties["Parameters"].(map[string]any) {
			from, ok := stack.At(value, "Fn::GetAtt").(string)
			if !ok {
				continue
			}
			id, output, _ := strings.Cut(from, ".Outputs.")
			if all[locations[id]].Outputs[output] == nil {
				t.Errorf("parameter %s is %s, which is no output of %s", name, from, locations[id])
			}
		}
	}
}

func TestSecretsAreNotEchoed(t *testing.T) {
	for path, read := range stacks(t) {
		if secret := read.Parameters["OriginSecrets"]; secret != nil && stack.At(secret, "NoEcho") != true {
			t.Errorf("%s echoes OriginSecrets", path)
		}
	}
}

var substitution = regexp.MustCompile(`\$\{(\w+)\}`)

func TestMachinesAreGivenTheFunctionsTheyCall(t *testing.T) {
	resources := stacks(t)["infra/machines.yaml"].Resources
	for _, name := range statemachines.Names() {
		text, err := statemachines.Definition(name)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		for _, match := range substitution.FindAllSubmatch(text, -1) {
			want[string(match[1])] = true
		}
		id := stack.LogicalID("machines/" + name)
		machine := resources[id].Properties
		given, _ := machine["DefinitionSubstitutions"].(map[string]any)
		if have, want := slices.Sorted(maps.Keys(given)), slices.Sorted(maps.Keys(want)); !slices.Equal(have, want) {
			t.Errorf("%s is given %v, it calls %v", name, have, want)
		}
		if got := stack.At(machine["Name"], "Fn::Sub"); got != stack.MachineName(name) {
			t.Errorf("machine %s is called %v, functions know it as %s", name, got, stack.MachineName(name))
		}
		if got := machine["DefinitionUri"]; got != "../statemachines/"+name+".asl.json" {
			t.Errorf("machine %s is read from %v", name, got)
		}
		var called, granted []string
		for key, arn := range given {
			called = append(called, fmt.Sprint(stack.At(arn, "Fn::Sub")))
			if want := ":function:" + stack.FunctionName(statemachines.StepOf(key)); !strings.HasSuffix(called[len(called)-1], want) {
				t.Errorf("%s: %s is %s, want …%s", name, key, called[len(called)-1], want)
			}
		}
		for _, s := range statementsIn(resources[id+"Role"].Properties["Policies"]) {
			if stack.At(s, "Action") == "lambda:InvokeFunction" {
				for _, arn := range stack.List(stack.At(s, "Resource")) {
					granted = append(granted, fmt.Sprint(stack.At(arn, "Fn::Sub")))
				}
			}
		}
		slices.Sort(called)
		slices.Sort(granted)
		if !slices.Equal(called, granted) {
			t.Errorf("machine %s calls %v and may call %v", name, called, granted)
		}
	}
}

var functionMentioned = regexp.MustCompile(`(?:function:|Value: !Sub |FunctionName: !Sub )(\$\{Portal\}-\w+-\w+)\b`)

func TestTemplatesNameFunctionsThatExist(t *testing.T) {
	names := functionNames()
	mentioned := 0
	for path := range stacks(t) {
		if isRoom(path) {
			continue
		}
		text, err := os.ReadFile(filepath.Join("..", path))
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range functionMentioned.FindAllSubmatch(text, -1) {
			mentioned++
			if _, ok := names[string(match[1])]; !ok {
				t.Errorf("%s names the function %s, which is none", path, match[1])
			}
		}
	}
	if mentioned < 15 {
		t.Errorf("only %d mentions of functions were found", mentioned)
	}
}

func TestEdgeSendsEveryRouteToItsRoom(t *testing.T) {
	site := stacks(t)["infra/edge.yaml"].Resources["Site"].Properties
	behaviours := stack.List(stack.At(site, "DistributionConfig", "CacheBehaviors"))
	target := func(path string) string {
		for _, b := range behaviours {
			pattern := regexp.QuoteMeta(fmt.Sprint(stack.At(b, "PathPattern")))
			if regexp.MustCompile("^" + strings.ReplaceAll(pattern, `\*`, ".*") + "$").MatchString(path) {
				return fmt.Sprint(stack.At(b, "TargetOriginId"))
			}
		}
		return "web"
	}
	for _, s := range allSteps() {
		if s.Kind != step.KindHTTP {
			continue
		}
		path := parameters.ReplaceAllString(s.Route.Path, "x")
		if got := target(path); got != s.Room() {
			t.Errorf("the edge sends %s to %s, and not to %s", path, got, s.Room())
		}
	}
	for path, want := range map[string]string{"/": "web", "/conformite": "web", "/assets/app.js": "web", "/certificats": "web", "/api/nothing": "portal"} {
		if got := target(path); got != want {
			t.Errorf("the edge sends %s to %s, and not to %s", path, got, want)
		}
	}
	if errors := stack.At(site, "DistributionConfig", "CustomErrorResponses"); errors != nil {
		t.Error("the edge replaces answers of the APIs by its own")
	}
}

func TestEdgePassesOnEveryHeaderThatStepsRead(t *testing.T) {
	policy := stacks(t)["infra/edge.yaml"].Resources["ToApi"].Properties
	passed := stack.List(stack.At(policy, "OriginRequestPolicyConfig", "HeadersConfig", "Headers"))
	if len(passed) > 10 {
		t.Errorf("CloudFront passes on ten headers at most, not %d", len(passed))
	}
	text, err := describe(onAWS)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Parameters []struct{ Name, In string }
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	// What is read besides inputs: language, compression, idempotency, the
	// protection against forged requests, the client's address and browser.
	read := []string{"Accept-Encoding", "Accept-Language", "CloudFront-Viewer-Address", "Content-Type", "Idempotency-Key", "Origin", "Sec-Fetch-Site", "User-Agent"}
	for _, methods := range doc.Paths {
		for _, operation := range methods {
			for _, p := range operation.Parameters {
				if p.In == "header" {
					read = append(read, p.Name)
				}
			}
		}
	}
	for _, name := range read {
		if !slices.ContainsFunc(passed, func(v any) bool { return strings.EqualFold(fmt.Sprint(v), name) }) {
			t.Errorf("the edge does not pass on the header %s", name)
		}
	}
}

func TestSitePolicyAllowsNothingUnsafe(t *testing.T) {
	text, err := os.ReadFile("../infra/edge.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"unsafe-", "'strict-dynamic'", "http://", " https:;", "AllowedOrigins: [\"*\"]"} {
		if bytes.Contains(text, []byte(word)) {
			t.Errorf("infra/edge.yaml says %s", word)
		}
	}
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'\n", "style-src 'self'\n", "IncludeSubdomains: true", "FrameOption: DENY"} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("infra/edge.yaml does not say %s", want)
		}
	}
}

var reportFilter = regexp.MustCompile(`^\{ \$\.step = "([^"]+)" && \$\.(\w+)\.(\w+) = \* \}$`)

// TestAlarmsReadWhatSweepsLog runs the steps that alarms watch as Lambda would,
// on an empty portal, and looks in their logs for what the filters want.
func TestAlarmsReadWhatSweepsLog(t *testing.T) {
	store, err := local.Open(t.TempDir(), local.Options{BaseURL: "https://portal.example"})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ports := store.Ports(nil, localSettings("https://portal.example"))
	watched := 0
	for id, r := range stacks(t)["infra/alarms.yaml"].Resources {
		if r.Type != "AWS::Logs::MetricFilter" {
			continue
		}
		match := reportFilter.FindStringSubmatch(fmt.Sprint(r.Properties["FilterPattern"]))
		if match == nil {
			t.Errorf("filter %s has the pattern %v", id, r.Properties["FilterPattern"])
			continue
		}
		watched++
		name, object, figure := match[1], match[2], match[3]
		if group := stack.At(r.Properties["LogGroupName"], "Fn::Sub"); group != "/aws/vendedlogs/${Portal}/"+strings.Split(name, "/")[0] {
			t.Errorf("filter %s reads %v for %s", id, group, name)
		}
		lines := logOf(t, name, ports)
		if !slices.ContainsFunc(lines, func(line map[string]any) bool {
			_, number := stack.At(line, object, figure).(float64)
			return line["step"] == name && number
		}) {
			t.Errorf("filter %s waits for $.%s.%s from %s, which logs %v", id, object, figure, name, lines)
		}
	}
	if watched < 3 {
		t.Errorf("only %d filters were found", watched)
	}
}

// logOf is what a scheduled step logs on Lambda, line by line.
func logOf(t *testing.T, name string, ports infra.Ports) []map[string]any {
	t.Helper()
	maker := slices.IndexFunc(makers(), func(m infra.Maker) bool { return m(infra.Ports{}).Name == name })
	if maker < 0 {
		t.Fatalf("there is no step %s", name)
	}
	var out bytes.Buffer
	set := func(string) string { return "set" }
	f, err := aws.NewFunction(httpapi.Build(makers()[maker:maker+1], ports)[0], nil, set, aws.NewLogger(&out))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Invoke(context.Background(), []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	var lines []map[string]any
	for line := range bytes.Lines(out.Bytes()) {
		var fields map[string]any
		if err := json.Unmarshal(line, &fields); err != nil {
			t.Fatalf("%s logs %s: %v", name, line, err)
		}
		lines = append(lines, fields)
	}
	return lines
}
