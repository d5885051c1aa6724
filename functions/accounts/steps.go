// Package accounts is the room of the private space (the accounts
// specification): registration, passwords, sessions and one's own profile.
//
// Nothing but registration tells whether an account exists. Sign-in does the
// same reads, one argon2id hash and the same writes for an unknown e-mail as
// for a wrong password; a forgotten password only leaves a knock at the
// address, and the mail room finds out later who lives there.
package accounts

import (
	"portal/infra"
	"portal/shared/step"
)

// Steps lists the room's steps.
var Steps = []infra.Maker{
	showChallenge, register, createPassword, signIn, signOut,
	forgetPassword, resetPassword, changePassword, ratePassword,
	showProfile, listSessions, endSession,
}

// room is the ports with what several steps do with them.
type room struct{ infra.Ports }

// hashing is the memory, in MB, of steps that compute argon2id: a Lambda's
// share of a processor grows with its memory.
const hashing = 1024

// maxForm is in bytes; every form of this room is short.
const maxForm = 16 << 10

func form(name string) func(*step.Operation) {
	return step.Form("accounts/"+name, maxForm)
}

// nothing is the answer of a step that has nothing to say.
type nothing struct{}
