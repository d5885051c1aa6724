package aws

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"portal/shared/step"
)

// events does an event step for what its source sent.
func (f *Function) events(ctx context.Context, payload []byte) ([]byte, string, error) {
	if f.step.Source == step.MailFeedback {
		return f.feedback(ctx, payload)
	}
	return f.changes(ctx, payload)
}

// streamEvent is as much as a doorbell needs of a DynamoDB stream event: keys,
// and whether the new image is in the pending index. The data stays unread.
type streamEvent struct {
	Records []struct {
		Change struct {
			SequenceNumber string           `json:"SequenceNumber"`
			Keys           map[string]image `json:"Keys"`
			NewImage       map[string]image `json:"NewImage"`
		} `json:"dynamodb"`
	} `json:"Records"`
}

// image is an attribute of a record; only text matters here.
type image struct {
	S string `json:"S"`
}

// batchFailures is what a stream's event source mapping is answered with when
// it asks to report batch item failures.
type batchFailures struct {
	Items []itemFailure `json:"batchItemFailures"`
}

type itemFailure struct {
	Identifier string `json:"itemIdentifier"`
}

// changes rings for each changed partition that has news, once and one by one,
// so that a row that fails does not keep back the others. Lambda sends the
// stream again from the first record that failed: later rings are heard twice,
// which is harmless.
func (f *Function) changes(ctx context.Context, payload []byte) ([]byte, string, error) {
	var event streamEvent
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, "failed", fmt.Errorf("%s: stream event: %w", f.step.Name, err)
	}
	if event.Records == nil {
		// Not from a stream: a state machine runs the step as its task.
		return f.run(ctx, payload)
	}
	failed := batchFailures{Items: []itemFailure{}}
	rung := 0
	heard := map[string]bool{}
	for _, record := range event.Records {
		key := record.Change.Keys["pk"].S
		if record.Change.NewImage[pendingKey].S == "" || key == "" || heard[key] {
			continue
		}
		heard[key] = true
		rung++
		if err := f.ring(ctx, key); err != nil {
			f.log.ErrorContext(ctx, "ring failed", "error", err.Error())
			failed.Items = append(failed.Items, itemFailure{record.Change.SequenceNumber})
		}
	}
	answer, err := json.Marshal(failed)
	return answer, fmt.Sprintf("%d of %d rings failed", len(failed.Items), rung), err
}

// pendingKey is the attribute that puts a row in the pending index.
const pendingKey = "pending_pk"

func (f *Function) ring(ctx context.Context, key string) error {
	input, err := json.Marshal(step.Ring{Keys: []string{key}})
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return f.guarded(ctx, input)
}

// guarded keeps a panic on one record from losing the answer for the others.
func (f *Function) guarded(ctx context.Context, input []byte) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			f.panicked(ctx, cause)
			err = errPanic
		}
	}()
	_, err = f.step.Run(ctx, input)
	return err
}

var errPanic = errors.New("panic")
