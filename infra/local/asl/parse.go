package asl

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Resources that a task may have.
const (
	invokeResource = "arn:aws:states:::lambda:invoke"
	tokenResource  = invokeResource + ".waitForTaskToken"
)

const maxStateName = 80 // characters, as on AWS

// Parse reads a definition. substitutions gives the value of each ${Name} in
// it, as DefinitionSubstitutions does in a template; it may be nil when there
// are none. The error names everything that is wrong or not supported, one
// line each, with its place. Check tells whether the states fit together.
func Parse(definition []byte, substitutions func(name string) (string, bool)) (*Machine, error) {
	tree, err := decodeOnce(definition)
	if err != nil {
		return nil, fmt.Errorf("asl: %w", err)
	}
	r := &reading{}
	root := node{r: r, value: tree, there: true}
	root.value = root.substituted(substitutions)
	source, err := encode(root.value)
	if err != nil {
		return nil, fmt.Errorf("asl: %w", err)
	}
	return root.machine(source)
}

// parseStored reads back what Definition gave. Its names are substituted
// already, and a value that looks like a name is none.
func parseStored(source []byte) (*Machine, error) {
	tree, err := decodeOnce(source)
	if err != nil {
		return nil, fmt.Errorf("asl: %w", err)
	}
	return node{r: &reading{}, value: tree, there: true}.machine(source)
}

var substitution = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\{[^}]*\}?`) })

// substituted is the value with the names in its strings replaced.
func (n node) substituted(value func(string) (string, bool)) any {
	switch v := n.value.(type) {
	case map[string]any:
		object := make(map[string]any, len(v))
		for _, f := range n.fields() {
			object[f.key] = f.substituted(value)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, item := range n.list() {
			list[i] = item.substituted(value)
		}
		return list
	case string:
		return substitution().ReplaceAllStringFunc(v, func(found string) string {
			name := strings.TrimSuffix(strings.TrimPrefix(found, "${"), "}")
			if value != nil {
				if s, ok := value(name); ok {
					return s
				}
			}
			n.refuse("nothing substitutes %s", found)
			return found
		})
	}
	return n.value
}

func (n node) machine(source []byte) (*Machine, error) {
	sum := sha256.Sum256(source)
	m := &Machine{states: map[string]*state{}, source: source, hash: hex.EncodeToString(sum[:])}
	n.only("StartAt", "States", "TimeoutSeconds", "Version", "QueryLanguage")
	n.field("Version").fixed("1.0")
	n.field("QueryLanguage").fixed("JSONPath")
	m.startAt = n.required("StartAt").text()
	m.timeout = n.field("TimeoutSeconds").seconds()
	for _, f := range n.required("States").fields() {
		m.states[f.key] = f.state()
	}
	if len(n.r.refusals) > 0 {
		return nil, fmt.Errorf("asl: %w", errors.Join(n.r.refusals...))
	}
	return m, nil
}

// fixed refuses any other value than this one.
func (n node) fixed(value string) {
	if n.there && n.value != value {
		n.refuse("%v is not supported", n.value)
	}
}

func (n node) state() *state {
	s := &state{name: n.key, kind: n.required("Type").text()}
	if s.name == "" || len([]rune(s.name)) > maxStateName {
		n.refuse("a state's name has 1 to %d characters", maxStateName)
	}
	names, ok := fieldsOf(s.kind)
	if !ok {
		if s.kind != "" {
			n.field("Type").refuse("%s is not supported", s.kind)
		}
		return s
	}
	n.only(names...)
	n.field("QueryLanguage").fixed("JSONPath")
	s.input = n.field("InputPath").path()
	s.output = n.field("OutputPath").path()
	s.result = n.field("ResultPath").path()
	switch s.kind {
	case typeTask:
		n.task(s)
		s.next = n.transition()
	case typeChoice:
		n.choice(s)
	case typePass:
		result := n.field("Result")
		s.virtual, s.replaces = result.value, result.there
		s.parameters = n.field("Parameters").payload(false)
		s.next = n.transition()
	case typeFail:
		s.fault = Fault{Name: n.field("Error").text(), Cause: n.field("Cause").text()}
	}
	return s
}

// fieldsOf are the fields, besides Comment, of a type of state.
func fieldsOf(kind string) ([]string, bool) {
	common := []string{"Type", "QueryLanguage"}
	switch kind {
	case typeTask:
		return append(common, "InputPath", "Parameters", "ResultSelector", "ResultPath", "OutputPath",
			"Resource", "TimeoutSeconds", "Retry", "Catch", "Next", "End"), true
	case typeChoice:
		return append(common, "InputPath", "OutputPath", "Choices", "Default"), true
	case typePass:
		return append(common, "InputPath", "Parameters", "Result", "ResultPath", "OutputPath", "Next", "End"), true
	case typeSucceed:
		return append(common, "InputPath", "OutputPath"), true
	case typeFail:
		return append(common, "Error", "Cause"), true
	}
	return nil, false
}

// transition is the next state, "" when the state ends the execution.
func (n node) transition() string {
	next, end := n.field("Next"), n.field("End")
	if end.there && end.value != true {
		end.refuse("can only be true")
	}
	if next.there == end.there {
		n.refuse("needs either Next or End")
	}
	return next.text()
}

// payload reads a template that must be an object, nil when absent.
func (n node) payload(token bool) *template {
	if !n.there {
		return nil
	}
	if _, ok := n.value.(map[string]any); !ok {
		n.refuse("is not an object")
		return nil
	}
	return n.template(token)
}
