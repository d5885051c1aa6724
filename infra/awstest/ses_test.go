package awstest_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"portal/infra/awstest"
)

const rawMail = "From: Portal <portal@example.org>\r\nTo: Amina <amina@example.org>\r\nSubject: =?utf-8?q?D=C3=A9cision?=\r\n" +
	"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nAccept=C3=A9e.\r\n"

func TestSES(t *testing.T) {
	endpoint := awstest.SES(t)
	client := sesv2.NewFromConfig(awstest.Config(endpoint))
	send := func() error {
		_, err := client.SendEmail(t.Context(), &sesv2.SendEmailInput{
			FromEmailAddress:     aws.String("portal@example.org"),
			Destination:          &types.Destination{ToAddresses: []string{"amina@example.org"}},
			Content:              &types.EmailContent{Raw: &types.RawMessage{Data: []byte(rawMail)}},
			ConfigurationSetName: aws.String("portal"),
		})
		return err
	}

	wantCode(t, send(), "MessageRejected") // the sender is not verified yet
	if got := awstest.SentMails(t, endpoint); len(got) != 0 {
		t.Fatalf("a refused mail was sent: %v", got)
	}
	if _, err := client.CreateEmailIdentity(t.Context(), &sesv2.CreateEmailIdentityInput{EmailIdentity: aws.String("example.org")}); err != nil {
		t.Fatal(err)
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	mails := awstest.SentMails(t, endpoint)
	if len(mails) != 1 {
		t.Fatalf("%d mails, want 1", len(mails))
	}
	if mail := mails[0]; mail.Raw != rawMail || mail.Source != "portal@example.org" || !slices.Contains(mail.Destinations, "amina@example.org") || mail.ID == "" {
		t.Errorf("%+v", mail)
	}
}
