package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portal/infra"
	"portal/infra/aws"
	"portal/infra/stack"
	"portal/shared/step"
)

// stacks reads every template, by its path from the root of the project.
func stacks(t *testing.T) map[string]stack.Template {
	t.Helper()
	paths := []string{"../template.yaml"}
	for _, pattern := range []string{"../infra/*.yaml", "*/template.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	all := map[string]stack.Template{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		read, err := stack.Read(text)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all[filepath.ToSlash(filepath.Join("functions", path))] = read
	}
	return all
}

func isRoom(path string) bool { return strings.HasPrefix(path, "functions/") }

func TestEveryRoomHasTheSameGlobals(t *testing.T) {
	var first any
	for path, read := range stacks(t) {
		switch {
		case !isRoom(path):
			if read.Globals != nil {
				t.Errorf("%s has Globals; nested stacks do not inherit them", path)
			}
		case first == nil:
			first = read.Globals
		case !reflect.DeepEqual(first, read.Globals):
			t.Errorf("the Globals of %s are not those of other rooms", path)
		}
	}
}

func TestFunctionsHaveTheVariablesThatTheirPortsRead(t *testing.T) {
	all := stacks(t)
	names, byName := rooms()
	for _, room := range names {
		read := all["functions/"+room+"/template.yaml"]
		everywhere := stack.At(read.Globals, "Function", "Environment", "Variables")
		for _, f := range byName[room] {
			made := read.Resources[stack.LogicalID(f.Step.Name)].Properties
			if made["Handler"] != f.Step.Name {
				t.Errorf("%s is run by the handler %v", f.Step.Name, made["Handler"])
			}
			var have []string
			for _, variables := range []any{everywhere, stack.At(made, "Environment", "Variables")} {
				m, _ := variables.(map[string]any)
				have = slices.AppendSeq(have, maps.Keys(m))
			}
			have = slices.DeleteFunc(have, func(name string) bool {
				return slices.Contains([]string{"ENVIRONMENT", "ASSISTANCE_PHONE", "ASSISTANCE_ADDRESS"}, name)
			})
			want := aws.Variables(f.Step.Kind, f.Grants)
			slices.Sort(have)
			slices.Sort(want)
			if !slices.Equal(have, want) {
				t.Errorf("%s has the variables %v, its ports read %v", f.Step.Name, have, want)
			}
		}
	}
}

// mostResources leaves room below the 500 that CloudFormation allows.
const mostResources = 400

func TestStacksStayWellBelowTheLimit(t *testing.T) {
	for path, read := range stacks(t) {
		count := len(read.Resources)
		for _, r := range read.Resources {
			// SAM makes a permission, a rule or a schedule of each event, and a
			// stage of each API.
			events, _ := stack.At(r.Properties, "Events").(map[string]any)
			count += 2 * len(events)
			if r.Type == "AWS::Serverless::HttpApi" {
				count++
			}
		}
		if count > mostResources {
			t.Errorf("%s makes some %d resources; %d are the most: give the room a second template", path, count, mostResources)
		}
	}
}

// unowned are actions for which AWS knows no resource.
var unowned = []string{
	"xray:GetSamplingRules", "xray:GetSamplingTargets", "xray:PutTelemetryRecords", "xray:PutTraceSegments",
	"ses:GetSuppressedDestination",
	"logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies",
	"logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
}

func TestNobodyIsAllowedEverything(t *testing.T) {
	statements := 0
	for path, read := range stacks(t) {
		for id, r := range read.Resources {
			for _, s := range statementsIn(r.Properties) {
				if stack.At(s, "Effect") != "Allow" {
					continue
				}
				statements++
				actions, resources := fmt.Sprint(stack.At(s, "Action")), fmt.Sprint(stack.At(s, "Resource"))
				if strings.Contains(actions, "*") {
					t.Errorf("%s: %s allows %s", path, id, actions)
				}
				ownKey := r.Type == "AWS::KMS::Key" // the policy of a key speaks of that key
				if resources == "*" && !ownKey && slices.ContainsFunc(stack.List(stack.At(s, "Action")), func(a any) bool { return !slices.Contains(unowned, fmt.Sprint(a)) }) {
					t.Errorf("%s: %s allows %s on everything", path, id, actions)
				}
				for _, match := range wide.FindAllString(resources, -1) {
					t.Errorf("%s: %s allows %s on %s; a * stands only behind a name and / or :", path, id, actions, match)
				}
			}
			if policies := stack.At(r.Properties, "ManagedPolicyArns"); policies != nil {
				t.Errorf("%s: %s has %v; roles are written out", path, id, policies)
			}
			if r.Type == "AWS::Serverless::Function" && r.Properties["Role"] == nil {
				t.Errorf("%s: SAM would write a role for %s; roles are written out", path, id)
			}
		}
	}
	if statements < 300 {
		t.Errorf("only %d statements were found", statements)
	}
}

