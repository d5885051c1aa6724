package asl

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"portal/infra"
	"portal/infra/porttest"
)

func TestTheRunnerConformsToThePort(t *testing.T) {
	porttest.Executions(t, func(t *testing.T, clock infra.Clock, machines map[string]json.RawMessage, works map[string]porttest.Work) (infra.Executions, func()) {
		invoke := func(ctx context.Context, name string, payload json.RawMessage) (json.RawMessage, error) {
			work, ok := works[name]
			if !ok {
				return nil, fmt.Errorf("no work %q", name)
			}
			return work(ctx, payload)
		}
		runner, err := Open(openFile(t), clock, invoke)
		if err != nil {
			t.Fatal(err)
		}
		for name, definition := range machines {
			if err := runner.Register(name, parsed(t, string(definition))); err != nil {
				t.Fatal(err)
			}
		}
		return runner, func() {
			if err := runner.Settle(t.Context()); err != nil {
				t.Error(err)
			}
		}
	})
}
