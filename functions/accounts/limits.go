package accounts

import (
	"context"
	"errors"
	"net/netip"
	"strconv"
	"time"

	"portal/infra"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// limit is how often something may be done by one subject within a window of
// the clock. Row rate#<what>#<hash of the subject>#<window> / rate.
type limit struct {
	what   string
	most   int64
	window time.Duration
}

// errOften says that a limit is reached.
var errOften = errors.New("accounts: too often")

// take counts one more, exactly: rivals never get more than the limit
// together. errOften when it is reached.
func (r room) take(ctx context.Context, l limit, subject string) error {
	window := r.Clock.Now().Truncate(l.window)
	add := infra.Add{
		Key:     infra.Key{PK: "rate#" + l.what + "#" + people.Hash(subject) + "#" + strconv.FormatInt(window.Unix(), 10), SK: "rate"},
		Values:  map[string]int64{"n": 1},
		Expires: window.Add(l.window + time.Minute),
	}
	// Most windows see one request, hence this order.
	for _, condition := range []infra.Cond{infra.Absent(), infra.Below("n", l.most)} {
		add.If = []infra.Cond{condition}
		if err := r.People.Write(ctx, add); !errors.Is(err, infra.ErrConditionFailed) {
			return err
		}
	}
	return errOften
}

// allow is take for the client's network. Too often is a problem.
func (r room) allow(ctx context.Context, l limit) error {
	return refuseOften(r.take(ctx, l, network(step.RequestOf(ctx).ClientAddr)))
}

func refuseOften(err error) error {
	if errors.Is(err, errOften) {
		return problem.New("too_many_requests")
	}
	return err
}

// network is what one client is counted as: its IPv4 address, or the /64 in
// which it may choose IPv6 addresses as it likes.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap()
	if ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}
