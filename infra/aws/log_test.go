package aws

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestLogsNameNoAddress(t *testing.T) {
	for _, said := range []string{
		"amina@example.com", "mail to <amina@example.com> failed", `{"to":"amina.b+c@mail.example.com"}`,
		"GET /x?email=amina%40example.com", "amina@example.com,badr@example.org", "إلى amina@example.com.",
	} {
		var b bytes.Buffer
		log := NewLogger(&b).With("before", said)
		log.Info(said, "text", said, "error", errors.New(said), "step", "room/x")
		if got := b.String(); strings.Contains(got, "amina") || strings.Contains(got, "badr") || !strings.Contains(got, "room/x") {
			t.Errorf("%q was logged as %s", said, got)
		}
	}
}

func TestLogsKeepWhatIsNoAddress(t *testing.T) {
	var b bytes.Buffer
	NewLogger(&b).WithGroup("g").InfoContext(withRequest(t.Context(), "8476a536"), "a @ b", "n", 3, "text", "x%3Dy")
	for _, want := range []string{`"msg":"a @ b"`, `"n":3`, `"text":"x%3Dy"`, `"request":"8476a536"`} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s is not in %s", want, b.String())
		}
	}
}
