// Package altcha makes and checks ALTCHA proofs of work (the protocol's first
// version): a captcha without a third party. The server hides a number behind
// a SHA-256 digest; the browser finds it by trying. Signing and remembering
// what was spent need keys and rows, and are the caller's.
package altcha

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// Algorithm is the only one used.
const Algorithm = "SHA-256"

// Complexity is the largest number hidden: half as many digests on average,
// under a second on an old phone.
const Complexity = 100_000

// Valid is how long a challenge may be solved, the time to fill in a form.
const Valid = 20 * time.Minute

// MaxPayload bounds a solution as the browser sends it, in bytes.
const MaxPayload = 1024

// Why a solution is refused.
var (
	ErrMalformed = errors.New("altcha: malformed solution")
	ErrExpired   = errors.New("altcha: challenge expired")
	ErrWrong     = errors.New("altcha: wrong number")
)

// Challenge is what the browser is given to solve.
type Challenge struct {
	Algorithm string `json:"algorithm" doc:"Digest: SHA-256"`
	Challenge string `json:"challenge" doc:"Hexadecimal digest of the salt followed by the hidden number"`
	MaxNumber int64  `json:"maxnumber" doc:"The hidden number is at most this"`
	Salt      string `json:"salt" doc:"Salt, with the challenge's expiry (seconds since 1970)"`
	Signature string `json:"signature" doc:"Hexadecimal signature of the challenge, to be sent back"`
}

// New makes a challenge from 256 random bits, unsigned.
func New(secret [32]byte, now time.Time) Challenge {
	// The final "&" keeps digits of the expiry from passing for digits of the
	// number: without it, expires=12 and 34 is the same text as 123 and 4.
	salt := hex.EncodeToString(secret[:12]) + "?expires=" + strconv.FormatInt(now.Add(Valid).Unix(), 10) + "&"
	number := int64(binary.BigEndian.Uint64(secret[12:20]) % (Complexity + 1))
	return Challenge{Algorithm: Algorithm, Challenge: digest(salt, number), MaxNumber: Complexity, Salt: salt}
}

// Message is what the signature of a challenge authenticates.
func (c Challenge) Message() []byte { return []byte(c.Challenge) }

// Signed is the challenge with its signature.
func (c Challenge) Signed(sum []byte) Challenge {
	c.Signature = hex.EncodeToString(sum)
	return c
}

// Solution is what the browser sends back.
type Solution struct {
	Algorithm string `json:"algorithm"`
	Challenge string `json:"challenge"`
	Number    int64  `json:"number"`
	Salt      string `json:"salt"`
	Signature string `json:"signature"`

	expires time.Time
}

var saltForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{24}\?expires=([0-9]{1,11})&$`) })

// Parse reads a payload: a solution in JSON, in base64. ErrMalformed.
func Parse(payload string) (Solution, error) {
	if len(payload) > MaxPayload {
		return Solution{}, fmt.Errorf("%d bytes: %w", len(payload), ErrMalformed)
	}
	raw, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		return Solution{}, fmt.Errorf("not base64: %w", ErrMalformed)
	}
	var s Solution
	if err := json.Unmarshal(raw, &s); err != nil {
		return Solution{}, fmt.Errorf("not JSON: %w", ErrMalformed)
	}
	form := saltForm().FindStringSubmatch(s.Salt)
	if form == nil || s.Algorithm != Algorithm || s.Number < 0 || s.Number > Complexity {
		return Solution{}, fmt.Errorf("not one of our challenges: %w", ErrMalformed)
	}
	seconds, err := strconv.ParseInt(form[1], 10, 64)
	if err != nil {
		return Solution{}, fmt.Errorf("expiry: %w", ErrMalformed)
	}
	s.expires = time.Unix(seconds, 0)
	return s, nil
}

// Check tells whether the work was done in time: ErrExpired, ErrWrong. The
// caller still has to check the signature and that it is spent only once.
func (s Solution) Check(now time.Time) error {
	if !now.Before(s.expires) {
		return ErrExpired
	}
	if subtle.ConstantTimeCompare([]byte(digest(s.Salt, s.Number)), []byte(s.Challenge)) != 1 {
		return ErrWrong
	}
	return nil
}

// Message is what the signature must authenticate.
func (s Solution) Message() []byte { return []byte(s.Challenge) }

// SignedBy tells whether the solution carries this signature.
func (s Solution) SignedBy(sum []byte) bool {
	return subtle.ConstantTimeCompare([]byte(hex.EncodeToString(sum)), []byte(s.Signature)) == 1
}

// Expires is when the challenge is void, and with it the memory of its use.
func (s Solution) Expires() time.Time { return s.expires }

// Solve finds the number by trying: what the browser does. False when there is
// none.
func Solve(c Challenge) (Solution, bool) {
	for n := int64(0); n <= c.MaxNumber; n++ {
		if digest(c.Salt, n) == c.Challenge {
			return Solution{Algorithm: c.Algorithm, Challenge: c.Challenge, Number: n, Salt: c.Salt, Signature: c.Signature}, true
		}
	}
	return Solution{}, false
}

// Payload is the solution as a browser sends it.
func (s Solution) Payload() (string, error) {
	raw, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("altcha: %w", err)
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

func digest(salt string, number int64) string {
	sum := sha256.Sum256(strconv.AppendInt([]byte(salt), number, 10))
	return hex.EncodeToString(sum[:])
}
