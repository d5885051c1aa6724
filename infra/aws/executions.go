package aws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"portal/infra"
)

// executions is infra.Executions on Step Functions' standard workflows. Their
// names are forgotten 90 days after the end; the portal's are never reused.
type executions struct {
	env    environment
	client func() (*sfn.Client, error)
}

// Start begins an execution. Step Functions itself refuses a name that was used
// with another input or by an ended execution, but calls a running one with the
// same input a success: hence the look beforehand. Two equal calls at the very
// same time may still both succeed; there is one execution all the same.
func (e *executions) Start(ctx context.Context, machine, name string, input any) error {
	arn, client, err := e.open(machine)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(input)
	if err != nil {
		return fmt.Errorf("executions: input: %w", err)
	}
	switch _, err := e.State(ctx, machine, name); {
	case err == nil:
		return fmt.Errorf("executions: start: %w", infra.ErrExecutionExists)
	case !errors.Is(err, infra.ErrNotFound):
		return err
	}
	_, err = client.StartExecution(ctx, &sfn.StartExecutionInput{
		StateMachineArn: &arn, Name: &name, Input: sdk.String(string(raw)),
	})
	var exists *types.ExecutionAlreadyExists
	if errors.As(err, &exists) {
		return fmt.Errorf("executions: start: %w", infra.ErrExecutionExists)
	}
	if err != nil {
		return fmt.Errorf("executions: start: %w", err)
	}
	return nil
}

// Wake ends the wait on a task token.
func (e *executions) Wake(ctx context.Context, token string) error {
	client, err := e.client()
	if err != nil {
		return err
	}
	_, err = client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: sdk.String("{}")})
	if tokenGone(err) {
		return fmt.Errorf("executions: wake: %w", infra.ErrTokenGone)
	}
	if err != nil {
		return fmt.Errorf("executions: wake: %w", err)
	}
	return nil
}

// State tells what became of an execution.
func (e *executions) State(ctx context.Context, machine, name string) (infra.ExecutionState, error) {
	arn, client, err := e.open(machine)
	if err != nil {
		return "", err
	}
	out, err := client.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: sdk.String(executionARN(arn, name))})
	var unknown *types.ExecutionDoesNotExist
	if errors.As(err, &unknown) {
		return "", fmt.Errorf("executions: state: %w", infra.ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("executions: state: %w", err)
	}
	switch out.Status {
	case types.ExecutionStatusSucceeded:
		return infra.Succeeded, nil
	case types.ExecutionStatusFailed, types.ExecutionStatusTimedOut, types.ExecutionStatusAborted:
		return infra.Failed, nil
	}
	return infra.Running, nil
}

func (e *executions) open(machine string) (string, *sfn.Client, error) {
	arn, err := e.env.must(MachineVariable(machine))
	if err != nil {
		return "", nil, err
	}
	client, err := e.client()
	return arn, client, err
}

// executionARN names an execution of a state machine:
// arn:aws:states:<region>:<account>:execution:<machine>:<name>.
func executionARN(machine, name string) string {
	return strings.Replace(machine, ":stateMachine:", ":execution:", 1) + ":" + name
}

func tokenGone(err error) bool {
	var timedOut *types.TaskTimedOut
	var unknown *types.TaskDoesNotExist
	var invalid *types.InvalidToken
	return errors.As(err, &timedOut) || errors.As(err, &unknown) || errors.As(err, &invalid)
}
