package conformity

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"portal/functions/certificates"
	"portal/shared/conformity"
	"portal/shared/people"
	"portal/shared/problem"
)

// draftOf is what a draft begins with: the importer from its profile; the form
// and goods of an older request of the same organisation (« Refaire une
// demande »); or what a certificate was given for, to revise or renew it.
// Documents are of their own request and are never copied.
func (r room) draftOf(ctx context.Context, caller people.Caller, org people.Organisation, body createBody) (*conformity.File, error) {
	switch {
	case body.Revises != "":
		return r.fromCertificate(ctx, caller, org, "/revises", body.Revises, conformity.Revision)
	case body.Renews != "":
		return r.fromCertificate(ctx, caller, org, "/renews", body.Renews, conformity.Renewal)
	case body.From != "":
		return r.fromDossier(ctx, caller, org, body.From)
	}
	draft := &conformity.File{}
	parties, err := json.Marshal(map[string]any{"importer": importerFrom(org, caller)})
	draft.Form.Parties = parties
	return draft, err
}

func (r room) fromDossier(ctx context.Context, caller people.Caller, org people.Organisation, id string) (*conformity.File, error) {
	old, err := open(ctx, r.Dossiers, caller, id, whole)
	if problem.Is(err, "not_found") || (err == nil && old.Owner != org.ID) {
		return nil, problem.Field("/from", "choice")
	}
	if err != nil {
		return nil, err
	}
	return &conformity.File{Form: old.Form, Goods: old.Goods}, nil
}

// fromCertificate begins a request that revises or renews a certificate of the
// organisation, with the goods that are on it. The certificate's state is the
// rules' business: the draft is told what stands in its way.
func (r room) fromCertificate(ctx context.Context, caller people.Caller, org people.Organisation, pointer, text, kind string) (*conformity.File, error) {
	e, goods, err := certificates.Read(ctx, r.Dossiers, text)
	if err != nil {
		return nil, err
	}
	if e.Number.IsZero() || e.Holder != org.ID {
		return nil, problem.Field(pointer, "certificate_unknown")
	}
	object, certifies := conformity.ObjectFor(e.Kind())
	if !certifies {
		return nil, problem.Field(pointer, "certificate_kind")
	}
	object.Type, object.Route, object.Bureau, object.Certificate = kind, e.Route, e.Bureau, e.Number.String()
	draft := &conformity.File{}
	if e.Dossier == "" { // recorded from before the portal
		parties, err := json.Marshal(map[string]any{"importer": importerFrom(org, caller)})
		if err != nil {
			return nil, err
		}
		draft.Form.Parties = parties
		for _, line := range goods {
			draft.Goods = append(draft.Goods, lineOf(line))
		}
	} else if err := r.copyCertified(ctx, draft, &object, e.Dossier, goods); err != nil {
		return nil, err
	}
	draft.Form.Object, err = json.Marshal(object)
	return draft, err
}

// copyCertified copies the form of the dossier behind a certificate, and of its
// lines those that were certified.
func (r room) copyCertified(ctx context.Context, draft *conformity.File, object *conformity.Object, id string, goods []certificates.Goods) error {
	old, err := load(ctx, r.Dossiers, id, whole)
	if err != nil {
		return err
	}
	draft.Form = old.Form
	if before, err := conformity.ObjectOf(old); err == nil {
		object.Statement = before.Statement
	}
	for _, line := range goods {
		draft.Goods = append(draft.Goods, asFiled(old.Goods, line))
	}
	return nil
}

// asFiled is a certified line as a request had it, which says more of it. The
// request is that of the last renewal, whose lines have other numbers where the
// first one had lines that did not pass.
func asFiled(filed []conformity.Line, g certificates.Goods) conformity.Line {
	is := func(l conformity.Line) bool { return conformity.ProductOf(0, l).Is(g.Product()) }
	if g.N >= 1 && g.N <= len(filed) && is(filed[g.N-1]) {
		return filed[g.N-1]
	}
	if i := slices.IndexFunc(filed, is); i >= 0 {
		return filed[i]
	}
	return lineOf(g)
}

// lineOf is a form's line from one of the register.
func lineOf(g certificates.Goods) conformity.Line {
	quantity, _ := strconv.ParseFloat(g.Quantity, 64) // "" of products that are not counted
	return conformity.Line{
		HS: g.HS, Designation: g.Designation, Brand: g.Brand, Reference: g.Reference, Origin: g.Origin, Quantity: quantity, Unit: g.Unit,
	}
}