var wide = regexp.MustCompile(`[^\s\[\]]*(?:[^/:\s\[\]]\*|\*[^\s\[\]])[^\s\[\]]*`)

// statementsIn finds every policy statement in a value, however deep.
func statementsIn(v any) []any {
	var found []any
	switch v := v.(type) {
	case map[string]any:
		if v["Effect"] != nil && v["Action"] != nil {
			return []any{v}
		}
		for _, inner := range v {
			found = append(found, statementsIn(inner)...)
		}
	case []any:
		for _, inner := range v {
			found = append(found, statementsIn(inner)...)
		}
	}
	return found
}

func indexNames() map[string][]string {
	names := map[string][]string{}
	for _, index := range infra.Indexes {
		names[index.Table] = append(names[index.Table], index.Name)
	}
	return names
}

func TestTablesHaveTheIndexesThatAreDeclared(t *testing.T) {
	read := stacks(t)["infra/tables.yaml"]
	for table, want := range indexNames() {
		r := read.Resources[strings.ToUpper(table[:1])+table[1:]]
		keys := func(prefix string) any {
			return []any{
				map[string]any{"AttributeName": prefix + "pk", "KeyType": "HASH"},
				map[string]any{"AttributeName": prefix + "sk", "KeyType": "RANGE"},
			}
		}
		if !reflect.DeepEqual(r.Properties["KeySchema"], keys("")) {
			t.Errorf("table %s has the key %v", table, r.Properties["KeySchema"])
		}
		var have []string
		for _, index := range stack.List(r.Properties["GlobalSecondaryIndexes"]) {
			name := fmt.Sprint(stack.At(index, "IndexName"))
			have = append(have, name)
			if !reflect.DeepEqual(stack.At(index, "KeySchema"), keys(name+"_")) || stack.At(index, "Projection", "ProjectionType") != "ALL" {
				t.Errorf("index %s of %s is %v", name, table, index)
			}
		}
		slices.Sort(have)
		slices.Sort(want)
		if !slices.Equal(have, want) {
			t.Errorf("table %s has the indexes %v, infra.Indexes declares %v", table, have, want)
		}
		for path, want := range map[string]any{
			"TimeToLiveSpecification.AttributeName":                       infra.ExpiryAttr,
			"TimeToLiveSpecification.Enabled":                             true,
			"StreamSpecification.StreamViewType":                          "NEW_IMAGE",
			"PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled": true,
			"DeletionProtectionEnabled":                                   true,
			"BillingMode":                                                 "PAY_PER_REQUEST",
		} {
			if got := stack.At(r.Properties, strings.Split(path, ".")...); got != want {
				t.Errorf("table %s: %s is %v, want %v", table, path, got, want)
			}
		}
	}
}

func TestFilesVanishOnBothSidesAlike(t *testing.T) {
	have := map[string]int{}
	for _, rule := range stack.List(stack.At(stacks(t)["infra/files.yaml"].Resources["Files"].Properties, "LifecycleConfiguration", "Rules")) {
		if prefix, ok := stack.At(rule, "Prefix").(string); ok {
			have[strings.TrimSuffix(prefix, "/")], _ = stack.At(rule, "ExpirationInDays").(int)
		}
	}
	if !maps.Equal(have, infra.Vanishing) {
		t.Errorf("the bucket drops %v, infra.Vanishing says %v", have, infra.Vanishing)
	}
}

func TestWhatLastsOutlivesItsStack(t *testing.T) {
	for path, read := range stacks(t) {
		for id, r := range read.Resources {
			if lasts := slices.Contains([]string{"AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key"}, r.Type); lasts && (r.Deletion != "Retain" || r.Replacement != "Retain") {
				t.Errorf("%s: %s would go with its stack", path, id)
			}
		}
	}
}

func TestEveryPurposeHasItsKey(t *testing.T) {
	outputs := stacks(t)["infra/keys.yaml"].Outputs
	purposes := map[string]bool{}
	for _, s := range allSteps() {
		for _, purpose := range s.Grants.MAC {
			purposes[strings.TrimPrefix(stack.KeyParameter(purpose), "MacKey")] = true
		}
	}
	if have, want := slices.Sorted(maps.Keys(outputs)), slices.Sorted(maps.Keys(purposes)); !slices.Equal(have, want) {
		t.Errorf("infra/keys.yaml makes the keys %v, the steps authenticate for %v", have, want)
	}
}

// functionNames are the functions that the rooms' templates make.
func functionNames() map[string]step.Step {
	names := map[string]step.Step{}
	for _, s := range allSteps() {
		names[stack.FunctionName(s.Name)] = s
	}
	return names
}
