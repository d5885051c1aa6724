package conformity

import (
	"fmt"
	"testing"
)

// expected is the specification's table, row by row, over the set of verdicts
// present: another way to the answer than counting.
func expected(verdicts []Verdict) Response {
	has := map[Verdict]bool{}
	for _, v := range verdicts {
		has[v] = true
	}
	delete(has, NotSubject)
	switch {
	case len(has) == 0:
		return RespNotSubject
	case len(has) == 1 && has[NonConforming]:
		return RespNonConforming
	case len(has) == 1 && has[Conforming]:
		return RespConforming
	case !has[NonConforming] && has[Reserved]:
		return RespReserved
	case has[NonConforming] && !has[Reserved]:
		return RespPartial
	}
	return RespPartialReserved
}

func TestTheAnswerIsThatOfTheTableForAllVerdictsOfUpToFiveLines(t *testing.T) {
	all := []Verdict{NotSubject, Conforming, Reserved, NonConforming}
	seen := map[Response]int{}
	var try func(lines []Verdict, left int)
	try = func(lines []Verdict, left int) {
		if len(lines) > 0 {
			got, ok := Count(lines).Answer()
			if want := expected(lines); !ok || got != want {
				t.Fatalf("%v: %q, want %q", lines, got, want)
			}
			seen[got]++
		}
		if left == 0 {
			return
		}
		for _, v := range all {
			try(append(lines[:len(lines):len(lines)], v), left-1)
		}
	}
	try(nil, 5)
	if len(seen) != 6 {
		t.Errorf("only these answers came up: %v", seen)
	}
}

func TestTheAnswerWaitsForEveryLine(t *testing.T) {
	for _, lines := range [][]Verdict{{}, {""}, {Conforming, ""}, {"", NonConforming, NotSubject}} {
		if answer, ok := Count(lines).Answer(); ok {
			t.Errorf("%v is answered %q", lines, answer)
		}
	}
}

func TestLinesNotSubjectDoNotChangeTheAnswerUnlessAllAre(t *testing.T) {
	for _, tc := range []struct {
		lines []Verdict
		want  Response
	}{
		{[]Verdict{NotSubject, Conforming}, RespConforming},
		{[]Verdict{NotSubject, NonConforming}, RespNonConforming},
		{[]Verdict{NotSubject, Reserved}, RespReserved},
		{[]Verdict{NotSubject, Reserved, NonConforming}, RespPartialReserved},
		{[]Verdict{NotSubject, NotSubject}, RespNotSubject},
	} {
		if got, _ := Count(tc.lines).Answer(); got != tc.want {
			t.Errorf("%v: %q, want %q", tc.lines, got, tc.want)
		}
	}
}

func ExampleTally_Answer() {
	answer, _ := Count([]Verdict{Conforming, NonConforming, Conforming}).Answer()
	fmt.Println(answer)
	// Output: partial
}
