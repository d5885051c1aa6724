package products

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"portal/infra"
	"portal/shared/i18n"
	"portal/shared/identifiers"
	"portal/shared/problem"
	"portal/shared/reference"
	"portal/shared/step"
)

//go:embed page.css
var pageCSS string

// pageInput is the page's own form, as sent: what is wrong is said on the page.
type pageInput struct {
	Text     string `query:"q" doc:"An HS code of 10 digits; or its beginning, or words, to search"`
	Quantity string `query:"quantity"`
	Unit     string `query:"unit"`
	Value    string `query:"value" doc:"FOB, in dirhams"`
	Lang     string `query:"lang" doc:"fr, ar or en; otherwise the browser's"`
}

type pageOutput struct {
	Status      int
	ContentType string `header:"Content-Type"`
	Language    string `header:"Content-Language"`
	Policy      string `header:"Content-Security-Policy"`
	Body        []byte
}

// page is « Mon produit est-il soumis ? » for people, readable on a telephone,
// without a script.
func page(p infra.Ports) step.Step {
	r := room{p}
	kept := &shelf{}
	return step.HTTP(step.Declaration{
		Name:    "products/page",
		Summary: "The public page « Mon produit est-il soumis ? »",
		Who:     step.Anyone(),
		Grants:  readGrants,
		Memory:  512,
	}, http.MethodGet, "/soumis", func(ctx context.Context, in *pageInput) (*pageOutput, error) {
		request := step.RequestOf(ctx)
		if i18n.Known(in.Lang) == in.Lang {
			request.Lang = in.Lang
		}
		shown, err := r.show(step.WithRequest(ctx, request), kept, *in)
		if err != nil {
			return nil, err
		}
		body := draw(request.Lang, shown)
		out := &pageOutput{Status: http.StatusOK, ContentType: "text/html; charset=utf-8", Language: request.Lang, Policy: stylePolicy(), Body: body}
		if len(shown.Wrong) > 0 {
			out.Status = http.StatusUnprocessableEntity
		}
		return out, nil
	}, asPage(http.StatusOK), asPage(http.StatusUnprocessableEntity))
}

// asPage describes an answer as the page.
func asPage(status int) func(*step.Operation) {
	return step.Answers(status, "text/html")
}

// shown is what the page says besides its form.
type shown struct {
	Asked  pageInput
	Answer *Answer
	Found  *searchResult
	Wrong  map[string]string // message by field
	Units  []unit
}

type unit struct{ Code, Name string }

// show answers what was asked: a whole HS code is looked up, anything else
// searched for.
func (r room) show(ctx context.Context, kept *shelf, in pageInput) (shown, error) {
	lang := step.RequestOf(ctx).Lang
	s := shown{Asked: in, Units: unitsIn(lang)}
	if strings.TrimSpace(in.Text) == "" {
		return s, nil
	}
	var err error
	if _, whole := identifiers.ParseHS(in.Text); whole == nil {
		var answer Answer
		answer, _, err = r.answer(ctx, question{HS: in.Text, Quantity: in.Quantity, Unit: in.Unit, Value: in.Value})
		s.Answer = &answer
	} else {
		var found searchResult
		found, err = r.search(ctx, kept, in.Text)
		s.Found = &found
	}
	var refused *problem.Problem
	if errors.As(err, &refused) && len(refused.Faults) > 0 {
		s.Answer, s.Found, s.Wrong = nil, nil, map[string]string{}
		for _, f := range refused.Render(lang).Errors {
			s.Wrong[f.Pointer] = f.Message
		}
		return s, nil
	}
	return s, err
}

// unitsIn are the units by their names in a language.
func unitsIn(lang string) []unit {
	var units []unit
	for _, e := range reference.Units().Entries() {
		units = append(units, unit{e.Code, e.Names.In(lang)})
	}
	slices.SortFunc(units, func(a, b unit) int { return strings.Compare(a.Name, b.Name) })
	return units
}

// In is the address of this very page in another language.
func (s shown) In(lang string) string {
	values := url.Values{"lang": {lang}}
	for name, value := range map[string]string{"q": s.Asked.Text, "quantity": s.Asked.Quantity, "unit": s.Asked.Unit, "value": s.Asked.Value} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return "?" + values.Encode()
}

// stylePolicy lets the page use its own style, and ask itself.
var stylePolicy = sync.OnceValue(func() string {
	sum := sha256.Sum256([]byte(style()))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
})

var style = sync.OnceValue(func() string { return strings.ReplaceAll(pageCSS, "\n", "") })
