package aws

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"portal/infra"
	"portal/infra/porttest"
)

func dossiers(endpoint string) infra.Table {
	env := variables(map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": endpoint, "TABLE_DOSSIERS": "d"})
	return ports(env, porttest.NewClock(time.Unix(1_773_480_413, 0))).Dossiers
}

var (
	rowA = infra.Key{PK: "a", SK: "a"}
	rowB = infra.Key{PK: "b", SK: "b"}
)

func put(k infra.Key, conds ...infra.Cond) infra.Op {
	return infra.Put{Key: k, Value: map[string]any{"n": 1}, If: conds}
}

func TestWriteChoosesTheCheapestSafeOperation(t *testing.T) {
	for name, test := range map[string]struct {
		ops  []infra.Op
		want string
	}{
		"nothing":                  {nil, ""},
		"a put":                    {[]infra.Op{put(rowA)}, "PutItem"},
		"a delete":                 {[]infra.Op{infra.Delete{Key: rowA}}, "DeleteItem"},
		"a conditional put":        {[]infra.Op{put(rowA, infra.Absent())}, "TransactWriteItems"},
		"an add":                   {[]infra.Op{infra.Add{Key: rowA, Values: map[string]int64{"n": 1}}}, "TransactWriteItems"},
		"two puts":                 {[]infra.Op{put(rowA), put(rowB)}, "TransactWriteItems"},
		"more than one may hold":   {slices.Repeat([]infra.Op{put(rowA)}, 101), ""},
		"one key in two ways":      {[]infra.Op{put(rowA), infra.Delete{Key: rowA}}, ""},
		"a condition on one alone": {[]infra.Op{infra.Check{Key: rowA, If: []infra.Cond{infra.Present()}}}, "TransactWriteItems"},
	} {
		t.Run(name, func(t *testing.T) {
			s, url := play(t, done)
			err := dossiers(url).Write(t.Context(), test.ops...)
			if got := s.operations(); got != test.want {
				t.Errorf("sent %q, want %q", got, test.want)
			}
			if test.want != "" && err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWriteOutlastsRivals(t *testing.T) {
	for name, test := range map[string]struct {
		answers []answer
		op      infra.Op
		tries   int
	}{
		"rival transactions":       {[]answer{cancelled("None", "TransactionConflict"), cancelled("TransactionConflict", "None"), done}, nil, 3},
		"throttled transactions":   {[]answer{cancelled("ThrottlingError", "None"), cancelled("ProvisionedThroughputExceeded", "None"), done}, nil, 3},
		"a rival of a single put":  {[]answer{failure("TransactionConflictException", "busy"), done}, put(rowA), 2},
		"its own former attempt":   {[]answer{failure("TransactionInProgressException", "busy"), done}, nil, 2},
		"too many requests":        {[]answer{failure("ThrottlingException", "slow down"), done}, nil, 2},
		"a rival, then a refusal":  {[]answer{cancelled("ConditionalCheckFailed", "TransactionConflict"), done}, nil, 2},
		"an answer that was lost":  {[]answer{{lost: true}, done}, nil, 2},
		"a server that fell over":  {[]answer{{status: 500, body: `{}`}, done}, nil, 2},
		"throttling for some time": {append(slices.Repeat([]answer{failure("ThrottlingException", "")}, attempts), done), put(rowA), attempts + 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, url := play(t, test.answers...)
			ops := []infra.Op{put(rowA, infra.Absent()), put(rowB)}
			if test.op != nil {
				ops = []infra.Op{test.op}
			}
			if err := dossiers(url).Write(t.Context(), ops...); err != nil {
				t.Fatal(err)
			}
			if len(s.requests) != test.tries {
				t.Errorf("%d tries, want %d", len(s.requests), test.tries)
			}
		})
	}
}

// A repetition of the same request carries the same token, so that a write of
// which only the answer was lost is not refused by itself; a new attempt after
// a cancellation carries a new one.
func TestWriteMarksRepetitions(t *testing.T) {
	token := func(r request) any { return r.body["ClientRequestToken"] }
	s, url := play(t, answer{lost: true}, cancelled("TransactionConflict"), done)
	if err := dossiers(url).Write(t.Context(), put(rowA, infra.Absent())); err != nil {
		t.Fatal(err)
	}
	if len(s.requests) != 3 {
		t.Fatalf("%d requests", len(s.requests))
	}
	if first, again, anew := token(s.requests[0]), token(s.requests[1]), token(s.requests[2]); first == nil || first != again || first == anew {
		t.Errorf("tokens %v, %v, %v", first, again, anew)
	}
}

func TestWriteStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 150*time.Millisecond)
	defer cancel()
	_, url := play(t, cancelled("TransactionConflict", "None"))
	if err := dossiers(url).Write(ctx, put(rowA), put(rowB)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("write = %v", err)
	}
}

func TestWriteNamesWhatWasRefused(t *testing.T) {
	s, url := play(t, cancelled("ConditionalCheckFailed", "None", "ConditionalCheckFailed"))
	err := dossiers(url).Write(t.Context(), put(rowA, infra.Absent()), put(rowB), put(infra.Key{PK: "c", SK: "c"}, infra.Present()))
	var refused *infra.Refused
	if !errors.As(err, &refused) || !slices.Equal(refused.Ops, []int{0, 2}) || !errors.Is(err, infra.ErrConditionFailed) {
		t.Errorf("write = %v", err)
	}
	if len(s.requests) != 1 {
		t.Errorf("%d requests", len(s.requests))
	}
}

func TestWriteTellsALimitFromOtherRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		answer answer
		limit  bool
	}{
		"a row that grew":        {cancelledBecause("ValidationError", "Item size to update has exceeded the maximum allowed size"), true},
		"a row that is large":    {failure("ValidationException", "Item size has exceeded the maximum allowed size"), true},
		"something else invalid": {cancelledBecause("ValidationError", "An operand in the update expression has an incorrect data type"), false},
		"no access":              {failure("AccessDeniedException", "not authorized"), false},
	} {
		t.Run(name, func(t *testing.T) {
			_, url := play(t, test.answer)
			err := dossiers(url).Write(t.Context(), infra.Add{Key: rowA, Values: map[string]int64{"n": 1}})
			if err == nil || errors.Is(err, infra.ErrLimit) != test.limit || errors.Is(err, infra.ErrConditionFailed) {
				t.Errorf("write = %v", err)
			}
		})
	}
}

