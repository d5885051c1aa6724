package forms

import (
	"strconv"
	"strings"
	"time"
)

// formats are those that forms use; the name of each is its fault's code too.
var formats = map[string]func(string) bool{
	"date":  isDate,
	"email": isEmail,
}

// isDate tells whether a text is a full-date (RFC 3339, section 5.6) that the
// calendar has.
func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// Lengths in bytes (RFC 5321, section 4.5.3.1; RFC 1035, section 2.3.4).
const (
	longestAddress = 254
	longestMailbox = 64
	longestHost    = 253
	longestLabel   = 63
)

const atomPunctuation = "!#$%&'*+-/=?^_`{|}~"

// isEmail tells whether a text is a mailbox (RFC 5321, section 4.1.2), without
// backslashes.
func isEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 0 || at > longestMailbox || len(s) > longestAddress {
		return false
	}
	local, domain := s[:at], s[at+1:]
	if literal, ok := within(domain, "[", "]"); ok {
		return isMailbox(local) && isAddressLiteral(literal)
	}
	return isMailbox(local) && isHost(strings.TrimSuffix(domain, "."))
}

// within is what stands between two marks.
func within(s, open, shut string) (string, bool) {
	if len(s) < len(open)+len(shut) || !strings.HasPrefix(s, open) || !strings.HasSuffix(s, shut) {
		return s, false
	}
	return s[len(open) : len(s)-len(shut)], true
}

func isMailbox(local string) bool {
	if quoted, ok := within(local, `"`, `"`); ok {
		return !strings.ContainsAny(quoted, `"\`)
	}
	if strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, "..") {
		return false
	}
	return consists(local, "."+atomPunctuation)
}

func isHost(s string) bool {
	if len(s) > longestHost {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > longestLabel || label[0] == '-' || label[len(label)-1] == '-' || !consists(label, "-") {
			return false
		}
	}
	return true
}

// consists tells whether a text has only ASCII letters, digits and some others.
func consists(s, others string) bool {
	for _, c := range []byte(s) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte(others, c) >= 0) {
			return false
		}
	}
	return true
}

func isAddressLiteral(s string) bool {
	if address, ok := strings.CutPrefix(s, "IPv6:"); ok {
		return isIPv6(address)
	}
	return isIPv4(s)
}

func isIPv4(s string) bool {
	parts := strings.Split(s, ".")
	for _, part := range parts {
		if _, err := strconv.ParseUint(part, 10, 8); err != nil || len(part) > 1 && part[0] == '0' {
			return false
		}
	}
	return len(parts) == 4
}

// isIPv6 follows RFC 4291, section 2.2.
func isIPv6(s string) bool {
	const groups = 8
	head, tail, elided := strings.Cut(s, "::")
	before, ok := countGroups(head, !elided)
	if !ok {
		return false
	}
	if !elided {
		return before == groups
	}
	after, ok := countGroups(tail, true)
	return ok && before+after < groups
}

// countGroups counts groups of 16 bits; an IPv4 address at the end is two.
func countGroups(s string, last bool) (n int, ok bool) {
	if s == "" {
		return 0, true
	}
	list := strings.Split(s, ":")
	for i, group := range list {
		if last && i == len(list)-1 && isIPv4(group) {
			return n + 2, true
		}
		if _, err := strconv.ParseUint(group, 16, 16); err != nil || len(group) > 4 {
			return 0, false
		}
		n++
	}
	return n, true
}
