package aws

import "time"

// clock is the machine's, in UTC. On AWS nobody travels in time.
type clock struct{}

func (clock) Now() time.Time { return time.Now().UTC() }
