// Command bootstrap is a custom runtime like the portal's own: _HANDLER says which function it is.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

func main() {
	switch os.Getenv("_HANDLER") {
	case "room/http":
		lambda.Start(answerHTTP)
	case "room/task":
		lambda.Start(doTask)
	case "room/schedule":
		lambda.Start(sweep)
	default:
		os.Exit(1)
	}
}

func answerHTTP(_ context.Context, r events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	return events.APIGatewayV2HTTPResponse{StatusCode: 201, Headers: map[string]string{"Location": r.RawPath}, Body: os.Getenv("GREETING")}, nil
}

func doTask(_ context.Context, input json.RawMessage) (json.RawMessage, error) {
	if string(input) == `"fail"` {
		return nil, errors.New("asked to fail")
	}
	return input, nil
}

func sweep(ctx context.Context, event struct{ Time string }) (string, error) {
	if _, limited := ctx.Deadline(); !limited {
		return "", errors.New("no deadline")
	}
	if lambdacontext.FunctionVersion == "" {
		return "", errors.New("no function version")
	}
	return "swept at " + event.Time, nil
}
