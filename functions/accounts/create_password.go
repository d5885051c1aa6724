package accounts

import (
	"portal/functions/accounts/registry"
	"portal/infra"
	"portal/shared/step"
)

// createPassword turns a pending account into an active one.
func createPassword(p infra.Ports) step.Step {
	return room{p}.choosePassword(step.Declaration{
		Name:    "accounts/create_password",
		Summary: "Choose the first password by the link received",
	}, "/api/accounts/password-creations", "create-password", registry.Creation)
}
