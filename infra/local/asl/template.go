package asl

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// template is the value of Parameters, Payload or ResultSelector: JSON in
// which a field "x.$" stands for a field x taken from elsewhere.
type template struct {
	literal any
	path    *path  // taken from the input
	context string // taken from the context object
	fields  map[string]*template
	items   []*template
}

// scope is what a state may read of the context object.
type scope struct {
	machine   string
	execution string
	state     string
	entered   time.Time
	retries   int
	token     string
}

// taskToken is the only entry of the context object that not every state has.
const taskToken = "Task.Token"

// contextTime is the form in which the context object gives instants.
const contextTime = "2006-01-02T15:04:05.000Z"

// lookup reads the context object. ok is false for what it does not hold here.
func (c scope) lookup(name string) (value any, ok bool) {
	switch name {
	case "Execution.Id":
		return "arn:aws:states:local:000000000000:execution:" + c.machine + ":" + c.execution, true
	case "Execution.Name":
		return c.execution, true
	case "State.Name":
		return c.state, true
	case "State.EnteredTime":
		return c.entered.UTC().Format(contextTime), true
	case "State.RetryCount":
		return json.Number(strconv.Itoa(c.retries)), true
	case taskToken:
		return c.token, true
	}
	return nil, false
}

// fill makes the template's value from an input. The fault names the path that
// led nowhere.
func (t *template) fill(input any, c scope) (any, *Fault) {
	switch {
	case t.path != nil:
		v, ok := t.path.find(input)
		if !ok {
			return nil, nowhere(*t.path)
		}
		return v, nil
	case t.context != "":
		v, _ := c.lookup(t.context)
		return v, nil
	case t.fields != nil:
		object := make(map[string]any, len(t.fields))
		for name, field := range t.fields {
			v, fault := field.fill(input, c)
			if fault != nil {
				return nil, fault
			}
			object[name] = v
		}
		return object, nil
	case t.items != nil:
		list := make([]any, len(t.items))
		for i, item := range t.items {
			v, fault := item.fill(input, c)
			if fault != nil {
				return nil, fault
			}
			list[i] = v
		}
		return list, nil
	}
	return t.literal, nil
}

func nowhere(p path) *Fault {
	return &Fault{Name: runtimeError, Cause: fmt.Sprintf("the path %s leads nowhere in the data", p)}
}

// usesToken tells whether the task token gets into the template's value.
func (t *template) usesToken() bool {
	if t == nil {
		return false
	}
	if t.context == taskToken {
		return true
	}
	for _, field := range t.fields {
		if field.usesToken() {
			return true
		}
	}
	for _, item := range t.items {
		if item.usesToken() {
			return true
		}
	}
	return false
}

// template reads a template. Whether tokens exist depends on the kind of task.
func (n node) template(token bool) *template {
	switch v := n.value.(type) {
	case map[string]any:
		t := &template{fields: map[string]*template{}}
		for _, field := range n.fields() {
			name, dynamic := strings.CutSuffix(field.key, ".$")
			if _, twice := v[name]; dynamic && twice {
				field.refuse("%q is given both ways", name)
				continue
			}
			if dynamic {
				t.fields[name] = field.reference(token)
			} else {
				t.fields[name] = field.template(token)
			}
		}
		return t
	case []any:
		t := &template{items: make([]*template, 0, len(v))}
		for _, item := range n.list() {
			t.items = append(t.items, item.template(token))
		}
		return t
	}
	return &template{literal: n.value}
}

// reference reads the value of a field "x.$".
func (n node) reference(token bool) *template {
	text := n.text()
	if strings.HasPrefix(text, "States.") {
		n.refuse("intrinsic functions such as %q are not supported", text)
		return &template{}
	}
	if name, ok := strings.CutPrefix(text, "$$."); ok {
		_, known := scope{}.lookup(name)
		switch {
		case !known:
			n.refuse("%q is not in the context object", text)
		case name == taskToken && !token:
			n.refuse("only a task that waits for one has a %q", text)
		}
		return &template{context: name}
	}
	p, err := parsePath(text)
	if err != nil {
		n.refuse("%v", err)
	}
	return &template{path: &p}
}
