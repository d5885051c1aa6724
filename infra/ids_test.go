package infra_test

import (
	"testing"
	"time"

	"portal/infra"
	"portal/infra/porttest"
)

func TestIDsConform(t *testing.T) {
	porttest.IDs(t, func(_ *testing.T, clock infra.Clock) infra.IDs { return infra.NewIDs(clock) })
}

func TestIdentifierStartsWithItsTime(t *testing.T) {
	// The example of the ULID specification.
	clock := porttest.NewClock(time.UnixMilli(1469918176385))
	if id := infra.NewIDs(clock).New(); id[:10] != "01ARYZ6S41" {
		t.Errorf("identifier %s", id)
	}
}

func TestEveryRandomBitIsUsed(t *testing.T) {
	ids := infra.NewIDs(porttest.NewClock(time.UnixMilli(0)))
	var seen [16]map[byte]bool
	for range 2000 {
		id := ids.New()
		for i := range seen {
			if seen[i] == nil {
				seen[i] = map[byte]bool{}
			}
			seen[i][id[10+i]] = true
		}
	}
	for i, letters := range seen {
		if len(letters) != 32 {
			t.Errorf("place %d takes %d values of 32", 10+i, len(letters))
		}
	}
}
