package awstest

import (
	"context"
	"fmt"
	"maps"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// RuntimeAPI starts Amazon's Lambda runtime interface emulator over the custom runtime bootstrapDir/bootstrap, built for this machine, with _HANDLER set to
// handler and env as its environment. It returns the address to which a test posts an event to have it answered as on Lambda. The
// function starts at the first event, and serves one at a time.
func RuntimeAPI(t testing.TB, bootstrapDir, handler string, env map[string]string) (invokeURL string) {
	t.Helper()
	require(t)
	emulator := installed(t, "bin", "aws-lambda-rie")
	bootstrap, err := filepath.Abs(filepath.Join(bootstrapDir, "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	variables := []string{"AWS_ACCESS_KEY_ID=" + accessKey, "AWS_SECRET_ACCESS_KEY=" + secretKey}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		variables = append(variables, name+"="+env[name])
	}
	endpoint := server{
		name:   "the Lambda runtime interface emulator",
		ready:  accepts,
		env:    variables,
		parent: true,
		command: func(port string) *exec.Cmd {
			command := exec.Command(emulator,
				"--runtime-interface-emulator-address", "127.0.0.1:"+port,
				"--runtime-api-address", "127.0.0.1:"+freePort(t),
				bootstrap, handler)
			command.Dir = filepath.Dir(bootstrap)
			return command
		},
	}.start(t)
	return endpoint + "/2015-03-31/functions/function/invocations"
}

// accepts is the probe of a server that must not be asked anything yet.
func accepts(ctx context.Context, endpoint string) error {
	connection, err := new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(endpoint, "http://"))
	if err != nil {
		return fmt.Errorf("%w: %v", errNotReady, err)
	}
	return connection.Close()
}
