package asl

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// namedError is a task's error that chooses its name.
type namedError string

func (e namedError) Error() string     { return "in words" }
func (e namedError) ErrorName() string { return string(e) }

// answers is a task of Walk that gives one answer after the other. An answer
// that is no JSON is the name of an error.
func answers(list ...string) func(string, []byte) ([]byte, error) {
	return func(_ string, payload []byte) ([]byte, error) {
		if len(list) == 0 {
			return nil, errors.New("called once too often")
		}
		answer := list[0]
		list = list[1:]
		switch {
		case answer == "echo":
			return payload, nil
		case answer == "stop":
			return nil, ErrStop
		case answer == "error":
			return nil, errors.New("in words")
		case strings.HasPrefix(answer, "!"):
			return nil, fmt.Errorf("wrapped: %w", namedError(answer[1:]))
		}
		return []byte(answer), nil
	}
}

// one is a machine of one task A and the states C, where it leads, and B,
// where its faults may lead.
func one(fields string) string {
	b := ""
	if strings.Contains(fields, `"Next": "B"`) {
		b = `"B": {"Type": "Pass", "Next": "C"},`
	}
	return `{"StartAt": "A", "States": {
		"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", ` + fields + `}, ` + b + `
		"C": {"Type": "Succeed"}}}`
}

const (
	plain  = `"Parameters": {"FunctionName": "f", "Payload.$": "$"}, "Next": "C"`
	caught = `"Catch": [{"ErrorEquals": ["Odd"], "ResultPath": "$.odd", "Next": "B"}, {"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "B"}]`
)

