package aws

import (
	"bytes"
	"compress/gzip"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// compressible is from where on gzip is worth its while, in bytes.
const compressible = 1 << 10

// recorder keeps an answer until it is whole, by the rules of net/http: the
// first status counts, and headers count as they stood then.
type recorder struct {
	live   http.Header // what the handler changes
	header http.Header // as they stood with the status
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{live: http.Header{}} }

func (rec *recorder) reset() { *rec = recorder{live: http.Header{}} }

func (rec *recorder) Header() http.Header { return rec.live }

func (rec *recorder) WriteHeader(status int) {
	if rec.status != 0 || status < 200 { // interim answers have no place in an event
		return
	}
	rec.status, rec.header = status, rec.live.Clone()
}

func (rec *recorder) Write(b []byte) (int, error) {
	rec.WriteHeader(http.StatusOK)
	return rec.body.Write(b)
}

// deliver writes the whole answer: no body where HTTP allows none, compressed
// where the client likes that. The gateway counts the bytes itself.
func (rec *recorder) deliver(w http.ResponseWriter, r *http.Request) {
	rec.WriteHeader(http.StatusOK)
	body := rec.body.Bytes()
	if len(body) > 0 && rec.header.Get("Content-Type") == "" && rec.header.Get("Content-Encoding") == "" {
		rec.header.Set("Content-Type", http.DetectContentType(body))
	}
	bodiless := r.Method == http.MethodHead || rec.status == http.StatusNoContent || rec.status == http.StatusNotModified
	if !bodiless {
		rec.header.Del("Content-Length")
		body = rec.compress(body, r)
	}
	for name, values := range rec.header {
		w.Header()[name] = values
	}
	w.WriteHeader(rec.status)
	if !bodiless && len(body) > 0 {
		_, _ = w.Write(body) // into memory
	}
}

func (rec *recorder) compress(body []byte, r *http.Request) []byte {
	if len(body) <= compressible || rec.status == http.StatusPartialContent || !rec.wantsCompression() {
		return body
	}
	rec.header.Add("Vary", "Accept-Encoding")
	if !acceptsGzip(r.Header.Get("Accept-Encoding")) {
		return body
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(body); err != nil || z.Close() != nil || b.Len() >= len(body) {
		return body
	}
	rec.header.Set("Content-Encoding", "gzip")
	return b.Bytes()
}

// wantsCompression tells texts from what is compressed already.
func (rec *recorder) wantsCompression() bool {
	if rec.header.Get("Content-Encoding") != "" || strings.Contains(rec.header.Get("Cache-Control"), "no-transform") {
		return false
	}
	media, _, err := mime.ParseMediaType(rec.header.Get("Content-Type"))
	if err != nil {
		return false
	}
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml") ||
		media == "application/json" || media == "application/xml" || media == "application/javascript"
}

// acceptsGzip reads Accept-Encoding (RFC 9110, section 12.5.3).
func acceptsGzip(accept string) bool {
	accepted := false
	for _, part := range strings.Split(accept, ",") {
		coding, params, _ := strings.Cut(part, ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		if coding != "gzip" && coding != "x-gzip" && coding != "*" {
			continue
		}
		weight := 1.0
		if q, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(params), " ", ""), "q="); ok {
			weight, _ = strconv.ParseFloat(q, 64)
		}
		if coding != "*" {
			return weight > 0
		}
		accepted = weight > 0
	}
	return accepted
}
