package conformity

import (
	"context"
	"fmt"

	"portal/functions/certificates"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/conformity"
	"portal/shared/forms"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// closeDossier gives the answer, computed from the verdicts; it is final. The
// execution then makes the certificates and tells the declarant.
func closeDossier(p infra.Ports) step.Step {
	r := room{p}
	return r.deed(deed{
		Declaration: step.Declaration{
			Name:     "conformity/close_dossier",
			Summary:  "Close a dossier with its computed answer",
			Who:      step.Roles(people.Agent),
			Grants:   citeGrants.And(step.Grants{Dossiers: step.TableGrants{Write: []string{"certificate#"}}}),
			Problems: []string{"verdicts_missing", "certificate_gone"},
		},
		noun:   "answers",
		form:   "answer",
		need:   light,
		action: always(conformity.Close),
		decide: func(ctx context.Context, c *change, raw []byte) error {
			var body noteBody
			if err := forms.Decode("conformity/answer", raw, &body); err != nil {
				return err
			}
			tally := conformity.Tally{Missing: c.Lines}
			if c.Tally != nil {
				tally = *c.Tally
			}
			response, ok := tally.Answer()
			if !ok {
				return &problem.Problem{Code: "verdicts_missing", Params: map[string]any{"missing": tally.Missing}}
			}
			if tally.Conforming+tally.Reserved > 0 {
				if err := r.stillBorne(ctx, c); err != nil {
					return err
				}
			}
			c.Response = response
			c.Content.Reason = clean(body.Note)
			c.Content.Details = map[string]any{"response": response, "tally": tally}
			return nil
		},
	})
}

// stillBorne holds an answer that gives a certificate against the register once
// more: the statement that the request rests on may have been revoked since the
// deposit, the certificate that it changes revoked, replaced or used up. The
// Write checks that neither happens in between. What may not be certified any
// more is answered « non conforme », or withdrawn by the declarant.
func (r room) stillBorne(ctx context.Context, c *change) error {
	for _, number := range []string{c.Statement, c.Certificate} {
		if number == "" {
			continue
		}
		cited, err := certificates.Cite(ctx, r.Dossiers, number, calendar.DateIn(c.Now))
		if err != nil {
			return err
		}
		if cited == nil {
			return fmt.Errorf("certificate %s of a deposited dossier is not in the register", number)
		}
		gone := cited.Status == certificate.Revoked
		if number == c.Certificate {
			gone = gone || cited.Status == certificate.UsedUp || cited.Status == certificate.Replaced
		}
		if gone {
			return &problem.Problem{Code: "certificate_gone", Params: map[string]any{"number": number}}
		}
		c.Ops = append(c.Ops, certificates.NotRevoked(number))
	}
	return nil
}
