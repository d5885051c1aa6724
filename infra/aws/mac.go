package aws

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"portal/infra"
)

// mac is infra.MAC on KMS: one HMAC_256 key for each purpose, which nobody can
// read.
type mac struct {
	env    environment
	client func() (*kms.Client, error)
}

// Sum is HMAC-SHA-256 of a message, which KMS wants of 1 to 4,096 bytes.
func (m *mac) Sum(ctx context.Context, purpose string, message []byte) ([]byte, error) {
	if err := infra.CheckMAC(purpose, message); err != nil {
		return nil, fmt.Errorf("mac: %w", err)
	}
	key, err := m.env.must(MACVariable(purpose))
	if err != nil {
		return nil, err
	}
	client, err := m.client()
	if err != nil {
		return nil, err
	}
	out, err := client.GenerateMac(ctx, &kms.GenerateMacInput{
		KeyId: &key, MacAlgorithm: types.MacAlgorithmSpecHmacSha256, Message: message,
	})
	if err != nil {
		return nil, fmt.Errorf("mac: %w", err)
	}
	return out.Mac, nil
}
