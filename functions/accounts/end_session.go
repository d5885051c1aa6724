package accounts

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/people"
	"portal/shared/problem"
	"portal/shared/step"
)

type endSessionInput struct {
	ID string `path:"id" doc:"Of one of one's sessions"`
}

// endSession ends one of one's own sessions.
func endSession(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:     "accounts/end_session",
		Summary:  "End one of one's sessions",
		Who:      step.SignedIn(),
		Grants:   step.Grants{People: step.TableGrants{Read: []string{"person#"}, Write: []string{"person#"}}},
		Problems: []string{"not_found"},
	}, http.MethodDelete, "/api/accounts/sessions/{id}", func(ctx context.Context, in *endSessionInput) (*cookies, error) {
		caller := step.CallerOf(ctx)
		key, err := r.sessionNamed(ctx, caller.Person, in.ID)
		if err != nil {
			return nil, err
		}
		err = r.People.Write(ctx, infra.Delete{Key: key, If: []infra.Cond{infra.Present()}})
		if errors.Is(err, infra.ErrConditionFailed) {
			return nil, problem.New("not_found")
		}
		if err != nil {
			return nil, err
		}
		out := &cookies{}
		if key == sessionKey(caller.Person, caller.Session) {
			out.SetCookie = []http.Cookie{httpapi.SessionCookie(r.Settings, "")}
		}
		return out, nil
	})
}

// sessionNamed finds a session of a person by the beginning of its hash.
func (r room) sessionNamed(ctx context.Context, person, id string) (infra.Key, error) {
	if len(id) != sessionIDLength || strings.Trim(id, "0123456789abcdef") != "" {
		return infra.Key{}, problem.New("not_found")
	}
	page, err := r.People.Query(ctx, infra.Query{PK: people.PersonPK(person), Prefix: people.SessionSK(id), Limit: 2})
	if err != nil {
		return infra.Key{}, err
	}
	if len(page.Rows) != 1 {
		return infra.Key{}, problem.New("not_found")
	}
	return page.Rows[0].Key, nil
}
