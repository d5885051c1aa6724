package aws

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"portal/infra"
)

// files is infra.Files on one S3 bucket, whose lifecycle rule deletes incoming/
// after a day.
type files struct {
	env    environment
	client func() (*s3.Client, error)
	clock  infra.Clock
}

func (f *files) open() (*s3.Client, *string, error) {
	bucket, err := f.env.must("BUCKET")
	if err != nil {
		return nil, nil, err
	}
	client, err := f.client()
	return client, &bucket, err
}

// Read returns a file's bytes. The announced length is only a first check:
// what is read is what counts.
func (f *files) Read(ctx context.Context, key string, most int64) ([]byte, error) {
	if err := infra.CheckFileKey(key); err != nil {
		return nil, fmt.Errorf("files: read: %w", err)
	}
	client, bucket, err := f.open()
	if err != nil {
		return nil, err
	}
	out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: &key})
	if statusOf(err) == http.StatusNotFound {
		return nil, fmt.Errorf("files: read: %w", infra.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("files: read: %w", err)
	}
	defer out.Body.Close()
	if sdk.ToInt64(out.ContentLength) > most {
		return nil, fmt.Errorf("files: read: %w", infra.ErrTooLarge)
	}
	data, err := io.ReadAll(io.LimitReader(out.Body, most+1))
	if err != nil {
		return nil, fmt.Errorf("files: read: %w", err)
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("files: read: %w", infra.ErrTooLarge)
	}
	return data, nil
}

// Put stores a file.
func (f *files) Put(ctx context.Context, key, contentType string, data []byte) error {
	if err := errors.Join(infra.CheckFileKey(key), infra.CheckContentType(contentType)); err != nil {
		return fmt.Errorf("files: put: %w", err)
	}
	client, bucket, err := f.open()
	if err != nil {
		return err
	}
	_, err = client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: bucket, Key: &key, ContentType: &contentType, Body: bytes.NewReader(data),
	})
	if err != nil {
		return fmt.Errorf("files: put: %w", err)
	}
	return nil
}

// Delete removes a file.
func (f *files) Delete(ctx context.Context, key string) error {
	if err := infra.CheckFileKey(key); err != nil {
		return fmt.Errorf("files: delete: %w", err)
	}
	client, bucket, err := f.open()
	if err != nil {
		return err
	}
	_, err = client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: &key})
	if err != nil && statusOf(err) != http.StatusNotFound {
		return fmt.Errorf("files: delete: %w", err)
	}
	return nil
}

// statusOf is the HTTP status that an S3 error came with; 0 for none.
func statusOf(err error) int {
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}
