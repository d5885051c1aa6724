package awstest_test

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"portal/infra/awstest"
)

func TestKMS(t *testing.T) {
	client := kms.NewFromConfig(awstest.Config(awstest.KMS(t)))
	message := []byte("a message")

	t.Run("an HMAC key authenticates its message and no other", func(t *testing.T) {
		key := createKey(t, client, types.KeySpecHmac256, types.KeyUsageTypeGenerateVerifyMac)
		made, err := client.GenerateMac(t.Context(), &kms.GenerateMacInput{KeyId: &key, Message: message, MacAlgorithm: types.MacAlgorithmSpecHmacSha256})
		if err != nil {
			t.Fatal(err)
		}
		if len(made.Mac) != sha256.Size {
			t.Errorf("%d bytes, want %d", len(made.Mac), sha256.Size)
		}
		verify := func(message []byte) error {
			_, err := client.VerifyMac(t.Context(), &kms.VerifyMacInput{
				KeyId: &key, Message: message, Mac: made.Mac, MacAlgorithm: types.MacAlgorithmSpecHmacSha256,
			})
			return err
		}
		if err := verify(message); err != nil {
			t.Error(err)
		}
		wantCode(t, verify([]byte("another")), "KMSInvalidMacException")
	})

	t.Run("a signature verifies with the public key", func(t *testing.T) {
		key := createKey(t, client, types.KeySpecEccNistP256, types.KeyUsageTypeSignVerify)
		signed, err := client.Sign(t.Context(), &kms.SignInput{
			KeyId: &key, Message: message, MessageType: types.MessageTypeRaw, SigningAlgorithm: types.SigningAlgorithmSpecEcdsaSha256,
		})
		if err != nil {
			t.Fatal(err)
		}
		published, err := client.GetPublicKey(t.Context(), &kms.GetPublicKeyInput{KeyId: &key})
		if err != nil {
			t.Fatal(err)
		}
		public, err := x509.ParsePKIXPublicKey(published.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		digest := sha256.Sum256(message)
		if !ecdsa.VerifyASN1(public.(*ecdsa.PublicKey), digest[:], signed.Signature) {
			t.Error("the signature does not verify")
		}
	})
}

func createKey(t *testing.T, client *kms.Client, spec types.KeySpec, usage types.KeyUsageType) (id string) {
	t.Helper()
	created, err := client.CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: spec, KeyUsage: usage})
	if err != nil {
		t.Fatal(err)
	}
	return *created.KeyMetadata.KeyId
}
