package aws_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"portal/infra/aws"
	"portal/shared/step"
)

func env(more ...string) func(string) string {
	return func(name string) string {
		if name == "BASE_URL" {
			return "https://portal.example"
		}
		for i := 0; i < len(more); i += 2 {
			if more[i] == name {
				return more[i+1]
			}
		}
		return ""
	}
}

func function(t *testing.T, s step.Step, log *bytes.Buffer) *aws.Function {
	t.Helper()
	f, err := aws.NewFunction(s, nil, env(), aws.NewLogger(log))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func onLambda(t *testing.T) context.Context {
	return lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "8476a536"})
}

type greeting struct {
	Name string `json:"name"`
}

func TestFunctionGivesATaskItsJSON(t *testing.T) {
	var log bytes.Buffer
	f := function(t, step.Task(step.Declaration{Name: "room/greet"}, func(_ context.Context, in greeting) (greeting, error) {
		return greeting{"dear " + in.Name}, nil
	}), &log)
	answer, err := f.Invoke(onLambda(t), []byte(`{"name":"Amina"}`))
	if err != nil || string(answer) != `{"name":"dear Amina"}` {
		t.Fatalf("%s, %v", answer, err)
	}
	var line map[string]any
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatalf("log %q: %v", log.String(), err)
	}
	for name, want := range map[string]any{"step": "room/greet", "request": "8476a536", "outcome": "done", "level": "INFO"} {
		if line[name] != want {
			t.Errorf("logged %s %v, want %v", name, line[name], want)
		}
	}
	if _, timed := line["milliseconds"]; !timed || strings.Contains(log.String(), "Amina") {
		t.Errorf("logged %s", log.String())
	}
}

// named is an error that Retry and Catch of a state machine know by name.
type named string

func (n named) Error() string     { return string(n) }
func (n named) ErrorName() string { return string(n) }

func TestFunctionReportsErrorsWithoutAddresses(t *testing.T) {
	for name, test := range map[string]struct {
		do   func() error
		kind string
	}{
		"an error":      {func() error { return errors.New("no mailbox for amina@example.com, <badr@example.com>") }, "Lambda.Unknown"},
		"a named error": {func() error { return fmt.Errorf("amina%%40example.com: %w", named("Busy")) }, "Busy"},
		"a panic":       {func() error { panic("amina@example.com") }, "Lambda.Unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			f := function(t, step.Task(step.Declaration{Name: "room/fail"}, func(context.Context, struct{}) (struct{}, error) {
				return struct{}{}, test.do()
			}), &log)
			answer, err := f.Invoke(onLambda(t), []byte(`{}`))
			var reported messages.InvokeResponse_Error
			if answer != nil || !errors.As(err, &reported) || reported.Type != test.kind {
				t.Fatalf("%s, %v", answer, err)
			}
			if all := reported.Message + log.String(); strings.Contains(all, "example.com") || !strings.Contains(all, "room/fail") {
				t.Errorf("said %s", all)
			}
			if !strings.Contains(log.String(), `"level":"ERROR"`) || !strings.Contains(log.String(), "8476a536") {
				t.Errorf("logged %s", log.String())
			}
		})
	}
}

func TestFunctionLeavesAStepTimeToSayThatItRanOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		f := function(t, step.Task(step.Declaration{Name: "room/wait"}, func(ctx context.Context, _ struct{}) (struct{}, error) {
			<-ctx.Done()
			return struct{}{}, ctx.Err()
		}), &log)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		if _, err := f.Invoke(ctx, nil); err == nil || time.Since(start) >= 10*time.Second {
			t.Errorf("invoke = %v after %v", err, time.Since(start))
		}
		if !strings.Contains(log.String(), `"out of time"`) {
			t.Errorf("logged %s", log.String())
		}
	})
}

func TestFunctionIgnoresWhatTheClockSends(t *testing.T) {
	ran := false
	f := function(t, step.Scheduled(step.Declaration{Name: "sweeps/x"}, step.Schedule{Daily: "00:15"}, func(context.Context) (int, error) {
		ran = true
		return 3, nil
	}), new(bytes.Buffer))
	for _, payload := range []string{`"<aws.scheduler.execution-id>"`, `{"time":"2026-03-14T00:15:00Z"}`, ``} {
		ran = false
		if answer, err := f.Invoke(t.Context(), []byte(payload)); err != nil || string(answer) != "3" || !ran {
			t.Errorf("%q: %s, %v", payload, answer, err)
		}
	}
}

