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
	"portal/shared/certificate/paper"
	"portal/shared/conformity"
	"portal/shared/dossier"
	"portal/shared/identifiers"
	"portal/shared/step"
)

// issueCertificates makes what an answer gives: a certificate of the kind asked
// for with the lines that pass, an NCR for those that do not, a closing letter
// when none is subject. Done twice, it gives the same numbers, the same bytes,
// the same rows.
func issueCertificates(p infra.Ports) step.Step {
	r := room{p}
	return step.Task(step.Declaration{
		Name:    "conformity/issue_certificates",
		Summary: "Makes the certificates of a closed dossier",
		Grants: step.Grants{
			Dossiers: step.TableGrants{
				Read:  []string{"dossier#", "certificate#"},
				Write: []string{"dossier#", "certificate#", "counter#certificate#"},
			},
			Files: step.FileGrants{Write: []string{"certificates/", "documents/"}},
		}.And(certificates.TellGrants),
		Memory:  1769, // a full CPU: ten thousand lines are printed in seconds
		Timeout: 2 * time.Minute,
	}, func(ctx context.Context, in lifecycle.At) (struct{}, error) {
		f, event, err := r.heard(ctx, in, whole)
		if err != nil {
			return struct{}{}, err
		}
		if event.Action != conformity.Close {
			return struct{}{}, fmt.Errorf("event %d is %s, not the closing", in.N, event.Action)
		}
		kinds, err := kindsOf(f)
		if err != nil {
			return struct{}{}, err
		}
		for _, kind := range kinds {
			if err := r.issue(ctx, in, f, event, kind); err != nil {
				return struct{}{}, fmt.Errorf("%s: %w", kind, err)
			}
		}
		return struct{}{}, r.leave(ctx, f)
	})
}

// kindsOf is what an answer gives.
func kindsOf(f *conformity.File) ([]paper.Kind, error) {
	if f.Tally.Subject() == 0 {
		return []paper.Kind{paper.Letter}, nil
	}
	object, err := conformity.ObjectOf(f)
	if err != nil {
		return nil, err
	}
	var kinds []paper.Kind
	if f.Tally.Conforming+f.Tally.Reserved > 0 {
		kinds = append(kinds, paper.Kind(object.Kind()))
	}
	if f.Tally.NonConforming > 0 {
		kinds = append(kinds, paper.NCR)
	}
	return kinds, nil
}

func (r room) issue(ctx context.Context, in lifecycle.At, f *conformity.File, closing dossier.Event, kind paper.Kind) error {
	if kind == paper.Letter {
		return r.issueLetter(ctx, in, f, closing)
	}
	effect := "issue_" + string(kind)
	if issued, err := r.wasDone(ctx, in, effect); err != nil || issued {
		return err
	}
	entry, old, err := r.entryOf(ctx, in, f, closing, kind)
	if errors.Is(err, certificates.ErrEnded) {
		return nil // revoked between the answer and now: there is nothing left to renew
	}
	if err != nil {
		return err
	}
	var printed bytes.Buffer
	if err := paper.Render(&printed, r.paperOf(f, closing, kind, &entry)); err != nil {
		return err
	}
	number := entry.Number.String()
	if err := r.Files.Put(ctx, certificates.PaperKey(number, entry.Edition), "application/pdf", printed.Bytes()); err != nil {
		return err
	}
	ops, err := r.entering(ctx, f, closing, entry, old, kind)
	if err != nil {
		return err
	}
	if err := r.once(ctx, in, effect, append(ops, refPut(f, entry, kind))...); err != nil {
		return err
	}
	if old != nil && entry.Number != old.Number {
		// A letter holds no answer up: what fails now, a sweep tells tomorrow.
		_ = certificates.Tell(ctx, r.Ports, old.Number.String(), old.Rev+1)
	}
	return nil
}

// leave gives back the certificate that an answer did not change after all.
func (r room) leave(ctx context.Context, f *conformity.File) error {
	if f.Certificate == "" {
		return nil
	}
	number, err := identifiers.ParseCertificateNumber(f.Certificate)
	if err != nil {
		return fmt.Errorf("certificate of the dossier: %w", err)
	}
	err = r.Dossiers.Write(ctx, certificates.ReleaseOf(number, f.ID))
	if errors.Is(err, infra.ErrConditionFailed) {
		return nil // given back with the change, or another request's by now
	}
	return err
}

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
