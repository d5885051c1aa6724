package awstest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"portal/infra"
)

// Tables makes the portal's tables, named as in infra, with every index that
// infra declares, as the template does.
func Tables(t testing.TB, endpoint string) {
	t.Helper()
	client := dynamodb.NewFromConfig(Config(endpoint))
	for _, name := range []string{infra.PeopleTable, infra.DossiersTable} {
		input := &dynamodb.CreateTableInput{
			TableName: &name, BillingMode: types.BillingModePayPerRequest, KeySchema: schema("pk", "sk"),
			AttributeDefinitions: []types.AttributeDefinition{text("pk"), text("sk")},
		}
		for _, index := range infra.Indexes {
			if index.Table != name {
				continue
			}
			pk, sk := index.Name+"_pk", index.Name+"_sk"
			input.AttributeDefinitions = append(input.AttributeDefinitions, text(pk), text(sk))
			input.GlobalSecondaryIndexes = append(input.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
				IndexName: &index.Name, KeySchema: schema(pk, sk), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
			})
		}
		if _, err := client.CreateTable(t.Context(), input); err != nil {
			t.Fatal(err)
		}
	}
}

func text(name string) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
}

func schema(pk, sk string) []types.KeySchemaElement {
	return []types.KeySchemaElement{
		{AttributeName: &pk, KeyType: types.KeyTypeHash},
		{AttributeName: &sk, KeyType: types.KeyTypeRange},
	}
}

// Sender verifies an address or a domain to send from, as the owner of an AWS
// account does once.
func Sender(t testing.TB, endpoint, identity string) {
	t.Helper()
	client := sesv2.NewFromConfig(Config(endpoint))
	if _, err := client.CreateEmailIdentity(t.Context(), &sesv2.CreateEmailIdentityInput{EmailIdentity: &identity}); err != nil {
		t.Fatal(err)
	}
}

// Machine makes a state machine and returns its ARN.
func Machine(t testing.TB, endpoint, name, definition string) (arn string) {
	t.Helper()
	client := sfn.NewFromConfig(Config(endpoint))
	role := "arn:aws:iam::123456789012:role/machine"
	made, err := client.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{Name: &name, Definition: &definition, RoleArn: &role})
	if err != nil {
		t.Fatal(err)
	}
	return *made.StateMachineArn
}

// MACKey makes a key that authenticates messages and returns its id.
func MACKey(t testing.TB, endpoint string) (id string) {
	t.Helper()
	client := kms.NewFromConfig(Config(endpoint))
	made, err := client.CreateKey(t.Context(), &kms.CreateKeyInput{KeySpec: kmstypes.KeySpecHmac256, KeyUsage: kmstypes.KeyUsageTypeGenerateVerifyMac})
	if err != nil {
		t.Fatal(err)
	}
	return *made.KeyMetadata.KeyId
}
