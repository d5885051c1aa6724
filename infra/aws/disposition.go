package aws

import (
	"fmt"
	"strings"
)

// attachment is a Content-Disposition (RFC 6266) that saves a file under a
// name: in UTF-8 for whoever understands filename*, in ASCII for the others.
func attachment(filename string) string {
	return fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, plain(filename), extended(filename))
}

// plain replaces what a quoted string in ASCII cannot or should not hold.
func plain(filename string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r > '~', strings.ContainsRune(`"\/%`, r):
			return '_'
		}
		return r
	}, filename)
}

// extended is an ext-value (RFC 8187): everything but attr-char is escaped.
func extended(filename string) string {
	var b strings.Builder
	for _, c := range []byte(filename) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("!#$&+-.^_`|~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
