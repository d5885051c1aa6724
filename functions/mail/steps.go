// Package mail is the room of letters: it sends what other rooms have left in
// the outbox, hears of bounces and complaints, and lets rooms send a letter of
// their own.
package mail

import "portal/infra"

// Steps lists the room's steps.
var Steps = []infra.Maker{deliver, redeliver, feedback}
