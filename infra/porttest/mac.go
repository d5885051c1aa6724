package porttest

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"portal/infra"
)

// MAC is the conformance suite of infra.MAC, with two purposes for which it
// has keys.
func MAC(t *testing.T, open func(t *testing.T) infra.MAC, purpose, other string) {
	mac := open(t)
	sum := func(purpose, message string) []byte {
		t.Helper()
		s, err := mac.Sum(t.Context(), purpose, []byte(message))
		if err != nil || len(s) != 32 {
			t.Fatalf("sum = %d bytes, %v", len(s), err)
		}
		return s
	}
	first := sum(purpose, "message")
	if !bytes.Equal(first, sum(purpose, "message")) {
		t.Error("one message has two sums")
	}
	for name, another := range map[string][]byte{
		"another message": sum(purpose, "messagf"), "a longer message": sum(purpose, "message "), "another purpose": sum(other, "message"),
		"the longest message": sum(purpose, strings.Repeat("m", infra.MaxMACBytes)),
	} {
		if bytes.Equal(first, another) {
			t.Errorf("%s has the same sum", name)
		}
	}
	for _, message := range []string{"", strings.Repeat("m", infra.MaxMACBytes+1)} {
		if _, err := mac.Sum(t.Context(), purpose, []byte(message)); !errors.Is(err, infra.ErrLimit) {
			t.Errorf("sum of %d bytes: %v, want ErrLimit", len(message), err)
		}
	}
	if _, err := mac.Sum(t.Context(), "", []byte("message")); err == nil {
		t.Error("a sum for no purpose was made")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := mac.Sum(ctx, purpose, []byte("message")); !errors.Is(err, context.Canceled) {
		t.Errorf("sum under a cancelled context: %v", err)
	}
}

// IDs is the conformance suite of infra.IDs.
func IDs(t *testing.T, open func(t *testing.T, clock infra.Clock) infra.IDs) {
	clock := NewClock(time.Date(2026, 3, 14, 9, 26, 53, 589e6, time.UTC))
	ids := open(t, clock)
	seen := map[string]bool{}
	last := ""
	for range 200 {
		newest := ""
		for range 20 {
			id := ids.New()
			if len(id) != 26 || strings.Trim(id, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") != "" || id[0] > '7' {
				t.Fatalf("identifier %q", id)
			}
			if seen[id] || id <= last {
				t.Fatalf("identifier %s after %s, seen %v", id, last, seen[id])
			}
			seen[id] = true
			newest = max(newest, id)
		}
		last = newest
		clock.Advance(time.Millisecond)
	}
	if a, b := ids.Secret(), ids.Secret(); a == b || a == [32]byte{} || b == [32]byte{} {
		t.Error("secrets that are none")
	}
}
