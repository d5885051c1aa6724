package awstest

import "testing"

// KMS starts moto's AWS KMS without keys, and returns its endpoint. Its asymmetric keys really sign and verify.
func KMS(t testing.TB) (endpoint string) {
	t.Helper()
	return moto(t, "")
}
