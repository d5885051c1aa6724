package aws

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

// Time allowances of one attempt at a request. A step has ten seconds in all:
// a connection that hangs must leave time for a second attempt.
const (
	dialTimeout     = 2 * time.Second
	responseTimeout = 4 * time.Second
)

// clients makes each service's client at its first use and once, so that a
// step pays only for those it needs. They share one pool of connections.
type clients struct {
	dynamo func() (*dynamodb.Client, error)
	s3     func() (*s3.Client, error)
	ses    func() (*sesv2.Client, error)
	sfn    func() (*sfn.Client, error)
	kms    func() (*kms.Client, error)
}

func newClients(env environment) *clients {
	shared := sync.OnceValues(func() (sdk.Config, error) { return config(env) })
	return &clients{
		dynamo: once(shared, func(c sdk.Config) *dynamodb.Client {
			return dynamodb.NewFromConfig(c, func(o *dynamodb.Options) { o.BaseEndpoint = env.endpoint("DYNAMODB") })
		}),
		s3: once(shared, func(c sdk.Config) *s3.Client {
			return s3.NewFromConfig(c, func(o *s3.Options) {
				o.BaseEndpoint = env.endpoint("S3")
				// A bucket is no host name below an address of one's own choosing.
				o.UsePathStyle = o.BaseEndpoint != nil
			})
		}),
		ses: once(shared, func(c sdk.Config) *sesv2.Client {
			return sesv2.NewFromConfig(c, func(o *sesv2.Options) { o.BaseEndpoint = env.endpoint("SESV2") })
		}),
		sfn: once(shared, func(c sdk.Config) *sfn.Client {
			return sfn.NewFromConfig(c, func(o *sfn.Options) { o.BaseEndpoint = env.endpoint("SFN") })
		}),
		kms: once(shared, func(c sdk.Config) *kms.Client {
			return kms.NewFromConfig(c, func(o *kms.Options) { o.BaseEndpoint = env.endpoint("KMS") })
		}),
	}
}

func once[C any](shared func() (sdk.Config, error), client func(sdk.Config) *C) func() (*C, error) {
	return sync.OnceValues(func() (*C, error) {
		c, err := shared()
		if err != nil {
			return nil, err
		}
		return client(c), nil
	})
}

// endpoint is the address that replaces a service's own; nil when none does.
func (e environment) endpoint(service string) *string {
	for _, name := range []string{"AWS_ENDPOINT_URL_" + service, "AWS_ENDPOINT_URL"} {
		if v := e(name); v != "" {
			return &v
		}
	}
	return nil
}

// config is written by hand: on Lambda, region and credentials are variables,
// and the SDK's own loader brings in every other way to find them.
func config(env environment) (sdk.Config, error) {
	region, err := env.must("AWS_REGION")
	if err != nil {
		return sdk.Config{}, err
	}
	return sdk.Config{
		Region:      region,
		Credentials: sdk.NewCredentialsCache(sdk.CredentialsProviderFunc(env.credentials)),
		HTTPClient: awshttp.NewBuildableClient().
			WithDialerOptions(dialQuickly).
			WithTransportOptions(answerQuickly),
		Retryer: retryer,
	}, nil
}

// credentials are those Lambda gave the function; it starts a fresh process
// before they expire.
func (e environment) credentials(context.Context) (sdk.Credentials, error) {
	c := sdk.Credentials{
		AccessKeyID:     e("AWS_ACCESS_KEY_ID"),
		SecretAccessKey: e("AWS_SECRET_ACCESS_KEY"),
		SessionToken:    e("AWS_SESSION_TOKEN"),
		Source:          "environment",
	}
	if !c.HasKeys() {
		return c, errors.New("aws: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set")
	}
	return c, nil
}

func answerQuickly(t *http.Transport) {
	t.TLSHandshakeTimeout = dialTimeout
	t.ResponseHeaderTimeout = responseTimeout
}

func dialQuickly(d *net.Dialer) { d.Timeout = dialTimeout }
