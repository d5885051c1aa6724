package awstest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"portal/infra/awstest"
)

const pdf = "%PDF-1.7 for tests"

func TestS3(t *testing.T) {
	endpoint, _, _, bucket := awstest.S3(t)
	client := s3.NewFromConfig(awstest.Config(endpoint), func(o *s3.Options) { o.UsePathStyle = true })
	presigner := s3.NewPresignClient(client)

	t.Run("a presigned form takes what its conditions allow and nothing else", func(t *testing.T) {
		for _, try := range []struct {
			name, key, contentType, body string
			tamper                       map[string]string
			status                       int
			code                         string
		}{
			{name: "as signed", key: "incoming/a", contentType: "application/pdf", body: pdf, status: 204},
			{name: "another type", key: "incoming/b", contentType: "text/html", body: pdf, status: 403, code: "AccessDenied"},
			{name: "another key", key: "incoming/c", contentType: "application/pdf", body: pdf, tamper: map[string]string{"key": "documents/c"}, status: 403, code: "AccessDenied"},
			{name: "one byte too long", key: "incoming/d", contentType: "application/pdf", body: strings.Repeat("x", 101), status: 400, code: "EntityTooLarge"},
			{name: "empty", key: "incoming/e", contentType: "application/pdf", status: 400, code: "EntityTooSmall"},
			{name: "another signature", key: "incoming/f", contentType: "application/pdf", body: pdf, tamper: map[string]string{"X-Amz-Signature": strings.Repeat("0", 64)}, status: 403, code: "SignatureDoesNotMatch"},
			{name: "a field no condition names", key: "incoming/g", contentType: "application/pdf", body: pdf, tamper: map[string]string{"x-amz-meta-note": "x"}, status: 403, code: "AccessDenied"},
		} {
			t.Run(try.name, func(t *testing.T) {
				signed, err := presigner.PresignPostObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &try.key}, func(o *s3.PresignPostOptions) {
					o.Expires = time.Minute
					o.Conditions = []any{
						[]any{"content-length-range", 1, 100},
						map[string]string{"Content-Type": "application/pdf"},
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				fields := signed.Values
				fields["Content-Type"] = try.contentType
				for name, value := range try.tamper {
					fields[name] = value
				}
				status, answer := postForm(t, signed.URL, fields, try.body)
				if status != try.status || !strings.Contains(answer, try.code) {
					t.Errorf("status %d, want %d %s: %s", status, try.status, try.code, answer)
				}
				_, err = client.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &bucket, Key: aws.String(fields["key"])})
				if stored := err == nil; stored != (try.status == 204) {
					t.Errorf("stored: %v", stored)
				}
			})
		}
	})

	t.Run("a form past its time is refused", func(t *testing.T) {
		key := "incoming/late"
		signed, err := presigner.PresignPostObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key}, func(o *s3.PresignPostOptions) {
			o.Expires = time.Nanosecond
		})
		if err != nil {
			t.Fatal(err)
		}
		if status, answer := postForm(t, signed.URL, signed.Values, pdf); status != http.StatusForbidden {
			t.Errorf("status %d: %s", status, answer)
		}
	})

	t.Run("an object is written, read by link, copied and deleted", func(t *testing.T) {
		ctx := t.Context()
		if _, err := client.PutObject(ctx, &s3.PutObjectInput{
			Bucket: &bucket, Key: aws.String("incoming/1"), Body: strings.NewReader(pdf), ContentType: aws.String("application/pdf"),
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := client.CopyObject(ctx, &s3.CopyObjectInput{
			Bucket: &bucket, Key: aws.String("documents/1"), CopySource: aws.String(bucket + "/incoming/1"),
		}); err != nil {
			t.Fatal(err)
		}
		link, err := presigner.PresignGetObject(ctx, &s3.GetObjectInput{
			Bucket: &bucket, Key: aws.String("documents/1"), ResponseContentDisposition: aws.String(`attachment; filename="a.pdf"`),
		}, s3.WithPresignExpires(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		status, header, body := get(ctx, t, link.URL)
		if status != 200 || body != pdf || header.Get("Content-Disposition") != `attachment; filename="a.pdf"` || header.Get("Content-Type") != "application/pdf" {
			t.Errorf("status %d, header %v, body %q", status, header, body)
		}
		if status, _, _ := get(ctx, t, strings.Replace(link.URL, "documents/1", "incoming/1", 1)); status != http.StatusForbidden {
			t.Errorf("a link for one object opened another: status %d", status)
		}
		if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("documents/1")}); err != nil {
			t.Fatal(err)
		}
		_, err = client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("documents/1")})
		var missing *types.NoSuchKey
		if !errors.As(err, &missing) {
			t.Errorf("got %v, want NoSuchKey", err)
		}
	})

	t.Run("a link that puts takes the object it was signed for", func(t *testing.T) {
		link, err := presigner.PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("incoming/put")})
		if err != nil {
			t.Fatal(err)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, link.URL, strings.NewReader(pdf))
		if err != nil {
			t.Fatal(err)
		}
		if status, _, answer := do(t, request); status != http.StatusOK {
			t.Errorf("status %d: %s", status, answer)
		}
	})

	t.Run("a deleted or overwritten object keeps its versions", func(t *testing.T) {
		ctx, key := t.Context(), "documents/versions"
		for _, body := range []string{"first", "second"} {
			if _, err := client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(body)}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key}); err != nil {
			t.Fatal(err)
		}
		versions, err := client.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &bucket, Prefix: &key})
		if err != nil {
			t.Fatal(err)
		}
		if len(versions.Versions) != 2 || len(versions.DeleteMarkers) != 1 {
			t.Errorf("%d versions and %d markers, want 2 and 1", len(versions.Versions), len(versions.DeleteMarkers))
		}
	})

	t.Run("a write on the condition that there is no such object happens once", func(t *testing.T) {
		once := func() error {
			_, err := client.PutObject(t.Context(), &s3.PutObjectInput{
				Bucket: &bucket, Key: aws.String("documents/once"), Body: strings.NewReader(pdf), IfNoneMatch: aws.String("*"),
			})
			return err
		}
		if err := once(); err != nil {
			t.Fatal(err)
		}
		wantCode(t, once(), "PreconditionFailed")
	})
}

func postForm(t *testing.T, url string, fields map[string]string, file string) (status int, answer string) {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "a.pdf") // last, as S3 asks
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(part, file)
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, &body)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	status, _, answer = do(t, request)
	return status, answer
}

func get(ctx context.Context, t *testing.T, url string) (status int, header http.Header, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, request)
}

func do(t *testing.T, request *http.Request) (status int, header http.Header, body string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(text)
}
