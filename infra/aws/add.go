package aws

import (
	"maps"
	"slices"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"portal/infra"
)

// add makes the item of an Add. DynamoDB's ADD would count on from an expired
// row that is not yet deleted, and cannot set an expiry on creation alone.
// Therefore an Add is written for the state in which the row probably is, on
// condition that it is; when DynamoDB shows another state, adapt turns it round:
//
//   - a live row is updated,
//   - an expired row is replaced by a new one,
//   - an absent row is updated too, or replaced when it is to expire.
func (w *write) add(n int, op infra.Add, now time.Time) (types.TransactWriteItem, error) {
	if w.replaces[n] {
		return w.create(n, op, now)
	}
	var e expression
	state := e.notExpired
	if !op.Expires.IsZero() {
		state = e.live
	}
	cond, err := e.conditions(w.ops[n].If, now, state(now))
	if err != nil {
		return types.TransactWriteItem{}, err
	}
	sums := make([]string, 0, len(op.Values))
	for _, attr := range slices.Sorted(maps.Keys(op.Values)) {
		sums = append(sums, e.name(attr)+" "+e.value(number(op.Values[attr])))
	}
	return types.TransactWriteItem{Update: &types.Update{
		TableName: w.table, Key: keyItem(op.Key), ConditionExpression: cond,
		UpdateExpression:         sdk.String("ADD " + strings.Join(sums, ", ")),
		ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}, nil
}

// create is the Add of a row that is not there.
func (w *write) create(n int, op infra.Add, now time.Time) (types.TransactWriteItem, error) {
	item := keyItem(op.Key)
	for attr, v := range op.Values {
		item[attr] = number(v)
	}
	if !op.Expires.IsZero() {
		item[infra.ExpiryAttr] = number(op.Expires.Unix())
	}
	var e expression
	cond, err := e.conditions(w.ops[n].If, now, e.absentOrExpired(now))
	return types.TransactWriteItem{Put: &types.Put{
		TableName: w.table, Item: item, ConditionExpression: cond,
		ExpressionAttributeNames: e.names, ExpressionAttributeValues: e.values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}, err
}

// adapt rewrites the Adds that were refused because their row was in another
// state; false when none was, and the refusal stands.
func (w *write) adapt(reasons []types.CancellationReason) bool {
	changed := false
	for n, reason := range reasons {
		op, ok := w.ops[n].Op.(infra.Add)
		if !ok || sdk.ToString(reason.Code) != conditionalCheckFailed {
			continue
		}
		replace := !visible(reason.Item, w.clock.Now())
		if len(reason.Item) == 0 {
			replace = !op.Expires.IsZero()
		}
		if replace != w.replaces[n] {
			w.replaces[n], changed = replace, true
		}
	}
	return changed
}
