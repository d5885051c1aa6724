package accounts

import (
	"context"
	"net/http"

	"portal/infra"
	"portal/infra/httpapi"
	"portal/shared/step"
)

// signOut ends the session on the server too. It does the same for somebody
// whose session has already ended: the cookie goes in any case.
func signOut(p infra.Ports) step.Step {
	return step.HTTP(step.Declaration{
		Name:    "accounts/sign_out",
		Summary: "Sign out",
		Who:     step.Anyone(),
		Grants:  step.Grants{People: step.TableGrants{Read: []string{"person#"}, Write: []string{"person#"}}},
	}, http.MethodDelete, "/api/accounts/sessions/current", func(ctx context.Context, _ *nothing) (*cookies, error) {
		if c := step.CallerOf(ctx); c.SignedIn() {
			if err := p.People.Write(ctx, infra.Delete{Key: sessionKey(c.Person, c.Session)}); err != nil {
				return nil, err
			}
		}
		return &cookies{[]http.Cookie{httpapi.SessionCookie(p.Settings, "")}}, nil
	})
}
