package aws

import (
	"crypto/subtle"
	"net"
	"net/netip"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// origin knows requests that came through CloudFront by a secret that
// CloudFront alone adds. The API has a public address of its own, past the
// firewall and the edge's headers: with a secret set, that way is closed.
type origin struct {
	secrets [][]byte
}

func newOrigin(secrets string) origin {
	var o origin
	for _, secret := range strings.Split(secrets, ",") {
		if secret != "" {
			o.secrets = append(o.secrets, []byte(secret))
		}
	}
	return o
}

// sent tells whether an event may come in.
func (o origin) sent(event events.APIGatewayV2HTTPRequest) bool {
	if len(o.secrets) == 0 {
		return true
	}
	got := []byte(header(event, "x-origin-secret"))
	match := 0
	for _, secret := range o.secrets {
		match |= subtle.ConstantTimeCompare(got, secret)
	}
	return match == 1
}

// client is the address of the client as net/http writes it, ip:port. Only
// what CloudFront says is believed, and the gateway's own word otherwise.
func (o origin) client(event events.APIGatewayV2HTTPRequest) string {
	if len(o.secrets) > 0 {
		if at, ok := viewer(header(event, "cloudfront-viewer-address")); ok {
			return at
		}
	}
	return net.JoinHostPort(event.RequestContext.HTTP.SourceIP, "0")
}

// viewer reads CloudFront-Viewer-Address, in which an IPv6 address has no
// brackets before its port.
func viewer(value string) (string, bool) {
	colon := strings.LastIndexByte(value, ':')
	if colon < 0 {
		return "", false
	}
	ip, err := netip.ParseAddr(strings.Trim(value[:colon], "[]"))
	if err != nil {
		return "", false
	}
	at, err := netip.ParseAddrPort(net.JoinHostPort(ip.String(), value[colon+1:]))
	return at.String(), err == nil
}
