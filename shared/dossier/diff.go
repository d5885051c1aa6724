package dossier

import (
	"encoding/json"
	"fmt"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

// Diff lists the leaves that differ between two JSON values, by pointer,
// sorted. An empty document is an empty object.
func Diff(before, after json.RawMessage) ([]Change, error) {
	b, err := leaves(before)
	if err != nil {
		return nil, err
	}
	a, err := leaves(after)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for pointer, value := range b {
		if other, ok := a[pointer]; !ok || !reflect.DeepEqual(value, other) {
			changes = append(changes, Change{Pointer: pointer, Before: value, After: other})
		}
	}
	for pointer, value := range a {
		if _, ok := b[pointer]; !ok {
			changes = append(changes, Change{Pointer: pointer, After: value})
		}
	}
	sort.Slice(changes, func(i, j int) bool { return changes[i].Pointer < changes[j].Pointer })
	return changes, nil
}

func leaves(doc json.RawMessage) (map[string]any, error) {
	found := map[string]any{}
	if len(doc) == 0 {
		return found, nil
	}
	var value any
	if err := json.Unmarshal(doc, &value); err != nil {
		return nil, fmt.Errorf("dossier: diff: %w", err)
	}
	walk("", value, found)
	return found, nil
}

// escape is made once: a replacer builds its tables at its first use.
var escape = strings.NewReplacer("~", "~0", "/", "~1")

func walk(at string, value any, found map[string]any) {
	switch v := value.(type) {
	case map[string]any:
		for name, child := range v {
			walk(at+"/"+escape.Replace(name), child, found)
		}
	case []any:
		for i, child := range v {
			walk(at+"/"+strconv.Itoa(i), child, found)
		}
	default:
		found[at] = value
	}
}

// maxChanges is in bytes of JSON: an event is one row, and a row has its limit.
const maxChanges = 100 << 10

// Fit keeps as many changes as fit in an event, and says how many there were.
// The values themselves are in the dossier's rows.
func (c *Content) Fit() {
	size := 0
	for i, change := range c.Changes {
		raw, err := json.Marshal(change)
		if size += len(raw); err == nil && size <= maxChanges {
			continue
		}
		if c.Details == nil {
			c.Details = map[string]any{}
		}
		c.Details["changes"] = len(c.Changes)
		c.Changes = c.Changes[:i:i]
		return
	}
}
