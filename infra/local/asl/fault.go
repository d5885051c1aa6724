package asl

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// Names of errors that the language itself raises or matches (Amazon States
// Language, appendix A).
const (
	allErrors          = "States.ALL"
	taskFailed         = "States.TaskFailed"
	timedOut           = "States.Timeout"
	runtimeError       = "States.Runtime"
	noChoiceMatched    = "States.NoChoiceMatched"
	resultPathMismatch = "States.ResultPathMatchFailure"
	dataLimitExceeded  = "States.DataLimitExceeded"
	unknownError       = "Lambda.Unknown"
)

// Quotas of Step Functions. A machine that outgrows them fails here too.
const (
	maxData   = 256 << 10 // bytes of a task's input or result, or of an execution's input
	maxEvents = 25_000    // events in the history of one execution
	maxCause  = 1 << 10   // bytes kept of an error's text
)

// Fault is an error inside a machine: what Retry and Catch match by Name. A
// task may return one to choose its name; any error with a method
// ErrorName() string does as well.
type Fault struct {
	Name  string
	Cause string
}

func (f *Fault) Error() string {
	switch {
	case f.Cause == "":
		return f.Name
	case f.Name == "":
		return f.Cause
	}
	return f.Name + ": " + f.Cause
}

// ErrorName is the name that Retry and Catch match.
func (f *Fault) ErrorName() string { return f.Name }

// faultOf gives a task's error its name and cuts its text.
func faultOf(err error) *Fault {
	var fault *Fault
	if errors.As(err, &fault) {
		return &Fault{Name: fault.Name, Cause: cut(fault.Cause)}
	}
	name := unknownError
	var named interface{ ErrorName() string }
	if errors.As(err, &named) && named.ErrorName() != "" {
		name = named.ErrorName()
	}
	return &Fault{Name: name, Cause: cut(err.Error())}
}

// cut keeps at most maxCause bytes of whole characters.
func cut(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= maxCause {
		return text
	}
	end := maxCause
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// matches tells whether one of the names of a Retry or Catch stands for a
// fault. The two terminal faults are matched by no wildcard.
func matches(names []string, fault *Fault) bool {
	terminal := fault.Name == runtimeError || fault.Name == dataLimitExceeded
	for _, name := range names {
		switch {
		case name == fault.Name:
			return true
		case name == allErrors && !terminal:
			return true
		case name == taskFailed && !terminal && fault.Name != timedOut:
			return true
		}
	}
	return false
}
