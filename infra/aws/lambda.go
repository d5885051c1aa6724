package aws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"portal/shared/step"
)

// Serve runs one step as the handler of this Lambda function, invocation after
// invocation; it returns only when the function's environment is at fault.
// handler is the HTTP side of an HTTP step, nil for steps of other kinds. log
// is best NewLogger's.
func Serve(s step.Step, handler http.Handler, getenv func(string) string, log *slog.Logger) error {
	f, err := NewFunction(s, handler, getenv, log)
	if err != nil {
		return err
	}
	if os.Getenv("AWS_LAMBDA_RUNTIME_API") == "" {
		return errors.New("aws: this is no Lambda function: AWS_LAMBDA_RUNTIME_API is not set")
	}
	lambda.Start(f)
	return errors.New("aws: the Lambda runtime ended")
}

// Function is one step as Lambda invokes it.
type Function struct {
	step step.Step
	do   func(ctx context.Context, payload []byte) (answer []byte, outcome string, err error)
	log  *slog.Logger
}

// NewFunction is the function that Serve runs; it is not started. It fails when
// a variable is missing that the step's own grants need.
func NewFunction(s step.Step, handler http.Handler, getenv func(string) string, log *slog.Logger) (*Function, error) {
	for _, name := range Variables(s.Kind, s.Grants) {
		if getenv(name) != "" {
			continue
		}
		if name != originSecret {
			return nil, fmt.Errorf("aws: step %s: variable %s is not set", s.Name, name)
		}
		log.Warn("requests are taken from anywhere: "+originSecret+" is not set", "step", s.Name)
	}
	f := &Function{step: s, log: log.With("step", s.Name)}
	switch {
	case s.Kind == step.KindHTTP && handler == nil:
		return nil, fmt.Errorf("aws: step %s has no handler", s.Name)
	case s.Kind == step.KindHTTP:
		f.do = viaGateway(NewGateway(handler, getenv(originSecret), f.log))
	case s.Run == nil:
		return nil, fmt.Errorf("aws: step %s has nothing to run", s.Name)
	case s.Kind == step.KindEvent:
		f.do = f.events
	case s.Kind == step.KindSchedule:
		f.do = f.scheduled
	default:
		f.do = f.run
	}
	return f, nil
}

// Invoke does one invocation. What goes wrong is logged once and becomes an
// error without anybody's address in it; a panic becomes one too, and the
// process lives on.
func (f *Function) Invoke(ctx context.Context, payload []byte) (answer []byte, err error) {
	start := time.Now()
	ctx, cancel := inTime(withRequest(ctx, requestID(ctx)))
	defer cancel()
	outcome := ""
	defer func() {
		if cause := recover(); cause != nil {
			f.panicked(ctx, cause)
			answer, outcome, err = nil, "panic", fmt.Errorf("%s: panic", f.step.Name)
		}
		took := slog.Int64("milliseconds", time.Since(start).Milliseconds())
		if err != nil {
			f.log.ErrorContext(ctx, "invocation", "outcome", outcome, took, "error", err.Error())
			err = reported(err)
			return
		}
		f.log.InfoContext(ctx, "invocation", "outcome", outcome, took)
	}()
	answer, outcome, err = f.do(ctx, payload)
	return answer, err
}

func (f *Function) panicked(ctx context.Context, cause any) {
	f.log.ErrorContext(ctx, "panic", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
}

func viaGateway(g *Gateway) func(context.Context, []byte) ([]byte, string, error) {
	return func(ctx context.Context, payload []byte) ([]byte, string, error) {
		answer, status, err := g.invoke(ctx, payload)
		return answer, strconv.Itoa(status), err
	}
}

// run gives a step its JSON and takes its JSON.
func (f *Function) run(ctx context.Context, input []byte) ([]byte, string, error) {
	output, err := f.step.Run(ctx, json.RawMessage(input))
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, "out of time", err
	case err != nil:
		return nil, "failed", err
	case len(output) == 0:
		return []byte("null"), "done", nil
	}
	return output, "done", nil
}

// scheduled runs a step for the clock, whose event says nothing, and logs its
// report: alarms read it.
func (f *Function) scheduled(ctx context.Context, _ []byte) ([]byte, string, error) {
	report, outcome, err := f.run(ctx, nil)
	if err == nil {
		f.log.InfoContext(ctx, "report", "report", json.RawMessage(report))
	}
	return report, outcome, err
}

// inTime ends the context a moment before Lambda ends the process, so that a
// step that runs out of time can still say so.
func inTime(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, deadline.Add(-lastMoment/2))
}

// unnamed is what Retry and Catch of a state machine call an error that does
// not name itself.
const unnamed = "Lambda.Unknown"

// reported is an error as Lambda passes it on, to Step Functions among others.
// An error with a method ErrorName() string chooses the name that Retry and
// Catch match. The message is kept in histories, so it is cleaned like a log.
func reported(err error) error {
	kind := unnamed
	var named interface{ ErrorName() string }
	if errors.As(err, &named) && named.ErrorName() != "" {
		kind = named.ErrorName()
	}
	return messages.InvokeResponse_Error{Message: withoutAddresses(err.Error()), Type: kind}
}

func requestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}
