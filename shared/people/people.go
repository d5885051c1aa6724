// Package people says who somebody is: persons, organisations, and the
// memberships that give a person roles in an organisation (the accounts
// specification: roles belong to a membership, not to a person).
package people

import "slices"

// Role is what a membership lets a person do for its organisation.
type Role string

// The roles. Mandates, PortNet and handicraft roles come with their
// procedures.
const (
	Declarant     Role = "declarant"         // files for an importer or exporter
	CompanyAdmin  Role = "company_admin"     // manages the company's users and profile
	Agent         Role = "bureau_agent"      // treats dossiers of an inspection bureau
	Supervisor    Role = "bureau_supervisor" // assigns them
	Ministry      Role = "ministry_officer"  // publishes the list of products under control
	Customs       Role = "customs_officer"   // reports clearances for the customs administration
	Administrator Role = "administrator"     // administers organisations and officers' accounts
)

// Roles lists every role.
var Roles = []Role{Declarant, CompanyAdmin, Agent, Supervisor, Ministry, Customs, Administrator}

// Membership gives a person roles in one organisation.
type Membership struct {
	Organisation string `json:"organisation"`
	Roles        []Role `json:"roles"`
}

// Caller is the signed-in person behind a request. The zero Caller is nobody.
type Caller struct {
	Person      string
	Session     string // hash of the session's secret, to end it
	Name        string
	Email       string
	Lang        string
	Memberships []Membership
}

// SignedIn tells whether there is somebody.
func (c Caller) SignedIn() bool { return c.Person != "" }

// Has tells whether the caller has a role in some organisation.
func (c Caller) Has(role Role) bool {
	return slices.ContainsFunc(c.Memberships, func(m Membership) bool { return slices.Contains(m.Roles, role) })
}

// HasIn tells whether the caller has a role in this organisation.
func (c Caller) HasIn(organisation string, role Role) bool {
	return slices.ContainsFunc(c.Memberships, func(m Membership) bool {
		return m.Organisation == organisation && slices.Contains(m.Roles, role)
	})
}

// With lists the organisations in which the caller has a role.
func (c Caller) With(role Role) []string {
	var orgs []string
	for _, m := range c.Memberships {
		if slices.Contains(m.Roles, role) {
			orgs = append(orgs, m.Organisation)
		}
	}
	return orgs
}
