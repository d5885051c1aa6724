package aws

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"portal/infra"
)

// maxMAC is the longest message that KMS authenticates, in bytes (GenerateMac).
const maxMAC = 4096

// mac is infra.MAC on KMS: one HMAC_256 key for each purpose, which nobody can
// read.
type mac struct {
	env    environment
	client func() (*kms.Client, error)
}

// Sum is HMAC-SHA-256 of a message of 1 to 4096 bytes; ErrLimit otherwise.
func (m *mac) Sum(ctx context.Context, purpose string, message []byte) ([]byte, error) {
	key, err := m.env.must(MACVariable(purpose))
	if err != nil {
		return nil, err
	}
	if len(message) == 0 || len(message) > maxMAC {
		return nil, fmt.Errorf("mac: message of %d bytes: %w", len(message), infra.ErrLimit)
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
