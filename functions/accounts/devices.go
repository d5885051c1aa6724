package accounts

import (
	"encoding/hex"
	"net/http"
	"strings"
	"time"
	"unicode"

	"portal/infra"
	"portal/shared/people"
)

// A device is a browser that has once proved to be its owner's: it carries a
// random cookie of its own, apart from sessions. The row person#<id> /
// device#<hash> lets the portal tell a new device from a known one, and count
// the wrong passwords of known devices apart: a stranger who tries passwords
// slows strangers down, never the owner's own browser.
const (
	devicePrefix  = "device#"
	deviceForgets = 180 * 24 * time.Hour
)

// knownDevice is the row of a device.
type knownDevice struct {
	Seen time.Time `json:"seen"`
}

// visitor is the browser that asks.
type visitor struct {
	sent      []*http.Cookie
	userAgent string
}

// FromRequest reads the cookies and the User-Agent of the request.
func (v *visitor) FromRequest(r *http.Request) {
	v.sent = r.Cookies()
	v.userAgent = r.UserAgent()
}

// agent is the User-Agent shortened for the owner's list of sessions.
func (v visitor) agent() string {
	const most = 160 // runes
	agent := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(v.userAgent, "")))
	return string(agent[:min(len(agent), most)])
}

// browser is the device of a visitor, known or new.
type browser struct {
	hash   string // of the cookie's secret
	cookie http.Cookie
}

// device is the one whose cookie the visitor sent, else a new one.
func (v visitor) device(s infra.Settings, ids infra.IDs) browser {
	secret := v.deviceSecret(s)
	if secret == "" {
		fresh := ids.Secret()
		secret = hex.EncodeToString(fresh[:])
	}
	return browser{hash: people.Hash("device " + secret), cookie: http.Cookie{
		Name: deviceCookie(s), Value: secret, Path: "/", HttpOnly: true, Secure: s.SecureOnly,
		SameSite: http.SameSiteLaxMode, MaxAge: int(deviceForgets.Seconds()),
	}}
}

func (v visitor) deviceSecret(s infra.Settings) string {
	for _, c := range v.sent {
		if c.Name == deviceCookie(s) && len(c.Value) == 64 && strings.Trim(c.Value, "0123456789abcdef") == "" {
			return c.Value
		}
	}
	return ""
}

func deviceCookie(s infra.Settings) string {
	if s.SecureOnly {
		return "__Host-device"
	}
	return "device"
}

func deviceKey(person, hash string) infra.Key {
	return infra.Key{PK: people.PersonPK(person), SK: devicePrefix + hash}
}

// known is the operation that remembers the device as a person's.
func (b browser) known(person string, now time.Time) infra.Op {
	return infra.Put{Key: deviceKey(person, b.hash), Value: knownDevice{Seen: now}, Expires: now.Add(deviceForgets)}
}
