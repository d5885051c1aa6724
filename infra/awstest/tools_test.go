package awstest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portal/infra/awstest"
)

// Each validator passes what is right and finds what is wrong, so that a pass says something.
func TestTools(t *testing.T) {
	for _, check := range []struct {
		name, file, right, wrong string // the file, and what to put wrong in it
		tool                     string
		arguments                []string // before the file
		says                     string   // of the wrong file
	}{
		{
			name: "sam validate --lint", file: "templates/room.yaml", right: "Handler: room/park", wrong: "Handlr: room/park",
			tool: "sam", arguments: []string{"validate", "--lint", "--template"}, says: "Handlr",
		},
		{
			name: "cfn-lint", file: "templates/template.yaml", right: "PAY_PER_REQUEST", wrong: "PAY_NOTHING",
			tool: "cfn-lint", arguments: []string{"--regions", awstest.Region, "--"}, says: "PAY_NOTHING",
		},
		{
			name: "the transform", file: "templates/room.yaml", right: "Handler: room/park", wrong: "Description: none",
			tool: "python", arguments: []string{"resources.py", "--max", "13"}, says: "Runtime and Handler",
		},
		{
			name: "the count of resources", file: "templates/room.yaml", right: "  Park:\n", wrong: "  Idle:\n    Type: AWS::SNS::Topic\n  Park:\n",
			tool: "python", arguments: []string{"resources.py", "--max", "13"}, says: "14 resources",
		},
		{
			name: "the state language", file: "review.asl.json", right: `"Variable": "$.checked`, wrong: `"Variable": "checked`,
			tool: "python", arguments: []string{"machines.py"}, says: "E3601",
		},
		{
			name: "OpenAPI 3.1", file: "openapi.json", right: `"required": true`, wrong: `"required": false`,
			tool: "openapi-spec-validator", says: "required",
		},
	} {
		t.Run(check.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", check.file)
			if said, err := awstest.Command(t, check.tool, append(check.arguments, path)...).CombinedOutput(); err != nil {
				t.Errorf("a right file: %v: %s", err, said)
			}
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(content), check.right) {
				t.Fatalf("%s has no %q", path, check.right)
			}
			broken := filepath.Join(t.TempDir(), filepath.Base(path))
			if err := os.WriteFile(broken, []byte(strings.Replace(string(content), check.right, check.wrong, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			said, err := awstest.Command(t, check.tool, append(check.arguments, broken)...).CombinedOutput()
			if err == nil || !strings.Contains(string(said), check.says) {
				t.Errorf("a wrong file (%v): %s", err, said)
			}
		})
	}
}
