package asl

import (
	"bytes"
	"strings"
	"testing"
)

// around puts one state in a machine.
func around(state string) string {
	return `{"StartAt": "A", "States": {"A": ` + state + `, "Z": {"Type": "Succeed"}}}`
}

const invokes = `"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}, "Next": "Z"`

func TestWhatIsNotSupportedIsRefusedByNameAndPlace(t *testing.T) {
	for _, c := range []struct{ what, definition, want string }{
		{"no JSON", `{`, "unexpected EOF"},
		{"two values", `{} {}`, "more than one JSON value"},
		{"no object", `[]`, "definition: is not an object"},
		{"an empty machine", `{}`, "definition: StartAt is missing"},
		{"no states", `{"StartAt": "A"}`, "definition: States is missing"},
		{"a state twice", `{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "A": {"Type": "Succeed"}}}`, "States.A: given twice"},
		{"JSONata", `{"QueryLanguage": "JSONata", "StartAt": "A", "States": {}}`, "QueryLanguage: JSONata is not supported"},
		{"JSONata in a state", around(`{"Type": "Succeed", "QueryLanguage": "JSONata"}`), "States.A.QueryLanguage: JSONata is not supported"},
		{"an unknown field of the machine", `{"StartAt": "A", "States": {}, "Colour": 1}`, "Colour: is not supported"},
		{"another version", `{"StartAt": "A", "States": {}, "Version": "2.0"}`, "Version: 2.0 is not supported"},
		{"a name nobody gives", around(`{"Type": "Pass", "Result": "${X}", "Next": "Z"}`), "States.A.Result: nothing substitutes ${X}"},
		{"half a name", around(`{"Type": "Pass", "Result": "${X", "Next": "Z"}`), "States.A.Result: nothing substitutes ${X"},
		{"Parallel", around(`{"Type": "Parallel", "Branches": [], "Next": "Z"}`), "States.A.Type: Parallel is not supported"},
		{"Map", around(`{"Type": "Map", "Next": "Z"}`), "States.A.Type: Map is not supported"},
		{"Wait", around(`{"Type": "Wait", "Seconds": 1, "Next": "Z"}`), "States.A.Type: Wait is not supported"},
		{"no type", around(`{"Next": "Z"}`), "States.A: Type is missing"},
		{"a state that is no object", around(`7`), "States.A: is not an object"},
		{"a long name", `{"StartAt": "A", "States": {"` + strings.Repeat("é", 81) + `": {"Type": "Succeed"}}}`, "a state's name has 1 to 80 characters"},
		{"an unknown field of a state", around(`{"Type": "Succeed", "Colour": 1}`), "States.A.Colour: is not supported"},
		{"variables", around(`{"Type": "Pass", "Assign": {}, "Next": "Z"}`), "States.A.Assign: is not supported"},
		{"an end and a next", around(`{"Type": "Pass", "Next": "Z", "End": true}`), "States.A: needs either Next or End"},
		{"neither", around(`{"Type": "Pass"}`), "States.A: needs either Next or End"},
		{"an end that is false", around(`{"Type": "Pass", "End": false}`), "States.A.End: can only be true"},
		{"a next that is a number", around(`{"Type": "Pass", "Next": 1}`), "States.A.Next: is not a string"},
		{"parameters that are no object", around(`{"Type": "Pass", "Parameters": [], "Next": "Z"}`), "States.A.Parameters: is not an object"},
		{"another service", around(`{"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {"FunctionName": "f"}, "Next": "Z"}`), "States.A.Resource: arn:aws:states:::sqs:sendMessage is not supported"},
		{"a task without resource", around(`{"Type": "Task", "Parameters": {"FunctionName": "f"}, "Next": "Z"}`), "States.A: Resource is missing"},
		{"a task without parameters", around(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "Z"}`), "States.A: Parameters is missing"},
		{"a task without function", around(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {}, "Next": "Z"}`), "States.A.Parameters: FunctionName is missing"},
		{"a function that the input names", around(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName.$": "$.f"}, "Next": "Z"}`), "States.A.Parameters.FunctionName.$: is not supported"},
		{"an invocation type", around(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "InvocationType": "Event"}, "Next": "Z"}`), "States.A.Parameters.InvocationType: is not supported"},
		{"a payload given both ways", around(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f", "Payload": {}, "Payload.$": "$"}, "Next": "Z"}`), "States.A.Parameters: Payload is given both ways"},
		{"a heartbeat", around(`{` + invokes + `, "HeartbeatSeconds": 5}`), "States.A.HeartbeatSeconds: is not supported"},
		{"a time-out from the input", around(`{` + invokes + `, "TimeoutSecondsPath": "$.t"}`), "States.A.TimeoutSecondsPath: is not supported"},
		{"a time-out of nothing", around(`{` + invokes + `, "TimeoutSeconds": 0}`), "States.A.TimeoutSeconds: is not a whole number from 1"},
		{"half a second", around(`{` + invokes + `, "TimeoutSeconds": 0.5}`), "States.A.TimeoutSeconds: is not a whole number"},
		{"a token nobody is given", around(`{"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "Parameters": {"FunctionName": "f", "Payload.$": "$"}, "Next": "Z"}`), "States.A.Parameters: nobody can end the wait"},
		{"a token where there is none", around(`{"Type": "Pass", "Parameters": {"t.$": "$$.Task.Token"}, "Next": "Z"}`), `States.A.Parameters.t.$: only a task that waits for one has a "$$.Task.Token"`},
		{"more context than there is", around(`{"Type": "Pass", "Parameters": {"t.$": "$$.Execution.Input"}, "Next": "Z"}`), `States.A.Parameters.t.$: "$$.Execution.Input" is not in the context object`},
		{"an intrinsic function", around(`{"Type": "Pass", "Parameters": {"t": [{"u.$": "States.UUID()"}]}, "Next": "Z"}`), `States.A.Parameters.t[0].u.$: intrinsic functions such as "States.UUID()" are not supported`},
		{"a path that is a number", around(`{"Type": "Pass", "Parameters": {"t.$": 1}, "Next": "Z"}`), "States.A.Parameters.t.$: is not a string"},
		{"a field given both ways", around(`{"Type": "Pass", "Parameters": {"t": 1, "t.$": "$"}, "Next": "Z"}`), `"t" is given both ways`},
		{"the context as input", around(`{"Type": "Pass", "InputPath": "$$.State", "Next": "Z"}`), `States.A.InputPath: the context object "$$.State" is not supported here`},
		{"a wildcard", around(`{"Type": "Pass", "OutputPath": "$.a[*]", "Next": "Z"}`), `States.A.OutputPath: path "$.a[*]": "[*]" is not supported`},
		{"jitter", around(`{` + invokes + `, "Retry": [{"ErrorEquals": ["E"], "JitterStrategy": "FULL"}]}`), "States.A.Retry[0].JitterStrategy: is not supported"},
		{"a retry of nothing", around(`{` + invokes + `, "Retry": [{"ErrorEquals": []}]}`), "States.A.Retry[0].ErrorEquals: is empty"},
		{"a retry that is no list", around(`{` + invokes + `, "Retry": {}}`), "States.A.Retry: is not an array"},
		{"a shrinking delay", around(`{` + invokes + `, "Retry": [{"ErrorEquals": ["E"], "BackoffRate": 0.5}]}`), "States.A.Retry[0].BackoffRate: is not a number of at least 1"},
		{"a longest delay below the first", around(`{` + invokes + `, "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 5, "MaxDelaySeconds": 5}]}`), "MaxDelaySeconds: must be greater than IntervalSeconds"},
		{"a wildcard in company", around(`{` + invokes + `, "Retry": [{"ErrorEquals": ["E", "States.ALL"]}]}`), "States.A.Retry[0].ErrorEquals[1]: States.ALL must be alone and in the last place"},
		{"a wildcard before others", around(`{` + invokes + `, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Z"}, {"ErrorEquals": ["E"], "Next": "Z"}]}`), "States.A.Catch[0].ErrorEquals[0]: States.ALL must be alone and in the last place"},
		{"an error that cannot happen", around(`{` + invokes + `, "Catch": [{"ErrorEquals": ["States.HeartbeatTimeout"], "Next": "Z"}]}`), "States.A.Catch[0].ErrorEquals[0]: States.HeartbeatTimeout is not supported"},
		{"a catch that leads nowhere", around(`{` + invokes + `, "Catch": [{"ErrorEquals": ["E"]}]}`), "States.A.Catch[0]: Next is missing"},
		{"a catch on a choice", around(`{"Type": "Choice", "Choices": [], "Catch": []}`), "States.A.Catch: is not supported"},
		{"a choice without choices", around(`{"Type": "Choice", "Choices": []}`), "States.A.Choices: is empty"},
		{"an unknown comparison", around(`{"Type": "Choice", "Choices": [{"Variable": "$.a", "TimestampEquals": "x", "Next": "Z"}]}`), "States.A.Choices[0].TimestampEquals: is not supported"},
		{"two comparisons", around(`{"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "IsPresent": true, "Next": "Z"}]}`), "States.A.Choices[0]: compares twice: IsNull and IsPresent"},
		{"no comparison", around(`{"Type": "Choice", "Choices": [{"Variable": "$.a", "Next": "Z"}]}`), "States.A.Choices[0]: has no condition"},
		{"no variable", around(`{"Type": "Choice", "Choices": [{"IsNull": true, "Next": "Z"}]}`), "States.A.Choices[0]: Variable is missing"},
		{"a rule that leads nowhere", around(`{"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true}]}`), "States.A.Choices[0]: Next is missing"},
		{"a next inside a condition", around(`{"Type": "Choice", "Choices": [{"Not": {"Variable": "$.a", "IsNull": true, "Next": "Z"}, "Next": "Z"}]}`), "States.A.Choices[0].Not: compares twice: IsNull and Next"},
		{"an empty and", around(`{"Type": "Choice", "Choices": [{"And": [], "Next": "Z"}]}`), "States.A.Choices[0].And: is empty"},
		{"an and beside an or", around(`{"Type": "Choice", "Choices": [{"And": [{"Variable": "$.a", "IsNull": true}], "Or": [], "Next": "Z"}]}`), "States.A.Choices[0].Or: is not supported"},
		{"a comparison with another type", around(`{"Type": "Choice", "Choices": [{"Variable": "$.a", "NumericEquals": "1", "Next": "Z"}]}`), "States.A.Choices[0].NumericEquals: is not a number"},
		{"a truth that is text", around(`{"Type": "Choice", "Choices": [{"Variable": "$.a", "BooleanEquals": "true", "Next": "Z"}]}`), "States.A.Choices[0].BooleanEquals: is not true or false"},
		{"a stray backslash", around(`{"Type": "Choice", "Choices": [{"Variable": "$.a", "StringMatches": "a\\b", "Next": "Z"}]}`), `\ stands before * or \ only`},
		{"an error that the input names", around(`{"Type": "Fail", "ErrorPath": "$.e"}`), "States.A.ErrorPath: is not supported"},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := Parse([]byte(c.definition), nil)
			if err == nil {
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got:\n%v\nwant: %s", err, c.want)
			}
		})
	}
}

