// Package calendar is the portal's notion of days: civil dates in
// Africa/Casablanca, public holidays, working days and legal delays (the time
// specification). It never asks what time it is: callers pass the instant.
package calendar

import (
	"sync"
	"time"
	_ "time/tzdata" // a Lambda image carries no time-zone files of its own
)

// Casablanca is the zone of every date of the portal: UTC+1 all year but for
// Ramadan, when it is UTC. The time-zone database alone decides.
func Casablanca() *time.Location { return casablanca() }

var casablanca = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Africa/Casablanca")
	if err != nil {
		// Unreachable while the database is linked in (a test reads the zone's
		// name); the legal time outside Ramadan is the least wrong answer.
		return time.FixedZone("+01", 60*60)
	}
	return zone
})
