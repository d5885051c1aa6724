// Package sweeps holds what the clock does. Each sweep is safe to run twice,
// late, or in parallel, and its cost grows with what is due, never with what is
// stored: it reads an index by due day, sharded.
package sweeps

import "portal/infra"

// Steps lists the room's steps.
var Steps = []infra.Maker{tellNotices, expireCertificates, lapseRegistrations, remindRenewals, watchClocks, remindVisits, sweepDrafts, flagRetention, reconcile}
