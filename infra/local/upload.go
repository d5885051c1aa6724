package local

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"portal/infra"
	"portal/shared/problem"
)

const uploadPath = "/files"

// The fields of an upload form. Key and Content-Type are named as in the forms
// of S3; the policy says what they must be.
const (
	fieldKey       = "key"
	fieldType      = "Content-Type"
	fieldPolicy    = "policy"
	fieldSignature = "signature"
	fieldFile      = "file"
)

// Bounds of what is read of an upload besides its file.
const (
	maxField  = 8 << 10
	maxFields = 10
	maxDrain  = 16 << 20
)

// policy is what an upload form allows, as it is signed.
type policy struct {
	Key         string `json:"key"`
	ContentType string `json:"type"`
	MaxBytes    int64  `json:"max"`
	Expires     int64  `json:"expires"` // seconds since 1970
}

// UploadForm signs a form that posts one file to this store.
func (f *Files) UploadForm(ctx context.Context, u infra.Upload) (infra.UploadForm, error) {
	if err := ctx.Err(); err != nil {
		return infra.UploadForm{}, err
	}
	if err := infra.CheckUpload(u); err != nil {
		return infra.UploadForm{}, fmt.Errorf("files: %w", err)
	}
	text, err := json.Marshal(policy{u.Key, u.ContentType, u.MaxBytes, f.clock.Now().Add(u.Valid).Unix()})
	if err != nil {
		return infra.UploadForm{}, fmt.Errorf("files: %w", err)
	}
	encoded := base64.StdEncoding.EncodeToString(text)
	return infra.UploadForm{URL: f.baseURL + uploadPath, Fields: map[string]string{
		fieldKey: u.Key, fieldType: u.ContentType, fieldPolicy: encoded,
		fieldSignature: hex.EncodeToString(sumUnder(f.forms, encoded)),
	}}, nil
}

// upload answers the post of an upload form. A refusal stores nothing.
func (f *Files) upload(r *http.Request) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return problem.New("unsupported_media")
	}
	fields, file, err := readFields(parts)
	if err != nil {
		return err
	}
	allowed, err := f.allowed(fields)
	if err != nil {
		return err
	}
	return f.receive(allowed, file)
}

// readFields reads the fields that come before the file.
func readFields(parts *multipart.Reader) (map[string]string, *multipart.Part, error) {
	fields := map[string]string{}
	for range maxFields {
		part, err := parts.NextPart()
		if err != nil {
			return nil, nil, problem.New("bad_request")
		}
		name := part.FormName()
		if name == fieldFile {
			return fields, part, nil
		}
		value, err := io.ReadAll(io.LimitReader(part, maxField+1))
		if err != nil || len(value) > maxField {
			return nil, nil, problem.New("bad_request")
		}
		if _, twice := fields[name]; twice {
			return nil, nil, problem.New("upload_form_refused")
		}
		fields[name] = string(value)
	}
	return nil, nil, problem.New("bad_request")
}

// allowed holds the fields against the signed policy.
func (f *Files) allowed(fields map[string]string) (policy, error) {
	signature, err := hex.DecodeString(fields[fieldSignature])
	if err != nil || !hmac.Equal(signature, sumUnder(f.forms, fields[fieldPolicy])) {
		return policy{}, problem.New("upload_form_refused")
	}
	text, err := base64.StdEncoding.DecodeString(fields[fieldPolicy])
	if err != nil {
		return policy{}, problem.New("upload_form_refused")
	}
	var p policy
	if err := json.Unmarshal(text, &p); err != nil {
		return policy{}, problem.New("upload_form_refused")
	}
	switch {
	case len(fields) != 4, fields[fieldKey] != p.Key, f.clock.Now().Unix() >= p.Expires:
		return policy{}, problem.New("upload_form_refused")
	case fields[fieldType] != p.ContentType:
		return policy{}, problem.New("file_type_refused")
	}
	return p, nil
}

// receive streams the file into a draft and publishes it when its size is
// right and the client has sent it to the end.
func (f *Files) receive(p policy, file io.Reader) error {
	draft, err := f.draft(p.ContentType)
	if err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	defer draft.discard()
	// Reading errors are the client's, writing errors are ours.
	body := &watched{Reader: io.LimitReader(file, p.MaxBytes+1)}
	n, err := io.Copy(draft, body)
	switch {
	case body.err != nil:
		return problem.New("bad_request")
	case err != nil:
		return fmt.Errorf("upload: %w", err)
	case n == 0:
		return problem.New("bad_request")
	case n > p.MaxBytes:
		return &problem.Problem{Code: "file_too_large", Params: map[string]any{"max": p.MaxBytes}}
	}
	if err := draft.publish(p.Key); err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	return nil
}

// watched remembers how reading ended.
type watched struct {
	io.Reader
	err error
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.Reader.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// drain reads on for a while after a refusal: a browser that is cut off while
// it still sends shows a broken connection instead of the answer.
func drain(r *http.Request) { _, _ = io.CopyN(io.Discard, r.Body, maxDrain) }