// walks are machines with the answers of their tasks and what is to come of
// them. The durable runner is held to the same table.
var walks = []struct {
	what, machine, input string
	answers              []string
	path, output         string // output is the fault's name when it fails
}{
	{"a task's result is wrapped", one(plain), `{"a": 1}`, []string{"echo"}, "A C", `{"Payload":{"a":1},"StatusCode":200}`},
	{"a task that returns nothing", one(plain), `{}`, []string{""}, "A C", `{"Payload":null,"StatusCode":200}`},
	{"a task without a payload is given an empty object", one(`"Parameters": {"FunctionName": "f"}, "Next": "C"`), `{"a": 1}`, []string{"echo"}, "A C", `{"Payload":{},"StatusCode":200}`},
	{"numbers keep their digits", one(plain + `, "OutputPath": "$.Payload"`), `{"n": 12345678901234567890.123}`, []string{"echo"}, "A C", `{"n":12345678901234567890.123}`},
	{"markup is left alone", one(plain + `, "OutputPath": "$.Payload"`), `{"s": "<&>"}`, []string{"echo"}, "A C", `{"s":"<&>"}`},
	{"every path at once", one(`"Parameters": {"FunctionName": "f", "Payload": {"x": {"y.$": "$.b"}, "l": ["$.b", {"z.$": "$"}]}}, "InputPath": "$.a",
		"ResultSelector": {"got.$": "$.Payload.x.y", "code.$": "$.StatusCode", "fix": [1]}, "ResultPath": "$.r", "OutputPath": "$.r", "Next": "C"`),
		`{"a": {"b": 7}}`, []string{"echo"}, "A C", `{"code":200,"fix":[1],"got":7}`},
	{"payload templates reach into lists", one(`"Parameters": {"FunctionName": "f", "Payload": {"l": ["$.b", {"z.$": "$.a"}, []]}}, "OutputPath": "$.Payload", "Next": "C"`),
		`{"a": 1}`, []string{"echo"}, "A C", `{"l":["$.b",{"z":1},[]]}`},
	{"a discarded result", one(plain + `, "ResultPath": null`), `{"a": 1}`, []string{`{"b": 2}`}, "A C", `{"a":1}`},
	{"a discarded input", one(plain + `, "InputPath": null, "OutputPath": "$.Payload"`), `{"a": 1}`, []string{"echo"}, "A C", `{}`},
	{"a discarded output", one(plain + `, "OutputPath": null`), `{"a": 1}`, []string{"echo"}, "A C", `{}`},
	{"the context object", one(`"Parameters": {"FunctionName": "f", "Payload": {"s.$": "$$.State.Name", "r.$": "$$.State.RetryCount"}}, "OutputPath": "$.Payload", "Next": "C", "Retry": [{"ErrorEquals": ["Odd"]}]`),
		`{}`, []string{"!Odd", "!Odd", "echo"}, "A C", `{"r":2,"s":"A"}`},

	{"a fault without catch", one(plain), `{}`, []string{"error"}, "A", unknownError},
	{"a named fault without catch", one(plain), `{}`, []string{"!Odd"}, "A", "Odd"},
	{"a caught fault", one(plain + `, ` + caught), `{"a": 1}`, []string{"!Odd"}, "A B C", `{"a":1,"odd":{"Cause":"wrapped: in words","Error":"Odd"}}`},
	{"a fault that another catch takes", one(plain + `, ` + caught), `{"a": 1}`, []string{"error"}, "A B C", `{"a":1,"error":{"Cause":"in words","Error":"Lambda.Unknown"}}`},
	{"a catch is not narrowed", one(plain + `, "OutputPath": "$.x", ` + caught), `{"a": 1}`, []string{"!Odd"}, "A B C", `{"a":1,"odd":{"Cause":"wrapped: in words","Error":"Odd"}}`},
	{"a catch that forgets the input", one(plain + `, "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "B"}]`), `{"a": 1}`, []string{"!Odd"}, "A B C", `{"Cause":"wrapped: in words","Error":"Odd"}`},
	{"a catch that forgets the fault", one(plain + `, "Catch": [{"ErrorEquals": ["States.TaskFailed"], "ResultPath": null, "Next": "B"}]`), `{"a": 1}`, []string{"!Odd"}, "A B C", `{"a":1}`},
	{"a catch without a place", one(plain + `, "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.a.b", "Next": "B"}]`), `{"a": 1}`, []string{"!Odd"}, "A", resultPathMismatch},
	{"a time-out is no failed task", one(plain + `, "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "C"}, {"ErrorEquals": ["States.Timeout"], "Next": "B"}]`), `{}`, []string{"!States.Timeout"}, "A B C", `{"Cause":"wrapped: in words","Error":"States.Timeout"}`},
	{"a function that answers no JSON", one(plain + `, "Catch": [{"ErrorEquals": ["Lambda.Unknown"], "ResultPath": null, "Next": "B"}]`), `{}`, []string{"{"}, "A B C", `{}`},

	{"retries end with success", one(plain + `, "OutputPath": "$.Payload", "Retry": [{"ErrorEquals": ["Odd"], "MaxAttempts": 2}]`), `{}`, []string{"!Odd", "!Odd", "1"}, "A C", `1`},
	{"retries run out", one(plain + `, "Retry": [{"ErrorEquals": ["Odd"], "MaxAttempts": 2}]`), `{}`, []string{"!Odd", "!Odd", "!Odd"}, "A", "Odd"},
	{"three retries unless told", one(plain + `, "Retry": [{"ErrorEquals": ["Odd"]}], ` + caught), `{}`, []string{"!Odd", "!Odd", "!Odd", "!Odd"}, "A B C", `{"odd":{"Cause":"wrapped: in words","Error":"Odd"}}`},
	{"no retry at all", one(plain + `, "Retry": [{"ErrorEquals": ["Odd"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"]}]`), `{}`, []string{"!Odd"}, "A", "Odd"},
	{"each retrier counts for itself", one(plain + `, "OutputPath": "$.Payload", "Retry": [{"ErrorEquals": ["Odd"], "MaxAttempts": 1}, {"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]`), `{}`, []string{"!Odd", "error", "1"}, "A C", `1`},
	{"retries of another error", one(plain + `, "Retry": [{"ErrorEquals": ["Odd"]}]`), `{}`, []string{"error"}, "A", unknownError},
	{"a new visit starts counting anew", `{"StartAt": "A", "States": {
		"A": {` + invokes + `, "Retry": [{"ErrorEquals": ["Odd"], "MaxAttempts": 1}]},
		"Z": {"Type": "Choice", "Choices": [{"Variable": "$.Payload", "BooleanEquals": true, "Next": "A"}], "Default": "C"}, "C": {"Type": "Succeed"}}}`,
		`{}`, []string{"!Odd", "true", "!Odd", "false"}, "A Z A Z C", `{"Payload":false,"StatusCode":200}`},

	{"a path that leads nowhere is not caught", one(`"Parameters": {"FunctionName": "f", "Payload": {"x.$": "$.none"}}, "Next": "C", "Retry": [{"ErrorEquals": ["States.ALL"]}], ` + caught), `{}`, nil, "A", runtimeError},
	{"nor is one of the result", one(plain + `, "ResultSelector": {"x.$": "$.none"}, ` + caught), `{}`, []string{"1"}, "A", runtimeError},
	{"nor one of the output", one(plain + `, "OutputPath": "$.none", ` + caught), `{}`, []string{"1"}, "A", runtimeError},
	{"nor one of the input", one(plain + `, "InputPath": "$.none", ` + caught), `{}`, nil, "A", runtimeError},
	{"a result without a place is caught", one(plain + `, "ResultPath": "$.a.b", "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": null, "Next": "B"}]`), `{"a": 1}`, []string{"1"}, "A B C", `{"a":1}`},
	{"too much data is not caught", one(plain + `, ` + caught), `{}`, []string{`"` + strings.Repeat("x", maxData) + `"`}, "A", dataLimitExceeded},

	{"a wait ends with an empty object", `{"StartAt": "A", "States": {
		"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"FunctionName": "f", "Payload": {"t": {"token.$": "$$.Task.Token"}}}, "ResultPath": "$.woken", "End": true}}}`,
		`{"a": 1}`, []string{`{"ignored": true}`}, "A", `{"a":1,"woken":{}}`},
	{"a wait whose function fails", `{"StartAt": "A", "States": {
		"A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"FunctionName": "f", "Payload.$": "$$.Task.Token"}, "ResultPath": null, "Next": "C", ` + caught + `},
		"B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Succeed"}}}`,
		`{}`, []string{"!Odd"}, "A B C", `{"odd":{"Cause":"wrapped: in words","Error":"Odd"}}`},

	{"pass hands on", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}`, `[1]`, nil, "A", `[1]`},
	{"pass makes", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": {"x.$": "$.a"}, "ResultPath": "$.r", "End": true}}}`, `{"a": 1}`, nil, "A", `{"a":1,"r":{"x.$":"$.a"}}`},
	{"pass makes null", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": null, "End": true}}}`, `{"a": 1}`, nil, "A", `null`},
	{"pass arranges", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "InputPath": "$.a", "Parameters": {"x.$": "$.b", "n.$": "$$.State.Name"}, "OutputPath": "$.x", "End": true}}}`, `{"a": {"b": [1]}}`, nil, "A", `[1]`},
	{"pass fails", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x.$": "$.b"}, "End": true}}}`, `{}`, nil, "A", runtimeError},
	{"succeed narrows", `{"StartAt": "A", "States": {"A": {"Type": "Succeed", "InputPath": "$.a", "OutputPath": "$.b"}}}`, `{"a": {"b": 1}}`, nil, "A", `1`},
	{"succeed fails", `{"StartAt": "A", "States": {"A": {"Type": "Succeed", "OutputPath": "$.b"}}}`, `{}`, nil, "A", runtimeError},
	{"fail", `{"StartAt": "A", "States": {"A": {"Type": "Fail", "Error": "Sad", "Cause": "very"}}}`, `{}`, nil, "A", "Sad"},
	{"choice narrows", `{"StartAt": "A", "States": {"A": {"Type": "Choice", "InputPath": "$.a", "OutputPath": "$.b", "Choices": [{"Variable": "$.b", "NumericEquals": 1, "Next": "B"}]}, "B": {"Type": "Succeed"}}}`, `{"a": {"b": 1}}`, nil, "A B", `1`},
}

