package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/infra/stack"
	"portal/shared/step"
	"portal/statemachines"
)

var update = flag.Bool("update", false, "write golden files again")

// allSteps declares every step of every room.
func allSteps() []step.Step {
	var list []step.Step
	for _, maker := range makers() {
		list = append(list, maker(infra.Ports{}))
	}
	return list
}

// rooms groups every step by room, in the order of their names.
func rooms() (names []string, byName map[string][]stack.Function) {
	byName = map[string][]stack.Function{}
	for _, s := range allSteps() {
		room := s.Room()
		byName[room] = append(byName[room], stack.Function{Step: s, Grants: httpapi.EffectiveGrants(s)})
		if !slices.Contains(names, room) {
			names = append(names, room)
		}
	}
	slices.Sort(names)
	return names, byName
}

func TestTemplatesSayWhatTheStepsDeclare(t *testing.T) {
	names, byName := rooms()
	for _, room := range names {
		want, err := stack.Room(room, byName[room], statemachines.Names())
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(room, "template.yaml")
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("functions/%s is not what its steps declare (%v); go test ./functions -run Templates -update writes it", path, err)
		}
	}
}

func TestNoTemplateOutlivesItsRoom(t *testing.T) {
	names, _ := rooms()
	paths, err := filepath.Glob("*/template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		if room := filepath.Dir(path); !slices.Contains(names, room) {
			t.Errorf("functions/%s: no step is in room %s", path, room)
		}
	}
}
