package certificate

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"portal/shared/calendar"
	"portal/shared/identifiers"
)

//go:embed policy.json
var shippedPolicy []byte

// Policy is how long each kind of certificate lasts and when its holder is
// reminded. It is data, so that another policy can be put in its place.
type Policy struct {
	kinds map[identifiers.CertificateKind]kindPolicy
}

type kindPolicy struct {
	Months    int   `json:"months,omitempty"`    // calendar months of validity; 0: without end
	Reminders []int `json:"reminders,omitempty"` // days before expiry, furthest first
	// Renewal is when a statement may be renewed; nil: never.
	Renewal *renewalWindow `json:"renewal,omitempty"`
}

// renewalWindow is in days around the last day of validity.
type renewalWindow struct {
	Before int `json:"days_before"`
	After  int `json:"days_after"`
}

// DefaultPolicy is the policy shipped with the portal, read once.
func DefaultPolicy() Policy { return defaultPolicy() }

var defaultPolicy = sync.OnceValue(func() Policy {
	policy, err := ParsePolicy(shippedPolicy)
	if err != nil {
		return Policy{} // unreachable: the file is compiled in and a test reads it
	}
	return policy
})

// ParsePolicy reads a policy in the form of policy.json. It errs when the JSON
// is malformed, a kind is missing or unknown, or its reminders are not distinct
// numbers of days, furthest first, within a validity that ends, or a renewal
// has no validity to renew.
func ParsePolicy(data []byte) (Policy, error) {
	var file struct {
		Kinds map[identifiers.CertificateKind]kindPolicy `json:"kinds"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return Policy{}, fmt.Errorf("read the policy of certificates: %w", err)
	}
	for _, kind := range identifiers.CertificateKinds() {
		policy, given := file.Kinds[kind]
		if !given {
			return Policy{}, fmt.Errorf("policy of certificates: nothing said of %s", kind)
		}
		if err := policy.check(); err != nil {
			return Policy{}, fmt.Errorf("policy of certificates: %s: %w", kind, err)
		}
	}
	if len(file.Kinds) != len(identifiers.CertificateKinds()) {
		return Policy{}, errors.New("policy of certificates: an unknown kind")
	}
	return Policy{file.Kinds}, nil
}

func (k kindPolicy) check() error {
	if k.Months < 0 {
		return errors.New("a validity is not negative")
	}
	if k.Months == 0 && len(k.Reminders) > 0 {
		return errors.New("reminders of an expiry that never comes")
	}
	if k.Renewal != nil && (k.Months == 0 || k.Renewal.Before < 0 || k.Renewal.After < 0) {
		return errors.New("a renewal needs a validity that ends, and no negative days")
	}
	for i, days := range k.Reminders {
		if days < 0 || (i > 0 && days >= k.Reminders[i-1]) {
			return errors.New("reminders are distinct numbers of days, furthest first")
		}
	}
	return nil
}

// Expiry is the last day of validity of a certificate issued at that instant:
// calendar months after its day in Casablanca, clamped (31 August + 3 months is
// 30 November). Zero when the kind does not expire.
func (p Policy) Expiry(kind identifiers.CertificateKind, issued time.Time) calendar.Date {
	months := p.kinds[kind].Months
	if months == 0 {
		return calendar.Date{}
	}
	return calendar.DateIn(issued).AddMonths(months)
}

// Reminders is when the holder of that kind is reminded: days before the expiry
// day, furthest first, 0 being the day itself. Empty when never.
func (p Policy) Reminders(kind identifiers.CertificateKind) []int {
	return slices.Clone(p.kinds[kind].Reminders)
}

// Renewable is the first and the last day on which a certificate of that kind,
// whose last day of validity is given, may be renewed; zero dates: never.
func (p Policy) Renewable(kind identifiers.CertificateKind, expires calendar.Date) (from, until calendar.Date) {
	window := p.kinds[kind].Renewal
	if window == nil || expires.IsZero() {
		return calendar.Date{}, calendar.Date{}
	}
	return expires.AddDays(-window.Before), expires.AddDays(window.After)
}

// Renewed is the last day of a certificate renewed on a day: a validity after
// its old last day while it runs, so that renewing early costs nothing, else
// after the day of renewal. Zero when the kind does not expire.
func (p Policy) Renewed(kind identifiers.CertificateKind, expires, on calendar.Date) calendar.Date {
	months := p.kinds[kind].Months
	if months == 0 {
		return calendar.Date{}
	}
	if on.After(expires) {
		return on.AddMonths(months)
	}
	return expires.AddMonths(months)
}
