package aws

import (
	"crypto/rand"
	"encoding/base32"
	"time"
)

// clock is the machine's, in UTC. On AWS nobody travels in time.
type clock struct{}

func (clock) Now() time.Time { return time.Now().UTC() }

// ids draws identifiers and secrets from the operating system.
type ids struct{}

// crockford's alphabet leaves out I, L, O and U; its order is that of ASCII, so
// that identifiers sort as they were made.
const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// New has the shape of a ULID: 48 bits of milliseconds, then 80 random bits.
func (ids) New() string { return identifier(time.Now()) }

func (ids) Secret() [32]byte {
	var s [32]byte
	_, _ = rand.Read(s[:]) // never fails: crypto/rand ends the process instead
	return s
}

// identifier encodes 130 bits in 26 characters: two zero bits, then the 128.
func identifier(at time.Time) string {
	var b [16]byte
	ms := uint64(at.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	_, _ = rand.Read(b[6:])
	return encode(b)
}

func encode(b [16]byte) string {
	// base32 pads at the end, a ULID at the start: shift right by two bits.
	var shifted [17]byte
	for i, v := range b {
		shifted[i] |= v >> 2
		shifted[i+1] = v << 6
	}
	return base32.NewEncoding(crockford).WithPadding(base32.NoPadding).EncodeToString(shifted[:])[:26]
}
