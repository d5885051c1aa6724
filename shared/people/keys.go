package people

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// FoldEmail is the form in which e-mail addresses are compared: case folded,
// NFC, without surrounding space.
func FoldEmail(email string) string {
	return cases.Fold().String(norm.NFC.String(strings.TrimSpace(email)))
}

// Partition keys of the people table.

// PersonPK is the partition of an account and its sessions.
func PersonPK(id string) string { return "person#" + id }

// EmailPK reserves an e-mail address. The key is a hash, so that keys, which
// show up in metrics and denials, carry no address.
func EmailPK(email string) string { return "email#" + Hash(FoldEmail(email)) }

// OrganisationPK is the partition of an organisation and its members.
func OrganisationPK(id string) string { return "organisation#" + id }

// SessionSK is the sort key of a session, from the hash of its secret.
func SessionSK(hash string) string { return "session#" + hash }

// MemberSK is the sort key of a member of an organisation.
func MemberSK(person string) string { return "member#" + person }

// Hash is the lower-case hexadecimal SHA-256 of a text.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
