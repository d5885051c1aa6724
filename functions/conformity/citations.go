package conformity

import (
	"context"

	"portal/functions/certificates"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/problem"
	"portal/shared/step"
)

// citeGrants is what looking up cited certificates touches.
var citeGrants = step.Grants{Dossiers: step.TableGrants{Read: certificates.CiteGrants}}

// citations looks up the certificates that a request names.
func (r room) citations(ctx context.Context, f *conformity.File, today calendar.Date) (conformity.Citations, error) {
	var cites conformity.Citations
	object, err := conformity.ObjectOf(f)
	if err != nil {
		return cites, nil // a draft whose object is not one yet cites nothing
	}
	if _, rests := object.Rests(); rests && object.Statement != "" {
		if cites.Statement, err = certificates.Cite(ctx, r.Dossiers, object.Statement, today); err != nil {
			return cites, err
		}
	}
	if object.Type != conformity.New && object.Certificate != "" {
		cites.Certificate, err = certificates.Cite(ctx, r.Dossiers, object.Certificate, today)
	}
	return cites, err
}

// lacks is what a draft still lacks before it can be deposited; nothing of
// what is deposited.
func (r room) lacks(ctx context.Context, f *conformity.File) ([]problem.Fault, error) {
	if f.Status != conformity.Draft {
		return nil, nil
	}
	today := calendar.DateIn(r.Clock.Now())
	cites, err := r.citations(ctx, f, today)
	if err != nil {
		return nil, err
	}
	return conformity.Missing(f, today, cites), nil
}
