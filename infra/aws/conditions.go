package aws

import (
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"portal/infra"
)

// expression collects the names and values that an expression refers to. Every
// name goes through it, so that reserved words need no list.
type expression struct {
	names  map[string]string
	values map[string]types.AttributeValue
}

func (e *expression) name(attr string) string {
	if e.names == nil {
		e.names = map[string]string{}
	}
	for placeholder, name := range e.names {
		if name == attr {
			return placeholder
		}
	}
	placeholder := "#" + strconv.Itoa(len(e.names))
	e.names[placeholder] = attr
	return placeholder
}

func (e *expression) value(v types.AttributeValue) string {
	if e.values == nil {
		e.values = map[string]types.AttributeValue{}
	}
	placeholder := ":" + strconv.Itoa(len(e.values))
	e.values[placeholder] = v
	return placeholder
}

// The three states of a row: absent, expired but not yet deleted, live. To a
// condition the first two are one.

func (e *expression) absentOrExpired(now time.Time) string {
	return "(attribute_not_exists(" + e.name("pk") + ") OR " + e.expired(now) + ")"
}

func (e *expression) live(now time.Time) string {
	return "(attribute_exists(" + e.name("pk") + ") AND " + e.notExpired(now) + ")"
}

// expired is false of a row without expiry: a missing attribute fails every
// comparison.
func (e *expression) expired(now time.Time) string {
	return e.name(infra.ExpiryAttr) + " <= " + e.value(number(now.Unix()))
}

func (e *expression) notExpired(now time.Time) string {
	ttl := e.name(infra.ExpiryAttr)
	return "(attribute_not_exists(" + ttl + ") OR " + ttl + " > " + e.value(number(now.Unix())) + ")"
}

// conditions puts checked conditions in DynamoDB's words; nil when there are
// none. first are requirements of the operation itself.
func (e *expression) conditions(conds []infra.Cond, now time.Time, first ...string) (*string, error) {
	all := first
	for _, c := range conds {
		one, err := e.condition(c, now)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil, nil
	}
	joined := strings.Join(all, " AND ")
	return &joined, nil
}

func (e *expression) condition(c infra.Cond, now time.Time) (string, error) {
	switch c.Test {
	case infra.RowAbsent:
		return e.absentOrExpired(now), nil
	case infra.RowPresent:
		return e.live(now), nil
	case infra.AttrMissing:
		return "(attribute_not_exists(" + e.name(c.Attr) + ") OR " + e.expired(now) + ")", nil
	}
	v, err := attribute(c.Value)
	if err != nil {
		return "", err
	}
	operator := " = "
	if c.Test == infra.AttrBelow {
		operator = " < "
	}
	return "(" + e.name(c.Attr) + operator + e.value(v) + " AND " + e.notExpired(now) + ")", nil
}
