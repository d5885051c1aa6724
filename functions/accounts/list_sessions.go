package accounts

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"portal/infra"
	"portal/shared/people"
	"portal/shared/step"
)

// sessionIDLength is how much of a session's hash names it to its owner: 64
// bits, far from opening anything.
const sessionIDLength = 16

// SessionView is one of one's sessions.
type SessionView struct {
	ID       string    `json:"id" doc:"To end it"`
	Current  bool      `json:"current" doc:"Whether it is the one of this request"`
	Created  time.Time `json:"created" doc:"When it was opened"`
	LastSeen time.Time `json:"last_seen" doc:"When it was last used, to the minute"`
	Agent    string    `json:"agent,omitempty" doc:"The browser, as it names itself"`
}

type sessionsOutput struct {
	Body struct {
		Sessions []SessionView `json:"sessions" doc:"One's open sessions, the last used first"`
	}
}

// listSessions shows one's open sessions.
func listSessions(p infra.Ports) step.Step {
	r := room{p}
	return step.HTTP(step.Declaration{
		Name:    "accounts/list_sessions",
		Summary: "List one's open sessions",
		Who:     step.SignedIn(),
		Grants:  step.Grants{People: step.TableGrants{Read: []string{"person#"}}},
	}, http.MethodGet, "/api/accounts/sessions", func(ctx context.Context, _ *nothing) (*sessionsOutput, error) {
		caller := step.CallerOf(ctx)
		page, err := r.People.Query(ctx, infra.Query{PK: people.PersonPK(caller.Person), Prefix: sessionPrefix, Limit: infra.MaxPage})
		if err != nil {
			return nil, err
		}
		out := &sessionsOutput{}
		out.Body.Sessions = []SessionView{}
		for _, row := range page.Rows {
			var s people.Session
			if err := row.Decode(&s); err != nil {
				return nil, err
			}
			if s.Alive(r.Clock.Now()) {
				hash := strings.TrimPrefix(row.SK, sessionPrefix)
				out.Body.Sessions = append(out.Body.Sessions, SessionView{
					ID: hash[:sessionIDLength], Current: hash == caller.Session, Created: s.Created, LastSeen: s.LastSeen, Agent: s.Agent,
				})
			}
		}
		slices.SortFunc(out.Body.Sessions, func(a, b SessionView) int { return b.LastSeen.Compare(a.LastSeen) })
		return out, nil
	})
}
