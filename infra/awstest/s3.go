package awstest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Bucket is the bucket that [S3] makes: private, versioned, and without lifecycle rules.
const Bucket = "portal-files"

// S3 starts Versity's S3 gateway on a temporary folder with one [Bucket], and returns its endpoint and the credentials it accepts. Clients must use
// path-style addresses: the loopback address has no subdomains.
func S3(t testing.TB) (endpoint, key, secret, bucket string) {
	t.Helper()
	require(t)
	program := installed(t, "bin", "versitygw")
	dir := t.TempDir()
	objects, versions, metadata := filepath.Join(dir, "objects"), filepath.Join(dir, "versions"), filepath.Join(dir, "metadata")
	for _, folder := range []string{objects, versions, metadata} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	endpoint = server{
		name:  "versitygw",
		ready: answers,
		env:   []string{"ROOT_ACCESS_KEY=" + accessKey, "ROOT_SECRET_KEY=" + secretKey},
		command: func(port string) *exec.Cmd {
			// Metadata goes beside the objects because not every temporary folder has extended attributes.
			return exec.Command(program, "--region", Region, "--port", "127.0.0.1:"+port, "--quiet",
				"posix", "--versioning-dir", versions, "--sidecar", metadata, objects)
		},
	}.start(t)
	createBucket(t, endpoint)
	return endpoint, accessKey, secretKey, Bucket
}

func createBucket(t testing.TB, endpoint string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	client := s3.NewFromConfig(Config(endpoint), func(o *s3.Options) { o.UsePathStyle = true })
	bucket := Bucket
	if _, err := client.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket:                    &bucket,
		CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: Region},
	}); err != nil {
		t.Fatalf("awstest: creating the bucket: %v", err)
	}
	if _, err := client.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket:                  &bucket,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}); err != nil {
		t.Fatalf("awstest: versioning the bucket: %v", err)
	}
}