func cancelledBecause(code, message string) answer {
	a := cancelled(code)
	a.body = strings.Replace(a.body, "why", message, 1)
	return a
}

// What is wrong in itself is not tried again because a rival was there too.
func TestWriteGivesUpOnWhatIsInvalid(t *testing.T) {
	s, url := play(t, cancelled("TransactionConflict", "ValidationError"), done)
	if err := dossiers(url).Write(t.Context(), put(rowA), put(rowB)); err == nil || errors.Is(err, infra.ErrConditionFailed) {
		t.Errorf("write = %v", err)
	}
	if len(s.requests) != 1 {
		t.Errorf("%d requests", len(s.requests))
	}
}

func TestDrawOutlastsRivals(t *testing.T) {
	s, url := play(t, failure("TransactionConflictException", "busy"), answer{body: `{"Attributes":{"n":{"N":"7"}}}`})
	if n, err := dossiers(url).Draw(t.Context(), rowA); err != nil || n != 7 {
		t.Errorf("draw = %d, %v", n, err)
	}
	if got := s.operations(); got != "UpdateItem UpdateItem" {
		t.Errorf("sent %s", got)
	}
}

// Two people find a counter expired at once: the second counts on from the
// first.
func TestDrawRestartsAnExpiredCounterOnce(t *testing.T) {
	s, url := play(t, failure("ConditionalCheckFailedException", ""), failure("ConditionalCheckFailedException", ""),
		answer{body: `{"Attributes":{"n":{"N":"2"}}}`})
	if n, err := dossiers(url).Draw(t.Context(), rowA); err != nil || n != 2 {
		t.Errorf("draw = %d, %v", n, err)
	}
	if got := s.operations(); got != "UpdateItem PutItem UpdateItem" {
		t.Errorf("sent %s", got)
	}
}
