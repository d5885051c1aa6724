package asl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// decode reads one JSON value, numbers as json.Number so that none loses
// digits on its way through a machine.
func decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}

// decodeOnce is decode for definitions. It refuses a field given twice: of two
// states with one name, one would go unread.
func decodeOnce(data []byte) (any, error) {
	if _, err := decode(data); err != nil {
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return decodeValue(d, "")
}

func decodeValue(d *json.Decoder, at string) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		object := map[string]any{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			name := key.(string)
			if _, twice := object[name]; twice {
				return nil, fmt.Errorf("%s: given twice", join(at, name))
			}
			if object[name], err = decodeValue(d, join(at, name)); err != nil {
				return nil, err
			}
		}
		_, err = d.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			item, err := decodeValue(d, fmt.Sprintf("%s[%d]", at, len(list)))
			if err != nil {
				return nil, err
			}
			list = append(list, item)
		}
		_, err = d.Token()
		return list, err
	}
	return token, nil
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// reading collects everything that is wrong with a definition.
type reading struct{ refusals []error }

// node is one value of a definition, with its place.
type node struct {
	r     *reading
	at    string // "" is the definition itself
	key   string // last name of the place
	value any
	there bool
}

func (n node) refuse(format string, args ...any) {
	at := n.at
	if at == "" {
		at = "definition"
	}
	n.r.refusals = append(n.r.refusals, fmt.Errorf("%s: %s", at, fmt.Sprintf(format, args...)))
}

// field is the field of an object; it may be absent.
func (n node) field(name string) node {
	object, _ := n.value.(map[string]any)
	v, ok := object[name]
	return node{r: n.r, at: join(n.at, name), key: name, value: v, there: ok}
}

// required is a field that must be there.
func (n node) required(name string) node {
	if _, ok := n.value.(map[string]any); n.there && !ok {
		n.refuse("is not an object")
		return node{r: n.r, at: join(n.at, name), key: name}
	}
	f := n.field(name)
	if n.there && !f.there {
		n.refuse("%s is missing", name)
	}
	return f
}

// fields are all fields of an object, in order of name. An absent value, and
// one that is no object, has none.
func (n node) fields() []node {
	object, ok := n.value.(map[string]any)
	if !ok && n.there {
		n.refuse("is not an object")
	}
	list := make([]node, 0, len(object))
	for name := range object {
		list = append(list, n.field(name))
	}
	slices.SortFunc(list, func(a, b node) int { return strings.Compare(a.key, b.key) })
	return list
}

// only refuses the fields of an object other than these and Comment.
func (n node) only(names ...string) {
	for _, f := range n.fields() {
		if f.key != "Comment" && !slices.Contains(names, f.key) {
			f.refuse("is not supported")
		}
	}
}

// list are the items of an array.
func (n node) list() []node {
	items, ok := n.value.([]any)
	if !ok && n.there {
		n.refuse("is not an array")
	}
	nodes := make([]node, len(items))
	for i, item := range items {
		nodes[i] = node{r: n.r, at: fmt.Sprintf("%s[%d]", n.at, i), value: item, there: true}
	}
	return nodes
}

// text is a string, not empty where there is one.
func (n node) text() string {
	s, ok := n.value.(string)
	if n.there && (!ok || s == "") {
		n.refuse("is not a string, or empty")
	}
	return s
}

// number is a finite number of at least least, or usual when absent.
func (n node) number(least, usual float64) float64 {
	if !n.there {
		return usual
	}
	literal, ok := n.value.(json.Number)
	f, err := literal.Float64()
	if !ok || err != nil || f < least {
		n.refuse("is not a number of at least %v", least)
		return usual
	}
	return f
}

// maxWhole bounds every whole number of a definition, as on AWS.
const maxWhole = 99_999_999

// whole is a whole number of at least least, or usual when absent.
func (n node) whole(least, usual int) int {
	if !n.there {
		return usual
	}
	literal, ok := n.value.(json.Number)
	i, err := strconv.Atoi(literal.String())
	if !ok || err != nil || i < least || i > maxWhole {
		n.refuse("is not a whole number from %d to %d", least, maxWhole)
		return usual
	}
	return i
}

// seconds is a duration of at least one second, or 0 when absent.
func (n node) seconds() time.Duration {
	return time.Duration(n.whole(1, 0)) * time.Second
}

// path is a reference path; null stands for "discard", absent for "$".
func (n node) path() path {
	if n.there && n.value == nil {
		return path{discard: true}
	}
	if !n.there {
		return path{}
	}
	p, err := parsePath(n.text())
	if err != nil {
		n.refuse("%v", err)
	}
	return p
}
