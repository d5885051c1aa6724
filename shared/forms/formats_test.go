package forms

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// addresses are mailboxes and what looks like some.
var addresses = []string{
	"samira@example.ma", "a@b", "a@b.", "a@b..c", "a.b@c.d", ".a@b.c", "a.@b.c", "a..b@c.d", "a@-b.c", "a@b-.c", "a@b.c-d",
	"", "@", "a@", "@b", "a b@c.d", "é@c.d", "a@é.d", `"a b"@c.d`, `"a"b"@c.d`, `"a\b"@c.d`, `"@c.d`, `""@c.d`, "a@b@c",
	"a@[127.0.0.1]", "a@[127.0.0.01]", "a@[256.0.0.1]", "a@[1.2.3]", "a@[]", "a@[IPv6:::1]", "a@[IPv6:1::2::3]", "a@[IPv6:1:2:3:4:5:6:7:8]",
	"a@[IPv6:1:2:3:4:5:6:7:8:9]", "a@[IPv6:1:2:3:4:5:6:7::]", "a@[IPv6:1:2:3:4:5:6::8]", "a@[IPv6:1:2:3:4:5:6:7::8]", "a@[IPv6:::ffff:1.2.3.4]", "a@[IPv6:1.2.3.4::]", "a@[IPv6:12345::]", "a@[IPv6::]", "a@[IPv6:fe80::1%eth0]",
}

var dates = []string{
	"2026-11-21", "2028-02-29", "2026-02-29", "2100-02-29", "2000-02-29", "0000-01-01", "9999-12-31", "2026-00-01", "2026-01-00",
	"2026-1-1", "2026-01-1", "26-01-01", "02026-01-01", "-2026-01-01", "2026-01-01 ", "2026/01/01", "2026-01-01Z", "٢٠٢٦-01-01", "",
}

// FuzzFormats holds formats against those of a complete implementation.
func FuzzFormats(f *testing.F) {
	for _, s := range append(addresses, dates...) {
		f.Add(s)
	}
	forms := map[string]*schema{}
	oracles := map[string]oracle{}
	for name := range formats {
		raw := fmt.Appendf(nil, `{"format":%q}`, name)
		form, err := compile(raw)
		if err != nil {
			f.Fatal(err)
		}
		forms[name], oracles[name] = form, newOracle(f, raw)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "[+") || strings.Contains(s, "[-") || strings.Contains(s, ".+") || strings.Contains(s, ".-") {
			return // the oracle takes a sign before the numbers of an address
		}
		for name := range formats {
			agree(t, name, forms[name], oracles[name], asJSON(t, s))
		}
	})
}

func asJSON(t *testing.T, s string) []byte {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
