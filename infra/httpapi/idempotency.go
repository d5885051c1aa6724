package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"portal/infra"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// Remembered is what a repeated request is answered with: the first answer's
// status, place and version. Row idem#<hash> / idem, for 24 hours.
type Remembered struct {
	Hash     string `json:"hash"` // of the first body
	Status   int    `json:"status"`
	Location string `json:"location,omitempty"`
	ETag     string `json:"etag,omitempty"`
	Subject  string `json:"subject,omitempty"` // what the step was about, to show it again
	// Answer is the first answer's body, of steps that cannot show it again.
	Answer json.RawMessage `json:"answer,omitempty"`
}

// IdempotencyGrants is what remembering and recalling need in a table.
var IdempotencyGrants = step.TableGrants{Read: []string{"idem#"}, Write: []string{"idem#"}}

const remembered = 24 * time.Hour

func idempotencyKey(i *step.Idempotency) infra.Key {
	return infra.Key{PK: "idem#" + people.Hash(i.Scope+"\n"+i.Key), SK: "idem"}
}

// maxKey is the most an Idempotency-Key may have, in bytes.
const maxKey = 255

// idempotencyOf is the Idempotency-Key of a POST, with whose it is and what it
// goes with; nil when there is none.
func idempotencyOf(r *http.Request, caller string, body []byte) (*step.Idempotency, *problem.Problem) {
	key := r.Header.Get("Idempotency-Key")
	if key == "" || r.Method != http.MethodPost {
		return nil, nil
	}
	if len(key) > maxKey {
		return nil, &problem.Problem{Code: "invalid", Faults: []problem.Fault{{Pointer: "Idempotency-Key", Code: "too_long", Params: map[string]any{"max": maxKey}}}}
	}
	return &step.Idempotency{Scope: caller + " " + r.Method + " " + r.URL.Path, Key: key, Hash: people.Hash(key + "\n" + string(body))}, nil
}

// Remember is the operation that goes in the same Write as a step's effect, so
// that effect and memory are one; nil when the request carries no key.
func Remember(ctx context.Context, now time.Time, r Remembered) []infra.Op {
	i := step.RequestOf(ctx).Idempotency
	if i == nil {
		return nil
	}
	r.Hash = i.Hash
	return []infra.Op{infra.Put{Key: idempotencyKey(i), Value: r, Expires: now.Add(remembered), If: []infra.Cond{infra.Absent()}}}
}

// Recall looks up the first answer to a repeated request, only worth asking
// once the step has failed: a first request never pays for it. nil when there
// is none; the problem idempotency_key_reused when the body was another.
func Recall(ctx context.Context, table infra.Table) (*Remembered, error) {
	i := step.RequestOf(ctx).Idempotency
	if i == nil {
		return nil, nil
	}
	row, err := table.Get(ctx, idempotencyKey(i))
	if errors.Is(err, infra.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var r Remembered
	if err := row.Decode(&r); err != nil {
		return nil, err
	}
	if r.Hash != i.Hash {
		return nil, problem.New("idempotency_key_reused")
	}
	return &r, nil
}

// Begin is for steps of many parts, each a Write of its own: it takes the key
// of the request before any of them is done. When a rival took it meanwhile it
// gives what Recall gives. Without a key it does nothing.
func Begin(ctx context.Context, table infra.Table, now time.Time) (*Remembered, error) {
	err := table.Write(ctx, Remember(ctx, now, Remembered{})...)
	if !errors.Is(err, infra.ErrConditionFailed) {
		return nil, err
	}
	return Recall(ctx, table)
}

// Finished tells whether there is a first answer: a step that has begun may
// have died before it.
func (r *Remembered) Finished() bool { return r != nil && r.Status != 0 }

// Part is the context of one part of a step that has begun: a request of its
// own, under a key of its own.
func Part(ctx context.Context, name string) context.Context {
	request := step.RequestOf(ctx)
	if request.Idempotency == nil {
		return ctx
	}
	part := *request.Idempotency
	part.Scope += "\n" + name
	request.Idempotency = &part
	return step.WithRequest(ctx, request)
}

// Finish remembers the answer of a step that has begun.
func Finish(ctx context.Context, table infra.Table, now time.Time, r Remembered) error {
	for _, op := range Remember(ctx, now, r) {
		put := op.(infra.Put)
		put.If = []infra.Cond{infra.Equals("hash", step.RequestOf(ctx).Idempotency.Hash)}
		if err := table.Write(ctx, put); err != nil && !errors.Is(err, infra.ErrConditionFailed) {
			return err
		}
	}
	return nil
}
