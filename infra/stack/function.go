package stack

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"portal/infra"
	"portal/shared/step"
)

// function is a step as the layout draws it.
type function struct {
	step       step.Step
	variables  []variable
	Statements []statement
	needs      []string // parameters that its role or trigger refers to
}

// variable is one of the function's environment.
type variable struct {
	Name, Value string
	needs       []string
}

func newFunction(f Function, machines []string) (function, error) {
	made := function{step: f.Step}
	if err := made.check(); err != nil {
		return function{}, err
	}
	made.variables = variables(f.Step.Kind, f.Grants)
	made.Statements = append(trigger(f.Step), roleOf(f.Grants, machines)...)
	made.needs = needs(made.Statements)
	if table := made.Stream(); table != "" {
		made.needs = append(made.needs, table)
	}
	if f.Step.Source == step.MailFeedback {
		made.needs = append(made.needs, "ConfigurationSet")
	}
	return made, nil
}

func (f function) check() error {
	switch {
	case strings.Count(f.step.Name, "/") != 1:
		return errors.New("name is not room/file")
	case f.step.Timeout%time.Second != 0:
		return errors.New("timeout is not whole seconds")
	case f.step.Kind == step.KindHTTP && f.step.Timeout > 29*time.Second:
		return errors.New("timeout is longer than an API waits")
	case f.step.Kind == step.KindSchedule:
		_, err := f.expression()
		return err
	case f.step.Kind == step.KindEvent && f.Stream() == "" && f.Source() != step.MailFeedback:
		return fmt.Errorf("unknown source %q", f.Source())
	}
	return nil
}

// ID is the function's logical ID.
func (f function) ID() string { return LogicalID(f.step.Name) }

// FunctionName is the function's name in the account.
func (f function) FunctionName() string { return FunctionName(f.step.Name) }

// Handler is the step's name.
func (f function) Handler() string { return f.step.Name }

// Policy is the name of the role's one policy.
func (f function) Policy() string { return strings.ReplaceAll(f.step.Name, "/", "-") }

// Summary is the step's.
func (f function) Summary() string { return f.step.Summary }

// Kind is the step's.
func (f function) Kind() step.Kind { return f.step.Kind }

// Source is the step's.
func (f function) Source() step.Source { return f.step.Source }

// Method of the step's route.
func (f function) Method() string { return f.step.Route.Method }

// Path is the step's route as API Gateway writes it.
func (f function) Path() string { return GatewayPath(f.step.Route.Path) }

// GatewayPath is a path of net/http.ServeMux as API Gateway writes it: only a
// rest parameter differs.
func GatewayPath(path string) string { return strings.ReplaceAll(path, "...}", "+}") }

// Memory in MB, 0 for the default.
func (f function) Memory() int { return f.step.Memory }

// Seconds is the timeout, 0 for the default.
func (f function) Seconds() int { return int(f.step.Timeout / time.Second) }

// Variables are the function's own; what all share is in Globals.
func (f function) Variables() []variable { return f.variables }

// Stream is the parameter that holds the stream an event step listens to.
func (f function) Stream() string {
	switch f.step.Source {
	case step.DossierChanges:
		return "DossiersStream"
	case step.PeopleChanges:
		return "PeopleStream"
	}
	return ""
}

// Pattern chooses the changes that ring: rows of the index pending, and no
// others.
func (f function) Pattern() string {
	wanted := `{"exists":true}`
	if f.step.Rings != "" {
		wanted = fmt.Sprintf(`{"prefix":%q}`, f.step.Rings)
	}
	return `{"eventName":["INSERT","MODIFY"],"dynamodb":{"NewImage":{"pending_pk":{"S":[` + wanted + `]}}}}`
}

// Expression is when the clock runs the step.
func (f function) Expression() (string, error) { return f.expression() }

func (f function) expression() (string, error) {
	when := f.step.Schedule
	if when.Daily != "" {
		at, err := time.Parse("15:04", when.Daily)
		if err != nil || when.Every != 0 {
			return "", fmt.Errorf("schedule %+v", when)
		}
		return fmt.Sprintf("cron(%d %d * * ? *)", at.Minute(), at.Hour()), nil
	}
	minutes := int(when.Every / time.Minute)
	if minutes < 1 || when.Every%time.Minute != 0 {
		return "", fmt.Errorf("schedule %+v", when)
	}
	if minutes == 1 {
		return "rate(1 minute)", nil
	}
	return fmt.Sprintf("rate(%d minutes)", minutes), nil
}

// Daily tells whether a run that is missed is missed for a day.
func (f function) Daily() bool { return f.step.Schedule.Daily != "" }

// Period is the seconds between two runs that follow each other closely; it
// lies within what EventBridge Scheduler and Lambda accept as an event's age.
func (f function) Period() int { return min(max(int(f.step.Schedule.Every/time.Second), 60), 21600) }

// variables gives a function the variables that package aws reads for a step
// with these grants, but BASE_URL, which every function has.
func variables(kind step.Kind, g step.Grants) []variable {
	var list []variable
	ref := func(name, parameter string) {
		list = append(list, variable{name, "!Ref " + parameter, []string{parameter}})
	}
	if kind == step.KindHTTP {
		ref("ORIGIN_SECRET", "OriginSecrets")
	}
	if touches(g.People) {
		ref("TABLE_PEOPLE", "PeopleTable")
	}
	if touches(g.Dossiers) {
		ref("TABLE_DOSSIERS", "DossiersTable")
	}
	if len(g.Files.Read)+len(g.Files.Write)+len(g.Files.Delete)+len(g.Files.Upload) > 0 {
		ref("BUCKET", "Bucket")
	}
	if g.Mail {
		ref("SENDER", "Sender")
		ref("CONFIGURATION_SET", "ConfigurationSet")
	}
	for _, machine := range g.Start {
		list = append(list, variable{"MACHINE_" + screaming(machine) + "_ARN", machineARN(machine), nil})
	}
	for _, purpose := range g.MAC {
		ref("MAC_KEY_"+screaming(purpose), KeyParameter(purpose))
	}
	return list
}

func touches(g step.TableGrants) bool { return len(g.Read)+len(g.Write)+len(g.Index) > 0 }

// tableParameter is the parameter that holds a table's name.
func tableParameter(table string) string {
	if table == infra.PeopleTable {
		return "PeopleTable"
	}
	return "DossiersTable"
}
