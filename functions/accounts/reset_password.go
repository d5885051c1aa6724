package accounts

import (
	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/step"
)

// resetPassword replaces a forgotten password, ends every session and tells
// the owner.
func resetPassword(p infra.Ports) step.Step {
	return room{p}.choosePassword(step.Declaration{
		Name:    "accounts/reset_password",
		Summary: "Choose a new password by the link received",
	}, "/api/accounts/password-resets", "reset-password", registry.Reset)
}
