package asl

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// path is a reference path: a way from the root of a JSON value to one place
// in it. The zero path is "$", the value itself.
type path struct {
	steps   []pathStep
	discard bool // the field was null instead of a path
}

// pathStep is a field name, or an index when name is "".
type pathStep struct {
	name  string
	index int
}

// parsePath reads $, $.a.b, $['a b'] and $.a[0]. Paths that may select more or
// less than one place are refused.
func parsePath(text string) (path, error) {
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return path{}, fmt.Errorf("%q is not a path: it does not start with $", text)
	}
	if strings.HasPrefix(rest, "$") {
		return path{}, fmt.Errorf("the context object %q is not supported here", text)
	}
	var p path
	for rest != "" {
		step, after, err := nextStep(rest)
		if err != nil {
			return path{}, fmt.Errorf("path %q: %w", text, err)
		}
		p.steps = append(p.steps, step)
		rest = after
	}
	return p, nil
}

func nextStep(rest string) (pathStep, string, error) {
	if rest[0] == '.' {
		end := 1 + strings.IndexFunc(rest[1:], func(c rune) bool { return !nameRune(c) })
		if end == 0 {
			end = len(rest)
		}
		if end == 1 {
			return pathStep{}, "", fmt.Errorf("%q is not supported: only names and indexes are", rest)
		}
		return pathStep{name: rest[1:end]}, rest[end:], nil
	}
	if quoted, ok := strings.CutPrefix(rest, "['"); ok {
		name, after, found := strings.Cut(quoted, "']")
		if !found || name == "" || strings.ContainsAny(name, `'\`) {
			return pathStep{}, "", fmt.Errorf("%q is not supported: only names and indexes are", rest)
		}
		return pathStep{name: name}, after, nil
	}
	inside, after, found := strings.Cut(strings.TrimPrefix(rest, "["), "]")
	index, err := strconv.ParseUint(inside, 10, 31)
	if rest[0] != '[' || !found || err != nil {
		return pathStep{}, "", fmt.Errorf("%q is not supported: only names and indexes are", rest)
	}
	return pathStep{index: int(index)}, after, nil
}

func nameRune(c rune) bool {
	return c == '_' || c == '-' || unicode.IsLetter(c) || unicode.IsDigit(c)
}

// find is the value at the path, and whether there is one.
func (p path) find(root any) (any, bool) {
	at := root
	for _, step := range p.steps {
		var ok bool
		if at, ok = step.find(at); !ok {
			return nil, false
		}
	}
	return at, true
}

func (s pathStep) find(in any) (any, bool) {
	if s.name != "" {
		object, _ := in.(map[string]any)
		v, ok := object[s.name]
		return v, ok
	}
	list, _ := in.([]any)
	if s.index >= len(list) {
		return nil, false
	}
	return list[s.index], true
}

// place is root with value put at the path, objects made on the way where
// there was nothing. root itself is left as it was.
func (p path) place(root, value any) (any, bool) {
	return placeAt(root, p.steps, value)
}

func placeAt(in any, steps []pathStep, value any) (any, bool) {
	if len(steps) == 0 {
		return value, true
	}
	step := steps[0]
	if step.name != "" {
		object, ok := in.(map[string]any)
		if !ok && in != nil {
			return nil, false
		}
		placed, ok := placeAt(object[step.name], steps[1:], value)
		if !ok {
			return nil, false
		}
		changed := maps.Clone(object)
		if changed == nil {
			changed = map[string]any{}
		}
		changed[step.name] = placed
		return changed, true
	}
	list, _ := in.([]any)
	if step.index >= len(list) {
		return nil, false
	}
	placed, ok := placeAt(list[step.index], steps[1:], value)
	if !ok {
		return nil, false
	}
	changed := slices.Clone(list)
	changed[step.index] = placed
	return changed, true
}

func (p path) String() string {
	var b strings.Builder
	b.WriteByte('$')
	for _, step := range p.steps {
		switch {
		case step.name == "":
			fmt.Fprintf(&b, "[%d]", step.index)
		case strings.IndexFunc(step.name, func(c rune) bool { return !nameRune(c) }) < 0:
			b.WriteString("." + step.name)
		default:
			b.WriteString("['" + step.name + "']")
		}
	}
	return b.String()
}
