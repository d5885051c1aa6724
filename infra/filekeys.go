package infra

import (
	"errors"
	"fmt"
	"mime"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits of the other ports, the same on both sides: a key of S3 is at most
// 1,024 bytes, a signed address lives at most seven days (Signature Version 4),
// a KMS message is 1 to 4,096 bytes (GenerateMac). A segment and a file name
// are bounded by common file systems.
const (
	MaxFileKey  = 1024
	maxSegment  = 200
	MaxFilename = 200 // bytes
	MaxValid    = 7 * 24 * time.Hour
	MaxMACBytes = 4096
)

// Vanishing is after how many days files vanish by themselves, by their first
// folder: uploads that nobody attached, and exports, which are offered for a
// week.
var Vanishing = map[string]int{"incoming": 1, "exports": 8}

// CheckFileKey refuses a key that is not a plain path: segments of ASCII
// letters, digits and "-_.=", separated by single slashes, none of them "." or
// "..".
func CheckFileKey(key string) error {
	if key == "" || len(key) > MaxFileKey {
		return fmt.Errorf("file key of %d bytes: %w", len(key), ErrLimit)
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || segment == "." || segment == ".." || len(segment) > maxSegment {
			return errors.New("file key with a bad segment")
		}
		if strings.Trim(segment, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=") != "" {
			return errors.New("file key with a bad character")
		}
	}
	return nil
}

// CheckUpload refuses an upload that no form can be signed for.
func CheckUpload(u Upload) error {
	if err := CheckFileKey(u.Key); err != nil {
		return err
	}
	if err := CheckContentType(u.ContentType); err != nil {
		return err
	}
	if u.MaxBytes < 1 {
		return fmt.Errorf("upload of at most %d bytes: %w", u.MaxBytes, ErrLimit)
	}
	return checkValid(u.Valid)
}

// CheckLink refuses a download link that cannot be signed.
func CheckLink(key, filename string, valid time.Duration) error {
	if err := CheckFileKey(key); err != nil {
		return err
	}
	if err := checkFilename(filename); err != nil {
		return err
	}
	return checkValid(valid)
}

// CheckContentType refuses what is no media type (RFC 9110, section 8.3.1).
func CheckContentType(contentType string) error {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil || !strings.Contains(kind, "/") || len(contentType) > 255 {
		return errors.New("not a content type")
	}
	return nil
}

// CheckMAC refuses a message or a purpose that no key authenticates.
func CheckMAC(purpose string, message []byte) error {
	if purpose == "" {
		return errors.New("a sum for no purpose")
	}
	if len(message) < 1 || len(message) > MaxMACBytes {
		return fmt.Errorf("message of %d bytes: %w", len(message), ErrLimit)
	}
	return nil
}

func checkValid(valid time.Duration) error {
	if valid < time.Second || valid > MaxValid {
		return fmt.Errorf("valid for %v: %w", valid, ErrLimit)
	}
	return nil
}

func checkFilename(name string) error {
	if name == "" || name == "." || name == ".." || len(name) > MaxFilename || !utf8.ValidString(name) {
		return errors.New("not a file name")
	}
	if strings.ContainsRune(name, '/') || strings.ContainsFunc(name, unicode.IsControl) {
		return errors.New("file name with a bad character")
	}
	return nil
}

// Disposition is the Content-Disposition header under which a browser saves a
// download (RFC 6266): an ASCII name for old ones, the name itself in RFC 8187
// encoding for all others.
func Disposition(filename string) string {
	var ascii, extended strings.Builder
	for _, r := range filename {
		switch {
		case r == '"' || r == '\\' || r == '%' || r == '/' || r < ' ' || r == 0x7f:
			ascii.WriteByte('_')
		case r > 0x7f:
			ascii.WriteByte('_')
		default:
			ascii.WriteRune(r)
		}
	}
	for i := 0; i < len(filename); i++ {
		if c := filename[i]; attrChar(c) {
			extended.WriteByte(c)
		} else {
			fmt.Fprintf(&extended, "%%%02X", c)
		}
	}
	return fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, ascii.String(), extended.String())
}

// attrChar is attr-char of RFC 8187, section 3.2.1.
func attrChar(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
		return true
	}
	return strings.IndexByte("!#$&+-.^_`|~", c) >= 0
}
