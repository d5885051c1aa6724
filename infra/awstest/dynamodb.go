package awstest

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// DynamoDB starts an empty Amazon DynamoDB Local, in memory, and returns its endpoint. DynamoDB Streams answers at the same endpoint.
func DynamoDB(t testing.TB) (endpoint string) {
	t.Helper()
	require(t)
	folder := installed(t, "dynamodb")
	java, err := exec.LookPath("java")
	if err != nil {
		t.Fatalf("%v; run infra/awstest/setup.sh first", err)
	}
	dir := t.TempDir()
	return server{
		name:  "DynamoDB Local",
		ready: answers,
		command: func(port string) *exec.Cmd {
			command := exec.Command(java,
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m", // a short life on few cores
				"-Djava.library.path="+filepath.Join(folder, "lib"),
				"-cp", folder+string(filepath.ListSeparator)+filepath.Join(folder, "lib", "*"),
				"LoopbackDynamoDB", "-inMemory", "-sharedDb", "-disableTelemetry", "-port", port)
			command.Dir = dir
			return command
		},
	}.start(t)
}
