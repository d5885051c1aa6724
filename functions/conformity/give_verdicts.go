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
		need:   whole,
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
	var touched []int
	given := map[int]bool{}
	for i, v := range body.Verdicts {
		pointer := fmt.Sprintf("/verdicts/%d", i)
		switch {
		case v.Line > c.Lines:
			faults = append(faults, problem.Fault{Pointer: pointer + "/line", Code: "line_unknown", Params: map[string]any{"max": c.Lines}})
		case given[v.Line]:
			faults = append(faults, problem.Fault{Pointer: pointer + "/line", Code: "duplicate"})
		case v.Verdict.NeedsText() && clean(v.Text) == "":
			faults = append(faults, problem.Fault{Pointer: pointer + "/text", Code: "required"})
		}
		given[v.Line] = true
		touched = append(touched, v.Line)
	}
	if err := problem.Invalid(faults); err != nil {
		return err
	}
	for _, v := range body.Verdicts {
		found := conformity.LineVerdict{Verdict: v.Verdict}
		if v.Verdict.NeedsText() {
			found.Text = clean(v.Text)
		}
		if before := c.Verdicts[v.Line]; before != found {
			change := dossier.Change{Pointer: fmt.Sprintf("/verdicts/%d", v.Line), After: found}
			if before.Verdict != "" {
				change.Before = before
			}
			c.Content.Changes = append(c.Content.Changes, change)
		}
		c.Verdicts[v.Line] = found
	}
	tally := conformity.Count(c.VerdictList())
	c.Tally = &tally
	c.Ops = append(c.Ops, verdictPuts(c.ID, c.Verdicts, touched)...)
	return nil
}
