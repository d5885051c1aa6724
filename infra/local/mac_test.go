package local_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal/infra/local"
)

func TestSumIsThatOfTheKeyFile(t *testing.T) {
	dir := t.TempDir()
	key := strings.Repeat("0f", 32)
	if err := os.WriteFile(filepath.Join(dir, "mac.key"), []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := func(key []byte, message string) []byte {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(message))
		return h.Sum(nil)
	}
	master, err := hex.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	want := sum(sum(master, "purpose\x00mail"), "message")
	got, err := openIn(t, dir, local.Options{}).MAC().Sum(t.Context(), "mail", []byte("message"))
	if err != nil || !hmac.Equal(got, want) {
		t.Errorf("sum %x, %v, want %x", got, err, want)
	}
}

func TestTwoFoldersHaveTwoKeys(t *testing.T) {
	var sums [2]string
	for i := range sums {
		sum, err := open(t, local.Options{}).MAC().Sum(t.Context(), "mail", []byte("m"))
		if err != nil {
			t.Fatal(err)
		}
		sums[i] = string(sum)
	}
	if sums[0] == sums[1] {
		t.Error("two folders share a key")
	}
}

func TestSpoiltKeyFileIsRefused(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "short": "0f0f", "no hexadecimal": strings.Repeat("zz", 32), "long": strings.Repeat("0f", 33)} {
		dir := t.TempDir()
		path := filepath.Join(dir, "mac.key")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if store, err := local.Open(dir, local.Options{}); err == nil {
			t.Errorf("%s: the store was opened", name)
			_ = store.Close()
		}
		if left, err := os.ReadFile(path); err != nil || string(left) != text {
			t.Errorf("%s: the key file was changed to %q, %v", name, left, err)
		}
	}
}
