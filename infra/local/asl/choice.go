package asl

import (
	"encoding/json"
	"slices"
	"strings"
)

// test is the condition of a choice rule. It fails when a path leads nowhere,
// as on AWS; IsPresent exists to ask first.
type test func(input any) (bool, *Fault)

func (n node) choice(s *state) {
	rules := n.required("Choices")
	for _, f := range rules.list() {
		s.rules = append(s.rules, rule{holds: f.test("Next"), next: f.required("Next").text()})
	}
	if rules.there && len(s.rules) == 0 {
		rules.refuse("is empty")
	}
	s.otherwise = n.field("Default").text()
}

// test reads one condition. besides are the fields that the rule around it
// may have.
func (n node) test(besides ...string) test {
	switch {
	case n.field("And").there:
		n.only(append(besides, "And")...)
		return all(n.field("And").tests(), true)
	case n.field("Or").there:
		n.only(append(besides, "Or")...)
		return all(n.field("Or").tests(), false)
	case n.field("Not").there:
		n.only(append(besides, "Not")...)
		return not(n.field("Not").test())
	}
	return n.comparison(besides)
}

func (n node) tests() []test {
	var tests []test
	for _, f := range n.list() {
		tests = append(tests, f.test())
	}
	if len(tests) == 0 {
		n.refuse("is empty")
	}
	return tests
}

// all is And (want true) or Or (want false): it stops at the first test that
// decides, so that And can ask IsPresent before the rest.
func all(tests []test, want bool) test {
	return func(input any) (bool, *Fault) {
		for _, t := range tests {
			if holds, fault := t(input); fault != nil || holds != want {
				return holds, fault
			}
		}
		return want, nil
	}
}

func not(t test) test {
	return func(input any) (bool, *Fault) {
		holds, fault := t(input)
		return !holds, fault
	}
}

// comparison reads Variable and its one operator.
func (n node) comparison(besides []string) test {
	var operator node
	for _, f := range n.fields() {
		switch {
		case f.key == "Comment" || f.key == "Variable" || slices.Contains(besides, f.key):
		case operator.there:
			n.refuse("compares twice: %s and %s", operator.key, f.key)
		default:
			operator = f
		}
	}
	variable := n.required("Variable")
	p := variable.path()
	if p.discard {
		variable.refuse("is not a path")
	}
	if !operator.there {
		n.refuse("has no condition")
		return never
	}
	switch operator.key {
	case "IsPresent":
		want := operator.truth()
		return func(input any) (bool, *Fault) {
			_, present := p.find(input)
			return present == want, nil
		}
	case "StringEqualsPath":
		other := operator.path()
		return func(input any) (bool, *Fault) {
			w, ok := other.find(input)
			if !ok {
				return false, nowhere(other)
			}
			return compare(p, input, func(v any) bool { return equalText(v, w) })
		}
	}
	holds := operator.operation()
	return func(input any) (bool, *Fault) { return compare(p, input, holds) }
}

func never(any) (bool, *Fault) { return false, nil }

func compare(p path, input any, holds func(any) bool) (bool, *Fault) {
	v, ok := p.find(input)
	if !ok {
		return false, nowhere(p)
	}
	return holds(v), nil
}

// operation reads an operator that looks at one value. A value of another type
// than the operator's is no match, and no fault.
func (n node) operation() func(any) bool {
	switch n.key {
	case "IsNull":
		want := n.truth()
		return func(v any) bool { return (v == nil) == want }
	case "BooleanEquals":
		want := n.truth()
		return func(v any) bool { b, ok := v.(bool); return ok && b == want }
	case "StringEquals":
		want := n.string()
		return func(v any) bool { return equalText(v, want) }
	case "StringMatches":
		pattern := n.pattern()
		return func(v any) bool { s, ok := v.(string); return ok && glob(pattern, s) }
	case "NumericEquals":
		return n.numeric(func(v, want float64) bool { return v == want })
	case "NumericLessThan":
		return n.numeric(func(v, want float64) bool { return v < want })
	case "NumericLessThanEquals":
		return n.numeric(func(v, want float64) bool { return v <= want })
	case "NumericGreaterThan":
		return n.numeric(func(v, want float64) bool { return v > want })
	case "NumericGreaterThanEquals":
		return n.numeric(func(v, want float64) bool { return v >= want })
	}
	n.refuse("is not supported")
	return func(any) bool { return false }
}

func (n node) truth() bool {
	b, ok := n.value.(bool)
	if !ok {
		n.refuse("is not true or false")
	}
	return b
}

// string is a string that may be empty.
func (n node) string() string {
	s, ok := n.value.(string)
	if !ok {
		n.refuse("is not a string")
	}
	return s
}

func (n node) numeric(holds func(v, want float64) bool) func(any) bool {
	want, ok := numberOf(n.value)
	if !ok {
		n.refuse("is not a number")
	}
	return func(v any) bool {
		f, ok := numberOf(v)
		return ok && holds(f, want)
	}
}

func numberOf(v any) (float64, bool) {
	literal, ok := v.(json.Number)
	f, err := literal.Float64()
	return f, ok && err == nil
}

func equalText(a, b any) bool {
	s, ok := a.(string)
	t, also := b.(string)
	return ok && also && s == t
}

// pattern splits a StringMatches pattern at its stars; \* is a star and \\ a
// backslash.
func (n node) pattern() []string {
	parts := []string{""}
	text := n.string()
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '*':
			parts = append(parts, "")
			continue
		case c == '\\':
			if i++; i == len(text) || (text[i] != '*' && text[i] != '\\') {
				n.refuse(`\ stands before * or \ only`)
				return parts
			}
		}
		parts[len(parts)-1] += text[i : i+1]
	}
	return parts
}

// glob tells whether s is the parts in order with anything between them.
func glob(parts []string, s string) bool {
	first, last := parts[0], parts[len(parts)-1]
	if len(parts) == 1 {
		return s == first
	}
	if len(s) < len(first)+len(last) || !strings.HasPrefix(s, first) || !strings.HasSuffix(s, last) {
		return false
	}
	s = s[len(first) : len(s)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		_, after, found := strings.Cut(s, part)
		if !found {
			return false
		}
		s = after
	}
	return true
}
