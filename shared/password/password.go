// Package password holds the portal's rules for passwords (the accounts
// specification): which are accepted, how strong one is, and how it is kept.
package password

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"portal/shared/problem"
)

// The length of a password, in characters after normalization (the accounts
// specification; NIST SP 800-63B asks for no composition rule either).
const (
	MinLength = 12
	MaxLength = 128
)

// Normalize is the one form in which a password is measured, hashed and
// compared: Unicode NFKC, so that keyboards that compose differently agree.
func Normalize(password string) string { return norm.NFKC.String(password) }

// Faults names what is wrong with a new password, under this pointer: too
// short, too long, or very weak beside its owner's own data (name, e-mail,
// company). None means that it may be used.
func Faults(pointer, password string, own ...string) []problem.Fault {
	switch n := utf8.RuneCountInString(Normalize(password)); {
	case n < MinLength:
		return []problem.Fault{{Pointer: pointer, Code: "too_short", Params: map[string]any{"min": MinLength}}}
	case n > MaxLength:
		return []problem.Fault{{Pointer: pointer, Code: "too_long", Params: map[string]any{"max": MaxLength}}}
	}
	if Rate(password, own...) == VeryWeak {
		return []problem.Fault{{Pointer: pointer, Code: "password_too_weak"}}
	}
	return nil
}
