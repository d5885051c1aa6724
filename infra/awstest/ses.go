package awstest

import (
	"encoding/json"
	"testing"
)

// SentMail is a message that the SES server accepted.
type SentMail struct {
	ID           string   `json:"id"`
	Source       string   `json:"source"`       // the envelope's sender; empty when the request named none
	Destinations []string `json:"destinations"` // the envelope's recipients, then those of the message's To, Cc and Bcc fields
	Raw          string   `json:"raw_data"`     // the message as sent, RFC 5322
}

// SES starts moto's Amazon SES v2 with no identity verified, and returns its endpoint. A sender must be verified first with CreateEmailIdentity, as in
// an AWS account.
func SES(t testing.TB) (endpoint string) {
	t.Helper()
	return moto(t, "")
}

// SentMails returns what the server that [SES] started has accepted, oldest first.
func SentMails(t testing.TB, endpoint string) []SentMail {
	t.Helper()
	kinds, err := motoData(t.Context(), endpoint, "ses")
	if err != nil {
		t.Fatal(err)
	}
	var mails []SentMail
	if raw, ok := kinds["RawMessage"]; ok {
		if err := json.Unmarshal(raw, &mails); err != nil {
			t.Fatalf("awstest: sent mails: %v", err)
		}
	}
	return mails
}
