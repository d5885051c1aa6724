// Package step says what a step of a procedure is: a value with a name, a
// trigger, who may do it, what it may touch, and a typed function. Where it
// runs (a Lambda of its own, or one process with all the others) is decided
// elsewhere from this value.
package step

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Kind is what triggers a step.
type Kind string

// The triggers of a step.
const (
	KindHTTP     Kind = "http"     // a person's request
	KindTask     Kind = "task"     // a state of a state machine, or an invocation by hand
	KindSchedule Kind = "schedule" // the clock
	KindEvent    Kind = "event"    // a change of a table, or a mail event
)

// Step is one thing that a person, a state machine, the clock or an event does.
type Step struct {
	Declaration
	Kind     Kind
	Route    Route    // of a KindHTTP step
	Schedule Schedule // of a KindSchedule step
	Source   Source   // of a KindEvent step

	// Of a KindHTTP step: what it takes and answers, and what it does, with
	// pointers to an Input and an Output.
	Operation     Operation
	Input, Output reflect.Type
	Do            func(ctx context.Context, input any) (output any, err error)

	// Run does a step of any other kind. Input and output are JSON.
	Run func(ctx context.Context, input json.RawMessage) (json.RawMessage, error)
}

// Declaration is what every step says of itself, once: the router, the roles
// on AWS, the templates, OpenAPI and the tests are made or checked from it.
type Declaration struct {
	// Name is room/file: conformity/submit is functions/conformity/submit.go,
	// and the Handler of its Lambda.
	Name string
	// Summary is one line for OpenAPI and the template.
	Summary string
	// Who may do it. Required for HTTP steps, ignored otherwise.
	Who Who
	// Grants is all of the outside world that the step may touch.
	Grants Grants
	// Memory in MB (default 256) and Timeout (default 10 s) of its Lambda.
	Memory  int
	Timeout time.Duration
	// Rings is how the keys in the index pending begin of the rows that an event
	// step wants to hear of; "" for all of them. It spares runs, no more: one
	// machine rings for every row.
	Rings string
	// Problems are the problem codes it may answer besides those that its kind
	// of route implies (see package problem).
	Problems []string
}

// Route is an HTTP method and path, in the syntax of net/http.ServeMux.
type Route struct{ Method, Path string }

// Schedule is when a scheduled step runs, in Africa/Casablanca. Exactly one of
// Every and Daily is set.
type Schedule struct {
	Every time.Duration // whole minutes
	Daily string        // "00:15"
}

// Source is what an event step listens to.
type Source string

// The sources of events.
const (
	DossierChanges Source = "dossier-changes" // rows of the pending index of the dossiers table
	PeopleChanges  Source = "people-changes"  // rows of the pending index of the people table
	MailFeedback   Source = "mail-feedback"   // bounces and complaints
)

// Task declares a step that a state machine runs.
func Task[I, O any](d Declaration, do func(context.Context, I) (O, error)) Step {
	return Step{Declaration: d, Kind: KindTask, Run: run(d.Name, do)}
}

// Scheduled declares a step that the clock runs. It must be safe to run twice,
// late, or in parallel. It reports what it did.
func Scheduled[O any](d Declaration, when Schedule, do func(context.Context) (O, error)) Step {
	return Step{Declaration: d, Kind: KindSchedule, Schedule: when,
		Run: run(d.Name, func(ctx context.Context, _ struct{}) (O, error) { return do(ctx) })}
}

// Event declares a step that hears of changed rows. It must be safe to hear of
// one twice, late, or never: a sweep catches up.
func Event[I, O any](d Declaration, source Source, do func(context.Context, I) (O, error)) Step {
	return Step{Declaration: d, Kind: KindEvent, Source: source, Run: run(d.Name, do)}
}

// Ring is the input of an event step that listens to a table: the partition
// keys of rows that may have news. It carries no data on purpose.
type Ring struct {
	Keys []string `json:"keys"`
}

func run[I, O any](name string, do func(context.Context, I) (O, error)) func(context.Context, json.RawMessage) (json.RawMessage, error) {
	return func(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
		var in I
		if len(input) > 0 {
			if err := json.Unmarshal(input, &in); err != nil {
				return nil, fmt.Errorf("%s: input: %w", name, err)
			}
		}
		out, err := do(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		return json.Marshal(out)
	}
}

// Room is the folder of the step under functions/.
func (d Declaration) Room() string {
	room, _, _ := strings.Cut(d.Name, "/")
	return room
}
