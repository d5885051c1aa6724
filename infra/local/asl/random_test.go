package asl

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"portal/infra"
)

// randomMachine draws a machine whose states are S0, S1, …; what follows a
// state has a greater number, but for choices, which may lead back.
func randomMachine(t *rapid.T) string {
	n := rapid.IntRange(4, 10).Draw(t, "states")
	states := map[string]any{}
	for i := range n {
		states[fmt.Sprint("S", i)] = randomState(t, i, n)
	}
	for i := range n { // what nothing leads to is left out, from the front
		name := fmt.Sprint("S", i)
		if i > 0 && !strings.Contains(text(t, states), `"Next":"`+name+`"`) && !strings.Contains(text(t, states), `"Default":"`+name+`"`) {
			delete(states, name)
		}
	}
	return text(t, map[string]any{"StartAt": "S0", "States": states})
}

func randomState(t *rapid.T, i, n int) map[string]any {
	label := func(what string) string { return fmt.Sprint("S", i, " ", what) }
	later := func(what string) string {
		return fmt.Sprint("S", rapid.IntRange(i+1, min(i+2, n-1)).Draw(t, label(what)))
	}
	pick := func(what string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label(what)) }
	often := func(what string) bool { return rapid.IntRange(0, 3).Draw(t, label(what)) > 0 }
	if i == n-1 {
		return map[string]any{"Type": "Succeed"}
	}
	types := []string{"Task", "Task", "Wait", "Choice", "Choice", "Pass"}
	if i > n/2 {
		types = append(types, "Succeed", "Fail")
	}
	s := map[string]any{"Type": pick("type", types...)}
	switch s["Type"] {
	case "Wait", "Task":
		s["Resource"] = invokeResource
		payload := map[string]any{"in.$": "$", "retry.$": "$$.State.RetryCount"}
		if s["Type"] == "Wait" {
			s["Resource"] = tokenResource
			payload["token.$"] = "$$.Task.Token"
		}
		s["Type"] = "Task"
		s["Parameters"] = map[string]any{"FunctionName": fmt.Sprint("f", i), "Payload": payload}
		s["ResultPath"] = pick("result", "$.last", "$.deep.last", "$")
		if often("retries") {
			s["Retry"] = []any{map[string]any{"ErrorEquals": []string{pick("retried", "Odd", "States.ALL")}, "MaxAttempts": rapid.IntRange(0, 3).Draw(t, label("attempts"))}}
		}
		if often("catches") {
			s["Catch"] = []any{map[string]any{"ErrorEquals": []string{pick("caught", "Odd", "States.TaskFailed", "States.ALL")},
				"ResultPath": pick("error", "$.error", "$", "$.n.x"), "Next": later("handler")}}
		}
	case "Choice":
		s["Choices"] = []any{map[string]any{"And": []any{
			map[string]any{"Variable": "$.last.Payload", "IsPresent": true},
			map[string]any{"Variable": "$.last.Payload", "NumericLessThan": rapid.IntRange(0, 100).Draw(t, label("bound"))},
		}, "Next": fmt.Sprint("S", rapid.IntRange(0, n-1).Draw(t, label("jump")))}}
		s["Default"] = later("default")
		return s
	case "Pass":
		s["Parameters"] = map[string]any{"was.$": "$", "n": i}
	case "Fail":
		s["Error"] = "Sad"
		return s
	case "Succeed":
		return s
	}
	s["Next"] = later("next")
	return s
}

// reaction is what a function does with a payload, ever the same. It does not
// look at the token, which no two runs share.
func reaction(function string, payload []byte) ([]byte, error) {
	var in map[string]json.RawMessage
	if err := json.Unmarshal(payload, &in); err != nil {
		return nil, err
	}
	delete(in, "token")
	seen, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	h := fnv.New32a()
	h.Write([]byte(function))
	h.Write(seen)
	switch n := h.Sum32() >> 8 % 100; {
	case n < 20:
		return nil, namedError("Odd")
	case n < 30:
		return nil, errors.New("in words")
	default:
		return []byte(fmt.Sprint(n)), nil
	}
}

func TestAnyMachineWalksTheSameWhateverDies(t *testing.T) {
	db := openFile(t)
	rapid.Check(t, func(rt *rapid.T) {
		definition := randomMachine(rt)
		m, err := Parse([]byte(definition), nil)
		if err != nil {
			rt.Fatalf("%s: %v", definition, err)
		}
		if Check(m) != nil {
			rt.Skip("states that do not fit together")
		}
		input := fmt.Sprintf(`{"n": %d}`, rapid.IntRange(0, 1000).Draw(rt, "input"))
		calls := 0
		path, output, err := Walk(m, []byte(input), func(function string, payload []byte) ([]byte, error) {
			if calls++; calls > 40 {
				return nil, ErrStop
			}
			return reaction(function, payload)
		})
		var fault *Fault
		if err != nil && !errors.As(err, &fault) || len(path) > 200 {
			rt.Skip("it goes round and round")
		}
		w := newWorld(t, db, definition, json.RawMessage(input), func(function string, payload json.RawMessage) (json.RawMessage, error) {
			return reaction(function, payload)
		})
		w.TB = failer{t, rt}
		deaths := rapid.SliceOfN(rapid.IntRange(1, 4), 0, 6).Draw(rt, "deaths")
		afterwards := rapid.SliceOfN(rapid.Bool(), len(deaths), len(deaths)).Draw(rt, "afterwards")
		w.live(func(life int, r *Runner) {
			if life < len(deaths) {
				mortal(r, deaths[life], afterwards[life])
			}
		})
		d, err := w.runner.Describe("m", "x")
		if err != nil {
			rt.Fatal(err)
		}
		w.wantPath("m", "x", strings.Join(path, " "))
		if fault != nil && (d.Status != infra.Failed || d.Error != fault.Name || d.Cause != fault.Cause) {
			rt.Errorf("%+v, want %v", d, fault)
		}
		if fault == nil && (d.Status != infra.Succeeded || string(d.Output) != string(output)) {
			rt.Errorf("%+v, want %s", d, output)
		}
		if n := w.repeats(); n > w.deaths {
			rt.Errorf("%d calls were repeated after %d deaths", n, w.deaths)
		}
	})
}

// failer fails a drawn case, with the means of the test around it.
type failer struct {
	testing.TB
	rt *rapid.T
}

func (f failer) Helper()                   { f.rt.Helper() }
func (f failer) Fatal(args ...any)         { f.rt.Fatal(args...) }
func (f failer) Fatalf(s string, a ...any) { f.rt.Fatalf(s, a...) }
func (f failer) Errorf(s string, a ...any) { f.rt.Errorf(s, a...) }
