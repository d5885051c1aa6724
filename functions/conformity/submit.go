package conformity

import (
	"context"
	"fmt"

	"portal/functions/accounts/registry"
	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/identifiers"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/reference"
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
			Grants: citeGrants.And(step.Grants{Dossiers: step.TableGrants{
				Read: []string{"load#"}, Write: []string{"counter#conformity#", "number#", "certificate#"},
			}}),
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
	c.Facts = conformity.FactsOf(c.Goods) // by today's lists
	cites, err := r.citations(ctx, c.File, today)
	if err != nil {
		return err
	}
	if missing := conformity.Missing(c.File, today, cites); len(missing) > 0 {
		return &problem.Problem{Code: "incomplete", Faults: missing}
	}
	object, err := conformity.ObjectOf(c.File)
	if err != nil {
		return err
	}
	conformity.Summarise(c.File)
	if err := c.cite(cites); err != nil {
		return err
	}
	if err := r.giveBureau(ctx, c, object, cites, today); err != nil {
		return err
	}
	if err := r.recordList(ctx, c, today); err != nil {
		return err
	}
	number, err := r.drawNumber(ctx, c)
	if err != nil {
		return err
	}
	c.Number, c.Deposited, c.DepositN = number, c.Now, c.N
	c.Lane = conformity.PolicyOf(object).Review
	c.Content.Details = map[string]any{"number": number, "bureau": c.Bureau, "why": c.BureauWhy, "statement": c.Statement, "certificate": c.Certificate, "control_list": c.ControlList}
	c.Ops = append(c.Ops, infra.Put{
		Key: infra.Key{PK: dossier.NumberPK(number), SK: "number"}, Value: numbered{Dossier: c.ID}, If: []infra.Cond{infra.Absent()},
	})
	return nil
}

// cite keeps the numbers of the certificates that the request rests on or
// changes. The Write checks that the statement still stands, and takes the
// certificate to change, which one request at a time may have.
func (c *change) cite(cites conformity.Citations) error {
	if s := cites.Statement; s != nil {
		c.Statement = s.Number
		c.Ops = append(c.Ops, certificates.StillStanding(s.Number))
	}
	if cert := cites.Certificate; cert != nil {
		number, err := identifiers.ParseCertificateNumber(cert.Number)
		if err != nil {
			return fmt.Errorf("certificate of the register: %w", err)
		}
		c.Certificate = cert.Number
		c.Ops = append(c.Ops, certificates.Claim(number, c.ID))
	}
	return nil
}

// release gives back the certificate that the request was to change.
func (c *change) release() error {
	if c.Certificate == "" {
		return nil
	}
	number, err := identifiers.ParseCertificateNumber(c.Certificate)
	if err != nil {
		return fmt.Errorf("certificate of the dossier: %w", err)
	}
	c.Ops = append(c.Ops, certificates.Release(number))
	return nil
}

// numbered is the row that finds a dossier by its number.
type numbered struct {
	Dossier string `json:"dossier"`
}

// giveBureau keeps the declarant's choice, or chooses and says why.
func (r room) giveBureau(ctx context.Context, c *change, object conformity.Object, cites conformity.Citations, today calendar.Date) error {
	code, why, err := r.chooseBureau(ctx, c.File, object, cites, today)
	if err != nil {
		return err
	}
	if code == "" {
		return problem.New("no_bureau_accredited")
	}
	c.Bureau, c.Body = code, registry.BureauID(code)
	if object.Bureau == conformity.AutomaticBureau {
		c.BureauWhy = why
	}
	return nil
}

// chooseBureau is the bureau that the declarant asked for, or that issued the
// certificate to change, or the accredited one with the fewest open dossiers;
// "" when none may take the goods.
func (r room) chooseBureau(ctx context.Context, f *conformity.File, object conformity.Object, cites conformity.Citations, today calendar.Date) (string, []reference.Reason, error) {
	because := func(code, bureau string) []reference.Reason {
		return []reference.Reason{{Code: code, Params: map[string]any{"bureau": bureau}}}
	}
	switch {
	case object.Bureau != "" && object.Bureau != conformity.AutomaticBureau:
		return object.Bureau, because(reference.Asked, object.Bureau), nil
	case cites.Certificate != nil:
		return cites.Certificate.Bureau, because(reference.Issuer, cites.Certificate.Bureau), nil
	}
	load, err := bureauLoad(ctx, r.Dossiers)
	if err != nil {
		return "", nil, err
	}
	code, why, _ := conformity.ChooseBureau(f, today, load)
	return code, why, nil
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
