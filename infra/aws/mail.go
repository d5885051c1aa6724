package aws

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

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
	now    func() time.Time
}

// Send hands a letter over to SES.
func (m *mail) Send(ctx context.Context, l infra.Letter) error {
	set, err := m.env.must("CONFIGURATION_SET")
	if err != nil {
		return err
	}
	client, err := m.client()
	if err != nil {
		return err
	}
	raw, err := infra.MIME(l, m.now())
	if err != nil {
		return fmt.Errorf("mail: %w", err)
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

// mailError keeps addresses out of what may be logged: SES quotes them in its
// messages, so only its code is passed on.
func mailError(err error) error {
	if err == nil {
		return nil
	}
	var coded smithy.APIError
	if !errors.As(err, &coded) {
		return fmt.Errorf("mail: %w", err)
	}
	if suppressed(coded) {
		return fmt.Errorf("mail: %s: %w", coded.ErrorCode(), infra.ErrSuppressed)
	}
	return fmt.Errorf("mail: SES answered %s", coded.ErrorCode())
}

// suppressed recognises the rejections of an address on a suppression list.
// SES mostly accepts such a letter and reports a bounce afterwards instead.
func suppressed(err smithy.APIError) bool {
	message := strings.ToLower(err.ErrorMessage())
	return err.ErrorCode() == (&types.MessageRejected{}).ErrorCode() &&
		(strings.Contains(message, "suppress") || strings.Contains(message, "blacklist"))
}
