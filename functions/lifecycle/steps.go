// Package lifecycle holds the four tasks that every state machine shares: park,
// next, acknowledge and pump. A step decides with one write and calls no state
// machine; these let the execution follow, whatever is lost, late or doubled.
package lifecycle

import "portal/infra"

// Steps lists the room's steps.
var Steps = []infra.Maker{Park, Next, Acknowledge, Pump}
