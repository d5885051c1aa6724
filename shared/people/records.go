package people

import "time"

// Status of an account.
type Status string

// An account is pending until its owner has chosen a password.
const (
	Pending Status = "pending"
	Active  Status = "active"
)

// Person is an account: row person#<id> / person.
type Person struct {
	ID          string       `json:"id"`
	Status      Status       `json:"status"`
	Name        string       `json:"name"`
	Email       string       `json:"email"` // as typed; compared by FoldEmail
	Phone       string       `json:"phone,omitempty"`
	Lang        string       `json:"lang"`
	Password    string       `json:"password,omitempty"` // PHC string of argon2id
	Memberships []Membership `json:"memberships,omitempty"`
	// CreationLink and ResetLink are the ids of the links that work now; a new
	// one kills the older.
	CreationLink string    `json:"creation_link,omitempty"`
	ResetLink    string    `json:"reset_link,omitempty"`
	Created      time.Time `json:"created"`
	Version      int64     `json:"version"`
}

// Session is a signed-in browser: row person#<id> / session#<hash>. The
// cookie carries the secret; only its hash is stored.
type Session struct {
	Created  time.Time `json:"created"`
	LastSeen time.Time `json:"last_seen"`
	Agent    string    `json:"agent,omitempty"` // shortened User-Agent, for the owner's list
}

// How long a session lasts (the accounts specification): ended by SessionIdle
// without a request, and in any case SessionMax after sign-in.
const (
	SessionIdle = 30 * time.Minute
	SessionMax  = 12 * time.Hour
	// SessionTouch is how stale LastSeen may grow before a request rewrites
	// it: a write a minute, not one a request.
	SessionTouch = time.Minute
)

// Alive tells whether the session may still be used.
func (s Session) Alive(now time.Time) bool {
	return now.Before(s.LastSeen.Add(SessionIdle)) && now.Before(s.Created.Add(SessionMax))
}

// OrganisationKind is what an organisation is to the portal.
type OrganisationKind string

// The kinds of organisations.
const (
	Operator              OrganisationKind = "operator"
	Bureau                OrganisationKind = "bureau"
	Department            OrganisationKind = "ministry" // in charge of industry
	CustomsAdministration OrganisationKind = "customs"
	Operated              OrganisationKind = "portal" // the portal's own operator
)

// Organisation is a company or a body: row organisation#<id> / organisation.
type Organisation struct {
	ID      string           `json:"id"`
	Kind    OrganisationKind `json:"kind"`
	Name    string           `json:"name"` // raison sociale
	Address string           `json:"address,omitempty"`
	Phone   string           `json:"phone,omitempty"`
	ICE     string           `json:"ice,omitempty"`
	// Bureau is the code of the inspection bureau, for kind bureau.
	Bureau string `json:"bureau,omitempty"`
	// Subscription is the PORTNET subscription code once validated; filing
	// needs it (the accounts specification).
	Subscription string    `json:"subscription,omitempty"`
	Created      time.Time `json:"created"`
	Version      int64     `json:"version"`
}

// Member is one person of an organisation: row organisation#<id> /
// member#<person>. It repeats the membership for the organisation's lists.
type Member struct {
	Person string `json:"person"`
	Name   string `json:"name"`
	Roles  []Role `json:"roles"`
	// AbsentUntil is the last day of an absence, as 2026-11-21; assignment
	// shows it.
	AbsentUntil string `json:"absent_until,omitempty"`
	// Rev is another at every writing of the row: whoever changes it does so on
	// condition that it is the one they read. Rows older than this have none.
	Rev string `json:"rev,omitempty"`
}
