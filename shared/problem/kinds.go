package problem

import "net/http"

// Kinds declares every problem once: its code and HTTP status. Title and
// detail are in the catalogue under problem.<code> and problem.<code>.detail.
var Kinds = map[string]int{
	// of every request
	"bad_request":           http.StatusBadRequest,
	"not_json":              http.StatusBadRequest,
	"unauthenticated":       http.StatusUnauthorized,
	"forbidden":             http.StatusForbidden,
	"cross_origin":          http.StatusForbidden,
	"not_found":             http.StatusNotFound,
	"method_not_allowed":    http.StatusMethodNotAllowed,
	"not_acceptable":        http.StatusNotAcceptable,
	"request_timeout":       http.StatusRequestTimeout,
	"body_too_large":        http.StatusRequestEntityTooLarge,
	"unsupported_media":     http.StatusUnsupportedMediaType,
	"invalid":               http.StatusUnprocessableEntity,
	"precondition_required": http.StatusPreconditionRequired,
	"too_many_requests":     http.StatusTooManyRequests,
	"internal":              http.StatusInternalServerError,
	"unavailable":           http.StatusServiceUnavailable,

	// of steps on dossiers
	"stale":                   http.StatusPreconditionFailed,
	"not_allowed_in_status":   http.StatusConflict,
	"idempotency_key_reused":  http.StatusUnprocessableEntity,
	"not_the_agent":           http.StatusForbidden,
	"subscription_required":   http.StatusForbidden,
	"incomplete":              http.StatusUnprocessableEntity,
	"no_agent":                http.StatusConflict,
	"too_many_filters":        http.StatusConflict,
	"too_many_exports":        http.StatusConflict,
	"verdicts_missing":        http.StatusConflict,
	"complement_asked_before": http.StatusConflict,
	"complement_too_late":     http.StatusConflict,
	"certificate_gone":        http.StatusConflict,
	"upload_not_found":        http.StatusUnprocessableEntity,
	"document_refused":        http.StatusUnprocessableEntity,
	"import_refused":          http.StatusUnprocessableEntity,
	"no_bureau_accredited":    http.StatusUnprocessableEntity,
	"file_too_large":          http.StatusRequestEntityTooLarge,
	"file_type_refused":       http.StatusUnsupportedMediaType,
	"upload_form_refused":     http.StatusForbidden,
	"link_expired":            http.StatusGone,
	"email_taken":             http.StatusConflict,
	"wrong_credentials":       http.StatusUnauthorized,
	"captcha_refused":         http.StatusUnprocessableEntity,
	"organisation_not_active": http.StatusConflict,

	// of steps on certificates
	"not_allowed_for_certificate": http.StatusConflict,
	"already_cleared":             http.StatusConflict,

	// of administration
	"already_member":     http.StatusConflict,
	"last_administrator": http.StatusConflict,
	"not_an_operator":    http.StatusConflict,
	"too_many_holidays":  http.StatusConflict,

	// of the list of products under control
	"list_in_force":  http.StatusConflict,
	"list_withdrawn": http.StatusConflict,
}
