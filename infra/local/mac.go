package local

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"portal/infra"
)

// MAC is infra.MAC under one key file, readable by its owner alone. Each
// purpose has a key of its own, derived from it.
type MAC struct{ master []byte }

const keyFile = "mac.key"

// openMAC reads the key file, or makes it when the folder is new. The folder
// is locked, so nobody else makes it at the same time.
func openMAC(dir string) (*MAC, error) {
	path := filepath.Join(dir, keyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return createMAC(dir, path)
	}
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	master, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(master) != sha256.Size {
		return nil, fmt.Errorf("key file %s: not %d bytes in hexadecimal", path, sha256.Size)
	}
	return &MAC{master}, nil
}

func createMAC(dir, path string) (*MAC, error) {
	master := make([]byte, sha256.Size)
	rand.Read(master) // never fails: the runtime ends the process instead
	draft := path + ".new"
	if err := writeDurably(draft, []byte(hex.EncodeToString(master)+"\n")); err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if err := os.Rename(draft, path); err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	folder, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	return &MAC{master}, nil
}

func writeDurably(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

// Sum is HMAC-SHA-256 of message under the purpose's key.
func (m *MAC) Sum(ctx context.Context, purpose string, message []byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := infra.CheckMAC(purpose, message); err != nil {
		return nil, fmt.Errorf("mac: %w", err)
	}
	return sumUnder(m.derive("purpose", purpose), string(message)), nil
}

// derive makes the key of one use. Uses of the store itself have another
// domain than purposes of the port.
func (m *MAC) derive(domain, name string) []byte {
	return sumUnder(m.master, domain+"\x00"+name)
}

func sumUnder(key []byte, message string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(message))
	return h.Sum(nil)
}
