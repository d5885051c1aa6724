package conformity

import (
	"context"
	"fmt"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/identifiers"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// submit deposits a complete draft: the bureau is chosen, the number allotted,
// the clock starts, and the declarant can edit no more. The number is drawn
// first and reserved in the same Write: a lost race leaves a gap, never two
// dossiers of one number.
func submit(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:    "conformity/submit",
			Summary: "Deposit a draft",
			Who:     step.Roles(people.Declarant),
			Grants: step.Grants{Dossiers: step.TableGrants{
				Read: []string{"load#"}, Write: []string{"counter#conformity#", "number#"},
			}},
			Problems: []string{"incomplete", "no_bureau_accredited"},
		},
		noun:   "deposits",
		need:   whole,
		action: always(conformity.Submit),
		decide: func(ctx context.Context, c *change, _ []byte) error {
			return r.deposit(ctx, c)
		},
	})
}

func (r room) deposit(ctx context.Context, c *change) error {
	today := calendar.DateIn(c.Now)
	if missing := conformity.Missing(c.File, today); len(missing) > 0 {
		return &problem.Problem{Code: "incomplete", Faults: missing}
	}
	conformity.Summarise(c.File)
	if err := r.giveBureau(ctx, c, today); err != nil {
		return err
	}
	number, err := r.drawNumber(ctx, c)
	if err != nil {
		return err
	}
	c.Number, c.Deposited, c.DepositN = number, c.Now, c.N
	c.Due = conformity.DueDate(today).String()
	c.Content.Details = map[string]any{"number": number, "bureau": c.Bureau, "why": c.BureauWhy}
	c.Ops = append(c.Ops, infra.Put{
		Key: infra.Key{PK: dossier.NumberPK(number), SK: "number"}, Value: numbered{Dossier: c.ID}, If: []infra.Cond{infra.Absent()},
	})
	return nil
}

// numbered is the row that finds a dossier by its number.
type numbered struct {
	Dossier string `json:"dossier"`
}

// giveBureau keeps the declarant's choice, or chooses the accredited bureau
// with the fewest open dossiers and says why.
func (r room) giveBureau(ctx context.Context, c *change, today calendar.Date) error {
	object, err := conformity.ObjectOf(c.File)
	if err != nil {
		return err
	}
	if object.Bureau != conformity.AutomaticBureau {
		c.Bureau = object.Bureau
		c.Body = registry.BureauID(c.Bureau)
		return nil
	}
	load, err := bureauLoad(ctx, r.Dossiers)
	if err != nil {
		return err
	}
	code, why, ok := conformity.ChooseBureau(c.File, today, load)
	if !ok {
		return problem.New("no_bureau_accredited")
	}
	c.Bureau, c.BureauWhy = code, why
	c.Body = registry.BureauID(code)
	return nil
}

func (r room) drawNumber(ctx context.Context, c *change) (string, error) {
	year := calendar.DateIn(c.Now).Year()
	running, err := r.Dossiers.Draw(ctx, infra.Key{PK: fmt.Sprintf("counter#conformity#%s#%d", c.Bureau, year), SK: "counter"})
	if err != nil {
		return "", err
	}
	number, err := identifiers.NewDossierNumber(c.Bureau, c.Now, uint64(running))
	if err != nil {
		return "", fmt.Errorf("dossier number: %w", err)
	}
	return number.String(), nil
}
