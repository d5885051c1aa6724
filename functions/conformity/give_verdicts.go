package conformity

import (
	"context"
	"fmt"

	"portal/infra"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type verdictsBody struct {
	Verdicts []struct {
		Line    int                `json:"line"`
		To      int                `json:"to"` // last line, when several in a row
		Verdict conformity.Verdict `json:"verdict"`
		Text    string             `json:"text"`
	} `json:"verdicts"`
}

// giveVerdicts records the agent's findings on some lines; a line's earlier
// finding is replaced, and the event keeps both.
func giveVerdicts(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:    "conformity/give_verdicts",
			Summary: "Give verdicts on goods lines",
			Who:     step.Roles(people.Agent),
		},
		noun:   "verdicts",
		form:   "verdicts",
		need:   judged,
		action: always(conformity.GiveVerdicts),
		decide: func(_ context.Context, c *change, raw []byte) error {
			var body verdictsBody
			if err := forms.Decode("conformity/verdicts", raw, &body); err != nil {
				return err
			}
			return c.giveVerdicts(body)
		},
	})
}

func (c *change) giveVerdicts(body verdictsBody) error {
	var faults []problem.Fault
	touched := map[int]bool{}
	for i, v := range body.Verdicts {
		pointer := fmt.Sprintf("/verdicts/%d", i)
		to := max(v.Line, v.To)
		switch {
		case v.To != 0 && v.To < v.Line:
			faults = append(faults, problem.Fault{Pointer: pointer + "/to", Code: "not_below", Params: map[string]any{"min": v.Line}})
		case v.Line > c.Lines:
			faults = append(faults, problem.Fault{Pointer: pointer + "/line", Code: "line_unknown", Params: map[string]any{"max": c.Lines}})
		case to > c.Lines:
			faults = append(faults, problem.Fault{Pointer: pointer + "/to", Code: "line_unknown", Params: map[string]any{"max": c.Lines}})
		case v.Verdict.NeedsText() && clean(v.Text) == "":
			faults = append(faults, problem.Fault{Pointer: pointer + "/text", Code: "required"})
		default:
			if touch(touched, v.Line, to) {
				faults = append(faults, problem.Fault{Pointer: pointer + "/line", Code: "duplicate"})
			}
		}
	}
	if err := problem.Invalid(faults); err != nil {
		return err
	}
	for _, v := range body.Verdicts {
		found := conformity.LineVerdict{Verdict: v.Verdict}
		if v.Verdict.NeedsText() {
			found.Text = clean(v.Text)
		}
		c.judge(v.Line, max(v.Line, v.To), found)
	}
	tally := conformity.Count(c.VerdictList())
	c.Tally = &tally
	c.Ops = append(c.Ops, verdictPuts(c.ID, c.Verdicts, c.Lines, touched)...)
	return nil
}

// touch marks lines; true when one was marked before.
func touch(touched map[int]bool, from, to int) (twice bool) {
	for line := from; line <= to; line++ {
		twice = twice || touched[line]
		touched[line] = true
	}
	return twice
}

// judge gives lines one finding. The event keeps what they were found before,
// lines in a row that were found alike together.
func (c *change) judge(from, to int, found conformity.LineVerdict) {
	for from <= to {
		before, last := c.Verdicts[from], from
		for last < to && c.Verdicts[last+1] == before {
			last++
		}
		if before != found {
			c.Content.Changes = append(c.Content.Changes, verdictChange(from, last, before, found))
		}
		for ; from <= last; from++ {
			c.Verdicts[from] = found
		}
	}
}

func verdictChange(from, to int, before, found conformity.LineVerdict) dossier.Change {
	change := dossier.Change{Pointer: fmt.Sprintf("/verdicts/%d", from), After: found}
	if to > from {
		change.Pointer += fmt.Sprintf("-%d", to)
	}
	if before.Verdict != "" {
		change.Before = before
	}
	return change
}