func TestFunctionAnswersHTTPThroughTheGateway(t *testing.T) {
	var log bytes.Buffer
	s := step.Step{Declaration: step.Declaration{Name: "room/show"}, Kind: step.KindHTTP}
	teapot := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	f, err := aws.NewFunction(s, teapot, env("ORIGIN_SECRET", secret), aws.NewLogger(&log))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := aws.NewFunction(s, nil, env("ORIGIN_SECRET", secret), quiet()); err == nil {
		t.Error("an HTTP step without a handler was taken")
	}
	for name, want := range map[string]string{"through-cloudfront": "418", "plain": "403"} {
		log.Reset()
		answer, err := f.Invoke(onLambda(t), event(t, name))
		if err != nil || !strings.Contains(string(answer), `"statusCode":`+want) || !strings.Contains(log.String(), `"outcome":"`+want+`"`) {
			t.Errorf("%s: %s, %v, logged %s", name, answer, err, log.String())
		}
	}
}

func TestFunctionDiesAtStartWithoutItsVariables(t *testing.T) {
	run := func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil }
	grants := step.Grants{Dossiers: step.TableGrants{Read: []string{"dossier#"}}, MAC: []string{"mail-link"}}
	s := step.Task(step.Declaration{Name: "room/x", Grants: grants}, run)
	for _, test := range []struct {
		set     []string
		missing string
	}{
		{[]string{"TABLE_DOSSIERS", "d", "MAC_KEY_MAIL_LINK", "k"}, ""},
		{[]string{"TABLE_DOSSIERS", "d"}, "MAC_KEY_MAIL_LINK"},
		{[]string{"MAC_KEY_MAIL_LINK", "k"}, "TABLE_DOSSIERS"},
	} {
		_, err := aws.NewFunction(s, nil, env(test.set...), quiet())
		if test.missing == "" && err != nil || test.missing != "" && (err == nil || !strings.Contains(err.Error(), test.missing)) {
			t.Errorf("with %v: %v, want a complaint of %q", test.set, err, test.missing)
		}
	}
	if _, err := aws.NewFunction(step.Step{Kind: step.KindTask}, nil, env(), quiet()); err == nil {
		t.Error("a step with nothing to run was taken")
	}
	if err := aws.Serve(step.Task(step.Declaration{Name: "room/x"}, run), nil, env(), quiet()); err == nil {
		t.Error("served outside of Lambda")
	}
}

func TestFunctionRingsOnceForEachRowWithNews(t *testing.T) {
	var heard []string
	f := function(t, step.Event(step.Declaration{Name: "lifecycle/pump"}, step.DossierChanges, func(_ context.Context, r step.Ring) (struct{}, error) {
		heard = append(heard, r.Keys...)
		return struct{}{}, nil
	}), new(bytes.Buffer))
	answer, err := f.Invoke(t.Context(), event(t, "stream"))
	if err != nil || string(answer) != `{"batchItemFailures":[]}` {
		t.Fatalf("%s, %v", answer, err)
	}
	if want := []string{"dossier#1", "dossier#2", "dossier#5"}; !slices.Equal(heard, want) {
		t.Errorf("heard %q, want %q", heard, want)
	}
}

func TestFunctionNamesTheRecordsWhoseRingFailed(t *testing.T) {
	for name, fail := range map[string]func() error{
		"by an error": func() error { return errors.New("busy: amina@example.com") },
		"by a panic":  func() error { panic("busy") },
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			var heard []string
			f := function(t, step.Event(step.Declaration{Name: "lifecycle/pump"}, step.DossierChanges, func(_ context.Context, r step.Ring) (struct{}, error) {
				heard = append(heard, r.Keys...)
				if r.Keys[0] == "dossier#2" {
					return struct{}{}, fail()
				}
				return struct{}{}, nil
			}), &log)
			answer, err := f.Invoke(onLambda(t), event(t, "stream"))
			if err != nil || string(answer) != `{"batchItemFailures":[{"itemIdentifier":"101"}]}` {
				t.Fatalf("%s, %v", answer, err)
			}
			if len(heard) != 3 || !strings.Contains(log.String(), "busy") || strings.Contains(log.String(), "amina") {
				t.Errorf("heard %q, logged %s", heard, log.String())
			}
		})
	}
}