func TestWalk(t *testing.T) {
	for _, c := range walks {
		t.Run(c.what, func(t *testing.T) {
			path, output, err := Walk(parsed(t, c.machine), []byte(c.input), answers(c.answers...))
			var fault *Fault
			switch {
			case errors.As(err, &fault):
				output = []byte(fault.Name)
			case err != nil:
				t.Fatal(err)
			}
			if got := strings.Join(path, " "); got != c.path {
				t.Errorf("path %q, want %q", got, c.path)
			}
			if string(output) != c.output {
				t.Errorf("output %s, want %s (%v)", output, c.output, err)
			}
		})
	}
}

func TestAWalkStopsAndGoesOn(t *testing.T) {
	m := parsed(t, reviewMachine)
	next := `{"kind": "decide", "n": 1}`
	path, output, err := Walk(m, []byte(`{"id": "d1", "n": 0}`), answers("", next, "", `{"id": "d1", "n": 1}`, "stop"))
	if got := strings.Join(path, " "); got != "Await Next Which? Effect Acknowledge Await" || err != ErrStop {
		t.Fatalf("path %q, %v", got, err)
	}
	if string(output) != `{"id":"d1","n":1}` {
		t.Fatalf("stopped with %s", output)
	}
	path, output, err = WalkFrom(m, "Await", output, answers("", `{"kind": "close", "n": 2}`))
	if got := strings.Join(path, " "); got != "Await Next Which? Closed" || err != nil || string(output) != `{"kind":"close","n":2}` {
		t.Errorf("went on %q to %s, %v", got, output, err)
	}
}

func TestAWalkThatNeverEndsIsEnded(t *testing.T) {
	m := parsed(t, `{"StartAt": "A", "States": {
		"A": {"Type": "Choice", "Choices": [{"Variable": "$", "IsNull": true, "Next": "Z"}], "Default": "A"}, "Z": {"Type": "Succeed"}}}`)
	var fault *Fault
	if _, _, err := Walk(m, []byte(`1`), nil); !errors.As(err, &fault) || fault.Name != runtimeError {
		t.Errorf("got %v", err)
	}
	if _, _, err := Walk(m, []byte(`1 2`), nil); err == nil {
		t.Error("an input that is no JSON was taken")
	}
	if _, _, err := WalkFrom(m, "Nowhere", []byte(`1`), nil); err == nil {
		t.Error("a walk started nowhere")
	}
}

func TestTheTextOfAFaultIsCut(t *testing.T) {
	fault := faultOf(errors.New(strings.Repeat("é", maxCause)))
	if len(fault.Cause) > maxCause || !strings.HasPrefix(fault.Cause, "éé") || strings.ContainsRune(fault.Cause, '\uFFFD') {
		t.Errorf("%d bytes are left", len(fault.Cause))
	}
	if got := faultOf(fmt.Errorf("wrapped: %w", &Fault{Name: "Odd", Cause: "words"})); got.Name != "Odd" || got.Cause != "words" {
		t.Errorf("got %v", got)
	}
	if got := faultOf(errors.New("a\xffb")).Cause; got != "a\uFFFDb" {
		t.Errorf("got %q", got)
	}
}
