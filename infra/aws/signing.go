package aws

import (
	"context"
	"fmt"
	"net/http"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"portal/infra"
)

// UploadForm signs a POST policy: S3 compares every field of the form with it
// and counts the bytes itself.
func (f *files) UploadForm(ctx context.Context, u infra.Upload) (infra.UploadForm, error) {
	if err := infra.CheckUpload(u); err != nil {
		return infra.UploadForm{}, fmt.Errorf("files: upload form: %w", err)
	}
	client, bucket, err := f.open()
	if err != nil {
		return infra.UploadForm{}, err
	}
	signed, err := s3.NewPresignClient(client).PresignPostObject(ctx,
		&s3.PutObjectInput{Bucket: bucket, Key: &u.Key},
		func(o *s3.PresignPostOptions) {
			o.PostPresigner = punctualPost{o.PostPresigner, f.clock, u.Valid}
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

// Link signs a GET that downloads the file under a name. The function's own
// credentials sign it: it ends with them, after some hours, at the latest.
func (f *files) Link(ctx context.Context, key, filename string, valid time.Duration) (string, error) {
	if err := infra.CheckLink(key, filename, valid); err != nil {
		return "", fmt.Errorf("files: link: %w", err)
	}
	client, bucket, err := f.open()
	if err != nil {
		return "", err
	}
	signed, err := s3.NewPresignClient(client).PresignGetObject(ctx,
		&s3.GetObjectInput{Bucket: bucket, Key: &key, ResponseContentDisposition: sdk.String(infra.Disposition(filename))},
		func(o *s3.PresignOptions) {
			o.Expires = valid
			o.Presigner = punctualGet{v4.NewSigner(doNotEscapeTwice), f.clock}
		})
	if err != nil {
		return "", fmt.Errorf("files: link: %w", err)
	}
	return signed.URL, nil
}

// S3 signs paths as they are sent.
func doNotEscapeTwice(o *v4.SignerOptions) { o.DisableURIPathEscaping = true }

// punctualGet and punctualPost sign by the port's clock; the SDK's own signers
// read the machine's.
type punctualGet struct {
	signer *v4.Signer
	clock  infra.Clock
}

func (p punctualGet) PresignHTTP(ctx context.Context, c sdk.Credentials, r *http.Request, payload, service, region string, _ time.Time, options ...func(*v4.SignerOptions)) (string, http.Header, error) {
	return p.signer.PresignHTTP(ctx, c, r, payload, service, region, p.clock.Now().UTC(), options...)
}

type punctualPost struct {
	signer s3.PresignPost
	clock  infra.Clock
	valid  time.Duration
}

func (p punctualPost) PresignPost(c sdk.Credentials, bucket, key, region, service string, _ time.Time, conditions []any, _ time.Time, options ...func(*v4.SignerOptions)) (map[string]string, error) {
	now := p.clock.Now().UTC()
	return p.signer.PresignPost(c, bucket, key, region, service, now, conditions, now.Add(p.valid), options...)
}
