// Package portal is the room of the portal itself: its health, its forms, its
// reference lists and the description of its API.
package portal

import "portal/infra"

// Steps lists the room's steps but the description, which is made from the
// steps of every room.
var Steps = []infra.Maker{health, showForm, showList}
