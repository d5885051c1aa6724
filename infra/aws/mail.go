package aws

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"

	"portal/infra"
)

// mail is infra.Mail on SES. The configuration set reports bounces and
// complaints; a letter's kind is a tag on them.
type mail struct {
	env    environment
	client func() (*sesv2.Client, error)
	clock  infra.Clock
	// denied is set once the role proves not to allow asking for suppressions.
	denied atomic.Bool
}

// Send hands a letter over to SES.
func (m *mail) Send(ctx context.Context, l infra.Letter) error {
	raw, err := infra.MIME(l, m.clock.Now())
	if err != nil {
		return err
	}
	set, err := m.env.must("CONFIGURATION_SET")
	if err != nil {
		return err
	}
	client, err := m.client()
	if err != nil {
		return err
	}
	if m.listed(ctx, client, l.To) {
		return fmt.Errorf("mail: %w", infra.ErrSuppressed)
	}
	_, err = client.SendEmail(ctx, &sesv2.SendEmailInput{
		FromEmailAddress:     &l.From,
		Destination:          &types.Destination{ToAddresses: []string{l.To}},
		Content:              &types.EmailContent{Raw: &types.RawMessage{Data: raw}},
		ConfigurationSetName: &set,
		EmailTags:            []types.MessageTag{{Name: sdk.String("kind"), Value: &l.Kind}},
	})
	return mailError(err)
}

// listed tells whether the account's suppression list has an address. SES
// accepts a letter to such an address and then drops it in silence, so one has
// to ask. The question may be asked about once a second only, and a role may
// not allow it: when it is not answered, the letter is handed over, and SES
// judges for itself.
func (m *mail) listed(ctx context.Context, client *sesv2.Client, to string) bool {
	if m.denied.Load() {
		return false
	}
	out, err := client.GetSuppressedDestination(ctx, &sesv2.GetSuppressedDestinationInput{EmailAddress: &to},
		func(o *sesv2.Options) { o.Retryer = sdk.NopRetryer{} })
	var coded smithy.APIError
	if errors.As(err, &coded) && coded.ErrorCode() == "AccessDeniedException" {
		m.denied.Store(true)
	}
	return err == nil && out.SuppressedDestination != nil
}

// mailError keeps addresses out of what may be logged: SES quotes them in its
// messages, so of its refusals only the code is passed on.
func mailError(err error) error {
	var coded smithy.APIError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &coded):
		return fmt.Errorf("mail: %w", err)
	case suppressed(coded):
		return fmt.Errorf("mail: %s: %w", coded.ErrorCode(), infra.ErrSuppressed)
	}
	return fmt.Errorf("mail: SES answered %s", coded.ErrorCode())
}

// suppressed recognises the rejection of an address that bounced before.
func suppressed(err smithy.APIError) bool {
	message := strings.ToLower(err.ErrorMessage())
	return err.ErrorCode() == (&types.MessageRejected{}).ErrorCode() &&
		(strings.Contains(message, "suppress") || strings.Contains(message, "blacklist"))
}
