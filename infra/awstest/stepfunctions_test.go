package awstest_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"portal/infra/awstest"
)

//go:embed testdata/review.asl.json
var review string

// errBusy is what the first calls of a flaky task end with; its type's name is what the machine retries.
type errBusy struct{}

func (errBusy) Error() string { return "busy" }

// desk answers the machine's tasks as the portal's steps would.
type desk struct {
	mu     sync.Mutex
	calls  []string
	flaky  int         // how many calls of check fail before one succeeds
	tokens chan string // the tokens of parked executions, unless park takes them
	park   func(token string) error
}

func (d *desk) invoke(function string, payload []byte) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, function)
	var event struct{ Dossier, Token, Want string }
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, err
	}
	switch function {
	case "check":
		if d.flaky > 0 {
			d.flaky--
			return nil, errBusy{}
		}
		return json.Marshal(map[string]string{"verdict": event.Want})
	case "park":
		if d.park != nil {
			return []byte("{}"), d.park(event.Token)
		}
		d.tokens <- event.Token
		return []byte(`{"ignored": true}`), nil
	case "issue":
		if event.Want == "broken" {
			return nil, messages.InvokeResponse_Error{Type: "NumberTaken", Message: "no"}
		}
		return []byte(`"CoC-1"`), nil
	}
	return nil, fmt.Errorf("no function %q", function)
}

// begin forgets earlier calls, and has the next calls of check fail.
func (d *desk) begin(flaky int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls, d.flaky = nil, flaky
}

func (d *desk) called() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.calls)
}

func TestStepFunctions(t *testing.T) {
	d := &desk{tokens: make(chan string, 1)}
	client := sfn.NewFromConfig(awstest.Config(awstest.StepFunctions(t, d.invoke)))
	machine, err := client.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String("review"), Definition: &review, RoleArn: aws.String("arn:aws:iam::123456789012:role/review"),
	})
	if err != nil {
		t.Fatal(err)
	}
	start := func(t *testing.T, name, want string) (execution string) {
		t.Helper()
		started, err := client.StartExecution(t.Context(), &sfn.StartExecutionInput{
			StateMachineArn: machine.StateMachineArn, Name: &name,
			Input: aws.String(fmt.Sprintf(`{"dossier": %q, "want": %q}`, name, want)),
		})
		if err != nil {
			t.Fatal(err)
		}
		return *started.ExecutionArn
	}
	wake := func(token string) error {
		_, err := client.SendTaskSuccess(t.Context(), &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String("{}")})
		return err
	}

	t.Run("a flaky task is retried, a parked one woken, and the last one answers", func(t *testing.T) {
		d.begin(2)
		execution := start(t, "a", "favourable")
		token := <-d.tokens
		if err := wake(token); err != nil {
			t.Fatal(err)
		}
		status, output := outcome(t, client, execution)
		if status != types.ExecutionStatusSucceeded {
			t.Fatalf("%s: %s", status, output)
		}
		if got, want := d.called(), []string{"check", "check", "check", "park", "issue"}; !slices.Equal(got, want) {
			t.Errorf("calls %v, want %v", got, want)
		}
		var got struct{ Dossier, Certificate string }
		if err := json.Unmarshal([]byte(output), &got); err != nil || got.Dossier != "a" || got.Certificate != "CoC-1" {
			t.Errorf("output %s (%v)", output, err)
		}
		if got, want := statesEntered(t, client, execution), []string{"Check", "Verdict?", "AwaitDecision", "Issue", "Closed"}; !slices.Equal(got, want) {
			t.Errorf("states %v, want %v", got, want)
		}
		if err := wake(token); err == nil {
			t.Error("the token of an execution that has ended was taken")
		}
	})

	t.Run("a parked task woken before its function has answered goes on", func(t *testing.T) {
		d.begin(0)
		d.park = wake
		defer func() { d.park = nil }()
		if status, output := outcome(t, client, start(t, "self", "favourable")); status != types.ExecutionStatusSucceeded {
			t.Errorf("%s: %s", status, output)
		}
	})

	t.Run("a caught error chooses its state and is in the output", func(t *testing.T) {
		d.begin(0)
		execution := start(t, "b", "broken")
		if err := wake(<-d.tokens); err != nil {
			t.Fatal(err)
		}
		status, output := outcome(t, client, execution)
		var got struct{ Problem struct{ Error, Cause string } }
		if err := json.Unmarshal([]byte(output), &got); err != nil || status != types.ExecutionStatusSucceeded || got.Problem.Error != "NumberTaken" {
			t.Errorf("%s: %s (%v)", status, output, err)
		}
	})

	t.Run("a choice without an answer that matches takes its default", func(t *testing.T) {
		d.begin(0)
		status, _ := outcome(t, client, start(t, "c", "unfavourable"))
		if got := d.called(); status != types.ExecutionStatusFailed || !slices.Equal(got, []string{"check"}) {
			t.Errorf("%s after %v", status, got)
		}
	})

	t.Run("a name is taken once", func(t *testing.T) {
		_, err := client.StartExecution(t.Context(), &sfn.StartExecutionInput{
			StateMachineArn: machine.StateMachineArn, Name: aws.String("a"), Input: aws.String(`{"dossier": "other"}`),
		})
		var taken *types.ExecutionAlreadyExists
		if !errors.As(err, &taken) {
			t.Errorf("got %v, want ExecutionAlreadyExists", err)
		}
	})

	t.Run("a definition that is none is refused", func(t *testing.T) {
		_, err := client.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
			Name: aws.String("none"), Definition: aws.String(`{"StartAt": "A", "States": {"A": {"Type": "Tusk"}}}`), RoleArn: aws.String("arn:aws:iam::123456789012:role/review"),
		})
		if err == nil { // AWS's code is InvalidDefinition; moto's refusal carries none
			t.Error("it was accepted")
		}
	})
}

// outcome waits until an execution has ended. Step Functions cannot tell a test that it has, so this asks.
func outcome(t *testing.T, client *sfn.Client, execution string) (types.ExecutionStatus, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		found, err := client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &execution})
		if err != nil {
			t.Fatal(err)
		}
		if found.Status != types.ExecutionStatusRunning {
			return found.Status, aws.ToString(found.Output)
		}
		select {
		case <-ctx.Done():
			t.Fatal("the execution is still running")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func statesEntered(t *testing.T, client *sfn.Client, execution string) (names []string) {
	t.Helper()
	pages := sfn.NewGetExecutionHistoryPaginator(client, &sfn.GetExecutionHistoryInput{ExecutionArn: &execution})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, event := range page.Events {
			if event.StateEnteredEventDetails != nil {
				names = append(names, *event.StateEnteredEventDetails.Name)
			}
		}
	}
	return names
}
