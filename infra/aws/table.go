package aws

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"portal/infra"
)

// table is infra.Table on one DynamoDB table with keys pk and sk, a global
// secondary index per infra.Index, and time to live on infra.ExpiryAttr.
type table struct {
	name   string // infra.PeopleTable or infra.DossiersTable
	env    environment
	client func() (*dynamodb.Client, error)
	clock  infra.Clock
}

// open gives the client and the real name of the table.
func (t *table) open() (*dynamodb.Client, *string, error) {
	stored, err := t.env.must(tableVariable(t.name))
	if err != nil {
		return nil, nil, err
	}
	client, err := t.client()
	return client, &stored, err
}

// Get reads one row, strongly consistent.
func (t *table) Get(ctx context.Context, key infra.Key) (infra.Row, error) {
	if err := infra.CheckKey(key); err != nil {
		return infra.Row{}, fmt.Errorf("%s: get: %w", t.name, err)
	}
	client, stored, err := t.open()
	if err != nil {
		return infra.Row{}, err
	}
	var out *dynamodb.GetItemOutput
	err = persist(ctx, func() error {
		out, err = client.GetItem(ctx, &dynamodb.GetItemInput{
			TableName:      stored,
			Key:            keyItem(key),
			ConsistentRead: sdk.Bool(true),
		})
		return err
	})
	if err != nil {
		return infra.Row{}, fmt.Errorf("%s: get: %w", t.name, err)
	}
	if !visible(out.Item, t.clock.Now()) {
		return infra.Row{}, fmt.Errorf("%s: get: %w", t.name, infra.ErrNotFound)
	}
	return rowOf(t.name, out.Item)
}

// Draw adds one to a counter row; one that has expired starts again. A request
// that was sent twice because its answer was lost leaves a gap.
func (t *table) Draw(ctx context.Context, key infra.Key) (int64, error) {
	if err := infra.CheckKey(key); err != nil {
		return 0, fmt.Errorf("%s: draw: %w", t.name, err)
	}
	client, stored, err := t.open()
	if err != nil {
		return 0, err
	}
	var drawn int64
	err = persist(ctx, func() error {
		drawn, err = t.count(ctx, client, stored, key)
		if expired(err) {
			drawn, err = 1, t.restart(ctx, client, stored, key)
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("%s: draw: %w", t.name, err)
	}
	return drawn, nil
}

func (t *table) count(ctx context.Context, client *dynamodb.Client, stored *string, key infra.Key) (int64, error) {
	var e expression
	update := "ADD " + e.name(infra.DrawAttr) + " " + e.value(number(1))
	cond := e.notExpired(t.clock.Now())
	out, err := client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: stored, Key: keyItem(key),
		UpdateExpression: &update, ConditionExpression: &cond,
		ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values,
		ReturnValues: types.ReturnValueUpdatedNew,
	})
	if err != nil {
		return 0, err
	}
	drawn, ok := out.Attributes[infra.DrawAttr].(*types.AttributeValueMemberN)
	if !ok {
		return 0, errors.New("the counter did not come back")
	}
	return strconv.ParseInt(drawn.Value, 10, 64)
}

// restart replaces an expired counter by a new one that stands at 1. When a
// rival was first, persist counts on from theirs.
func (t *table) restart(ctx context.Context, client *dynamodb.Client, stored *string, key infra.Key) error {
	item := keyItem(key)
	item[infra.DrawAttr] = number(1)
	var e expression
	cond := e.absentOrExpired(t.clock.Now())
	_, err := client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: stored, Item: item, ConditionExpression: &cond,
		ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values,
	})
	if expired(err) {
		return errRival
	}
	return err
}

// expired recognises the one condition that a drawing has.
func expired(err error) bool {
	var failed *types.ConditionalCheckFailedException
	return errors.As(err, &failed)
}

// visible tells whether an item is there and has not expired. DynamoDB deletes
// expired items days later.
func visible(item map[string]types.AttributeValue, now time.Time) bool {
	if len(item) == 0 {
		return false
	}
	expiry, ok := item[infra.ExpiryAttr].(*types.AttributeValueMemberN)
	if !ok {
		return true
	}
	at, err := strconv.ParseInt(expiry.Value, 10, 64)
	return err != nil || at > now.Unix()
}
