// Package client speaks to a portal as a browser does: a session in a cookie,
// JSON steps with If-Match and Idempotency-Key, uploads by signed form, mails
// read in the mailbox of one machine. The demonstration and the whole-portal
// tests use it.
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Client is one person's browser.
type Client struct {
	Base string
	Lang string
	http *http.Client
}

// New opens a browser on a portal. transport may be nil.
func New(base string, transport http.RoundTripper) *Client {
	jar, _ := cookiejar.New(nil) // never errs without options
	return &Client{Base: base, Lang: "fr", http: &http.Client{Jar: jar, Transport: transport, Timeout: time.Minute}}
}

// Answer is an HTTP answer, read whole.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Decode reads the answer's JSON into v.
func (a *Answer) Decode(v any) error {
	if err := json.Unmarshal(a.Body, v); err != nil {
		return fmt.Errorf("answer %d is not the JSON expected: %w", a.Status, err)
	}
	return nil
}

// Problem is the part of a problem that programs read.
type Problem struct {
	Code    string   `json:"code"`
	Title   string   `json:"title"`
	Detail  string   `json:"detail"`
	Dossier string   `json:"dossier_status"`
	Allowed []string `json:"allowed_actions"`
	Errors  []struct {
		Pointer string `json:"pointer"`
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"errors"`
	Current json.RawMessage `json:"current"`
}

// Problem reads the answer as a problem; its code is empty when it is none.
func (a *Answer) Problem() Problem {
	var p Problem
	_ = json.Unmarshal(a.Body, &p)
	return p
}

// Option adjusts a request.
type Option func(*http.Request)

// IfMatch acts on this version only.
func IfMatch(etag string) Option { return func(r *http.Request) { r.Header.Set("If-Match", etag) } }

// Once makes a repeated request do nothing the second time.
func Once(key string) Option { return func(r *http.Request) { r.Header.Set("Idempotency-Key", key) } }

// Header sets any header.
func Header(name, value string) Option { return func(r *http.Request) { r.Header.Set(name, value) } }

// Do sends a request; body nil sends none, a []byte is sent as it is, anything
// else as JSON. An answer of any status is no error.
func (c *Client) Do(ctx context.Context, method, path string, body any, options ...Option) (*Answer, error) {
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case []byte:
		content = bytes.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(raw)
	}
	if !strings.Contains(path, "://") {
		path = c.Base + path
	}
	r, err := http.NewRequestWithContext(ctx, method, path, content)
	if err != nil {
		return nil, err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Accept-Language", c.Lang)
	for _, option := range options {
		option(r)
	}
	return c.send(r)
}

func (c *Client) send(r *http.Request) (*Answer, error) {
	response, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	return &Answer{Status: response.StatusCode, Header: response.Header, Body: content}, nil
}

// SignIn opens a session.
func (c *Client) SignIn(ctx context.Context, email, password string) error {
	a, err := c.Do(ctx, http.MethodPost, "/api/accounts/sessions", map[string]string{"email": email, "password": password})
	if err != nil {
		return err
	}
	if a.Status >= 300 {
		return fmt.Errorf("sign in: %d %s", a.Status, a.Problem().Code)
	}
	return nil
}

// Form is a signed upload form.
type Form struct {
	URL    string            `json:"url"`
	Fields map[string]string `json:"fields"`
}

// Post sends a file through a signed form, as a browser does.
func (c *Client) Post(ctx context.Context, form Form, filename, contentType string, data []byte) (*Answer, error) {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	names := make([]string, 0, len(form.Fields))
	for name := range form.Fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := w.WriteField(name, form.Fields[name]); err != nil {
			return nil, err
		}
	}
	header := map[string][]string{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename=%q`, filename)},
		"Content-Type":        {contentType},
	}
	part, err := w.CreatePart(header)
	if err != nil {
		return nil, err
	}
	if _, err := part.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, form.URL, &body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return c.send(r)
}

// Mail is one letter in the mailbox.
type Mail struct {
	N       uint64 `json:"n"`
	ID      string `json:"id"`
	Kind    string `json:"kind"`
	To      string `json:"to"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

// Mails lists the letters to an address, newest first.
func (c *Client) Mails(ctx context.Context, to string) ([]Mail, error) {
	a, err := c.Do(ctx, http.MethodGet, "/mailbox.json?to="+url.QueryEscape(to), nil)
	if err != nil {
		return nil, err
	}
	var box struct {
		Letters []Mail `json:"letters"`
	}
	return box.Letters, a.Decode(&box)
}
