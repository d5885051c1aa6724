package password

import (
	"strings"
	"testing"
)

func TestWhichPasswordsAreAccepted(t *testing.T) {
	for _, c := range []struct{ why, password, want string }{
		{"too short", "x9#Kf2!vQz7", "too_short"},
		{"twelve characters", "x9#Kf2!vQz7m", ""},
		{"twelve characters of several bytes", "قنديلالبحرال", ""},
		{"too long", strings.Repeat("x9#Kf2!v", 17), "too_long"},
		{"as long as may be", strings.Repeat("x9#Kf2!v", 8) + strings.Repeat("pQ4&zL0?", 8), ""},
		{"shorter once normalized", "e\u0301x9#Kf2!vQz7"[:12], "too_short"},
		{"known to everybody", "password1234", "password_too_weak"},
		{"the owner's own", "argan-export", "password_too_weak"},
	} {
		got := ""
		for _, f := range Faults("/password", c.password, "Argan Export") {
			if f.Pointer != "/password" {
				t.Errorf("%s: fault at %s", c.why, f.Pointer)
			}
			got = f.Code
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

func TestAHashKnowsItsPassword(t *testing.T) {
	hash, err := Hash("pâté de Fès été", []byte("0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash begins %.40s", hash)
	}
	for _, c := range []struct {
		why, password string
		want          bool
	}{
		{"the same", "pâté de Fès été", true},
		{"composed otherwise (NFKC)", "pa\u0302te\u0301 de Fe\u0300s e\u0301te\u0301", true},
		{"another case", "Pâté de Fès été", false},
		{"nothing", "", false},
	} {
		same, outdated, err := Check(hash, c.password)
		if err != nil || same != c.want || outdated {
			t.Errorf("%s: %v, outdated %v, %v", c.why, same, outdated, err)
		}
	}
}

func TestAHashOfLesserCostIsOutdatedOnceItsPasswordIsKnown(t *testing.T) {
	salt := []byte("0123456789abcdef")
	old := Cost{Memory: 64, Passes: 1, Threads: 1}
	hash := phc(old, salt, derive(old, "x9#Kf2!vQz7m", salt, hashLength))
	if same, outdated, err := Check(hash, "x9#Kf2!vQz7m"); !same || !outdated || err != nil {
		t.Errorf("right password: %v %v %v", same, outdated, err)
	}
	if same, outdated, err := Check(hash, "other"); same || outdated || err != nil {
		t.Errorf("wrong password: %v %v %v", same, outdated, err)
	}
}

func TestNobodyHasNoPasswordButCostsTheSame(t *testing.T) {
	if same, _, err := Check(Nobody(), ""); same || err != nil {
		t.Errorf("%v %v", same, err)
	}
	cost, _, _, err := parse(Nobody())
	if err != nil || cost != Current() {
		t.Errorf("%+v %v", cost, err)
	}
}

// The vector is of the reference implementation's command line:
// echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32.
func TestTheHashIsTheReferenceImplementations(t *testing.T) {
	const hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if same, _, err := Check(hash, "password"); !same || err != nil {
		t.Errorf("%v %v", same, err)
	}
}

func TestDamagedHashesAreErrors(t *testing.T) {
	good, err := Hash("x", make([]byte, SaltLength))
	if err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{
		"", "$", "x", strings.Replace(good, "argon2id", "argon2i", 1), strings.Replace(good, "v=19", "v=16", 1),
		strings.Replace(good, "m=19456", "m=99999999", 1), strings.Replace(good, "t=2", "t=0", 1),
		good[:len(good)-30], strings.Replace(good, "AAAA", "A*AA", 1),
	} {
		if _, _, err := Check(hash, "x"); err == nil {
			t.Errorf("%q was read", hash)
		}
	}
	if _, err := Hash("x", []byte("short")); err == nil {
		t.Error("a short salt was used")
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, hash string) {
		cost, salt, want, err := parse(hash)
		if err == nil && (cost.Memory > maxMemory || len(salt) > 64 || len(want) > 64) {
			t.Errorf("%+v", cost)
		}
	})
}
