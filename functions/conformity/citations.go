package conformity

import (
	"context"

	"portal/functions/certificates"
	"portal/shared/calendar"
	"portal/shared/conformity"
	"portal/shared/step"
)

// citeGrants is what looking up cited certificates, and what is under control,
// touches: whatever a draft is told rests on them.
var citeGrants = step.Grants{Dossiers: step.TableGrants{Read: certificates.CiteGrants}}.And(listGrants)

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

// advise tells what a draft still lacks before it can be deposited, and warns;
// it says nothing of what is deposited.
func (r room) advise(ctx context.Context, f *conformity.File) (advice, error) {
	if f.Status != conformity.Draft {
		return advice{}, nil
	}
	today := calendar.DateIn(r.Clock.Now())
	cites, err := r.citations(ctx, f, today)
	if err != nil {
		return advice{}, err
	}
	warns, err := r.warnings(ctx, f, today)
	return advice{conformity.Missing(f, today, cites), warns}, err
}
