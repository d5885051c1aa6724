// Package awstest starts, for tests, the servers that others wrote of the AWS services the portal uses, so that the AWS side of every port is held to
// somebody else's reading of AWS's documentation:
//
//   - DynamoDB, its streams included: Amazon's own DynamoDB Local;
//   - S3: Versity's gateway;
//   - SES v2, KMS and Step Functions: moto's server, whose state-machine interpreter comes from LocalStack;
//   - the Lambda Runtime API: Amazon's own runtime interface emulator.
//
// setup.sh installs them, pinned, under .build; README.md lists where each is known to differ from AWS. Only tests import this package.
//
// Every function starts a server of its own on a free loopback port, with nothing in it, and stops it when the test ends. Starting one costs about
// one to three seconds, so a suite starts one per test function and tells its subtests apart by table, bucket or address.
//
// Without [EnableEnv] in the environment each function skips the test; with it, a missing or failing server fails the test.
package awstest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// EnableEnv is the environment variable that asks for these tests. `make test-aws` sets it to 1.
const EnableEnv = "PORTAL_AWS_TESTS"

// Region is the region every server of this package answers for.
const Region = "eu-west-3"

// The credentials are not secrets: the servers listen on the loopback interface alone and accept these or any.
const (
	accessKey = "AKIAIOSFODNN7EXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

// Config returns the SDK configuration with which a client reaches one of this package's servers at endpoint, an address such as
// "http://127.0.0.1:8000". Nothing is read from the machine's own AWS configuration, so a test can never reach a real account.
func Config(endpoint string) aws.Config {
	return aws.Config{
		Region:       Region,
		BaseEndpoint: aws.String(endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider(accessKey, secretKey, ""),
	}
}

// Command prepares one of the command-line tools that setup.sh installs: "sam", "cfn-lint", "openapi-spec-validator" or "python". It runs without the
// machine's own AWS configuration, and without sam's telemetry.
func Command(t testing.TB, tool string, arguments ...string) *exec.Cmd {
	t.Helper()
	require(t)
	command := exec.CommandContext(t.Context(), installed(t, "venv", "bin", tool), arguments...)
	command.Env = environment("HOME="+t.TempDir(), "SAM_CLI_TELEMETRY=0")
	return command
}

// environment is what a program of this package is given of the machine's variables, and more. A developer's AWS profile, endpoint or proxy must not leak
// into a test.
func environment(more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir(), "LANG=C.UTF-8",
		"AWS_REGION=" + Region, "AWS_DEFAULT_REGION=" + Region,
	}, more...)
}

func require(t testing.TB) {
	t.Helper()
	if os.Getenv(EnableEnv) == "" {
		t.Skipf("set %s=1 to test against servers of the AWS services (make test-aws)", EnableEnv)
	}
}

// installed returns the path of something setup.sh put under .build, failing the test if it is not there.
func installed(t testing.TB, elements ...string) string {
	t.Helper()
	root, err := projectRoot()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(append([]string{root, ".build"}, elements...)...)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v; run infra/awstest/setup.sh first", err)
	}
	return path
}

// projectRoot is the nearest folder with a go.mod, from the test's own folder upwards.
var projectRoot = sync.OnceValues(func() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("awstest: no go.mod above the test's folder")
		}
		dir = parent
	}
})
