package awstest

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda/messages"
)

// Invoke answers a state machine's call of a Lambda function: its name, without ARN or qualifier, and the event. It is called from several goroutines.
// An error becomes the function error aws-lambda-go would report: errorType is the Go type's name, or what a [messages.InvokeResponse_Error] says, which is what
// Retry and Catch match.
type Invoke func(function string, payload []byte) ([]byte, error)

// StepFunctions starts moto's Step Functions, which executes Standard state machines with an interpreter that came from LocalStack, and returns its
// endpoint. Each Lambda task of an execution, by function ARN or by arn:aws:states:::lambda:invoke with or without .waitForTaskToken, is answered by invoke.
func StepFunctions(t testing.TB, invoke Invoke) (endpoint string) {
	t.Helper()
	require(t)
	functions := httptest.NewServer(lambdaService(invoke))
	t.Cleanup(functions.Close)
	_, port, err := net.SplitHostPort(functions.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return moto(t, port)
}

// lambdaService is the one operation of the Lambda API that a state machine needs: Invoke, synchronously
// (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
func lambdaService(invoke Invoke) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{name}/invocations", func(w http.ResponseWriter, r *http.Request) {
		payload, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer, err := invoke(functionName(r.PathValue("name")), payload)
		if err != nil {
			w.Header().Set("X-Amz-Function-Error", "Unhandled")
			answer = functionError(err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer) // a caller that left has nothing to be told
	})
	return mux
}

// functionName reads the name from what Invoke accepts: a name, a partial or a full ARN, each with or without a qualifier.
func functionName(reference string) string {
	if plain, err := url.PathUnescape(reference); err == nil {
		reference = plain
	}
	if _, after, found := strings.Cut(reference, "function:"); found {
		reference = after
	}
	name, _, _ := strings.Cut(reference, ":")
	return name
}

func functionError(err error) []byte {
	var told messages.InvokeResponse_Error
	if !errors.As(err, &told) {
		kind := reflect.TypeOf(err)
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		told = messages.InvokeResponse_Error{Message: err.Error(), Type: kind.Name()}
	}
	body, err := json.Marshal(told)
	if err != nil {
		return []byte(`{"errorMessage":"unprintable error","errorType":"Error"}`)
	}
	return body
}
