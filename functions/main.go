// The portal. On Lambda it runs the one step that its Handler names; on one
// machine it is the whole portal. This file alone wires ports to steps.
package main

import (
	"portal/functions/accounts"
	"portal/functions/administration"
	"portal/functions/certificates"
	"portal/functions/conformity"
	"portal/functions/lifecycle"
	"portal/functions/mail"
	"portal/functions/portal"
	"portal/functions/products"
	"portal/functions/sweeps"
	"portal/infra"
	"portal/infra/httpapi"
)

// makers lists every step of every room.
func makers() []infra.Maker {
	var all []infra.Maker
	for _, room := range [][]infra.Maker{
		accounts.Steps, administration.Steps, certificates.Steps, conformity.Steps,
		lifecycle.Steps, mail.Steps, portal.Steps, products.Steps, sweeps.Steps,
	} {
		all = append(all, room...)
	}
	return append(all, portal.OpenAPI(describe))
}

// describe mounts every step to describe the API.
func describe() ([]byte, error) {
	all := makers()
	deployed := infra.Ports{Settings: infra.Settings{SecureOnly: true}} // as on AWS: the cookie has its prefix
	return httpapi.Describe(httpapi.Build(all, deployed), deployed.Settings)
}
