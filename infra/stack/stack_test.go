package stack_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"portal/infra/stack"
	"portal/shared/step"
)

var referred = regexp.MustCompile(`!(?:Ref|GetAtt) ([\w:.]+)|\$\{([\w:.]+)\}`)

func scheduled(s step.Schedule) step.Step {
	made := task(step.Grants{})
	made.Kind, made.Schedule = step.KindSchedule, s
	return made
}

func TestClockSaysWhenAStepRuns(t *testing.T) {
	for _, test := range []struct {
		when step.Schedule
		want string
	}{
		{step.Schedule{Every: 5 * time.Minute}, "rate(5 minutes)"},
		{step.Schedule{Every: time.Minute}, "rate(1 minute)"},
		{step.Schedule{Every: 2 * time.Hour}, "rate(120 minutes)"},
		{step.Schedule{Daily: "00:15"}, "cron(15 0 * * ? *)"},
		{step.Schedule{Daily: "23:59"}, "cron(59 23 * * ? *)"},
	} {
		clock := stack.At(roomOf(t, scheduled(test.when), step.Grants{}).Resources["Act"].Properties, "Events", "Clock", "Properties")
		if got := stack.At(clock, "ScheduleExpression"); got != test.want {
			t.Errorf("%+v: %v, want %s", test.when, got, test.want)
		}
		if zone := stack.At(clock, "ScheduleExpressionTimezone"); zone != "Africa/Casablanca" {
			t.Errorf("the clock of %+v goes by %v", test.when, zone)
		}
	}
}

func TestStepsThatNoFunctionCanBeMadeOfAreRefused(t *testing.T) {
	named := func(name string) step.Step { s := task(step.Grants{}); s.Name = name; return s }
	for _, test := range []struct {
		name  string
		steps []step.Step
		says  string
	}{
		{"a schedule of seconds", []step.Step{scheduled(step.Schedule{Every: 90 * time.Second})}, "schedule"},
		{"two schedules", []step.Step{scheduled(step.Schedule{Every: time.Minute, Daily: "00:15"})}, "schedule"},
		{"no schedule", []step.Step{scheduled(step.Schedule{})}, "schedule"},
		{"no time of day", []step.Step{scheduled(step.Schedule{Daily: "24:15"})}, "schedule"},
		{"an unknown source", []step.Step{{Kind: step.KindEvent, Source: "rumours", Declaration: step.Declaration{Name: "room/act"}}}, "source"},
		{"half a second", []step.Step{{Kind: step.KindTask, Declaration: step.Declaration{Name: "room/act", Timeout: 1500 * time.Millisecond}}}, "whole seconds"},
		{"a request of a minute", []step.Step{{Kind: step.KindHTTP, Declaration: step.Declaration{Name: "room/act", Timeout: time.Minute}}}, "longer than an API waits"},
		{"another room", []step.Step{named("garden/act")}, "another room"},
		{"no room", []step.Step{named("act")}, "room/file"},
		{"the same name twice", []step.Step{named("room/act"), named("room/act")}, "would be called Act"},
		{"the name of a role", []step.Step{named("room/act"), named("room/act_role")}, "would be called ActRole"},
		{"the name of the log", []step.Step{named("room/log")}, "the room itself"},
	} {
		var functions []stack.Function
		for _, s := range test.steps {
			functions = append(functions, stack.Function{Step: s})
		}
		if _, err := stack.Room("room", functions, machines); err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want an error that says %q", test.name, err, test.says)
		}
	}
}

func TestOddTextsStayTheyAre(t *testing.T) {
	for _, summary := range []string{"Deposit a draft", "yes: no", "#1 of all", "L’été « déjà »", `say "hello"`, "- item", "a # b", "{x}", "ends with ", "*"} {
		s := task(step.Grants{})
		s.Summary = summary
		if got := roomOf(t, s, step.Grants{}).Resources["Act"].Properties["Description"]; got != summary {
			t.Errorf("%q is read as %v", summary, got)
		}
	}
}

func TestRestOfAPathIsGreedyForTheGateway(t *testing.T) {
	for path, want := range map[string]string{
		"/api/room/{id}": "/api/room/{id}", "/api/room/{rest...}": "/api/room/{rest+}", "/api/room": "/api/room",
	} {
		if got := stack.GatewayPath(path); got != want {
			t.Errorf("%s is %s for the gateway, want %s", path, got, want)
		}
	}
}

func TestTemplatesAreTheSameEveryTime(t *testing.T) {
	g := step.Grants{Dossiers: step.TableGrants{Index: map[string][]string{"owner": {"a#"}, "due": {"b#"}, "queue": {"c#"}, "body": {"d#"}}}, MAC: []string{"links", "altcha"}}
	var first string
	for range 20 {
		text, err := stack.Room("room", []stack.Function{{Step: task(g), Grants: g}}, machines)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(text)
		}
		if string(text) != first {
			t.Fatal("two renderings differ")
		}
	}
}

func TestReadingRefusesWhatNoTemplateMeans(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":           "",
		"a key twice":       "Resources: {A: {Type: T}, A: {Type: T}}",
		"an alias":          "Resources: {A: &a {Type: T}, B: *a}",
		"broken YAML":       "Resources: [",
		"a resource of 'x'": "Resources: {A: x}",
	} {
		if _, err := stack.Read([]byte(text)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	read, err := stack.Read([]byte("Resources:\n  A:\n    Type: T\n    DependsOn: B\n    Properties: {X: !Ref B, Y: !GetAtt B.Arn, Z: [!Sub '${B}', 1, true]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := "map[X:map[Ref:B] Y:map[Fn::GetAtt:B.Arn] Z:[map[Fn::Sub:${B}] 1 true]]"
	if got := fmt.Sprint(read.Resources["A"].Properties); got != want {
		t.Errorf("read %s, want %s", got, want)
	}
}