func TestEverythingWrongIsNamedAtOnce(t *testing.T) {
	_, err := Parse([]byte(`{"StartAt": "A", "States": {"A": {"Type": "Map"}, "B": {"Type": "Pass"}, "C": {"Type": "Wait"}}}`), nil)
	if err == nil {
		t.Fatal("accepted")
	}
	for _, place := range []string{"States.A.Type", "States.B", "States.C.Type"} {
		if !strings.Contains(err.Error(), place+":") {
			t.Errorf("%s is not named in:\n%v", place, err)
		}
	}
}

func TestNamesAreSubstitutedInStrings(t *testing.T) {
	m, err := Parse([]byte(reviewMachine), func(name string) (string, bool) { return `arn:"` + name, true })
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`arn:"acknowledge`, `arn:"effect`, `arn:"next`, `arn:"park`}
	if got := m.Functions(); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("functions %q, want %q", got, want)
	}
}

func TestADefinitionReadsBackAsTheSameMachine(t *testing.T) {
	m, err := Parse([]byte(reviewMachine), func(name string) (string, bool) { return "${" + name + "}", true })
	if err != nil {
		t.Fatal(err)
	}
	again, err := parseStored(m.Definition())
	if err != nil {
		t.Fatal(err)
	}
	if again.hash != m.hash || !bytes.Equal(again.source, m.source) {
		t.Error("another machine was read back")
	}
}

