package aws

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

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
}

func (f *files) open() (*s3.Client, *string, error) {
	bucket, err := f.env.must("BUCKET")
	if err != nil {
		return nil, nil, err
	}
	client, err := f.client()
	return client, &bucket, err
}

// UploadForm signs a POST policy: S3 compares every field of the form with it
// and counts the bytes itself.
func (f *files) UploadForm(ctx context.Context, u infra.Upload) (infra.UploadForm, error) {
	client, bucket, err := f.open()
	if err != nil {
		return infra.UploadForm{}, err
	}
	signed, err := s3.NewPresignClient(client).PresignPostObject(ctx,
		&s3.PutObjectInput{Bucket: bucket, Key: &u.Key},
		func(o *s3.PresignPostOptions) {
			o.Expires = u.Valid
			o.Conditions = []any{
				map[string]string{"key": u.Key},
				map[string]string{"Content-Type": u.ContentType},
				[]any{"content-length-range", 1, u.MaxBytes},
			}
		})
	if err != nil {
		return infra.UploadForm{}, fmt.Errorf("files: upload form: %w", err)
	}
	fields := signed.Values
	fields["Content-Type"] = u.ContentType
	return infra.UploadForm{URL: signed.URL, Fields: fields}, nil
}

// Read returns a file's bytes. The announced length is only a first check:
// what is read is what counts.
func (f *files) Read(ctx context.Context, key string, max int64) ([]byte, error) {
	client, bucket, err := f.open()
	if err != nil {
		return nil, err
	}
	out, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: &key})
	if status(err) == http.StatusNotFound {
		return nil, fmt.Errorf("files: read: %w", infra.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("files: read: %w", err)
	}
	defer out.Body.Close()
	if sdk.ToInt64(out.ContentLength) > max {
		return nil, fmt.Errorf("files: read: %w", infra.ErrTooLarge)
	}
	data, err := io.ReadAll(io.LimitReader(out.Body, max+1))
	if err != nil {
		return nil, fmt.Errorf("files: read: %w", err)
	}
	if int64(len(data)) > max {
		return nil, fmt.Errorf("files: read: %w", infra.ErrTooLarge)
	}
	return data, nil
}

// Put stores a file.
func (f *files) Put(ctx context.Context, key, contentType string, data []byte) error {
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
	client, bucket, err := f.open()
	if err != nil {
		return err
	}
	_, err = client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: &key})
	if err != nil && status(err) != http.StatusNotFound {
		return fmt.Errorf("files: delete: %w", err)
	}
	return nil
}

// Link signs a GET that downloads the file under a name. The function's own
// credentials sign it: it ends with them, at the latest after a few hours.
func (f *files) Link(ctx context.Context, key, filename string, valid time.Duration) (string, error) {
	client, bucket, err := f.open()
	if err != nil {
		return "", err
	}
	signed, err := s3.NewPresignClient(client).PresignGetObject(ctx,
		&s3.GetObjectInput{Bucket: bucket, Key: &key, ResponseContentDisposition: sdk.String(attachment(filename))},
		s3.WithPresignExpires(valid))
	if err != nil {
		return "", fmt.Errorf("files: link: %w", err)
	}
	return signed.URL, nil
}

// status is the HTTP status that an S3 error came with; 0 for none.
func status(err error) int {
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		return response.HTTPStatusCode()
	}
	return 0
}
