package certificates

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"time"

	"portal/infra"
	"portal/shared/calendar"
	"portal/shared/certificate"
	"portal/shared/i18n"
	"portal/shared/identifiers"
	"portal/shared/problem"
	"portal/shared/step"
)

//go:embed page.css
var pageCSS string

type pageInput struct {
	Checked
	Lang string `query:"lang" maxLength:"2" doc:"fr, ar or en; otherwise the browser's"`
}

type pageOutput struct {
	Status      int
	ContentType string `header:"Content-Type"`
	Language    string `header:"Content-Language"`
	Policy      string `header:"Content-Security-Policy"`
	Body        []byte
}

// page is where a certificate's QR code leads: the public check, readable on a
// telephone, without a script.
func page(p infra.Ports) step.Step {
	return step.HTTP(step.Declaration{
		Name:    "certificates/page",
		Summary: "The public page of a certificate",
		Who:     step.Anyone(),
		Grants:  checkGrants,
	}, http.MethodGet, "/c/{number}", func(ctx context.Context, in *pageInput) (*pageOutput, error) {
		request := step.RequestOf(ctx)
		if i18n.Known(in.Lang) == in.Lang {
			request.Lang = in.Lang
		}
		ctx = step.WithRequest(ctx, request)
		public, err := lookUp(ctx, p, in.Number)
		found := err == nil
		if err != nil && !problem.Is(err, "not_found") {
			return nil, err
		}
		body := draw(request.Lang, public, found)
		out := &pageOutput{Status: http.StatusOK, ContentType: "text/html; charset=utf-8", Language: request.Lang, Policy: stylePolicy(), Body: body}
		if !found {
			out.Status = http.StatusNotFound
		}
		return out, nil
	}, asPage(http.StatusOK), asPage(http.StatusNotFound))
}

// asPage describes an answer as the page.
func asPage(status int) func(*step.Operation) {
	return step.Answers(status, "text/html")
}

// stylePolicy lets the page use its own style and nothing else.
var stylePolicy = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(style()))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
})

var style = sync.OnceValue(func() string { return strings.ReplaceAll(pageCSS, "\n", "") })

// says is the key of the sentence under the status.
func says(public Public) string {
	if isStatement(identifiers.CertificateKind(public.Kind)) {
		switch public.Status {
		case string(certificate.Valid):
			return "check.says.valid_statement"
		case string(certificate.Expired):
			return "check.says.expired_statement"
		}
	}
	return "check.says." + public.Status
}

// shownText is shownDay of an ISO date; "" for none.
func shownText(iso string) string {
	day, err := calendar.ParseDate(iso)
	if err != nil {
		return ""
	}
	return shownDay(day)
}

// shownDay is a day as people here write it: 21/11/2026.
func shownDay(d calendar.Date) string {
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, time.UTC).Format("02/01/2006")
}