func TestCommentsMayStandAnywhere(t *testing.T) {
	parsed(t, `{"Comment": "c", "Version": "1.0", "QueryLanguage": "JSONPath", "TimeoutSeconds": 9, "StartAt": "A", "States": {
		"A": {"Comment": "c", `+invokes+`, "Retry": [{"Comment": "c", "ErrorEquals": ["E"]}], "Catch": [{"Comment": "c", "ErrorEquals": ["E"], "Next": "B"}]},
		"B": {"Type": "Choice", "Comment": "c", "Choices": [{"Comment": "c", "Not": {"Comment": "c", "Variable": "$.a", "IsNull": true}, "Next": "Z"}], "Default": "Z"},
		"Z": {"Type": "Succeed", "Comment": "c"}}}`)
}

func TestCheckFindsStatesThatDoNotFitTogether(t *testing.T) {
	for _, c := range []struct{ what, definition, want string }{
		{"a start that is not there", `{"StartAt": "X", "States": {"A": {"Type": "Succeed"}}}`, `StartAt: there is no state "X"`},
		{"a next that is not there", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "X"}}}`, `A: there is no state "X"`},
		{"a default that is not there", around(`{"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "Z"}], "Default": "X"}`), `A: there is no state "X"`},
		{"a choice that is not there", around(`{"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "X"}], "Default": "Z"}`), `A: there is no state "X"`},
		{"a catch that is not there", around(`{` + invokes + `, "Catch": [{"ErrorEquals": ["E"], "Next": "X"}]}`), `A: there is no state "X"`},
		{"a state nothing leads to", `{"StartAt": "A", "States": {"A": {"Type": "Succeed"}, "B": {"Type": "Succeed"}}}`, "B: nothing leads there"},
		{"a ring without a way out", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "Next": "A"}}}`, "A: no end can be reached from there"},
	} {
		t.Run(c.what, func(t *testing.T) {
			m, err := Parse([]byte(c.definition), nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := Check(m); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestAMachineTellsItsStates(t *testing.T) {
	m := parsed(t, reviewMachine)
	if got := strings.Join(m.States(), " "); got != "Acknowledge Await Broken Closed Effect Next Which?" {
		t.Errorf("states %q", got)
	}
	if got := strings.Join(m.Successors("Effect"), " "); got != "Acknowledge Broken" {
		t.Errorf("successors %q", got)
	}
	if m.StartAt() != "Await" || !m.Awaits("Await") || m.Awaits("Next") || m.Awaits("unheard") || m.Successors("unheard") != nil {
		t.Error("the start, or who awaits, is wrong")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(reviewMachine))
	f.Add([]byte(around(`{"Type": "Choice", "Choices": [{"Variable": "$['a b'][0]", "StringMatches": "a*\\*", "Next": "Z"}]}`)))
	f.Add([]byte(around(`{` + invokes + `, "Retry": [{"ErrorEquals": ["States.ALL"], "BackoffRate": 1e3}]}`)))
	f.Fuzz(func(t *testing.T, definition []byte) {
		m, err := Parse(definition, func(string) (string, bool) { return "x", true })
		if err != nil {
			return
		}
		again, err := parseStored(m.Definition())
		if err != nil || again.hash != m.hash {
			t.Fatalf("does not read back: %v", err)
		}
		if Check(m) != nil {
			return
		}
		calls := 0
		Walk(m, []byte(`{"a": [1, "b"]}`), func(string, []byte) ([]byte, error) {
			if calls++; calls > 100 {
				return nil, ErrStop
			}
			return nil, nil
		})
	})
}
