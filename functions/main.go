// The portal. On Lambda it runs the one step that its Handler names; on one
// machine it is the whole portal. This file alone wires ports to steps.
package main

import (
	"log/slog"

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

// describe mounts every step to describe the API as a deployment has it: the
// session's cookie has its prefix where nothing but HTTPS is spoken.
func describe(settings infra.Settings) ([]byte, error) {
	ports := infra.Ports{Settings: settings}
	return httpapi.New(httpapi.Build(makers(), ports), ports, slog.New(slog.DiscardHandler)).Describe()
}
