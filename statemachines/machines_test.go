package statemachines_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"portal/infra/local/asl"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/statemachines"
)

func conformityMachine(t *testing.T) *asl.Machine {
	t.Helper()
	text, err := statemachines.Definition("conformity-review")
	if err != nil {
		t.Fatal(err)
	}
	m, err := asl.Parse(text, func(name string) (string, bool) {
		target := statemachines.StepOf(name)
		return target, target != ""
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := asl.Check(m); err != nil {
		t.Fatal(err)
	}
	return m
}

// heard are the transitions that an execution hears: those from the deposit on.
func heard() []dossier.Transition {
	var list []dossier.Transition
	for _, t := range conformity.Procedure.Transitions {
		for _, from := range t.From {
			if from == conformity.Draft && t.To == "" {
				continue
			}
			if t.Action == conformity.Discard {
				continue
			}
			to := t.To
			if to == "" {
				to = from
			}
			list = append(list, dossier.Transition{Action: t.Action, By: t.By, From: []dossier.Status{from}, To: to})
		}
	}
	return list
}

// walkOne plays one event through the machine from the state that waits in a
// status, and tells the path and the state it waits in afterwards.
func walkOne(t *testing.T, m *asl.Machine, from dossier.Status, action dossier.Action, to dossier.Status) (path []string, err error) {
	t.Helper()
	waits := 0
	input := fmt.Sprintf(`{"dossier":"d","generation":1,"n":4,"status":%q}`, from)
	stop := fmt.Errorf("parked again")
	path, _, err = asl.Walk(m, []byte(input), func(function string, payload []byte) ([]byte, error) {
		switch function {
		case "lifecycle/park":
			if waits++; waits > 1 {
				return nil, stop
			}
			return []byte(`{}`), nil
		case "lifecycle/next":
			return json.Marshal(map[string]any{"dossier": "d", "generation": 1, "n": 5, "action": action})
		case "lifecycle/acknowledge":
			return json.Marshal(map[string]any{"dossier": "d", "generation": 1, "n": 5, "status": to})
		}
		return []byte(`{}`), nil
	})
	return path, err
}

func awaitOf(path []string) (first, last string) {
	for _, state := range path {
		if strings.HasPrefix(state, "Await") {
			if first == "" {
				first = state
			}
			last = state
		}
	}
	return first, last
}

func TestTheMachineAcceptsExactlyTheTransitionsOfTheTable(t *testing.T) {
	m := conformityMachine(t)
	waitsIn := map[dossier.Status]string{}
	for _, tr := range heard() {
		from := tr.From[0]
		path, _ := walkOne(t, m, from, tr.Action, tr.To)
		if !slices.Contains(path, "Acknowledge") {
			t.Errorf("%s in %s is in the table, but the machine walks %v", tr.Action, from, path)
			continue
		}
		first, last := awaitOf(path)
		if known, ok := waitsIn[from]; ok && known != first {
			t.Errorf("the machine waits for %s both in %s and in %s", from, known, first)
		}
		waitsIn[from] = first
		if conformity.Procedure.IsFinal(tr.To) {
			if end := path[len(path)-1]; end != map[dossier.Status]string{conformity.Closed: "Closed", conformity.Cancelled: "Cancelled"}[tr.To] {
				t.Errorf("%s in %s leads to %s, but the machine ends in %s", tr.Action, from, tr.To, end)
			}
		} else if after, ok := waitsIn[tr.To]; ok && after != last {
			t.Errorf("%s in %s leads to %s, but the machine then waits in %s", tr.Action, from, tr.To, last)
		}
	}
	for _, s := range conformity.Procedure.Statuses {
		if !conformity.Procedure.IsFinal(s) && waitsIn[s] == "" {
			t.Errorf("no state waits in %s", s)
		}
	}
	if distinct := map[string]bool{}; true {
		for _, state := range waitsIn {
			distinct[state] = true
		}
		if len(distinct) != len(waitsIn) {
			t.Errorf("two statuses share one state: %v", waitsIn)
		}
	}
}

func TestTheMachineRefusesWhatTheTableDoesNotHave(t *testing.T) {
	m := conformityMachine(t)
	in := func(from dossier.Status, action dossier.Action) bool {
		return slices.ContainsFunc(heard(), func(t dossier.Transition) bool { return t.From[0] == from && t.Action == action })
	}
	actions := map[dossier.Action]bool{"forge": true}
	for _, tr := range heard() {
		actions[tr.Action] = true
	}
	for _, from := range conformity.Procedure.Statuses {
		if conformity.Procedure.IsFinal(from) {
			continue
		}
		for action := range actions {
			if in(from, action) {
				continue
			}
			path, err := walkOne(t, m, from, action, conformity.InProcessing)
			if slices.Contains(path, "Acknowledge") || err == nil || path[len(path)-1] != "UnexpectedEvent" {
				t.Errorf("%s in %s is not in the table, but the machine walks %v", action, from, path)
			}
		}
	}
}

func TestASupersededExecutionEndsWhereverItIs(t *testing.T) {
	m := conformityMachine(t)
	for _, from := range conformity.Procedure.Statuses {
		if conformity.Procedure.IsFinal(from) {
			continue
		}
		path, err := walkOne(t, m, from, "superseded", "")
		if err != nil || path[len(path)-1] != "Superseded" {
			t.Errorf("in %s: %v, %v", from, path, err)
		}
	}
}

func TestTheEffectsOfEachEventAreThoseOfTheProcedure(t *testing.T) {
	m := conformityMachine(t)
	for _, tc := range []struct {
		action   dossier.Action
		from, to dossier.Status
		effects  []string
	}{
		{conformity.Submit, conformity.Draft, conformity.Submitted, []string{"RecordLoad", "AssignAutomatically", "AcknowledgeReceipt", "RecordStatistics"}},
		{conformity.Assign, conformity.Submitted, conformity.AwaitingEvaluation, []string{"RecordLoad", "TellAgent", "RecordStatistics"}},
		{conformity.Reassign, conformity.InProcessing, conformity.InProcessing, []string{"RecordLoad", "TellAgent", "RecordStatistics"}},
		{conformity.Unassign, conformity.AwaitingEvaluation, conformity.Submitted, []string{"RecordLoad", "RecordStatistics"}},
		{conformity.TakeCharge, conformity.AwaitingEvaluation, conformity.UnderEvaluation, []string{"RecordStatistics"}},
		{conformity.AskComplement, conformity.UnderEvaluation, conformity.AwaitingComplement, []string{"TellDeclarant", "RecordStatistics"}},
		{conformity.PlanVisit, conformity.InProcessing, conformity.UnderInspection, []string{"TellDeclarant", "RecordStatistics"}},
		{conformity.CloseVisit, conformity.UnderInspection, conformity.InProcessing, []string{"TellDeclarant", "RecordStatistics"}},
		{conformity.Close, conformity.InProcessing, conformity.Closed, []string{"IssueCertificates", "RecordLoad", "TellDeclarant", "RecordStatistics"}},
		{conformity.GiveVerdicts, conformity.InProcessing, conformity.InProcessing, nil},
		{conformity.Cancel, conformity.AwaitingComplement, conformity.Cancelled, []string{"RecordLoad", "RecordStatistics"}},
	} {
		path, _ := walkOne(t, m, tc.from, tc.action, tc.to)
		var effects []string
		for _, state := range path {
			switch state {
			case "AcknowledgeReceipt", "AssignAutomatically", "RecordLoad", "RecordStatistics", "TellAgent", "TellDeclarant", "IssueCertificates":
				effects = append(effects, state)
			}
		}
		if !slices.Equal(effects, tc.effects) {
			t.Errorf("%s: effects %v, want %v", tc.action, effects, tc.effects)
		}
	}
}

// Every event that moves a dossier, or gives it to somebody else, is counted;
// verdicts do neither.
func TestEveryEventThatMovesADossierIsCounted(t *testing.T) {
	m := conformityMachine(t)
	for _, tr := range heard() {
		path, _ := walkOne(t, m, tr.From[0], tr.Action, tr.To)
		counted := slices.Index(path, "RecordStatistics")
		if counted < 0 != (tr.Action == conformity.GiveVerdicts) || counted > slices.Index(path, "Acknowledge") {
			t.Errorf("%s in %s: %v", tr.Action, tr.From[0], path)
		}
	}
}

func TestALetterThatCannotBeSentDoesNotHoldTheDossierUp(t *testing.T) {
	m := conformityMachine(t)
	for _, tr := range heard() {
		waits := 0
		input := fmt.Sprintf(`{"dossier":"d","generation":1,"n":4,"status":%q}`, tr.From[0])
		var recorded []byte
		path, _, _ := asl.Walk(m, []byte(input), func(function string, payload []byte) ([]byte, error) {
			switch function {
			case "conformity/acknowledge_receipt", "conformity/tell_agent", "conformity/tell_declarant":
				return nil, errors.New("the mail service says no")
			case "conformity/record_untold":
				recorded = payload
			case "lifecycle/park":
				if waits++; waits > 1 {
					return nil, asl.ErrStop
				}
			case "lifecycle/next":
				return json.Marshal(map[string]any{"dossier": "d", "generation": 1, "n": 5, "action": tr.Action})
			case "lifecycle/acknowledge":
				return json.Marshal(map[string]any{"dossier": "d", "generation": 1, "n": 5, "status": tr.To})
			}
			return []byte(`{}`), nil
		})
		if !slices.Contains(path, "Acknowledge") {
			t.Errorf("%s in %s stops at %v", tr.Action, tr.From[0], path)
		}
		told := slices.ContainsFunc(path, func(s string) bool { return strings.HasPrefix(s, "Tell") || s == "AcknowledgeReceipt" })
		if told != slices.Contains(path, "RecordUntold") || told && !strings.Contains(string(recorded), `"failure"`) {
			t.Errorf("%s in %s: %v %s", tr.Action, tr.From[0], path, recorded)
		}
	}
}