func TestFunctionLeavesRingsToTheNextWhenTimeIsUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := function(t, step.Event(step.Declaration{Name: "lifecycle/pump"}, step.DossierChanges, func(context.Context, step.Ring) (struct{}, error) {
		cancel()
		return struct{}{}, nil
	}), new(bytes.Buffer))
	answer, err := f.Invoke(ctx, event(t, "stream"))
	if want := `{"batchItemFailures":[{"itemIdentifier":"101"},{"itemIdentifier":"106"}]}`; err != nil || string(answer) != want {
		t.Fatalf("%s, %v, want %s", answer, err, want)
	}
}

func TestFunctionTellsOfBouncesAndComplaints(t *testing.T) {
	bounced := aws.Feedback{Kind: aws.Bounce, Addresses: []string{"amina@example.com", "badr@example.com"}}
	complained := aws.Feedback{Kind: aws.Complaint, Addresses: []string{"chafik@example.com"}}
	for name, want := range map[string][]aws.Feedback{
		"feedback-sns":                   {bounced, complained},
		"feedback-sns-notification":      {bounced},
		"feedback-eventbridge-bounce":    {bounced},
		"feedback-eventbridge-complaint": {complained},
		"feedback-eventbridge-transient": nil,
	} {
		t.Run(name, func(t *testing.T) {
			var heard []aws.Feedback
			var log bytes.Buffer
			f := function(t, step.Event(step.Declaration{Name: "mail/feedback"}, step.MailFeedback, func(_ context.Context, one aws.Feedback) (struct{}, error) {
				heard = append(heard, one)
				return struct{}{}, nil
			}), &log)
			if _, err := f.Invoke(t.Context(), event(t, name)); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(heard) != fmt.Sprint(want) {
				t.Errorf("heard %v, want %v", heard, want)
			}
			if strings.Contains(log.String(), "example.com") {
				t.Errorf("logged %s", log.String())
			}
		})
	}
}

func TestFunctionFailsWhenFeedbackIsLost(t *testing.T) {
	calls := 0
	f := function(t, step.Event(step.Declaration{Name: "mail/feedback"}, step.MailFeedback, func(context.Context, aws.Feedback) (struct{}, error) {
		calls++
		return struct{}{}, errors.New("no table")
	}), new(bytes.Buffer))
	if _, err := f.Invoke(t.Context(), event(t, "feedback-sns")); err == nil || calls != 2 {
		t.Errorf("invoke = %v after %d calls", err, calls)
	}
	for _, payload := range []string{``, `{}`, `[]`, `{"Records":[]}`, `{"Records":[{"Sns":{"Message":"hello"}}]}`, `{"detail":7}`} {
		if _, err := f.Invoke(t.Context(), []byte(payload)); err == nil {
			t.Errorf("%q was taken for feedback", payload)
		}
	}
}

// No event makes a function panic.
func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"Records":[{"dynamodb":{"Keys":{"pk":{"S":"a"}},"NewImage":{"pending_pk":{"S":"x"}}}}]}`))
	f.Add([]byte(`{"Records":[{"Sns":{"Message":"{\"eventType\":\"Complaint\",\"complaint\":{\"complainedRecipients\":[{\"emailAddress\":\"<\"}]}}"}}]}`))
	f.Add([]byte(`{"detail":{"eventType":"Bounce"}}`))
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, source := range []step.Source{step.DossierChanges, step.MailFeedback} {
			var log bytes.Buffer
			run := func(context.Context, json.RawMessage) (json.RawMessage, error) { return nil, nil }
			fn := function(t, step.Step{Declaration: step.Declaration{Name: "x"}, Kind: step.KindEvent, Source: source, Run: run}, &log)
			if answer, err := fn.Invoke(t.Context(), payload); err == nil && !json.Valid(answer) {
				t.Fatalf("answer %q", answer)
			}
			if strings.Contains(log.String(), `"panic"`) {
				t.Fatal(log.String())
			}
		}
	})
}
