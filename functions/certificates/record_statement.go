package certificates

import (
	"context"
	"errors"
	"net/http"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type statementInput struct{ RawBody []byte }

type statementOutput struct {
	Status   int
	Location string `header:"Location"`
	ETag     string `header:"ETag" doc:"The certificate's revision"`
	Body     record
}

// recordStatement enters a SoR or SoL that the bureau issued before the portal,
// so that requests can cite it and its holder be reminded. It gets a number of
// the portal's, by which and by the former it is found from now on. Its paper
// exists already: the portal prints it when it is renewed.
func recordStatement(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "certificates/record_statement",
		Summary: "Record a statement issued before the portal",
		Who:     step.Roles(people.Supervisor, people.Agent),
		Grants: recordGrants.And(step.Grants{
			People: step.TableGrants{Read: []string{"organisation#"}},
			Dossiers: step.TableGrants{
				Read: []string{"idem#"}, Write: []string{"certificate#", "former#", CounterPrefix, "idem#"},
			},
		}),
		Problems: []string{"invalid", "not_found", "idempotency_key_reused"},
	}, http.MethodPost, "/api/certificates/statements", func(ctx context.Context, in *statementInput) (*statementOutput, error) {
		s, err := r.statementOf(ctx, in.RawBody)
		if err != nil {
			return nil, err
		}
		e, err := r.enterStatement(ctx, s)
		if err != nil {
			return r.orRecordedBefore(ctx, err)
		}
		return r.recorded(ctx, e)
	}, form("statement"), step.Created)
}

// enterStatement writes everything at once: the lines of a form are few.
func (r room) enterStatement(ctx context.Context, s statement) (Entry, error) {
	act := r.act(ctx, s.body, "")
	number, err := DrawNumber(ctx, r.Dossiers, s.kind, act.At)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{
		Certificate: certificate.Certificate{
			Number: number, Holder: s.Holder.Organisation, Bureau: s.bureau.Code, Issued: s.issued.StartOfDay(), Expires: s.expires, Status: certificate.Valid,
		},
		HolderName: s.Holder.Name, HolderTaxID: s.Holder.TaxID, BureauName: s.bureau.Name, Body: s.body,
		Lines: len(s.goods), Former: s.Former,
	}
	e.Status = e.StatusAt(calendar.DateIn(act.At))
	ops := []infra.Op{infra.Put{Key: formerKey(s.Former, s.bureau.Code), Value: alias{Number: number}, If: []infra.Cond{infra.Absent()}}}
	ops = append(ops, enter(e, ActionRecord, act)...)
	ops = append(ops, goodsPuts(number, s.goods)...)
	ops = append(ops, httpapi.Remember(ctx, act.At, httpapi.Remembered{
		Status: http.StatusCreated, Location: location(number.String()), ETag: etag(1), Subject: number.String(),
	})...)
	e.Rev = 1
	return e, r.Dossiers.Write(ctx, ops...)
}

func location(number string) string { return "/api/certificates/" + number + "/record" }

func (r room) recorded(ctx context.Context, e Entry) (*statementOutput, error) {
	out, err := r.record(ctx, e, 1, http.StatusCreated)
	if err != nil {
		return nil, err
	}
	return &statementOutput{Status: out.Status, Location: location(e.Number.String()), ETag: out.ETag, Body: out.Body}, nil
}

// orRecordedBefore answers a repeated request as the first time. A refused
// Write without one means that the bureau has recorded the former number.
func (r room) orRecordedBefore(ctx context.Context, failure error) (*statementOutput, error) {
	first, err := r.recalled(ctx, failure)
	if first == nil {
		var refused *infra.Refused
		if errors.As(err, &refused) && refused.At(0) {
			return nil, problem.Field("/former", "taken")
		}
		return nil, err
	}
	e, err := Load(ctx, r.Dossiers, first.Subject)
	if err != nil {
		return nil, err
	}
	out, err := r.recorded(ctx, e)
	if err == nil {
		out.Status, out.ETag = first.Status, first.ETag
	}
	return out, err
}
