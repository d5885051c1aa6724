package altcha

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func sign(message []byte) []byte {
	mac := hmac.New(sha256.New, []byte("key of the tests"))
	mac.Write(message)
	return mac.Sum(nil)
}

func challenge(secret [32]byte) Challenge {
	c := New(secret, noon)
	return c.Signed(sign(c.Message()))
}

func solved(t testing.TB, c Challenge) Solution {
	t.Helper()
	s, ok := Solve(c)
	if !ok {
		t.Fatal("no solution")
	}
	return s
}

func payload(t testing.TB, s Solution) string {
	t.Helper()
	p, err := s.Payload()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestASolvedChallengeIsAccepted(t *testing.T) {
	for n := range byte(8) {
		s, err := Parse(payload(t, solved(t, challenge([32]byte{n, 12: n, 19: 11 * n}))))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check(noon.Add(Valid - time.Second)); err != nil {
			t.Errorf("challenge %d: %v", n, err)
		}
		if !s.SignedBy(sign(s.Message())) {
			t.Errorf("challenge %d: signature refused", n)
		}
		if !s.Expires().Equal(noon.Add(Valid)) {
			t.Errorf("challenge %d expires %s", n, s.Expires())
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	good := solved(t, challenge([32]byte{1, 2, 3, 19: 7}))
	for _, c := range []struct {
		why  string
		edit func(*Solution)
		now  time.Time
		want error
	}{
		{"nothing", func(*Solution) {}, noon, nil},
		{"too late", func(*Solution) {}, noon.Add(Valid), ErrExpired},
		{"another number", func(s *Solution) { s.Number++ }, noon, ErrWrong},
		{"a negative number", func(s *Solution) { s.Number = -1 }, noon, ErrMalformed},
		{"a number beyond the largest", func(s *Solution) { s.Number = Complexity + 1 }, noon, ErrMalformed},
		{"a later expiry", func(s *Solution) { s.Salt = strings.Replace(s.Salt, "expires=1", "expires=2", 1) }, noon, ErrWrong},
		{"another salt", func(s *Solution) { s.Salt = strings.Repeat("0", 24) + s.Salt[24:] }, noon, ErrWrong},
		{"digits moved from the number to the expiry", func(s *Solution) { s.Salt = strings.TrimSuffix(s.Salt, "&") }, noon, ErrMalformed},
		{"another parameter", func(s *Solution) { s.Salt += "expires=99999999999&" }, noon, ErrMalformed},
		{"no expiry", func(s *Solution) { s.Salt = s.Salt[:24] }, noon, ErrMalformed},
		{"another algorithm", func(s *Solution) { s.Algorithm = "SHA-1" }, noon, ErrMalformed},
	} {
		s := good
		c.edit(&s)
		parsed, err := Parse(payload(t, s))
		if err == nil {
			err = parsed.Check(c.now)
		}
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.why, err, c.want)
		}
	}
}

func TestAForgedChallengeIsNotSigned(t *testing.T) {
	forged := New([32]byte{9}, noon).Signed(make([]byte, 32))
	s := solved(t, forged)
	if s.SignedBy(sign(s.Message())) {
		t.Error("a forged signature was accepted")
	}
}

func TestTheFormIsTheWidgets(t *testing.T) {
	raw, err := json.Marshal(challenge([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"algorithm", "challenge", "maxnumber", "salt", "signature"} {
		if fields[name] == nil {
			t.Errorf("no %s", name)
		}
	}
	// The widget adds how long it took; that is no reason to refuse.
	s := solved(t, challenge([32]byte{1}))
	with := map[string]any{"algorithm": s.Algorithm, "challenge": s.Challenge, "number": s.Number, "salt": s.Salt, "signature": s.Signature, "took": 412}
	raw, err = json.Marshal(with)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(base64.StdEncoding.EncodeToString(raw)); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	p, err := solved(f, challenge([32]byte{5})).Payload()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p)
	f.Add("e30=")
	f.Add("")
	f.Fuzz(func(t *testing.T, payload string) {
		s, err := Parse(payload)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Errorf("%v", err)
			}
			return
		}
		_ = s.Check(noon)
	})
}
