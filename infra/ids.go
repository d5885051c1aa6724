package infra

import (
	"crypto/rand"
	"encoding/binary"
)

// NewIDs makes identifiers by this clock and the system's randomness, in the
// shape of a ULID (github.com/ulid/spec): 48 bits of milliseconds since 1970,
// then 80 random bits.
func NewIDs(clock Clock) IDs { return ids{clock} }

type ids struct{ clock Clock }

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func (i ids) New() string {
	var random [10]byte
	rand.Read(random[:]) // never fails: the runtime ends the process instead
	high := uint64(i.clock.Now().UnixMilli())<<16 | uint64(binary.BigEndian.Uint16(random[:2]))
	low := binary.BigEndian.Uint64(random[2:])
	var id [26]byte
	for n := len(id) - 1; n >= 0; n-- {
		id[n] = crockford[low&31]
		low = low>>5 | high<<59
		high >>= 5
	}
	return string(id[:])
}

func (ids) Secret() [32]byte {
	var secret [32]byte
	rand.Read(secret[:])
	return secret
}
