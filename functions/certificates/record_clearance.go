package certificates

import (
	"context"
	"net/http"

	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/forms"
	"portal/shared/i18n"
	"portal/shared/identifiers"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type clearanceInput struct {
	Checked
	RawBody []byte
}

type clearanceOutput struct{ Body cleared }

type cleared struct {
	Number      string `json:"number"`
	Status      string `json:"status"`
	StatusLabel string `json:"status_label"`
	Declaration string `json:"declaration"`
	Date        string `json:"date"`
}

// recordClearance notes that the shipment of a CoC was cleared through customs,
// which uses it up. The same declaration again changes nothing: customs report
// until they are answered.
func recordClearance(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "certificates/record_clearance",
		Summary:  "Record the customs clearance that uses a CoC up",
		Who:      step.Roles(people.Customs),
		Grants:   TellGrants,
		Problems: []string{"not_found", "invalid", "not_allowed_for_certificate", "already_cleared"},
	}, http.MethodPost, "/api/certificates/{number}/clearances", func(ctx context.Context, in *clearanceInput) (*clearanceOutput, error) {
		var done Entry
		err := registry.Again(func() error {
			e, err := r.open(ctx, in.Number, func(people.Caller, Entry) bool { return true })
			if err != nil {
				return err
			}
			done, err = r.clear(ctx, e, in.RawBody)
			return err
		})
		if err != nil {
			return nil, err
		}
		return &clearanceOutput{Body: cleared{
			Number: done.Number.String(), Status: string(done.Status), StatusLabel: i18n.Text(step.RequestOf(ctx).Lang, done.Status.LabelKey(), nil),
			Declaration: done.Cleared.Declaration, Date: done.Cleared.Date.String(),
		}}, nil
	}, form("clearance"), step.Status(http.StatusOK))
}

func (r room) clear(ctx context.Context, e Entry, raw []byte) (Entry, error) {
	today := calendar.DateIn(r.Clock.Now())
	reported, err := clearanceOf(raw, today)
	if err != nil {
		return e, err
	}
	if e.Cleared != nil {
		if e.Cleared.Declaration != reported.Declaration {
			return e, problem.New("already_cleared")
		}
		return e, nil
	}
	if e.Kind() != identifiers.COC || e.Ended() {
		_, label := standing(e, today)
		return e, notAllowed(ctx, e, i18n.Text(step.RequestOf(ctx).Lang, label, nil))
	}
	if faults := shipmentFaults(reported.Date, e); len(faults) > 0 {
		return e, problem.Invalid(faults)
	}
	act := r.act(ctx, customsOf(step.CallerOf(ctx)), "")
	reported.At, reported.By = act.At, act.Person
	old := e
	e.Status, e.Cleared = certificate.UsedUp, &reported
	details := map[string]string{"declaration": reported.Declaration, "date": reported.Date.String()}
	// The bureau is not told: every good CoC ends so.
	ops := change(old, e, ActionUseUp, act, details, &Notice{
		Kind: "certificate_used_up", Values: map[string]string{"declaration": reported.Declaration},
	})
	if err := r.Dossiers.Write(ctx, ops...); err != nil {
		return e, err
	}
	// It is used up: a letter that fails now is the sweep's to tell.
	_ = Tell(ctx, r.Ports, e.Number.String(), old.Rev+1)
	return e, nil
}

func customsOf(c people.Caller) string {
	if orgs := c.With(people.Customs); len(orgs) > 0 {
		return orgs[0]
	}
	return ""
}

// clearanceOf reads a report. Declarations are compared without case and
// spaces, which people add when they copy.
func clearanceOf(raw []byte, today calendar.Date) (Clearance, error) {
	var body struct {
		Declaration string `json:"declaration"`
		Date        string `json:"date"`
	}
	faults, err := forms.Check("certificates/clearance", raw, &body)
	if err != nil {
		return Clearance{}, err
	}
	date, err := calendar.ParseDate(body.Date)
	if err == nil && date.After(today) {
		faults = append(faults, problem.Fault{Pointer: "/date", Code: "date_future"})
	}
	c := Clearance{Declaration: compact(body.Declaration), Date: date}
	return c, problem.Invalid(faults)
}

// shipmentFaults holds a day against the validity of the certificate: customs
// may report late, but not what was cleared before the issue or after the last
// day.
func shipmentFaults(date calendar.Date, e Entry) []problem.Fault {
	switch {
	case date.Before(calendar.DateIn(e.Issued)):
		return []problem.Fault{{Pointer: "/date", Code: "date_before_issue"}}
	case date.After(e.Expires):
		return []problem.Fault{{Pointer: "/date", Code: "date_after_expiry"}}
	}
	return nil
}
