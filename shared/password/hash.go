package password

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost is what one argon2id hash costs (RFC 9106).
type Cost struct {
	Memory  uint32 // KiB
	Passes  uint32
	Threads uint8
}

// Current is the cost of new hashes: OWASP's least recommended for argon2id,
// which the accounts specification settles on ("or stronger").
func Current() Cost { return Cost{Memory: 19456, Passes: 2, Threads: 1} }

// SaltLength and the length of a hash, in bytes (RFC 9106, section 4).
const (
	SaltLength = 16
	hashLength = 32
)

// Bounds beyond which a stored hash is taken for damaged: reading a row must
// never cost a gigabyte.
const (
	maxMemory = 256 << 10
	maxPasses = 16
)

var encoding = base64.RawStdEncoding

// Nobody is a hash that no password has, at the current cost. Checking against
// it takes as long as checking against a true one: so an unknown account
// cannot be told from a wrong password by the time it takes.
func Nobody() string { return phc(Current(), make([]byte, SaltLength), make([]byte, hashLength)) }

// Hash is the PHC string of a password, to be stored. The salt is at least
// SaltLength random bytes, of which the first are used.
func Hash(password string, salt []byte) (string, error) {
	if len(salt) < SaltLength {
		return "", fmt.Errorf("password: salt of %d bytes", len(salt))
	}
	salt = salt[:SaltLength]
	return phc(Current(), salt, derive(Current(), password, salt, hashLength)), nil
}

// Check tells whether the password has this hash, and whether the hash should
// be renewed because the cost has grown since. A damaged hash is an error.
func Check(hash, password string) (same, outdated bool, err error) {
	cost, salt, want, err := parse(hash)
	if err != nil {
		return false, false, err
	}
	got := derive(cost, password, salt, uint32(len(want)))
	same = subtle.ConstantTimeCompare(got, want) == 1
	return same, same && cost.below(Current()), nil
}

func derive(c Cost, password string, salt []byte, length uint32) []byte {
	return argon2.IDKey([]byte(Normalize(password)), salt, c.Passes, c.Memory, c.Threads, length)
}

func (c Cost) below(other Cost) bool {
	return c.Memory < other.Memory || c.Passes < other.Passes || c.Threads < other.Threads
}

// phc writes the PHC string format: $argon2id$v=19$m=19456,t=2,p=1$salt$hash.
func phc(c Cost, salt, hash []byte) string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Passes, c.Threads,
		encoding.EncodeToString(salt), encoding.EncodeToString(hash))
}

// parse reads what phc writes. Its errors never repeat the hash.
func parse(hash string) (c Cost, salt, want []byte, err error) {
	damaged := func(what string) (Cost, []byte, []byte, error) {
		return Cost{}, nil, nil, fmt.Errorf("password: stored hash: %s", what)
	}
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return damaged("not argon2id")
	}
	if parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return damaged("version")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Passes, &c.Threads); err != nil {
		return damaged("cost")
	}
	if c.Memory < 8 || c.Memory > maxMemory || c.Passes < 1 || c.Passes > maxPasses || c.Threads < 1 {
		return damaged("cost out of bounds")
	}
	salt, err = encoding.DecodeString(parts[4])
	if err != nil || len(salt) < 8 || len(salt) > 64 {
		return damaged("salt")
	}
	want, err = encoding.DecodeString(parts[5])
	if err != nil || len(want) < 16 || len(want) > 64 {
		return damaged("hash")
	}
	return c, salt, want, nil
}
