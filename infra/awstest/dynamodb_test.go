package awstest_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/aws/smithy-go"

	"portal/infra/awstest"
)

type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func put(pk, sk string, more item) types.TransactWriteItem {
	record := item{"pk": text(pk), "sk": text(sk)}
	for name, value := range more {
		record[name] = value
	}
	return types.TransactWriteItem{Put: &types.Put{TableName: aws.String("dossiers"), Item: record}}
}

func putIfAbsent(pk, sk string) types.TransactWriteItem {
	write := put(pk, sk, nil)
	write.Put.ConditionExpression = aws.String("attribute_not_exists(pk)")
	return write
}

func TestDynamoDB(t *testing.T) {
	endpoint := awstest.DynamoDB(t)
	client := dynamodb.NewFromConfig(awstest.Config(endpoint))
	createDossiers(t, client)
	write := func(writes ...types.TransactWriteItem) error {
		_, err := client.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: writes})
		return err
	}

	t.Run("a transaction is all or nothing and names the condition that failed", func(t *testing.T) {
		if err := write(put("reasons", "1", nil)); err != nil {
			t.Fatal(err)
		}
		err := write(put("reasons", "2", nil), putIfAbsent("reasons", "1"))
		var cancelled *types.TransactionCanceledException
		if !errors.As(err, &cancelled) {
			t.Fatalf("got %v, want a cancelled transaction", err)
		}
		var codes []string
		for _, reason := range cancelled.CancellationReasons {
			codes = append(codes, aws.ToString(reason.Code))
		}
		if want := []string{"None", "ConditionalCheckFailed"}; !slices.Equal(codes, want) {
			t.Errorf("reasons %v, want %v", codes, want)
		}
		if exists(t, client, "reasons", "2") {
			t.Error("half of a cancelled transaction was written")
		}
	})

	t.Run("one update sees the version another wrote", func(t *testing.T) {
		number := func(n int) types.AttributeValue { return &types.AttributeValueMemberN{Value: fmt.Sprint(n)} }
		if err := write(put("versions", "dossier", item{"version": number(1)})); err != nil {
			t.Fatal(err)
		}
		advance := func(from int) error {
			w := put("versions", "dossier", item{"version": number(from + 1)})
			w.Put.ConditionExpression = aws.String("#v = :from")
			w.Put.ExpressionAttributeNames = map[string]string{"#v": "version"}
			w.Put.ExpressionAttributeValues = item{":from": number(from)}
			return write(w)
		}
		if err := advance(1); err != nil {
			t.Fatal(err)
		}
		wantCode(t, advance(1), "TransactionCanceledException")
	})

	t.Run("a transaction of 100 operations is taken and one of 101 refused", func(t *testing.T) {
		var writes []types.TransactWriteItem
		for n := range 101 {
			writes = append(writes, put("hundred", fmt.Sprintf("%03d", n), nil))
		}
		wantCode(t, write(writes...), "ValidationException")
		if err := write(writes[:100]...); err != nil {
			t.Error(err)
		}
	})

	t.Run("a key twice in one transaction is refused", func(t *testing.T) {
		wantCode(t, write(put("twice", "1", nil), put("twice", "1", item{"other": text("x")})), "ValidationException")
	})

	t.Run("an empty key is refused", func(t *testing.T) {
		// Amazon documents ValidationException for both; a cancelled transaction with that reason is what it answers for the second.
		if err := write(put("", "1", nil)); err == nil {
			t.Error("an empty partition key was written")
		}
		if err := write(put("empty", "", nil)); err == nil {
			t.Error("an empty sort key was written")
		}
	})

	t.Run("an item over 400 KB is refused", func(t *testing.T) {
		if err := write(put("big", "1", item{"text": text(strings.Repeat("x", 400<<10-200))})); err != nil {
			t.Errorf("just under the limit: %v", err)
		}
		if err := write(put("big", "2", item{"text": text(strings.Repeat("x", 400<<10))})); err == nil {
			t.Error("an item over the limit was written")
		}
	})

	t.Run("a transaction over 4 MB is refused", func(t *testing.T) {
		var writes []types.TransactWriteItem
		for n := range 11 {
			writes = append(writes, put("heavy", fmt.Sprint(n), item{"text": text(strings.Repeat("x", 399<<10))}))
		}
		if err := write(writes...); err == nil {
			t.Error("4.3 MB were written")
		}
	})

	t.Run("an index answers in pages, in order, both ways", func(t *testing.T) {
		for n := range 7 {
			more := item{"gpk": text("bureau#open"), "gsk": text(fmt.Sprint(n))}
			if err := write(put("indexed", fmt.Sprint(n), more)); err != nil {
				t.Fatal(err)
			}
		}
		if err := write(put("indexed", "unlisted", nil)); err != nil {
			t.Fatal(err)
		}
		for _, forward := range []bool{true, false} {
			got := queryIndex(t, client, forward)
			want := []string{"0", "1", "2", "3", "4", "5", "6"}
			if !forward {
				slices.Reverse(want)
			}
			if !slices.Equal(got, want) {
				t.Errorf("forward %v: %v, want %v", forward, got, want)
			}
		}
	})

	t.Run("the stream tells every write in its order with the new item", func(t *testing.T) {
		if err := write(put("streamed", "1", nil), put("streamed", "2", nil)); err != nil {
			t.Fatal(err)
		}
		if err := write(types.TransactWriteItem{Delete: &types.Delete{
			TableName: aws.String("dossiers"), Key: item{"pk": text("streamed"), "sk": text("1")},
		}}); err != nil {
			t.Fatal(err)
		}
		got := readStream(t, client, dynamodbstreams.NewFromConfig(awstest.Config(endpoint)), "streamed")
		slices.Sort(got[:2]) // AWS promises no order within a transaction
		want := []string{"INSERT 1", "INSERT 2", "REMOVE 1"}
		if !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

func createDossiers(t *testing.T, client *dynamodb.Client) {
	t.Helper()
	attribute := func(name string) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: types.ScalarAttributeTypeS}
	}
	keys := func(hash, sort string) []types.KeySchemaElement {
		return []types.KeySchemaElement{
			{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash}, {AttributeName: aws.String(sort), KeyType: types.KeyTypeRange},
		}
	}
	_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:            aws.String("dossiers"),
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{attribute("pk"), attribute("sk"), attribute("gpk"), attribute("gsk")},
		KeySchema:            keys("pk", "sk"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String("queue"), KeySchema: keys("gpk", "gsk"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}},
		StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.UpdateTimeToLive(t.Context(), &dynamodb.UpdateTimeToLiveInput{
		TableName:               aws.String("dossiers"),
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String("expires"), Enabled: aws.Bool(true)},
	}); err != nil {
		t.Fatal(err)
	}
}

