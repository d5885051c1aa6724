package aws

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"portal/infra"
	"portal/infra/awstest"
	"portal/infra/porttest"
)

// The AWS side of every port passes the suite that the side of one machine
// passes, against servers that others wrote. These tests run when
// PORTAL_AWS_TESTS is set.

// variables is the environment of a function under test.
func variables(more map[string]string) environment {
	all := map[string]string{
		"AWS_REGION":            awstest.Region,
		"AWS_ACCESS_KEY_ID":     "AKIAIOSFODNN7EXAMPLE",
		"AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
	}
	maps.Copy(all, more)
	return func(name string) string { return all[name] }
}

func TestTableConforms(t *testing.T) {
	endpoint := awstest.DynamoDB(t)
	createTable(t, endpoint, infra.DossiersTable)
	porttest.Table(t, func(t *testing.T, clock infra.Clock) (infra.Table, func()) {
		env := variables(map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": endpoint, "TABLE_DOSSIERS": infra.DossiersTable})
		return ports(env, clock).Dossiers, nil
	})
}

func TestFilesConform(t *testing.T) {
	endpoint, key, secret, bucket := awstest.S3(t)
	porttest.Files(t, func(t *testing.T, clock infra.Clock) infra.Files {
		return suffixed{ports(variables(map[string]string{
			"AWS_ENDPOINT_URL_S3": endpoint, "BUCKET": bucket, "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret,
		}), clock).Files}
	})
}

func TestMailConforms(t *testing.T) {
	endpoint := awstest.SES(t)
	client := sesv2.NewFromConfig(awstest.Config(endpoint))
	for _, identity := range []string{"portal@example.com", "example.com"} {
		if _, err := client.CreateEmailIdentity(t.Context(), &sesv2.CreateEmailIdentityInput{EmailIdentity: &identity}); err != nil {
			t.Fatal(err)
		}
	}
	list := &suppressions{list: map[string]bool{}}
	fronted := front(t, endpoint, list.handle)
	porttest.Mail(t, func(t *testing.T, clock infra.Clock) porttest.MailFixture {
		env := variables(map[string]string{"AWS_ENDPOINT_URL_SESV2": fronted, "CONFIGURATION_SET": "portal"})
		return porttest.MailFixture{
			Mail:     ports(env, clock).Mail,
			Sent:     func(t *testing.T, to string) [][]byte { return sentTo(t, endpoint, to) },
			Suppress: func(_ *testing.T, address string) { list.add(address) },
		}
	})
}

func TestExecutionsConform(t *testing.T) {
	porttest.Executions(t, func(t *testing.T, clock infra.Clock, machines map[string]json.RawMessage, works map[string]porttest.Work) (infra.Executions, func()) {
		endpoint := awstest.StepFunctions(t, func(function string, payload []byte) ([]byte, error) {
			work, ok := works[function]
			if !ok {
				return nil, fmt.Errorf("no function %q", function)
			}
			return work(context.Background(), payload)
		})
		tasks := &closedTasks{closed: map[string]bool{}}
		env := map[string]string{"AWS_ENDPOINT_URL_SFN": front(t, endpoint, tasks.handle)}
		client := sfn.NewFromConfig(awstest.Config(endpoint))
		for name, definition := range machines {
			env[MachineVariable(name)] = createMachine(t, client, name, string(definition), works)
		}
		return ports(variables(env), clock).Executions, func() { time.Sleep(20 * time.Millisecond) }
	})
}

func TestMACConforms(t *testing.T) {
	porttest.MAC(t, func(t *testing.T) infra.MAC {
		endpoint := awstest.KMS(t)
		client := kms.NewFromConfig(awstest.Config(endpoint))
		env := map[string]string{"AWS_ENDPOINT_URL_KMS": endpoint}
		for _, purpose := range []string{"mail", "captcha"} {
			key, err := client.CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: kmstypes.KeySpecHmac256, KeyUsage: kmstypes.KeyUsageTypeGenerateVerifyMac})
			if err != nil {
				t.Fatal(err)
			}
			env[MACVariable(purpose)] = *key.KeyMetadata.KeyId
		}
		return Ports(variables(env)).MAC
	}, "mail", "captcha")
}

func TestIDsConform(t *testing.T) {
	porttest.IDs(t, func(_ *testing.T, clock infra.Clock) infra.IDs { return ports(variables(nil), clock).IDs })
}

// createTable makes a table as the templates do.
func createTable(t *testing.T, endpoint, name string) {
	t.Helper()
	attributes := map[string]bool{"pk": true, "sk": true}
	input := &dynamodb.CreateTableInput{TableName: &name, BillingMode: types.BillingModePayPerRequest, KeySchema: keySchema("")}
	for _, index := range infra.Indexes {
		if index.Table != name {
			continue
		}
		pk, sk := keyNames(index.Name)
		attributes[pk], attributes[sk] = true, true
		input.GlobalSecondaryIndexes = append(input.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: &index.Name, KeySchema: keySchema(index.Name), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		})
	}
	for attribute := range attributes {
		input.AttributeDefinitions = append(input.AttributeDefinitions, types.AttributeDefinition{
			AttributeName: &attribute, AttributeType: types.ScalarAttributeTypeS,
		})
	}
	if _, err := dynamodb.NewFromConfig(awstest.Config(endpoint)).CreateTable(t.Context(), input); err != nil {
		t.Fatal(err)
	}
}

func keySchema(index string) []types.KeySchemaElement {
	pk, sk := keyNames(index)
	return []types.KeySchemaElement{
		{AttributeName: &pk, KeyType: types.KeyTypeHash}, {AttributeName: &sk, KeyType: types.KeyTypeRange},
	}
}

func createMachine(t *testing.T, client *sfn.Client, name, definition string, works map[string]porttest.Work) string {
	t.Helper()
	for work := range works {
		definition = strings.ReplaceAll(definition, "${"+work+"}", work)
	}
	out, err := client.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: &name, Definition: &definition, RoleArn: sdk.String("arn:aws:iam::123456789012:role/machine"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return *out.StateMachineArn
}

func sentTo(t *testing.T, endpoint, to string) [][]byte {
	t.Helper()
	var raw [][]byte
	for _, mail := range awstest.SentMails(t, endpoint) {
		for _, destination := range mail.Destinations {
			if strings.Contains(destination, to) {
				raw = append(raw, []byte(mail.Raw))
				break
			}
		}
	}
	return raw
}
