package certificates

import (
	"context"
	"errors"
	"fmt"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/i18n"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

// room is what the steps of this room share.
type room struct{ infra.Ports }

// maxForm is in bytes: 500 goods lines of the longest fit.
const maxForm = 2 << 20

// form is the request body drawn from a form of this room.
func form(name string) func(*step.Operation) {
	return step.Form("certificates/"+name, maxForm)
}

// mayRead tells whether a caller is one of the holder's or the bureau's people.
func mayRead(c people.Caller, e Entry) bool {
	return holds(c, e) || c.HasIn(e.Body, people.Supervisor) || c.HasIn(e.Body, people.Agent)
}

func holds(c people.Caller, e Entry) bool {
	return e.Holder != "" && c.HasIn(e.Holder, people.Declarant)
}

// open loads a certificate for a caller who may read it; the problem not_found
// otherwise. That it exists is public, what is in it is not.
func (r room) open(ctx context.Context, text string, may func(people.Caller, Entry) bool) (Entry, error) {
	number, ok := parse(text)
	if !ok {
		return Entry{}, problem.New("not_found")
	}
	e, err := Load(ctx, r.Dossiers, number)
	if notFound(err) || (err == nil && !may(step.CallerOf(ctx), e)) {
		return Entry{}, problem.New("not_found")
	}
	return e, err
}

// notAllowed is the refusal of a deed that the kind or the state of a
// certificate does not allow.
func notAllowed(ctx context.Context, e Entry, status string) *problem.Problem {
	lang := step.RequestOf(ctx).Lang
	return &problem.Problem{Code: "not_allowed_for_certificate", Params: map[string]any{
		"kind": i18n.Text(lang, "certificate.kind."+string(e.Kind()), nil), "status": status,
	}}
}

// etag is a revision as a strong entity tag (RFC 9110, section 8.8.3).
func etag(rev int64) string { return fmt.Sprintf("%q", fmt.Sprint(rev)) }

// act is what the caller does now, for an organisation.
func (r room) act(ctx context.Context, organisation, reason string) Act {
	caller := step.CallerOf(ctx)
	return Act{At: r.Clock.Now(), Person: caller.Person, Name: caller.Name, Organisation: organisation, Reason: reason}
}

// recalled is the first answer to a request that has failed now; the failure
// when there was none.
func (r room) recalled(ctx context.Context, failure error) (*httpapi.Remembered, error) {
	first, err := httpapi.Recall(ctx, r.Dossiers)
	if err != nil {
		return nil, err
	}
	if first == nil {
		return nil, failure
	}
	return first, nil
}

// badCursor makes a cursor that is not ours the caller's fault.
func badCursor(err error) error {
	if errors.Is(err, infra.ErrBadCursor) {
		return problem.Field("cursor", "format")
	}
	return err
}
