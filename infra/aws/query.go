package aws

import (
	"context"
	"fmt"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"portal/infra"
)

// Query reads one page. DynamoDB counts rows before it leaves out expired ones,
// and stops at 1 MB, so a page may hold fewer rows than its limit and still
// have a successor.
func (t *table) Query(ctx context.Context, q infra.Query) (infra.Page, error) {
	q, err := infra.CheckQuery(t.name, q)
	if err != nil {
		return infra.Page{}, fmt.Errorf("%s: query: %w", t.name, err)
	}
	var start map[string]types.AttributeValue
	if q.Cursor != "" {
		at, err := infra.DecodeCursor(t.name, q)
		if err != nil {
			return infra.Page{}, fmt.Errorf("%s: query: %w", t.name, err)
		}
		start = startItem(q, at)
	}
	if q.To != "" && q.From > q.To {
		return infra.Page{}, nil // DynamoDB refuses an empty range
	}
	out, err := t.query(ctx, q, start)
	if err != nil {
		return infra.Page{}, fmt.Errorf("%s: query: %w", t.name, err)
	}
	return t.page(q, out)
}

func (t *table) query(ctx context.Context, q infra.Query, start map[string]types.AttributeValue) (*dynamodb.QueryOutput, error) {
	client, stored, err := t.open()
	if err != nil {
		return nil, err
	}
	var e expression
	input := &dynamodb.QueryInput{
		TableName:              stored,
		KeyConditionExpression: sdk.String(e.keyRange(q)),
		ScanIndexForward:       sdk.Bool(!q.Descending),
		Limit:                  sdk.Int32(int32(q.Limit)),
		ExclusiveStartKey:      start,
	}
	if q.Index == "" {
		input.ConsistentRead = sdk.Bool(true)
	} else {
		input.IndexName = &q.Index
	}
	input.ExpressionAttributeNames, input.ExpressionAttributeValues = e.names, e.values

	var out *dynamodb.QueryOutput
	err = persist(ctx, func() error {
		out, err = client.Query(ctx, input)
		return err
	})
	return out, err
}

func (t *table) page(q infra.Query, out *dynamodb.QueryOutput) (infra.Page, error) {
	var page infra.Page
	now := t.clock.Now()
	for _, item := range out.Items {
		if !visible(item, now) {
			continue
		}
		row, err := rowOf(t.name, item)
		if err != nil {
			return infra.Page{}, err
		}
		page.Rows = append(page.Rows, row)
	}
	if len(out.LastEvaluatedKey) == 0 {
		return page, nil
	}
	var err error
	page.Cursor, err = infra.EncodeCursor(t.name, q, positionOf(q, out.LastEvaluatedKey))
	return page, err
}

// keyRange is the key condition of a query.
func (e *expression) keyRange(q infra.Query) string {
	pk, sk := keyNames(q.Index)
	cond := e.name(pk) + " = " + e.value(text(q.PK))
	switch {
	case q.Prefix != "":
		return cond + " AND begins_with(" + e.name(sk) + ", " + e.value(text(q.Prefix)) + ")"
	case q.From != "" && q.To != "":
		return cond + " AND " + e.name(sk) + " BETWEEN " + e.value(text(q.From)) + " AND " + e.value(text(q.To))
	case q.From != "":
		return cond + " AND " + e.name(sk) + " >= " + e.value(text(q.From))
	case q.To != "":
		return cond + " AND " + e.name(sk) + " <= " + e.value(text(q.To))
	}
	return cond
}

// keyNames are the key attributes of an index, or of the table.
func keyNames(index string) (pk, sk string) {
	if index == "" {
		return "pk", "sk"
	}
	return index + "_pk", index + "_sk"
}

func startItem(q infra.Query, at infra.Position) map[string]types.AttributeValue {
	item := keyItem(at.Key)
	if q.Index != "" {
		pk, sk := keyNames(q.Index)
		item[pk], item[sk] = text(q.PK), text(at.IndexSK)
	}
	return item
}

func positionOf(q infra.Query, last map[string]types.AttributeValue) infra.Position {
	at := infra.Position{Key: keyOf(last)}
	if q.Index != "" {
		_, sk := keyNames(q.Index)
		at.IndexSK = textOf(last[sk])
	}
	return at
}
