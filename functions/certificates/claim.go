package certificates

import (
	"portal/infra"
	"portal/shared/identifiers"
)

// claim is the dossier that revises or renews a certificate: row
// certificate#<number> / claim, from its deposit to its end.
type claim struct {
	Dossier string `json:"dossier"`
}

func claimKey(number identifiers.CertificateNumber) infra.Key {
	return infra.Key{PK: PK(number.String()), SK: skClaim}
}

// Claim takes a certificate for the dossier that revises or renews it, in the
// Write of its deposit. Refused while another has it: at most one request works
// on a certificate at a time.
func Claim(number identifiers.CertificateNumber, dossier string) infra.Op {
	return infra.Put{Key: claimKey(number), Value: claim{Dossier: dossier}, If: []infra.Cond{infra.Absent()}}
}

// Release gives it back, in the Write that ends the dossier without Replace or
// Renew, which release it themselves: a cancellation, or an answer that gives
// no certificate.
func Release(number identifiers.CertificateNumber) infra.Op {
	return infra.Delete{Key: claimKey(number)}
}

// ReleaseOf gives a certificate back if the dossier still has it, and changes
// nothing otherwise: whoever has it by now keeps it.
func ReleaseOf(number identifiers.CertificateNumber, dossier string) infra.Op {
	return infra.Delete{Key: claimKey(number), If: []infra.Cond{infra.Equals("dossier", dossier)}}
}
