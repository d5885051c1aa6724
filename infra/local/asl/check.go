package asl

import (
	"errors"
	"fmt"
	"slices"
)

// Check tells whether the states of a machine fit together: StartAt and every
// state that another leads to exist, every state can be reached, and from
// every state some end can be reached. The error names all faults.
func Check(m *Machine) error {
	if _, ok := m.states[m.startAt]; !ok {
		return fmt.Errorf("asl: StartAt: there is no state %q", m.startAt)
	}
	var faults []error
	for _, name := range m.States() {
		for _, next := range m.states[name].successors() {
			if _, ok := m.states[next]; !ok {
				faults = append(faults, fmt.Errorf("asl: %s: there is no state %q", name, next))
			}
		}
	}
	reached := closure([]string{m.startAt}, m.Successors)
	ending := closure(m.ends(), m.predecessors())
	for _, name := range m.States() {
		if !reached[name] {
			faults = append(faults, fmt.Errorf("asl: %s: nothing leads there", name))
		}
		if !ending[name] {
			faults = append(faults, fmt.Errorf("asl: %s: no end can be reached from there", name))
		}
	}
	return errors.Join(faults...)
}

// Successors are the states that a state can lead to, Catch and Default
// included, sorted, each once.
func (m *Machine) Successors(name string) []string {
	s, ok := m.states[name]
	if !ok {
		return nil
	}
	next := s.successors()
	slices.Sort(next)
	return slices.Compact(next)
}

func (s *state) successors() []string {
	var next []string
	if s.next != "" {
		next = append(next, s.next)
	}
	for _, r := range s.rules {
		next = append(next, r.next)
	}
	if s.otherwise != "" {
		next = append(next, s.otherwise)
	}
	for _, c := range s.catchers {
		next = append(next, c.next)
	}
	return next
}

// ends are the states in which an execution can end as meant.
func (m *Machine) ends() []string {
	var ends []string
	for _, name := range m.States() {
		if s := m.states[name]; s.next == "" && s.kind != typeChoice {
			ends = append(ends, name)
		}
	}
	return ends
}

func (m *Machine) predecessors() func(string) []string {
	before := map[string][]string{}
	for name, s := range m.states {
		for _, next := range s.successors() {
			before[next] = append(before[next], name)
		}
	}
	return func(name string) []string { return before[name] }
}

// closure is every state that can be reached from some of them.
func closure(from []string, next func(string) []string) map[string]bool {
	seen := map[string]bool{}
	for len(from) > 0 {
		name := from[len(from)-1]
		from = from[:len(from)-1]
		if !seen[name] {
			seen[name] = true
			from = append(from, next(name)...)
		}
	}
	return seen
}
