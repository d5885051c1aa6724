package asl

import (
	"errors"
	"fmt"
	"testing"
)

// decide walks through one choice rule and tells "yes", "no" or the name of
// the fault.
func decide(t *testing.T, rule, input string) string {
	t.Helper()
	m := parsed(t, `{"StartAt": "Choose", "States": {
		"Choose": {"Type": "Choice", "Choices": [`+rule+`], "Default": "No"},
		"Yes": {"Type": "Pass", "Result": "yes", "End": true},
		"No": {"Type": "Pass", "Result": "no", "End": true}}}`)
	_, output, err := Walk(m, []byte(input), nil)
	var fault *Fault
	if errors.As(err, &fault) {
		return fault.Name
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(output)
}

func TestComparisons(t *testing.T) {
	const yes, no, fault = `"yes"`, `"no"`, runtimeError
	for _, c := range []struct{ comparison, value, want string }{
		{`"StringEquals": "a"`, `"a"`, yes},
		{`"StringEquals": "a"`, `"A"`, no},
		{`"StringEquals": ""`, `""`, yes},
		{`"StringEquals": "1"`, `1`, no},
		{`"StringEquals": "a"`, `null`, no},
		{`"StringEqualsPath": "$.other"`, `"same"`, yes},
		{`"StringEqualsPath": "$.other"`, `"else"`, no},
		{`"StringEqualsPath": "$.number"`, `1`, no},
		{`"StringEqualsPath": "$.none"`, `"same"`, fault},
		{`"StringMatches": "a*c"`, `"abbc"`, yes},
		{`"StringMatches": "a*c"`, `"ac"`, yes},
		{`"StringMatches": "a*c"`, `"acb"`, no},
		{`"StringMatches": "a*a"`, `"a"`, no},
		{`"StringMatches": "*b*c*"`, `"abacad"`, yes},
		{`"StringMatches": "*c*b*"`, `"abacad"`, no},
		{`"StringMatches": "a\\*"`, `"a*"`, yes},
		{`"StringMatches": "a\\*"`, `"ab"`, no},
		{`"StringMatches": "é\\\\"`, `"é\\"`, yes},
		{`"StringMatches": "a"`, `1`, no},
		{`"NumericEquals": 1`, `1.0`, yes},
		{`"NumericEquals": 1`, `"1"`, no},
		{`"NumericEquals": 1`, `2`, no},
		{`"NumericLessThan": 1`, `0.5`, yes},
		{`"NumericLessThan": 1`, `1`, no},
		{`"NumericLessThanEquals": 1`, `1`, yes},
		{`"NumericLessThanEquals": 1`, `1.1`, no},
		{`"NumericGreaterThan": -1`, `0`, yes},
		{`"NumericGreaterThan": -1`, `-1`, no},
		{`"NumericGreaterThanEquals": 1e2`, `100`, yes},
		{`"NumericGreaterThanEquals": 1e2`, `99`, no},
		{`"BooleanEquals": true`, `true`, yes},
		{`"BooleanEquals": true`, `false`, no},
		{`"BooleanEquals": false`, `null`, no},
		{`"BooleanEquals": true`, `"true"`, no},
		{`"IsNull": true`, `null`, yes},
		{`"IsNull": true`, `0`, no},
		{`"IsNull": false`, `0`, yes},
		{`"IsPresent": true`, `null`, yes},
		{`"IsPresent": false`, `null`, no},
	} {
		rule := `{"Variable": "$.v", ` + c.comparison + `, "Next": "Yes"}`
		input := fmt.Sprintf(`{"v": %s, "other": "same", "number": 1}`, c.value)
		if got := decide(t, rule, input); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.comparison, c.value, got, c.want)
		}
	}
}

func TestWhatIsAbsentOnlyIsPresentMayAsk(t *testing.T) {
	for _, c := range []struct{ comparison, want string }{
		{`"IsPresent": true`, `"no"`},
		{`"IsPresent": false`, `"yes"`},
		{`"IsNull": true`, runtimeError},
		{`"StringEquals": "a"`, runtimeError},
		{`"NumericEquals": 1`, runtimeError},
		{`"BooleanEquals": false`, runtimeError},
	} {
		if got := decide(t, `{"Variable": "$.v", `+c.comparison+`, "Next": "Yes"}`, `{}`); got != c.want {
			t.Errorf("%s of nothing: %s, want %s", c.comparison, got, c.want)
		}
	}
}

func TestConditionsCombine(t *testing.T) {
	const a, b = `{"Variable": "$.a", "BooleanEquals": true}`, `{"Variable": "$.b", "BooleanEquals": true}`
	for _, c := range []struct{ rule, input, want string }{
		{`"And": [` + a + `, ` + b + `]`, `{"a": true, "b": true}`, `"yes"`},
		{`"And": [` + a + `, ` + b + `]`, `{"a": true, "b": false}`, `"no"`},
		{`"And": [` + a + `, ` + b + `]`, `{"a": false}`, `"no"`},
		{`"And": [` + a + `, ` + b + `]`, `{"a": true}`, runtimeError},
		{`"And": [{"Variable": "$.b", "IsPresent": true}, ` + b + `]`, `{}`, `"no"`},
		{`"Or": [` + a + `, ` + b + `]`, `{"a": false, "b": true}`, `"yes"`},
		{`"Or": [` + a + `, ` + b + `]`, `{"a": false, "b": false}`, `"no"`},
		{`"Or": [` + a + `, ` + b + `]`, `{"a": true}`, `"yes"`},
		{`"Not": ` + a, `{"a": false}`, `"yes"`},
		{`"Not": ` + a, `{"a": true}`, `"no"`},
		{`"Not": ` + a, `{}`, runtimeError},
		{`"Not": {"Or": [` + a + `, {"Not": ` + b + `}]}`, `{"a": false, "b": true}`, `"yes"`},
	} {
		if got := decide(t, `{`+c.rule+`, "Next": "Yes"}`, c.input); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.rule, c.input, got, c.want)
		}
	}
}

func TestTheFirstRuleThatHoldsDecides(t *testing.T) {
	rules := `{"Variable": "$.v", "NumericGreaterThan": 5, "Next": "Yes"}, {"Variable": "$.v", "NumericGreaterThan": 1, "Next": "No"}`
	if got := decide(t, rules, `{"v": 9}`); got != `"yes"` {
		t.Errorf("got %s", got)
	}
}

func TestAChoiceWithoutMatchOrDefaultFails(t *testing.T) {
	m := parsed(t, around(`{"Type": "Choice", "Choices": [{"Variable": "$.v", "IsNull": true, "Next": "Z"}]}`))
	var fault *Fault
	if _, _, err := Walk(m, []byte(`{"v": 1}`), nil); !errors.As(err, &fault) || fault.Name != noChoiceMatched {
		t.Errorf("got %v", err)
	}
}
