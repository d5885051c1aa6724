// Package certificates is the room of issued certificates: their register, the
// public check by number or QR, their holder's list and downloads.
package certificates

import "portal/infra"

// Steps lists the room's steps.
var Steps = []infra.Maker{check, page, list, paperLink}
