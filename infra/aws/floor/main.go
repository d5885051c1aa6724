// Command floor is the least that a Lambda function with the portal's clients
// of AWS can be: it builds them as package aws does and takes invocations. The
// benchmark holds the portal's own start against it; nothing else runs it.
package main

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

func main() {
	config := sdk.Config{
		Region: os.Getenv("AWS_REGION"),
		Credentials: sdk.NewCredentialsCache(sdk.CredentialsProviderFunc(func(context.Context) (sdk.Credentials, error) {
			return sdk.Credentials{
				AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: os.Getenv("AWS_SESSION_TOKEN"),
			}, nil
		})),
		HTTPClient: awshttp.NewBuildableClient().WithDialerOptions(func(d *net.Dialer) { d.Timeout = 2 * time.Second }),
	}
	clients := []any{
		dynamodb.NewFromConfig(config), s3.NewFromConfig(config), sesv2.NewFromConfig(config), sfn.NewFromConfig(config), kms.NewFromConfig(config),
	}
	lambda.Start(func(context.Context, json.RawMessage) (int, error) { return len(clients), nil })
}
