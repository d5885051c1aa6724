// Package stack writes the CloudFormation template of a room from the
// declarations of its steps: a function, a role and a trigger for each. The
// templates are committed, so that they can be read and reviewed; a test in
// package functions keeps them equal to what is declared.
package stack

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"portal/shared/step"
)

//go:embed room.yaml.tmpl
var layout string

// Function is a step and all that its function may touch, which for an HTTP
// step is more than its declaration says (reading the session).
type Function struct {
	Step   step.Step
	Grants step.Grants
}

// Room is the template of a room, as it lies in functions/<room>/template.yaml.
// machines names every state machine: a function that may wake a task token may
// wake one of any machine. An error for a step that no function can be made of.
func Room(name string, functions []Function, machines []string) ([]byte, error) {
	r := room{Name: name}
	for _, f := range functions {
		made, err := newFunction(f, machines)
		if err != nil {
			return nil, fmt.Errorf("stack: step %s: %w", f.Step.Name, err)
		}
		r.Functions = append(r.Functions, made)
	}
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("stack: room %s: %w", name, err)
	}
	parsed, err := template.New("room").Funcs(template.FuncMap{"plain": plain, "one": one}).Parse(layout)
	if err != nil {
		return nil, fmt.Errorf("stack: %w", err)
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, r); err != nil {
		return nil, fmt.Errorf("stack: room %s: %w", name, err)
	}
	return out.Bytes(), nil
}

// room is what the layout draws.
type room struct {
	Name      string
	Functions []function
}

// own are the names of what a room's template makes besides functions.
var own = []string{"Api", "ApiFailures", "ApiSlow", "Clock", "Missed", "MissedPolicy", "SomethingMissed", "Log", "Errors", "SomethingWrong"}

// check refuses steps of another room and names that would be given twice.
func (r room) check() error {
	taken := map[string]string{}
	for _, name := range own {
		taken[name] = "the room itself"
	}
	for _, f := range r.Functions {
		if f.step.Room() != r.Name {
			return fmt.Errorf("step %s is of another room", f.step.Name)
		}
		for _, id := range []string{f.ID(), f.ID() + "Role"} {
			if by, ok := taken[id]; ok {
				return fmt.Errorf("step %s would be called %s, as %s is", f.step.Name, id, by)
			}
			taken[id] = f.step.Name
		}
	}
	return nil
}

// HTTP tells whether the room has an API.
func (r room) HTTP() bool { return r.has(step.KindHTTP) }

// Clock tells whether the room has a schedule.
func (r room) Clock() bool { return r.has(step.KindSchedule) }

// Missed tells whether the room has triggers that nobody waits for: what they
// could not deliver is kept in a queue.
func (r room) Missed() bool { return r.Clock() || r.has(step.KindEvent) }

// Feedback tells whether an event of the mail service triggers a step.
func (r room) Feedback() bool {
	return slices.ContainsFunc(r.Functions, func(f function) bool { return f.Source() == step.MailFeedback })
}

// Scheduled lists the functions that the clock runs.
func (r room) Scheduled() []function {
	var list []function
	for _, f := range r.Functions {
		if f.Kind() == step.KindSchedule {
			list = append(list, f)
		}
	}
	return list
}

func (r room) has(kind step.Kind) bool {
	return slices.ContainsFunc(r.Functions, func(f function) bool { return f.Kind() == kind })
}

// Parameters lists the parameters that the room needs, and no others.
func (r room) Parameters() []parameter {
	used := map[string]bool{"Portal": true, "Domain": true, "AssistancePhone": true, "AssistanceAddress": true, "LogDays": true, "Operators": true}
	for _, f := range r.Functions {
		for _, v := range f.variables {
			for _, name := range v.needs {
				used[name] = true
			}
		}
		for _, name := range f.needs {
			used[name] = true
		}
	}
	var list []parameter
	for _, p := range parameters {
		if used[p.Name] {
			list = append(list, p)
			delete(used, p.Name)
		}
	}
	var keys []string
	for name := range used {
		keys = append(keys, name)
	}
	slices.Sort(keys)
	for _, name := range keys {
		purpose := strings.ToLower(strings.TrimPrefix(name, macPrefix))
		list = append(list, parameter{Name: name, Type: "String", Text: "ARN of the KMS key that authenticates for " + purpose})
	}
	return list
}
