// Package certificates is the room of issued certificates: their register and
// its history, what ends them, the public check by number or QR, their holder's
// and their bureau's lists and downloads.
package certificates

import "portal/infra"

// Steps lists the room's steps.
var Steps = []infra.Maker{
	check, page, list, listIssued, show, history, paperLink, recordStatement, revoke, recordClearance,
}
