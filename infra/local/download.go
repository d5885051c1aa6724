package local

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"portal/infra"
	"portal/shared/i18n"
	"portal/shared/problem"
)

// Link signs an address that downloads a file from this store.
func (f *Files) Link(ctx context.Context, key, filename string, valid time.Duration) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	if err := infra.CheckLink(key, filename, valid); err != nil {
		return "", fmt.Errorf("files: %w", err)
	}
	expires := strconv.FormatInt(f.clock.Now().Add(valid).Unix(), 10)
	query := url.Values{
		"expires": {expires}, "name": {filename},
		"signature": {hex.EncodeToString(f.linkSignature(key, expires, filename))},
	}
	return f.baseURL + uploadPath + "/" + key + "?" + query.Encode(), nil
}

// linkSignature covers all that a link says; neither keys nor numbers hold a
// line end.
func (f *Files) linkSignature(key, expires, filename string) []byte {
	return sumUnder(f.links, key+"\n"+expires+"\n"+filename)
}

// ServeHTTP answers upload forms (POST /files) and links (GET /files/…).
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key, isLink := strings.CutPrefix(r.URL.Path, uploadPath+"/")
	switch {
	case isLink && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		if err := f.download(w, r, key); err != nil {
			refuse(w, r, err)
		}
	case isLink:
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, r, problem.New("method_not_allowed"))
	case r.URL.Path != uploadPath:
		refuse(w, r, problem.New("not_found"))
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", "POST")
		refuse(w, r, problem.New("method_not_allowed"))
	default:
		if err := f.upload(r); err != nil {
			drain(r)
			refuse(w, r, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}
}

// refuse renders any error as a problem; it comes before the first byte of
// another answer.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	if _, known := errors.AsType[*problem.Problem](err); !known {
		slog.ErrorContext(r.Context(), "request failed", "error", err)
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	problem.Write(w, problem.Of(err), i18n.Negotiate(r.Header.Get("Accept-Language")))
}

func (f *Files) download(w http.ResponseWriter, r *http.Request, key string) error {
	query := r.URL.Query()
	expires, filename := query.Get("expires"), query.Get("name")
	signature, err := hex.DecodeString(query.Get("signature"))
	if err != nil || !hmac.Equal(signature, f.linkSignature(key, expires, filename)) {
		return problem.New("forbidden")
	}
	until, err := strconv.ParseInt(expires, 10, 64)
	if err != nil || f.clock.Now().Unix() >= until {
		return problem.New("link_expired")
	}
	stored, err := f.find(key)
	if errors.Is(err, infra.ErrNotFound) {
		return problem.New("not_found")
	}
	if err != nil {
		return err
	}
	defer stored.close()
	header := w.Header()
	header.Set("Content-Type", stored.ContentType)
	header.Set("Content-Disposition", infra.Disposition(filename))
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	header.Set("Cache-Control", "private, no-store")
	http.ServeContent(w, r, "", stored.Stored, stored.content())
	return nil
}
