// Package problem is the portal's one vocabulary of refusals: RFC 9457 problem
// details with a stable code, every wrong field at once, in the caller's
// language, never echoing a value that was sent.
package problem

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"portal/shared/i18n"
)

// ContentType is the media type of RFC 9457.
const ContentType = "application/problem+json"

// Problem is a refusal. It is an error inside and rendered once, at the edge.
type Problem struct {
	Code   string
	Params map[string]any // for the detail text
	Faults []Fault
	// State is the thing as it stands, with a 412 or a 409.
	State any
	// Status and Allowed name the dossier's status and what the caller may do
	// in it, with a 409.
	Status  string
	Allowed []string
	// Total is how many faults there are, when Faults are only the first.
	Total int
	// Report is a file that tells more of what was refused.
	Report *Report
}

// Report is a link to a file about a refusal.
type Report struct {
	URL     string    `json:"url" doc:"Downloads it without a session until it expires"`
	Expires time.Time `json:"expires"`
}

// Fault is one wrong field.
type Fault struct {
	Pointer string         `json:"pointer"`          // JSON Pointer (RFC 6901) into the body, or the name of a parameter
	Code    string         `json:"code"`             // stable
	Params  map[string]any `json:"params,omitempty"` // bounds and names, never the value sent
}

// New is a problem of a declared code.
func New(code string) *Problem { return &Problem{Code: code} }

// Invalid is the problem of a body with wrong fields; nil when there are none.
func Invalid(faults []Fault) error {
	if len(faults) == 0 {
		return nil
	}
	return &Problem{Code: "invalid", Faults: faults}
}

// Field is Invalid for one field.
func Field(pointer, code string) error {
	return Invalid([]Fault{{Pointer: pointer, Code: code}})
}

func (p *Problem) Error() string { return "problem " + p.Code }

// HTTPStatus is the status of the problem's code; 500 for an undeclared one.
func (p *Problem) HTTPStatus() int {
	if status, ok := Kinds[p.Code]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// Of is the problem that an error is; an unknown error is a bare "internal".
func Of(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return New("internal")
}

// Is tells whether an error is the problem of this code.
func Is(err error, code string) bool {
	var p *Problem
	return errors.As(err, &p) && p.Code == code
}

// Body is the rendered problem.
type Body struct {
	Type    string      `json:"type" doc:"A URI that names the kind of problem"`
	Title   string      `json:"title" doc:"The kind of problem, in the caller's language"`
	Status  int         `json:"status" doc:"The HTTP status"`
	Detail  string      `json:"detail,omitempty" doc:"What happened and what to do"`
	Code    string      `json:"code" doc:"Stable code of the kind of problem"`
	Errors  []BodyFault `json:"errors,omitempty" doc:"Every wrong field"`
	Dossier string      `json:"dossier_status,omitempty" doc:"The dossier's status, when it does not allow the step"`
	Allowed []string    `json:"allowed_actions,omitempty" doc:"What the caller may do in this status"`
	Current any         `json:"current,omitempty" doc:"The thing as it stands now"`
	Total   int         `json:"total_errors,omitempty" doc:"How many errors there are, when only the first are listed"`
	Report  *Report     `json:"report,omitempty" doc:"A file that tells more of what was refused"`
}

// BodyFault is a rendered fault.
type BodyFault struct {
	Pointer string         `json:"pointer" doc:"JSON Pointer into the body, or the name of a parameter"`
	Code    string         `json:"code" doc:"Stable code"`
	Message string         `json:"message" doc:"What is wrong, in the caller's language"`
	Params  map[string]any `json:"params,omitempty" doc:"Bounds the value must keep"`
}

// Render puts a problem in words. Codes that carry a dossier's status or
// allowed actions name them in the detail by their labels.
func (p *Problem) Render(lang string) Body {
	params := map[string]any{}
	for k, v := range p.Params {
		params[k] = v
	}
	if p.Status != "" {
		params["status"] = i18n.Text(lang, "status."+p.Status, nil)
	}
	b := Body{
		Type:    "urn:portal:problem:" + strings.ReplaceAll(p.Code, "_", "-"),
		Title:   i18n.Text(lang, "problem."+p.Code, nil),
		Status:  p.HTTPStatus(),
		Detail:  i18n.Text(lang, "problem."+p.Code+".detail", params),
		Code:    p.Code,
		Dossier: p.Status,
		Allowed: p.Allowed,
		Current: p.State,
		Total:   p.Total,
		Report:  p.Report,
	}
	for _, f := range p.Faults {
		b.Errors = append(b.Errors, BodyFault{
			Pointer: f.Pointer, Code: f.Code, Params: f.Params,
			Message: i18n.Text(lang, "fault."+f.Code, f.Params),
		})
	}
	return b
}

// Write answers a request with the problem.
func Write(w http.ResponseWriter, p *Problem, lang string) {
	body := p.Render(lang)
	w.Header().Set("Content-Type", ContentType)
	w.Header().Set("Content-Language", lang)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(body.Status)
	_ = json.NewEncoder(w).Encode(body)
}