func exists(t *testing.T, client *dynamodb.Client, pk, sk string) bool {
	t.Helper()
	got, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: aws.String("dossiers"), Key: item{"pk": text(pk), "sk": text(sk)}, ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		t.Fatal(err)
	}
	return got.Item != nil
}

func queryIndex(t *testing.T, client *dynamodb.Client, forward bool) (found []string) {
	t.Helper()
	pages := dynamodb.NewQueryPaginator(client, &dynamodb.QueryInput{
		TableName: aws.String("dossiers"), IndexName: aws.String("queue"), Limit: aws.Int32(3), ScanIndexForward: &forward,
		KeyConditionExpression:    aws.String("gpk = :q"),
		ExpressionAttributeValues: item{":q": text("bureau#open")},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) > 3 {
			t.Errorf("a page of %d items, over the limit", len(page.Items))
		}
		for _, found1 := range page.Items {
			found = append(found, found1["gsk"].(*types.AttributeValueMemberS).Value)
		}
	}
	return found
}

// readStream returns "<event> <sort key>" of every record of one partition key.
func readStream(t *testing.T, tables *dynamodb.Client, streams *dynamodbstreams.Client, pk string) (events []string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	table, err := tables.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String("dossiers")})
	if err != nil {
		t.Fatal(err)
	}
	stream, err := streams.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: table.Table.LatestStreamArn})
	if err != nil {
		t.Fatal(err)
	}
	for _, shard := range stream.StreamDescription.Shards {
		start, err := streams.GetShardIterator(ctx, &dynamodbstreams.GetShardIteratorInput{
			StreamArn: table.Table.LatestStreamArn, ShardId: shard.ShardId, ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon,
		})
		if err != nil {
			t.Fatal(err)
		}
		for next := start.ShardIterator; next != nil; {
			batch, err := streams.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: next})
			if err != nil {
				t.Fatal(err)
			}
			if len(batch.Records) == 0 {
				break // an open shard always has a next iterator; all of this test's writes are before it
			}
			next = batch.NextShardIterator
			for _, record := range batch.Records {
				if key := record.Dynamodb.Keys["pk"].(*streamtypes.AttributeValueMemberS); key.Value == pk {
					sk := record.Dynamodb.Keys["sk"].(*streamtypes.AttributeValueMemberS).Value
					events = append(events, string(record.EventName)+" "+sk)
				}
			}
		}
	}
	return events
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var refused smithy.APIError
	if !errors.As(err, &refused) || refused.ErrorCode() != code {
		t.Errorf("got %v, want %s", err, code)
	}
}
