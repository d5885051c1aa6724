// The portal. On Lambda it runs the one step that its Handler names; on one
// machine it is the whole portal. This file alone wires ports to steps.
package main

import (
	"slices"

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
)

// byRoom lists every step, room by room.
func byRoom() [][]infra.Maker {
	return [][]infra.Maker{
		accounts.Steps, administration.Steps, certificates.Steps, conformity.Steps,
		lifecycle.Steps, mail.Steps, portal.Steps, products.Steps, sweeps.Steps,
		{portal.OpenAPI(describe)},
	}
}

// makers lists every step.
func makers() []infra.Maker { return slices.Concat(byRoom()...) }
