package conformity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"portal/functions/certificates"
	"portal/functions/lifecycle"
	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/certificate/paper"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/identifiers"
	"portal/shared/step"
)

// issueCertificates makes what an answer gives: a CoC for the lines that pass,
// an NCR for those that do not, a closing letter when none is subject. Done
// twice, it gives the same numbers, the same bytes, the same rows.
func issueCertificates(p infra.Ports) step.Step {
	r := room{p}
	return step.Task(step.Declaration{
		Name:    "conformity/issue_certificates",
		Summary: "Makes the certificates of a closed dossier",
		Grants: step.Grants{
			Dossiers: step.TableGrants{
				Read:  []string{"dossier#"},
				Write: []string{"dossier#", "certificate#", "counter#certificate#"},
			},
			Files: step.FileGrants{Write: []string{"certificates/", "documents/"}},
		},
		Memory:  512,
		Timeout: 60 * time.Second,
	}, func(ctx context.Context, in lifecycle.At) (struct{}, error) {
		f, event, err := r.heard(ctx, in, whole)
		if err != nil {
			return struct{}{}, err
		}
		if event.Action != conformity.Close {
			return struct{}{}, fmt.Errorf("event %d is %s, not the closing", in.N, event.Action)
		}
		for _, kind := range kindsOf(f) {
			if err := r.issue(ctx, in, f, event, kind); err != nil {
				return struct{}{}, fmt.Errorf("%s: %w", kind, err)
			}
		}
		return struct{}{}, nil
	})
}

// kindsOf is what an answer gives.
func kindsOf(f *conformity.File) []paper.Kind {
	if f.Tally.Subject() == 0 {
		return []paper.Kind{paper.Letter}
	}
	var kinds []paper.Kind
	if f.Tally.Conforming+f.Tally.Reserved > 0 {
		kinds = append(kinds, paper.COC)
	}
	if f.Tally.NonConforming > 0 {
		kinds = append(kinds, paper.NCR)
	}
	return kinds
}

func (r room) issue(ctx context.Context, in lifecycle.At, f *conformity.File, closing dossier.Event, kind paper.Kind) error {
	if kind == paper.Letter {
		return r.issueLetter(ctx, in, f, closing)
	}
	number, err := r.numberOnce(ctx, in, closing.At, identifiers.CertificateKind(kind))
	if err != nil {
		return err
	}
	dossierNumber, err := identifiers.ParseDossierNumber(f.Number)
	if err != nil {
		return err
	}
	cert := certificate.Certificate{
		Number: number, Dossier: f.ID, DossierNumber: dossierNumber, Holder: f.Owner, Bureau: f.Bureau, Route: f.Route,
		Issued: closing.At, Expires: certificate.DefaultPolicy().Expiry(number.Kind(), closing.At), Status: certificate.Valid,
	}
	var printed bytes.Buffer
	if err := paper.Render(&printed, r.paperOf(f, closing, kind, &cert)); err != nil {
		return err
	}
	if err := r.Files.Put(ctx, CertificateKey(number.String()), "application/pdf", printed.Bytes()); err != nil {
		return err
	}
	recipient, err := r.depositor(ctx, f.Head)
	if err != nil {
		return err
	}
	goods := coveredGoods(f, kind)
	if err := certificates.Stage(ctx, r.Dossiers, number, goods); err != nil {
		return err
	}
	return r.once(ctx, in, "issue_"+string(kind), certificateRows(f, closing, cert, kind, recipient, len(goods))...)
}

// CertificateKey is where a certificate's PDF is kept.
func CertificateKey(number string) string { return "certificates/" + number + ".pdf" }

// numberOnce draws the number of a certificate and keeps it: a task that runs
// again finds the number it drew.
func (r room) numberOnce(ctx context.Context, in lifecycle.At, at time.Time, kind identifiers.CertificateKind) (identifiers.CertificateNumber, error) {
	var kept struct {
		Number identifiers.CertificateNumber `json:"number"`
	}
	effect := "number_" + string(kind)
	if err := r.decode(ctx, in.Dossier, dossier.SKEffect(in.N, effect), &kept); err != nil || !kept.Number.IsZero() {
		return kept.Number, err
	}
	year := calendar.DateIn(at).Year()
	running, err := r.Dossiers.Draw(ctx, infra.Key{PK: fmt.Sprintf("counter#certificate#%s#%d", kind, year), SK: "counter"})
	if err != nil {
		return kept.Number, err
	}
	if kept.Number, err = identifiers.NewCertificateNumber(kind, at, uint64(running)); err != nil {
		return kept.Number, err
	}
	err = r.Dossiers.Write(ctx, infra.Put{Key: doneKey(in, effect), Value: kept, If: []infra.Cond{infra.Absent()}})
	if errors.Is(err, infra.ErrConditionFailed) {
		// A rival run of this task drew one first.
		return kept.Number, r.decode(ctx, in.Dossier, dossier.SKEffect(in.N, effect), &kept)
	}
	return kept.Number, err
}
