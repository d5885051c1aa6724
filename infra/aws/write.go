package aws

import (
	"context"
	"fmt"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"portal/infra"
)

// Write does all operations or none.
func (t *table) Write(ctx context.Context, ops ...infra.Op) error {
	checked, err := infra.CheckWrite(t.name, ops)
	if err != nil {
		return fmt.Errorf("%s: write: %w", t.name, err)
	}
	client, stored, err := t.open()
	if err != nil {
		return err
	}
	w := &write{client: client, table: stored, ops: checked, clock: t.clock}
	if err := w.do(ctx); err != nil {
		return fmt.Errorf("%s: write: %w", t.name, err)
	}
	return nil
}

// write is one Write on its way.
type write struct {
	client *dynamodb.Client
	table  *string
	ops    []infra.Checked
	clock  infra.Clock
	// replaces[n] says that the Add at n is sent as a Put of a new row; see add.
	replaces []bool
}

// do sends the write. One unconditional Put or Delete is the same however often
// it arrives, so it goes alone at half the price. Everything else is a
// transaction even when it is one operation: the SDK repeats a request whose
// answer was lost, and only a transaction's token keeps the repetition from
// failing its own condition or adding twice.
func (w *write) do(ctx context.Context) error {
	if len(w.ops) == 0 {
		return nil
	}
	if len(w.ops) == 1 && len(w.ops[0].If) == 0 {
		switch op := w.ops[0].Op.(type) {
		case infra.Put:
			return w.putAlone(ctx, op)
		case infra.Delete:
			return w.deleteAlone(ctx, op)
		}
	}
	return w.transact(ctx)
}

func (w *write) putAlone(ctx context.Context, op infra.Put) error {
	item, err := putItem(w.ops[0], op)
	if err != nil {
		return err
	}
	return persist(ctx, func() error {
		_, err := w.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: w.table, Item: item})
		return limit(err)
	})
}

func (w *write) deleteAlone(ctx context.Context, op infra.Delete) error {
	return persist(ctx, func() error {
		_, err := w.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: w.table, Key: keyItem(op.Key)})
		return err
	})
}

// transact repeats the transaction as long as an Add met a row in another state
// than it was written for.
func (w *write) transact(ctx context.Context) error {
	w.replaces = make([]bool, len(w.ops))
	for {
		err := persist(ctx, func() error { return w.attempt(ctx) })
		reasons := refusals(err)
		if reasons == nil {
			return limit(err)
		}
		if !w.adapt(reasons) {
			return refused(reasons)
		}
	}
}

// attempt makes the transaction anew each time, at its own instant and under
// its own token (which the SDK fills in and keeps over its own repetitions).
func (w *write) attempt(ctx context.Context) error {
	now := w.clock.Now()
	items := make([]types.TransactWriteItem, len(w.ops))
	for n := range w.ops {
		var err error
		if items[n], err = w.item(n, now); err != nil {
			return fmt.Errorf("operation %d: %w", n, err)
		}
	}
	_, err := w.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	return err
}

func (w *write) item(n int, now time.Time) (types.TransactWriteItem, error) {
	switch op := w.ops[n].Op.(type) {
	case infra.Put:
		item, err := putItem(w.ops[n], op)
		if err != nil {
			return types.TransactWriteItem{}, err
		}
		return w.put(item, w.ops[n].If, now)
	case infra.Add:
		return w.add(n, op, now)
	case infra.Delete:
		var e expression
		cond, err := e.conditions(w.ops[n].If, now)
		return types.TransactWriteItem{Delete: &types.Delete{
			TableName: w.table, Key: keyItem(op.Key), ConditionExpression: cond,
			ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values,
		}}, err
	case infra.Check:
		var e expression
		cond, err := e.conditions(w.ops[n].If, now)
		return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: w.table, Key: keyItem(op.Key), ConditionExpression: cond,
			ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values,
		}}, err
	}
	return types.TransactWriteItem{}, fmt.Errorf("unknown operation %T", w.ops[n].Op)
}

func (w *write) put(item map[string]types.AttributeValue, conds []infra.Cond, now time.Time) (types.TransactWriteItem, error) {
	var e expression
	cond, err := e.conditions(conds, now)
	return types.TransactWriteItem{Put: &types.Put{
		TableName: w.table, Item: item, ConditionExpression: cond,
		ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values,
	}}, err
}

// putItem is a Put's item: its JSON attributes, keys, index keys and expiry.
func putItem(c infra.Checked, op infra.Put) (map[string]types.AttributeValue, error) {
	item, err := attributes(c.Attrs)
	if err != nil {
		return nil, err
	}
	item["pk"], item["sk"] = text(op.PK), text(op.SK)
	for index, key := range op.Index {
		pk, sk := keyNames(index)
		item[pk], item[sk] = text(key.PK), text(key.SK)
	}
	if !op.Expires.IsZero() {
		item[infra.ExpiryAttr] = number(op.Expires.Unix())
	}
	return item, nil
}

func refused(reasons []types.CancellationReason) error {
	r := &infra.Refused{}
	for n, reason := range reasons {
		if sdk.ToString(reason.Code) == conditionalCheckFailed {
			r.Ops = append(r.Ops, n)
		}
	}
	return r
}
