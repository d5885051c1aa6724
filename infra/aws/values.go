package aws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"portal/infra"
)

// JSON and DynamoDB have the same kinds of values. Numbers travel as their
// decimal digits, never as floating point.

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func textOf(v types.AttributeValue) string {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

func keyItem(k infra.Key) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": text(k.PK), "sk": text(k.SK)}
}

func keyOf(item map[string]types.AttributeValue) infra.Key {
	return infra.Key{PK: textOf(item["pk"]), SK: textOf(item["sk"])}
}

// attribute is a decoded JSON value (numbers as json.Number or int64) as
// DynamoDB stores it.
func attribute(v any) (types.AttributeValue, error) {
	switch v := v.(type) {
	case nil:
		return &types.AttributeValueMemberNULL{Value: true}, nil
	case bool:
		return &types.AttributeValueMemberBOOL{Value: v}, nil
	case string:
		return text(v), nil
	case int64:
		return number(v), nil
	case json.Number:
		return &types.AttributeValueMemberN{Value: v.String()}, nil
	case []any:
		list := make([]types.AttributeValue, len(v))
		for i, element := range v {
			var err error
			if list[i], err = attribute(element); err != nil {
				return nil, err
			}
		}
		return &types.AttributeValueMemberL{Value: list}, nil
	case map[string]any:
		object, err := attributes(v)
		return &types.AttributeValueMemberM{Value: object}, err
	}
	return nil, fmt.Errorf("aws: no attribute holds a %T", v)
}

func attributes(object map[string]any) (map[string]types.AttributeValue, error) {
	item := make(map[string]types.AttributeValue, len(object)+4)
	for name, v := range object {
		value, err := attribute(v)
		if err != nil {
			return nil, err
		}
		item[name] = value
	}
	return item, nil
}

// rowOf is the row that an item holds: keys, index keys and expiry are no part
// of its value.
func rowOf(table string, item map[string]types.AttributeValue) (infra.Row, error) {
	object := make(map[string]any, len(item))
	for name, v := range item {
		value, err := jsonValue(v)
		if err != nil {
			return infra.Row{}, fmt.Errorf("%s: attribute %s: %w", table, name, err)
		}
		object[name] = value
	}
	for _, own := range []string{"pk", "sk", infra.ExpiryAttr} {
		delete(object, own)
	}
	for _, index := range infra.Indexes {
		if index.Table == table {
			pk, sk := keyNames(index.Name)
			delete(object, pk)
			delete(object, sk)
		}
	}
	value, err := marshal(object)
	if err != nil {
		return infra.Row{}, fmt.Errorf("%s: %w", table, err)
	}
	return infra.Row{Key: keyOf(item), Value: value}, nil
}

func jsonValue(v types.AttributeValue) (any, error) {
	switch v := v.(type) {
	case *types.AttributeValueMemberNULL:
		return nil, nil
	case *types.AttributeValueMemberBOOL:
		return v.Value, nil
	case *types.AttributeValueMemberS:
		return v.Value, nil
	case *types.AttributeValueMemberN:
		return json.Number(strings.TrimPrefix(v.Value, "+")), nil
	case *types.AttributeValueMemberL:
		list := make([]any, len(v.Value))
		for i, element := range v.Value {
			var err error
			if list[i], err = jsonValue(element); err != nil {
				return nil, err
			}
		}
		return list, nil
	case *types.AttributeValueMemberM:
		object := make(map[string]any, len(v.Value))
		for name, member := range v.Value {
			var err error
			if object[name], err = jsonValue(member); err != nil {
				return nil, err
			}
		}
		return object, nil
	}
	return nil, fmt.Errorf("no JSON value is a %T", v)
}

func marshal(object map[string]any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(object); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}
