package statistics

import (
	"fmt"
	"math"
	"time"
)

// bounds are the upper ends of the histogram's buckets, each at most twice the
// one before: fine enough to tell hours from days, few enough for a small row.
var bounds = [...]time.Duration{
	5 * time.Minute, 10 * time.Minute, 20 * time.Minute, 40 * time.Minute,
	hours(1), hours(2), hours(4), hours(8), hours(12), hours(16),
	days(1), days(1.5), days(2), days(3), days(4), days(5), days(7), days(10), days(14), days(21), days(30), days(45), days(60), days(90),
}

func hours(n float64) time.Duration { return time.Duration(n * float64(time.Hour)) }
func days(n float64) time.Duration  { return hours(24 * n) }

// The counters of a row of times; a bucket's is upTo and its bound in seconds.
const (
	stays   = "stays"
	seconds = "seconds"
	beyond  = "beyond" // the last bound
)

func upTo(bound time.Duration) string { return fmt.Sprintf("to_%d", int64(bound.Seconds())) }

// observed is what one stay adds to a row of times. A clock that was set back
// makes no negative stay.
func observed(held time.Duration) map[string]int64 {
	held = max(held, 0)
	bucket := beyond
	for _, bound := range bounds {
		if held <= bound {
			bucket = upTo(bound)
			break
		}
	}
	return map[string]int64{stays: 1, seconds: int64(held.Seconds()), bucket: 1}
}

// Times tells how long a step took.
type Times struct {
	N       int64 // stays
	total   int64 // seconds
	buckets [len(bounds) + 1]int64
}

// Read adds a row of times.
func (t *Times) Read(row map[string]int64) {
	t.N += row[stays]
	t.total += row[seconds]
	for i, bound := range bounds {
		t.buckets[i] += row[upTo(bound)]
	}
	t.buckets[len(bounds)] += row[beyond]
}

// Mean is exact to the second; zero without stays.
func (t *Times) Mean() time.Duration {
	if t.N == 0 {
		return 0
	}
	return time.Duration(t.total/t.N) * time.Second
}

// Quantile estimates the time within which a share of the stays (0 to 1)
// ended: the bucket in which it falls is certain, its place there is
// interpolated as if the bucket's stays were spread evenly. The estimate is
// therefore never farther off than the bucket is wide: from the fourth bucket
// on at most twice, at least half of the true value. Beyond the last bound (90
// days) it is that bound. Zero without stays.
func (t *Times) Quantile(share float64) time.Duration {
	rank := int64(math.Ceil(share * float64(t.N)))
	rank = max(rank, 1)
	var before int64
	lower := time.Duration(0)
	for i, bound := range bounds {
		if in := t.buckets[i]; before+in >= rank && in > 0 {
			part := float64(rank-before) / float64(in)
			return (lower + time.Duration(part*float64(bound-lower))).Round(time.Second)
		}
		before += t.buckets[i]
		lower = bound
	}
	if t.N == 0 {
		return 0
	}
	return lower
}
