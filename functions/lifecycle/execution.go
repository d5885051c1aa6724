package lifecycle

import (
	"context"
	"errors"
	"fmt"

	"portal/infra"
	"portal/shared/dossier"
	"portal/shared/step"
)

// At is the input that a machine gives its tasks: which dossier, which
// generation of its execution, and the event in hand.
type At struct {
	Dossier    string         `json:"dossier"`
	Generation int64          `json:"generation"`
	N          int64          `json:"n"`
	Action     dossier.Action `json:"action,omitempty"`
	Status     dossier.Status `json:"status,omitempty"`
}

// What next and acknowledge answer instead of an action or a status.
const (
	superseded = "superseded" // a newer generation goes on
	none       = "none"       // a ring without news
)

// rows is what the tasks touch: their dossier's partition, nothing else.
var rows = step.Grants{Dossiers: step.TableGrants{Read: []string{"dossier#"}, Write: []string{"dossier#"}}}

func executionKey(id string) infra.Key {
	return infra.Key{PK: dossier.PK(id), SK: dossier.SKExecution}
}

// loadExecution reads the execution row; nil when there is none yet.
func loadExecution(ctx context.Context, table infra.Table, id string) (*dossier.Execution, error) {
	row, err := table.Get(ctx, executionKey(id))
	if errors.Is(err, infra.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var e dossier.Execution
	if err := row.Decode(&e); err != nil {
		return nil, fmt.Errorf("execution of dossier: %w", err)
	}
	return &e, nil
}

// put is the conditional write of an execution row read at revision e.Rev.
func put(id string, e dossier.Execution) infra.Put {
	condition := infra.Equals("rev", e.Rev)
	if e.Rev == 0 {
		condition = infra.Absent()
	}
	e.Rev++
	return infra.Put{Key: executionKey(id), Value: e, If: []infra.Cond{condition}}
}

// attempts bounds how often a task rereads a row that rivals keep changing; the
// state machine retries the task after that.
const attempts = 8

// again runs do until it is not refused by a rival's write.
func again(do func() error) error {
	var err error
	for range attempts {
		if err = do(); !errors.Is(err, infra.ErrConditionFailed) {
			return err
		}
	}
	return err
}
