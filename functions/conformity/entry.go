package conformity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"portal/functions/certificates"
	"portal/functions/lifecycle"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/certificate/paper"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/identifiers"
	"portal/shared/reference"
)

// entryOf is the entry that an answer makes in the register, and the one that
// it changes, if any. A renewal of which every line passes keeps number and
// goods; with fewer goods it is another statement, which replaces the old.
// A révision replaces and never lasts longer than what it revises.
func (r room) entryOf(ctx context.Context, in lifecycle.At, f *conformity.File, closing dossier.Event, kind paper.Kind) (certificates.Entry, *certificates.Entry, error) {
	var none certificates.Entry
	dossierNumber, err := identifiers.ParseDossierNumber(f.Number)
	if err != nil {
		return none, nil, err
	}
	recipient, err := r.depositor(ctx, f.Head)
	if err != nil {
		return none, nil, err
	}
	bureau, _ := reference.BureauOf(f.Bureau)
	entry := certificates.Entry{Certificate: certificate.Certificate{
		Dossier: f.ID, DossierNumber: dossierNumber, Holder: f.Owner, Bureau: f.Bureau, Route: f.Route,
		Issued: closing.At, Status: certificate.Valid,
	}, BureauName: bureau.Name, Body: f.Body, Recipient: recipient, Lines: f.Tally.Conforming + f.Tally.Reserved}
	holder := holderOf(f, kind)
	entry.HolderName, entry.HolderTaxID = holder.Name, holder.TaxID
	policy := certificate.DefaultPolicy()
	if kind == paper.NCR {
		entry.Lines = f.Tally.NonConforming
		entry.Number, err = r.numberOnce(ctx, in, closing.At, identifiers.NCR)
		return entry, nil, err
	}
	old, err := r.changed(ctx, f)
	if err != nil {
		return none, nil, err
	}
	today := calendar.DateIn(closing.At)
	if f.Type == conformity.Renewal && f.Tally.NonConforming+f.Tally.NotSubject == 0 {
		if old.Ended() {
			return none, nil, certificates.ErrEnded
		}
		renewed := *old
		renewed.Edition++
		renewed.Renewed, renewed.Expires = closing.At, policy.Renewed(old.Kind(), old.Expires, today)
		renewed.Dossier, renewed.DossierNumber, renewed.Recipient = f.ID, dossierNumber, recipient
		return renewed, old, nil
	}
	if entry.Number, err = r.numberOnce(ctx, in, closing.At, identifiers.CertificateKind(kind)); err != nil {
		return none, nil, err
	}
	entry.Expires = policy.Expiry(entry.Kind(), closing.At)
	if old != nil {
		entry.Replaces = old.Number
		if f.Type == conformity.Revision {
			entry.Expires = old.Expires
		}
	}
	return entry, old, nil
}

// changed is the certificate that the dossier revises or renews, as it stands.
func (r room) changed(ctx context.Context, f *conformity.File) (*certificates.Entry, error) {
	if f.Certificate == "" {
		return nil, nil
	}
	old, err := certificates.Load(ctx, r.Dossiers, f.Certificate)
	if errors.Is(err, infra.ErrNotFound) {
		return nil, fmt.Errorf("certificate %s of a dossier is not in the register", f.Certificate)
	}
	return &old, err
}

// entering is what the register writes for an entry, its goods staged first.
func (r room) entering(ctx context.Context, f *conformity.File, closing dossier.Event, entry certificates.Entry, old *certificates.Entry, kind paper.Kind) ([]infra.Op, error) {
	act := certificates.Act{
		At: closing.At, Person: closing.Content.Person, Name: closing.Content.Name, Organisation: f.Body, Dossier: f.ID, Reason: closing.Content.Reason,
	}
	if old != nil && entry.Number == old.Number {
		return certificates.Renew(*old, certificates.Renewal{
			Expires: entry.Expires, Dossier: f.ID, DossierNumber: entry.DossierNumber, Recipient: entry.Recipient,
		}, act)
	}
	if err := certificates.Stage(ctx, r.Dossiers, entry.Number, certifiedGoods(f, kind)); err != nil {
		return nil, err
	}
	ops := certificates.Issue(entry, act)
	if old != nil {
		ops = append(ops, certificates.Replace(*old, entry.Number, act)...)
	}
	return ops, nil
}

// holderOf is the party in whose name a certificate stands: a licence in its
// manufacturer's, everything else in the importer's.
func holderOf(f *conformity.File, kind paper.Kind) conformity.Party {
	var parties conformity.Parties
	_ = json.Unmarshal(f.Form.Parties, &parties) // checked at deposit, read-only since
	if kind == paper.SOL {
		return parties.Manufacturer
	}
	return parties.Importer
}

// certifiedGoods are the register's lines of a paper.
func certifiedGoods(f *conformity.File, kind paper.Kind) []certificates.Goods {
	var goods []certificates.Goods
	for _, line := range printedLines(f, kind) {
		goods = append(goods, certificates.Goods{
			N: line.N, HS: line.HS, Designation: line.Designation, Brand: line.Brand, Reference: line.Reference,
			Origin: f.Goods[line.N-1].Origin, Quantity: line.Quantity, Unit: f.Goods[line.N-1].Unit,
		})
	}
	return goods
}

// refPut is the dossier's pointer to what was issued for it.
func refPut(f *conformity.File, entry certificates.Entry, kind paper.Kind) infra.Put {
	ref := conformity.CertificateRef{Kind: string(kind), Number: entry.Number.String(), Issued: entry.Issued}
	if !entry.Renewed.IsZero() {
		ref.Issued = entry.Renewed
	}
	if !entry.Expires.IsZero() {
		ref.Expires = entry.Expires.String()
	}
	return infra.Put{Key: infra.Key{PK: dossier.PK(f.ID), SK: dossier.SKCertificate(string(kind))}, Value: ref}
}
